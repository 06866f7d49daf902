"""Calls to Telegram as people then see them, long with the refusals of real life."""

from __future__ import annotations

import gc
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram.files import DOWNLOAD_BYTES, UPLOAD_BYTES
from bot.messages import (
    AnswerPress,
    Attachment,
    AttachmentKind,
    Button,
    CloseTopic,
    Delete,
    Download,
    Edit,
    Failure,
    Leave,
    MessageReceived,
    OpenFile,
    OpenTopic,
    Outgoing,
    Post,
    React,
    RenameTopic,
    SendError,
    Sent,
    Span,
    Style,
    plain,
)
from bot.sandbox.telegram import Fault, Limits, Media, Message, TelegramServer
from bot.sandbox.telegram.topics import ICONS
from tests.channels.adapters import TelegramSettings

TOKEN = "77:sandbox-secret-token"
ANNA, BORIS, GLEB = 101, 201, 401
TEAM, PLAIN_GROUP = -1_001_000_000_001, -500
KEYBOARD = ((Button("Take", "take:1", look="success"), Button("Site", url="https://example.com")),)


class Desk:
    """A channel on a server with Anna in private, and a forum and a plain group with Boris."""

    def __init__(self, server: TelegramServer) -> None:
        self.server = server
        self.channel = TelegramChannel("telegram", TelegramSettings(TOKEN, server.url))

    async def send(self, outgoing: Outgoing, open_file: OpenFile | None = None) -> Sent:
        return await self.channel.send(outgoing, open_file or file_of(b"invented"))

    async def refused(self, outgoing: Outgoing, open_file: OpenFile | None = None) -> SendError:
        with pytest.raises(SendError) as raised:
            await self.send(outgoing, open_file)
        assert "secret" not in str(raised.value)
        return raised.value

    async def clear_up(self) -> None:
        """The web framework of the server leaves the file of a broken upload unclosed."""
        await self.server.stop()
        gc.collect()

    def seen(self, chat: int = ANNA) -> list[Message]:
        return [message for message in self.server.shown(chat) if message.from_bot]

    def brought(self, **attached: Any) -> Attachment:
        """What Anna attaches, as the channel tells it."""
        update = self.server.write(ANNA, ANNA, **attached)
        body = {"update_id": 1, "message": self.server.message(ANNA, update).body}
        event = self.channel.parse(body)
        assert isinstance(event, MessageReceived)
        return event.attachments[0]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    server = TelegramServer(TOKEN, limits=Limits.none())
    for person, name in ((ANNA, "Anna"), (BORIS, "Boris"), (GLEB, "Gleb")):
        server.add_user(person, name, username=name.lower())
    server.started(ANNA)
    server.add_group(TEAM, "Sales", forum=True, admins=[BORIS])
    server.add_group(PLAIN_GROUP, "Old sales", supergroup=False, members=[BORIS])
    await server.start()
    desk = Desk(server)
    yield desk
    await desk.channel.close()
    await server.stop()


def file_of(content: bytes, size: int | None = None) -> OpenFile:
    """Opens every attachment as this content; `size` is what is told of it."""

    @asynccontextmanager
    async def open_file(attachment: Attachment) -> AsyncIterator[Download]:
        yield Download(attachment.name, size, pieces(content))

    return open_file


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 2**20):
        yield content[start : start + 2**20]


def to_anna(*attachments: Attachment, text: str = "", **more: Any) -> Post:
    return Post(str(ANNA), plain(text), attachments=attachments, **more)


def foreign(kind: AttachmentKind, name: str = "") -> Attachment:
    return Attachment(kind, "vk", ref="1", name=name)


async def test_a_card_stands_in_its_topic_under_what_it_answers(desk: Desk) -> None:
    topic = desk.server.open_topic(TEAM, BORIS, "#12 Anna")
    asked = desk.server.write(BORIS, TEAM, "who is it?", thread=topic)
    post = Post(str(TEAM), plain("Anna"), KEYBOARD, reply_to=str(asked), thread=str(topic))
    sent = await desk.send(post)
    card = desk.seen(TEAM)[-1]
    assert sent.message_ids == (str(card.id),)
    assert (card.thread, card.reply_to) == (topic, asked)
    assert card.labels == ["Take", "Site"]
    assert card.buttons[0]["style"] == "success"


async def test_what_brings_no_file_goes_as_json_and_a_file_as_a_form(desk: Desk) -> None:
    await desk.send(Post(str(TEAM), plain("Anna"), KEYBOARD))
    await desk.send(to_anna(foreign(AttachmentKind.PHOTO), text="a form's values are strings"))
    card, photo = (call.params["chat_id"] for call in desk.server.calls)
    assert (card, photo) == (TEAM, str(ANNA))


async def test_a_reply_to_what_was_deleted_is_still_sent(desk: Desk) -> None:
    await desk.send(Post(str(TEAM), plain("hello"), reply_to="999"))
    assert desk.seen(TEAM)[-1].text == "hello"


async def test_styles_cover_the_right_words_after_emoji(desk: Desk) -> None:
    text = (
        Span("😀 "),
        Span("new", Style.BOLD),
        Span(" "),
        Span("here", Style.LINK, "https://example.com"),
    )
    await desk.send(Post(str(ANNA), text))
    bold, link = desk.seen()[-1].entities
    assert (bold["type"], bold["offset"], bold["length"]) == ("bold", 3, 3)
    assert (link["type"], link["offset"], link["url"]) == ("text_link", 7, "https://example.com")


async def test_who_has_no_username_is_mentioned_by_number(desk: Desk) -> None:
    await desk.send(
        Post(str(TEAM), (Span("→ "), Span("Boris", Style.LINK, f"tg://user?id={BORIS}")))
    )
    (mention,) = desk.seen(TEAM)[-1].entities
    assert (mention["type"], mention["offset"], mention["length"]) == ("text_mention", 2, 5)
    assert mention["user"]["id"] == BORIS


@pytest.mark.parametrize(
    "kind", ["photo", "video", "video_note", "animation", "voice", "audio", "document", "sticker"]
)
async def test_what_anna_sent_can_be_shown_to_the_team(desk: Desk, kind: str) -> None:
    attachment = desk.brought(**{kind: b"\x89invented"})
    await desk.send(Post(str(TEAM), attachments=(attachment,)))
    assert attachment.kind == kind
    assert kind in desk.seen(TEAM)[-1].body


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (AttachmentKind.PHOTO, "photo"),
        (AttachmentKind.VIDEO, "video"),
        (AttachmentKind.VIDEO_NOTE, "video"),
        (AttachmentKind.VOICE, "voice"),
        (AttachmentKind.AUDIO, "audio"),
        (AttachmentKind.DOCUMENT, "document"),
        (AttachmentKind.STICKER, "photo"),
        (AttachmentKind.ANIMATION, "animation"),
    ],
)
async def test_a_file_from_another_messenger_is_uploaded(
    desk: Desk, kind: AttachmentKind, shown: str
) -> None:
    await desk.send(to_anna(foreign(kind)), file_of(b"\x89 from elsewhere"))
    body = desk.seen()[-1].body[shown]
    file = desk.server.world.files.find((body[-1] if shown == "photo" else body)["file_id"])
    assert file is not None
    assert file.media.data == b"\x89 from elsewhere"


def picture(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height)


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (picture(1080, 8900), "photo"),
        (picture(1080, 8921), "document"),
        (picture(2100, 100), "document"),
    ],
    ids=["tall", "too tall", "too narrow"],
)
async def test_a_picture_that_cannot_be_shown_as_one_goes_as_a_document(
    desk: Desk, content: bytes, shown: str
) -> None:
    sent = await desk.send(to_anna(foreign(AttachmentKind.PHOTO), text="look"), file_of(content))
    (seen,) = desk.seen()
    assert sent.message_ids == (str(seen.id),)
    assert seen.text == "look"
    body = seen.body[shown]
    file = desk.server.world.files.find((body[-1] if shown == "photo" else body)["file_id"])
    assert file is not None
    assert file.media.data == content


@pytest.mark.parametrize(
    "why", ["IMAGE_PROCESS_FAILED", "file of size 9 bytes is too big for a photo"]
)
async def test_what_telegram_takes_for_no_picture_goes_as_a_document(desk: Desk, why: str) -> None:
    desk.server.fail("sendPhoto", Fault.BAD_REQUEST, description=f"Bad Request: {why}")
    await desk.send(to_anna(foreign(AttachmentKind.PHOTO)))
    assert "document" in desk.seen()[-1].body


async def test_of_an_album_that_a_picture_spoils_nothing_is_sent(desk: Desk) -> None:
    (post,) = desk.channel.fit(to_anna(*[foreign(AttachmentKind.PHOTO)] * 2))
    error = await desk.refused(post, file_of(picture(100, 2001)))
    assert error.failure is Failure.REFUSED  # each goes alone then
    assert not desk.seen()


async def test_a_files_name_cannot_break_the_upload(desk: Desk) -> None:
    name = 'план "A"\r\nX: y/../😀.pdf'
    await desk.send(to_anna(foreign(AttachmentKind.DOCUMENT, name)))
    assert desk.seen()[-1].body["document"]["file_name"] == "план AX: y..😀.pdf"


async def test_an_album_goes_over_as_one_with_files_old_and_new(desk: Desk) -> None:
    own = desk.brought(photo=b"\x89mine")
    (post,) = desk.channel.fit(to_anna(own, foreign(AttachmentKind.VIDEO), text="look"))
    sent = await desk.send(post)
    first, second = desk.seen()
    assert sent.message_ids == (str(first.id), str(second.id))
    assert first.media_group == second.media_group != ""
    assert (first.text, second.text) == ("look", "")
    assert "photo" in first.body
    assert "video" in second.body


async def test_places_and_contacts_go_in_kind(desk: Desk) -> None:
    place = Attachment(AttachmentKind.LOCATION, "vk", latitude=55.5, longitude=0.0)
    person = Attachment(AttachmentKind.CONTACT, "vk", title="Pablo", phone="+34600000000")
    await desk.send(to_anna(place))
    await desk.send(to_anna(person))
    located, contact = desk.seen()
    assert located.body["location"] == {"latitude": 55.5, "longitude": 0.0}
    assert contact.body["contact"]["phone_number"] == "+34600000000"


@pytest.mark.parametrize("kind", [AttachmentKind.LINK, AttachmentKind.POLL, AttachmentKind.OTHER])
async def test_what_cannot_be_sent_in_kind_is_refused_aloud(
    desk: Desk, kind: AttachmentKind
) -> None:
    error = await desk.refused(to_anna(foreign(kind)))
    assert (error.failure, error.permanent) == (Failure.REFUSED, True)


async def test_a_file_that_says_it_is_too_large_is_not_uploaded(desk: Desk) -> None:
    error = await desk.refused(
        to_anna(foreign(AttachmentKind.DOCUMENT)), file_of(b"x", UPLOAD_BYTES + 1)
    )
    assert error.failure is Failure.TOO_LARGE
    assert not [call for call in desk.server.calls if call.method == "sendDocument"]


@pytest.mark.filterwarnings("ignore:.*nclosed file:ResourceWarning")
async def test_a_file_that_turns_out_too_large_is_told_as_such(desk: Desk) -> None:
    error = await desk.refused(
        to_anna(foreign(AttachmentKind.DOCUMENT)), file_of(bytes(UPLOAD_BYTES + 1))
    )
    assert error.failure is Failure.TOO_LARGE
    assert not desk.seen()
    await desk.clear_up()


@pytest.mark.filterwarnings("ignore:.*nclosed file:ResourceWarning")
async def test_a_file_that_breaks_off_is_tried_again_and_never_sent_in_part(desk: Desk) -> None:
    @asynccontextmanager
    async def breaking(attachment: Attachment) -> AsyncIterator[Download]:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"half"
            raise SendError(Failure.TRANSIENT, "the file's transfer broke")

        yield Download("plan.pdf", None, chunks())

    error = await desk.refused(to_anna(foreign(AttachmentKind.DOCUMENT)), breaking)
    assert (error.failure, str(error)) == (Failure.TRANSIENT, "the file's transfer broke")
    assert not desk.seen()
    await desk.clear_up()


async def test_a_card_is_edited_with_its_buttons(desk: Desk) -> None:
    (card,) = (await desk.send(Post(str(ANNA), plain("new"), KEYBOARD))).message_ids
    await desk.send(Edit(str(ANNA), card, plain("taken")))
    assert (desk.seen()[-1].text, desk.seen()[-1].labels) == ("taken", [])


async def test_a_photos_caption_is_edited_like_a_text(desk: Desk) -> None:
    (card,) = (await desk.send(to_anna(foreign(AttachmentKind.PHOTO), text="new"))).message_ids
    edit = Edit(str(ANNA), card, plain("taken"), KEYBOARD)
    await desk.send(edit)
    await desk.send(edit)
    assert (desk.seen()[-1].text, desk.seen()[-1].labels) == ("taken", ["Take", "Site"])


async def test_an_edit_too_long_for_telegram_is_cut_aloud(desk: Desk) -> None:
    (card,) = (await desk.send(Post(str(ANNA), plain("new")))).message_ids
    await desk.send(Edit(str(ANNA), card, plain("x" * 5000)))
    assert desk.seen()[-1].text == "x" * 4095 + "…"


async def test_cards_are_taken_back_and_reactions_given(desk: Desk) -> None:
    (card,) = (await desk.send(Post(str(ANNA), plain("new")))).message_ids
    written = desk.server.write(ANNA, ANNA, "hello")
    await desk.send(Delete(str(ANNA), card))
    await desk.send(React(str(ANNA), str(written), "👍"))
    bot = desk.server.bot_id
    assert desk.server.message(ANNA, written).reactions[bot] == ("👍",)
    await desk.send(React(str(ANNA), str(written), ""))
    assert not desk.seen()
    assert desk.server.message(ANNA, written).reactions.get(bot, ()) == ()


async def test_the_bot_leaves_a_foreign_group(desk: Desk) -> None:
    await desk.send(Leave(str(TEAM)))
    assert not desk.server.world.chat(TEAM).member(desk.server.world.bot).present
    assert (await desk.refused(Post(str(TEAM), plain("x")))).failure is Failure.GONE


async def test_a_long_answer_to_a_press_is_cut(desk: Desk) -> None:
    (card,) = (await desk.send(Post(str(ANNA), plain("new"), KEYBOARD))).message_ids
    press = desk.server.press(ANNA, ANNA, int(card), "take:1")
    await desk.send(AnswerPress(press, str(ANNA), str(ANNA), "😀" * 150, alert=True))
    answer = desk.server.answers[press]
    assert (answer.text, answer.alert) == ("😀" * 99 + "…", True)


async def test_an_old_press_is_too_late_to_answer(desk: Desk) -> None:
    error = await desk.refused(AnswerPress("1", str(ANNA), str(ANNA), "hello"))
    assert error.failure is Failure.TOO_LATE


async def test_whom_the_bot_cannot_reach_it_knows_why(desk: Desk) -> None:
    assert (await desk.refused(Post(str(GLEB), plain("x")))).failure is Failure.DENIED
    desk.server.block(ANNA)
    assert (await desk.refused(Post(str(ANNA), plain("x")))).failure is Failure.BLOCKED
    desk.server.deactivate(BORIS)
    assert (await desk.refused(Post(str(BORIS), plain("x")))).failure is Failure.GONE
    assert (await desk.refused(Post("-1009999999999", plain("x")))).failure is Failure.GONE
    assert (await desk.refused(Post("nobody", plain("x")))).failure is Failure.REFUSED


async def test_a_group_that_moved_tells_where(desk: Desk) -> None:
    new = desk.server.migrate(PLAIN_GROUP)
    error = await desk.refused(Post(str(PLAIN_GROUP), plain("x")))
    assert (error.failure, error.moved_to) == (Failure.MOVED, str(new))


async def test_what_was_deleted_is_lost(desk: Desk) -> None:
    topic = desk.server.open_topic(TEAM, BORIS, "#12 Anna")
    (card,) = (await desk.send(Post(str(ANNA), plain("new")))).message_ids
    desk.server.delete(ANNA, int(card))
    desk.server.delete_topic(TEAM, topic)
    lost: list[Outgoing] = [
        Post(str(TEAM), plain("x"), thread=str(topic)),
        RenameTopic(str(TEAM), str(topic), "x"),
        CloseTopic(str(TEAM), str(topic)),
        Edit(str(ANNA), card, plain("x")),
        Delete(str(ANNA), card),
        React(str(ANNA), card, "👍"),
    ]
    assert [(await desk.refused(call)).failure for call in lost] == [Failure.LOST] * 6


async def test_a_topic_is_opened_named_and_closed_and_to_repeat_it_is_harmless(desk: Desk) -> None:
    (number,) = (await desk.send(OpenTopic(str(TEAM), "💬 #12 Anna", "💬"))).message_ids
    topic = desk.server.world.chat(TEAM).topics[int(number)]
    assert (topic.name, ICONS[topic.icon], topic.closed) == ("💬 #12 Anna", "💬", False)
    for _ in range(2):
        await desk.send(RenameTopic(str(TEAM), number, "✖️ #12 Anna", "✖️"))
        await desk.send(CloseTopic(str(TEAM), number))
    assert (topic.name, topic.icon, topic.closed) == ("✖️ #12 Anna", "", True)
    for _ in range(2):
        await desk.send(RenameTopic(str(TEAM), number, "A" * 200, "✅"))
        await desk.send(CloseTopic(str(TEAM), number, closed=False))
    assert (topic.name, ICONS[topic.icon], topic.closed) == ("A" * 128, "✅", False)
    asked = [call for call in desk.server.calls if call.method == "getForumTopicIconStickers"]
    assert len(asked) == 1


async def test_a_topic_has_no_icon_where_nobody_tells_of_icons(desk: Desk) -> None:
    desk.server.fail("getForumTopicIconStickers", Fault.NOT_FOUND)
    (number,) = (await desk.send(OpenTopic(str(TEAM), "💬 #12 Anna", "💬"))).message_ids
    assert desk.server.world.chat(TEAM).topics[int(number)].icon == ""


async def test_where_topics_cannot_be_opened_the_reason_is_told(desk: Desk) -> None:
    desk.server.promote(TEAM, desk.server.bot_id, rights=["can_manage_chat"], by=BORIS)
    opened = OpenTopic(str(TEAM), "#12 Anna")
    assert (await desk.refused(opened)).failure is Failure.RIGHTS
    desk.server.make_forum(TEAM, forum=False)
    assert (await desk.refused(opened)).failure is Failure.REFUSED
    assert not await desk.channel.has_topics(str(TEAM))
    desk.server.make_forum(TEAM)
    assert await desk.channel.has_topics(str(TEAM))


async def test_a_hanging_server_leaves_the_outcome_open(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.send.CALL_SECONDS", 0.2)
    desk.server.fail("sendMessage", Fault.HANG)
    assert (await desk.refused(Post(str(ANNA), plain("x")))).failure is Failure.AMBIGUOUS


async def test_the_token_stands_in_no_traceback(desk: Desk) -> None:
    await desk.server.outage(True)
    with pytest.raises(SendError) as asked:
        await desk.channel.has_topics(str(ANNA))
    for error in (asked.value, await desk.refused(Post(str(ANNA), plain("x")))):
        assert error.__cause__ is None
        assert error.__suppress_context__


async def test_an_absent_server_has_certainly_done_nothing(desk: Desk) -> None:
    await desk.server.outage(True)
    assert (await desk.refused(Post(str(ANNA), plain("x")))).failure is Failure.TRANSIENT
    await desk.server.outage(False)
    await desk.send(Post(str(ANNA), plain("again")))
    assert [message.text for message in desk.seen()] == ["again"]


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://127.0.0.1:9"])
async def test_an_absent_proxy_has_certainly_done_nothing(desk: Desk, proxy: str) -> None:
    settings = TelegramSettings(TOKEN, desk.server.url, proxy)
    await desk.channel.close()
    desk.channel = TelegramChannel("telegram", settings)
    assert (await desk.refused(Post(str(ANNA), plain("x")))).failure is Failure.TRANSIENT


async def test_a_file_over_the_limit_is_not_opened(desk: Desk) -> None:
    told = desk.brought(document=Media(b"x", size=DOWNLOAD_BYTES + 1))
    untold = Attachment(AttachmentKind.DOCUMENT, "telegram", ref=told.ref)
    for attachment in (told, untold):
        with pytest.raises(SendError) as raised:
            async with desk.channel.open_file(attachment):
                pass
        assert raised.value.failure is Failure.TOO_LARGE


async def test_a_file_that_is_away_says_nothing_of_the_token(desk: Desk) -> None:
    attachment = desk.brought(document=b"invented")
    async with desk.channel.open_file(attachment) as download:
        assert b"".join([chunk async for chunk in download.chunks]) == b"invented"
        assert download.size == 8
    await desk.server.outage(True)
    with pytest.raises(SendError) as raised:
        async with desk.channel.open_file(attachment):
            pass
    assert raised.value.failure is Failure.TRANSIENT
    assert "secret" not in str(raised.value)


async def test_standings_of_managers_and_strangers(desk: Desk) -> None:
    boris = await desk.channel.member(str(TEAM), str(BORIS))
    assert (boris.present, boris.admin, boris.name, boris.username) == (
        True,
        True,
        "Boris",
        "boris",
    )
    assert not (await desk.channel.member(str(TEAM), str(GLEB))).present
    assert not (await desk.channel.member(str(TEAM), "999")).present


async def test_a_restricted_manager_is_still_in_the_chat(desk: Desk) -> None:
    desk.server.join(TEAM, GLEB)
    desk.server.restrict(TEAM, GLEB)
    gleb = await desk.channel.member(str(TEAM), str(GLEB))
    assert (gleb.present, gleb.admin) == (True, False)


async def test_the_teams_admins_are_people(desk: Desk) -> None:
    desk.server.join(TEAM, GLEB)
    admins = await desk.channel.admins(str(TEAM))
    assert {user: (one.name, one.admin) for user, one in admins.items()} == {
        str(BORIS): ("Boris", True)
    }


async def test_names_are_told_of_whom_the_bot_knows(desk: Desk) -> None:
    found = await desk.channel.profiles([str(ANNA), "999", "nobody"])
    assert {user: profile.name for user, profile in found.items()} == {str(ANNA): "Anna"}


async def test_it_is_known_who_can_be_written_to(desk: Desk) -> None:
    assert await desk.channel.reaches(str(ANNA))
    assert not await desk.channel.reaches(str(BORIS))
    desk.server.block(ANNA)
    assert not await desk.channel.reaches(str(ANNA))
    desk.server.fail("sendChatAction", Fault.HTML_502)
    with pytest.raises(SendError):
        await desk.channel.reaches(str(ANNA))


@pytest.fixture
def _no_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else polls, so nobody is waited for."""
    monkeypatch.setattr("bot.channels.telegram.check.PROBE_SECONDS", 0)


@pytest.mark.usefixtures("_no_listening")
async def test_a_healthy_bot_passes_the_check(desk: Desk) -> None:
    findings = await desk.channel.check(str(TEAM))
    assert [
        finding.key.removeprefix("check.").removeprefix("telegram.") for finding in findings
    ] == [
        "token",
        "clock_right",
        "webhook",
        "one_poller",
        "chat",
        "admin",
        "privacy",
        "topics",
    ]
    assert all(finding.ok for finding in findings)
    assert findings[0].values == {"bot": "dialead_bot"}


@pytest.mark.usefixtures("_no_listening")
async def test_the_check_says_what_is_wrong(desk: Desk) -> None:
    desk.server.world.privacy = True
    desk.server.demote(TEAM, desk.server.bot_id, by=BORIS)
    wrong = [finding.key for finding in await desk.channel.check(str(TEAM)) if not finding.ok]
    assert wrong == [
        "check.telegram.not_admin",
        "check.telegram.privacy_on",
        "check.telegram.no_topics",
    ]
    wrong = [
        finding.key for finding in await desk.channel.check("-1009999999999") if not finding.ok
    ]
    assert wrong == ["check.telegram.chat_unknown"]
    desk.server.fail("getMe", Fault.UNAUTHORIZED)
    (finding,) = await desk.channel.check("")
    assert (finding.ok, finding.key) == (False, "check.telegram.token_refused")
