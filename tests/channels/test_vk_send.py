"""Calls to a strict local VK through the real vk_api, long with a case for each kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.channels.vk import connections
from bot.channels.vk.api import LINES
from bot.channels.vk.attachments import read_attachments
from bot.messages import (
    AnswerPress,
    Attachment,
    AttachmentKind,
    Button,
    ButtonPressed,
    Delete,
    Download,
    Edit,
    Failure,
    Leave,
    OpenFile,
    Outgoing,
    Post,
    React,
    SendError,
    Sent,
    Span,
    Style,
    plain,
)
from bot.sandbox.vk import Fault, Limits, Photo, Standing
from tests.channels.vk_place import ANNA, PABLO, Place, files, no_files, open_place

TAKE = ((Button("Take", "take:12", look="success"), Button("Site", url="https://example.com")),)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with open_place() as opened:
        yield opened


async def send(place: Place, outgoing: Outgoing, open_file: OpenFile = no_files) -> Sent:
    return await place.channel.send(outgoing, open_file)


async def failure(place: Place, outgoing: Outgoing, open_file: OpenFile = no_files) -> SendError:
    with pytest.raises(SendError) as failed:
        await place.channel.send(outgoing, open_file)
    return failed.value


def post(text: str = "Hello", **more: Any) -> Post:
    return Post(**{"chat": str(ANNA), "text": plain(text), "random_id": 77, **more})


async def test_anna_reads_what_was_sent_and_the_number_comes_back(place: Place) -> None:
    text = (Span("See "), Span("prices", Style.LINK, "https://example.com"))
    sent = await send(place, Post(str(ANNA), text, random_id=5))
    (shown,) = place.server.dialog(ANNA)
    assert shown.text == "See prices (https://example.com)"
    assert sent.message_ids == (str(shown.conversation_message_id),)


async def test_buttons_come_back_as_they_were_sent(place: Place) -> None:
    (number,) = (await send(place, post(keyboard=TAKE))).message_ids
    press_id = place.server.press(ANNA, ANNA, int(number), label="Take")
    pressed = place.channel.parse(place.server.events[-1])
    assert isinstance(pressed, ButtonPressed)
    assert (pressed.press_id, pressed.message_id, pressed.data) == (press_id, number, "take:12")
    (buttons,) = shown_buttons(place)
    assert buttons[0]["color"] == "positive"
    assert buttons[1]["action"]["link"] == "https://example.com"


async def test_a_press_is_answered_with_a_short_note(place: Place) -> None:
    (number,) = (await send(place, post(keyboard=TAKE))).message_ids
    press_id = place.server.press(ANNA, ANNA, int(number), label="Take")
    await send(place, AnswerPress(press_id, str(ANNA), str(ANNA), "Taken " * 30))
    assert place.server.answers[press_id]["type"] == "show_snackbar"
    assert len(place.server.answers[press_id]["text"]) == 90


async def test_a_press_is_answered_without_words(place: Place) -> None:
    (number,) = (await send(place, post(keyboard=TAKE))).message_ids
    press_id = place.server.press(ANNA, ANNA, int(number), label="Take")
    await send(place, AnswerPress(press_id, str(ANNA), str(ANNA)))
    assert place.server.answers[press_id] == {}


async def test_a_press_answered_twice_is_too_late(place: Place) -> None:
    (number,) = (await send(place, post(keyboard=TAKE))).message_ids
    press_id = place.server.press(ANNA, ANNA, int(number), label="Take")
    answer = AnswerPress(press_id, str(ANNA), str(ANNA), "Taken")
    await send(place, answer)
    assert (await failure(place, answer)).failure is Failure.TOO_LATE


async def test_six_buttons_in_a_row_become_two_rows(place: Place) -> None:
    row = tuple(Button(f"{number} " + "x" * 50, f"d{number}") for number in range(6))
    await send(place, post(keyboard=(row,)))
    rows = shown_buttons(place)
    assert [len(row) for row in rows] == [5, 1]
    assert all(len(button["action"]["label"]) == 40 for row in rows for button in row)


async def test_more_buttons_than_vk_shows_are_refused_aloud(place: Place) -> None:
    rows = tuple((Button(str(number), "d"),) for number in range(7))
    error = await failure(place, post(keyboard=rows))
    assert error.failure is Failure.REFUSED
    assert place.said() == []


async def test_an_answer_quotes_annas_question(place: Place) -> None:
    question = place.server.write(ANNA, "Price?")
    asked = place.heard()
    await send(place, post("10 euros", reply_to=asked.message_id))
    assert place.server.dialog(ANNA)[-1].reply_to == question


async def test_an_answer_to_a_deleted_message_is_lost(place: Place) -> None:
    assert (await failure(place, post(reply_to="99"))).failure is Failure.LOST


async def test_an_edit_changes_words_and_takes_the_buttons_away(place: Place) -> None:
    (number,) = (await send(place, post(keyboard=TAKE))).message_ids
    assert await send(place, Edit(str(ANNA), number, plain("Done"))) == Sent()
    assert place.said() == ["Done"]
    assert shown_buttons(place) == []


async def test_an_edit_keeps_the_picture_the_place_and_the_quotation(place: Place) -> None:
    question = place.server.write(ANNA, "Where?")
    asked = place.heard()
    picture = Attachment(AttachmentKind.PHOTO, "telegram", ref="f1")
    here = Attachment(AttachmentKind.LOCATION, "telegram", latitude=1.5, longitude=2.5)
    posted = post(attachments=(picture, here), reply_to=asked.message_id)
    (number,) = (await send(place, posted, files(b"jpeg"))).message_ids
    await send(place, Edit(str(ANNA), number, plain("Here")))
    shown = place.server.dialog(ANNA)[-1]
    assert (shown.text, shown.reply_to) == ("Here", question)
    assert [item["type"] for item in shown.attachments] == ["photo"]
    kept = place.server.community.dialogs.numbered(ANNA, int(number))
    assert kept is not None
    assert kept.geo == {"type": "point", "coordinates": {"latitude": 1.5, "longitude": 2.5}}


async def test_an_edit_of_a_message_that_is_gone_is_lost(place: Place) -> None:
    assert (await failure(place, Edit(str(ANNA), "9", plain("x")))).failure is Failure.LOST


async def test_an_edit_needs_nothing_but_the_edit_itself(place: Place) -> None:
    (number,) = (await send(place, post())).message_ids
    place.server.fail("messages.getByConversationMessageId", Fault.code(3))
    await send(place, Edit(str(ANNA), number, plain("Done")))
    assert place.said() == ["Done"]


async def test_an_edit_waits_for_a_look_that_may_succeed_later(place: Place) -> None:
    (number,) = (await send(place, post())).message_ids
    place.server.fail("messages.getByConversationMessageId", Fault.HTML_502)
    edit = Edit(str(ANNA), number, plain("Done"))
    assert (await failure(place, edit)).failure is Failure.TRANSIENT
    assert place.said() == ["Hello"]


async def test_what_is_too_old_to_be_changed_or_taken_back_is_told_so(place: Place) -> None:
    (number,) = (await send(place, post())).message_ids
    place.server.fail("messages.edit", Fault.code(909))
    late = await failure(place, Edit(str(ANNA), number, plain("x")))
    place.server.fail("messages.delete", Fault.code(924))
    later = await failure(place, Delete(str(ANNA), number))
    assert {late.failure, later.failure} == {Failure.TOO_LATE}


async def test_a_message_is_taken_back_for_everybody(place: Place) -> None:
    (number,) = (await send(place, post())).message_ids
    await send(place, Delete(str(ANNA), number))
    assert place.server.dialog(ANNA) == []
    assert (await failure(place, Delete(str(ANNA), number))).failure is Failure.LOST


@pytest.mark.parametrize("outgoing", [React("1", "2", "👍"), Leave("1")])
async def test_what_vk_has_no_call_for_is_refused(place: Place, outgoing: Outgoing) -> None:
    assert (await failure(place, outgoing)).failure is Failure.REFUSED


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (Standing.STRANGER, Failure.DENIED),
        (Standing.DENIED, Failure.DENIED),
        (Standing.PRIVATE, Failure.DENIED),
        (Standing.BLACKLISTED, Failure.BLOCKED),
        (Standing.DEACTIVATED, Failure.GONE),
    ],
)
async def test_a_refusal_inside_the_answer_is_heard(
    place: Place, standing: Standing, expected: Failure
) -> None:
    place.server.set_standing(ANNA, standing)
    assert (await failure(place, post())).failure is expected


@pytest.mark.parametrize("fault", [Fault.DROP_AFTER, Fault.TRUNCATED_JSON])
async def test_a_lost_answer_is_ambiguous_and_the_repeat_harmless(
    place: Place, fault: Fault
) -> None:
    place.server.fail("messages.send", fault)
    assert (await failure(place, post("Once"))).failure is Failure.AMBIGUOUS
    (number,) = (await send(place, post("Once"))).message_ids
    assert place.said() == ["Once"]
    assert number == str(place.server.dialog(ANNA)[0].conversation_message_id)


async def test_an_html_page_instead_of_an_answer_is_ambiguous(place: Place) -> None:
    place.server.fail("messages.send", Fault.HTML_200)
    assert (await failure(place, post())).failure is Failure.AMBIGUOUS


async def test_a_server_that_never_answers_does_not_hold_the_sender_for_ever(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "TIMEOUT", (1.0, 0.1))
    place.server.fail("messages.send", Fault.HANG)
    async with asyncio.timeout(20):
        assert (await failure(place, post())).failure is Failure.AMBIGUOUS


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.HTML_502, Failure.TRANSIENT),
        (Fault.code(10), Failure.TRANSIENT),
        (Fault.code(6), Failure.PACE),
        (Fault.code(9), Failure.PACE),
        (Fault.CAPTCHA, Failure.PACE),
        (Fault.code(5), Failure.TOKEN),
    ],
)
async def test_refusals_are_told_apart_and_none_is_repeated_inside(
    place: Place, fault: Fault, expected: Failure
) -> None:
    place.server.fail("messages.send", fault)
    error = await failure(place, post())
    assert error.failure is expected
    assert len(place.server.calls) == 1
    assert "vk1.sandbox" not in str(error)


async def test_a_server_that_is_down_is_certainly_not_reached(place: Place) -> None:
    await place.server.stop()
    assert (await failure(place, post())).failure is Failure.TRANSIENT


async def test_the_token_stands_in_no_traceback(place: Place) -> None:
    place.server.fail("messages.send", Fault.code(100))
    error = await failure(place, post())
    assert error.__cause__ is None
    assert error.__suppress_context__


async def test_a_picture_from_elsewhere_is_streamed_in(place: Place) -> None:
    picture = Attachment(AttachmentKind.PHOTO, "telegram", ref="f1")
    await send(place, post("Look", attachments=(picture,)), files(b"jpeg" * 5000))
    (shown,) = place.server.dialog(ANNA)
    assert [item["type"] for item in shown.attachments] == ["photo"]
    assert await downloaded(place, shown.attachments) == b"jpeg" * 5000


async def test_a_file_of_unknown_size_is_streamed_in(place: Place) -> None:
    document = Attachment(AttachmentKind.DOCUMENT, "telegram", ref="f1", name="Счёт №5.pdf")
    await send(place, post(attachments=(document,)), files(b"pdf" * 5000, size=None))
    (shown,) = place.server.dialog(ANNA)
    assert shown.attachments[0]["doc"]["title"] == "Счёт №5.pdf"
    assert await downloaded(place, shown.attachments) == b"pdf" * 5000


@pytest.mark.parametrize(
    ("kind", "shown_as"),
    [
        (AttachmentKind.VOICE, "audio_message"),
        (AttachmentKind.VIDEO, "doc"),
        (AttachmentKind.VIDEO_NOTE, "doc"),
        (AttachmentKind.DOCUMENT, "doc"),
    ],
)
async def test_each_kind_finds_its_place(place: Place, kind: AttachmentKind, shown_as: str) -> None:
    thing = Attachment(kind, "telegram", ref="f1", name="thing.mp4")
    await send(place, post(attachments=(thing,)), files(b"bytes"))
    (shown,) = place.server.dialog(ANNA)
    assert [item["type"] for item in shown.attachments] == [shown_as]


async def test_what_vk_already_has_is_not_uploaded_again(place: Place) -> None:
    place.server.write(ANNA, attachments=[Photo(b"jpeg")])
    came = place.heard()
    await send(place, post("Yours", chat=str(PABLO), attachments=came.attachments))
    (shown,) = place.server.dialog(PABLO)
    assert [item["type"] for item in shown.attachments] == ["photo"]
    assert [call.method for call in place.server.calls] == ["messages.send"]


async def test_a_file_over_the_limit_is_refused_before_it_travels(place: Place) -> None:
    huge = Attachment(AttachmentKind.DOCUMENT, "telegram", ref="f1")
    error = await failure(place, post(attachments=(huge,)), files(b"", size=300 * 2**20))
    assert error.failure is Failure.TOO_LARGE
    assert place.server.calls == []


async def test_a_file_that_ends_early_is_never_sent_as_whole(place: Place) -> None:
    cut = Attachment(AttachmentKind.DOCUMENT, "telegram", ref="f1", name="a.pdf")
    error = await failure(place, post(attachments=(cut,)), files(b"half", size=8))
    assert error.failure is Failure.TRANSIENT
    assert place.said() == []


async def test_the_other_channels_failure_comes_through(place: Place) -> None:
    @asynccontextmanager
    async def gone(attachment: Attachment) -> AsyncIterator[Download]:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"half"
            raise SendError(Failure.TOO_LARGE, "the file is over Telegram's limit")

        yield Download("a.pdf", 8, chunks())

    thing = Attachment(AttachmentKind.DOCUMENT, "telegram", ref="f1")
    assert (await failure(place, post(attachments=(thing,)), gone)).failure is Failure.TOO_LARGE


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.HTML_502, Failure.TRANSIENT),
        (Fault.HTML_200, Failure.TRANSIENT),
        (Fault.DROP_BEFORE, Failure.TRANSIENT),
    ],
)
async def test_an_upload_that_fails_is_tried_again_later(
    place: Place, fault: Fault, expected: Failure
) -> None:
    place.server.fail("upload", fault)
    thing = Attachment(AttachmentKind.PHOTO, "telegram", ref="f1")
    error = await failure(place, post(attachments=(thing,)), files(b"jpeg"))
    assert error.failure is expected
    assert place.said() == []


async def test_annas_picture_can_be_opened(place: Place) -> None:
    place.server.write(ANNA, attachments=[Photo(b"jpeg" * 40_000)])
    came = place.heard()
    async with place.channel.open_file(came.attachments[0]) as download:
        assert download.size == 160_000
        assert b"".join([chunk async for chunk in download.chunks]) == b"jpeg" * 40_000


async def test_a_link_is_no_file(place: Place) -> None:
    link = Attachment(AttachmentKind.LINK, "vk", url=place.server.url)
    with pytest.raises(SendError) as refused:
        async with place.channel.open_file(link):
            pass
    assert refused.value.failure is Failure.REFUSED


async def test_a_file_that_is_gone_is_refused_for_good(place: Place) -> None:
    lost = Attachment(AttachmentKind.PHOTO, "vk", url=f"{place.server.url}/file/x/y.jpg")
    with pytest.raises(SendError) as refused:
        async with place.channel.open_file(lost):
            pass
    assert refused.value.permanent


async def test_names_are_fetched_and_strangers_are_missing(place: Place) -> None:
    names = await place.channel.profiles([str(ANNA), "999", "-7", str(ANNA)])
    assert {user: (one.name, one.username) for user, one in names.items()} == {
        str(ANNA): ("Anna Petrova", "anna")
    }


async def test_it_is_known_who_can_be_written_to(place: Place) -> None:
    assert await place.channel.reaches(str(ANNA))
    place.server.deny(ANNA)
    assert not await place.channel.reaches(str(ANNA))
    assert not await place.channel.reaches("999")


async def test_everything_is_in_order(place: Place) -> None:
    findings = await place.channel.check("")
    assert {found.key: found.ok for found in findings} == {
        "check.vk.token": True,
        "check.clock_right": True,
        "check.vk.group": True,
        "check.vk.rights": True,
        "check.vk.messages": True,
        "check.vk.abilities_unseen": True,
        "check.vk.longpoll": True,
        "check.vk.events": True,
    }


async def test_a_missing_event_is_named(place: Place) -> None:
    place.server.switch_events(message_event=False)
    (events,) = [one for one in await place.channel.check("") if one.key == "check.vk.events_off"]
    assert not events.ok
    assert events.values == {"missing": "message_event"}


async def test_a_wrong_token_is_the_first_thing_to_mend(place: Place) -> None:
    place.server.token = "another"
    (found,) = await place.channel.check("")
    assert (found.ok, found.key) == (False, "check.vk.token_refused")


async def test_a_token_of_another_community_is_found_out() -> None:
    async with open_place(group_id=8) as place:
        group = (await place.channel.check(""))[-1]
    assert (group.ok, group.key) == (False, "check.vk.group_other")
    assert (group.values["group_id"], group.values["actual"]) == ("8", "7")


async def test_vk_never_has_to_ask_for_a_slower_pace() -> None:
    async with open_place(limits=Limits(), per_second=20) as place:
        posts = [post(str(number), random_id=number + 1) for number in range(26)]
        await asyncio.gather(*(send(place, one) for one in posts))
        assert {call.outcome for call in place.server.calls} == {0}
        assert len(place.said()) == 26


async def test_cancelled_calls_give_their_lines_back(place: Place) -> None:
    place.server.fail("users.get", Fault.slow(0.05), times=LINES)
    calls = [asyncio.create_task(place.channel.profiles([str(ANNA)])) for _ in range(20)]
    async with asyncio.timeout(10):
        while len(place.server.calls) < LINES:
            await asyncio.sleep(0)
        for call in calls:
            call.cancel()
        assert str(ANNA) in await place.channel.profiles([str(ANNA)])
    assert all(call.cancelled() for call in calls)


def shown_buttons(place: Place) -> list[list[dict[str, Any]]]:
    """The rows under the first message that Anna sees."""
    keyboard = place.server.dialog(ANNA)[0].keyboard or {"buttons": []}
    rows: list[list[dict[str, Any]]] = keyboard["buttons"]
    return rows


async def downloaded(place: Place, attachments: list[dict[str, Any]]) -> bytes:
    """The bytes of the only thing attached."""
    (came,) = read_attachments({"attachments": attachments}, "vk")
    async with place.channel.open_file(came) as download:
        return b"".join([chunk async for chunk in download.chunks])
