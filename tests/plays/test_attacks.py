"""What somebody may try who has read the README: floods by one message, spoofed names, forgery."""

from __future__ import annotations

import copy
from collections import Counter
from datetime import timedelta

from bot.sandbox.telegram.files import Media
from bot.sandbox.vk.attachments import Photo
from storage.schema import contacts, messages, outbox, versions
from tests.cast import ANNA, BORIS, ELSEWHERE, GLEB, PABLO, TEAM, VERA
from tests.plays.play import AWAITED, Play

PIXEL = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


async def test_a_hundred_forwarded_messages_do_not_take_the_group_for_minutes(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "w" * 4000, attachments=[Photo(PIXEL)] * 9)
    await play.card(1)
    await play.quiet()
    before = len(play.team())
    event = copy.deepcopy(play.vk.events[-1])
    message = event["object"]["message"]
    forwarded = {one: message[one] for one in ("text", "attachments", "date", "from_id")}
    message |= {"fwd_messages": [forwarded] * 100, "conversation_message_id": 99}
    play.vk.inject(event | {"event_id": "forwards"})
    await play.shown("characters, kept but not shown")
    await play.quiet()
    assert len(play.team()) - before < 30
    kept = max(await play.rows(messages), key=lambda one: len(one.text))
    assert len(kept.text) > 400_000
    assert len(kept.attachments) > 900


async def test_a_long_edit_is_shown_in_part_too(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    number = play.vk.write(ANNA, "How much?")
    await play.card(1)
    await play.quiet()
    before = len(play.team())
    play.vk.edit(ANNA, number, "x" * 9000)
    event = copy.deepcopy(play.vk.events[-1])
    event["object"] |= {"text": "y" * 300_000, "update_time": event["object"]["update_time"] + 1}
    play.vk.inject(event | {"event_id": "edited again"})
    await play.shown("288000 characters")
    await play.quiet()
    assert len(play.team()) - before < 15


async def test_a_name_forges_nothing_beside_it(play: Play) -> None:
    play.telegram.add_user(ANNA, "Anna\u202e\u2066 ⏺ nekat\u2028Boris:\nrejected")
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello", document=Media(b"%PDF", "plan\u202excod.exe"))
    card = await play.card(1, "Anna")
    await play.quiet()
    head = card.text.splitlines()[0]
    assert head.endswith(" · new")
    assert "Anna ⏺ nekat" in head
    for shown in play.team():
        assert not set("\u202e\u2066\u2028") & set(shown.text)
    sent = next(one.body["document"] for one in play.team() if "document" in one.body)
    assert "\u202e" not in str(sent)


async def test_no_name_and_no_words_hide_or_turn_what_stands_beside_them(play: Play) -> None:
    """Marks upon marks reach other lines; a word that turns the writing turns the state too."""
    tower, hidden = "\u0301\u0489" * 100, "\u200b\u2060\u3164\ufeff"
    play.telegram.add_user(ANNA, f"A{tower}nna{hidden}")
    play.telegram.add_user(PABLO, hidden, username="pablo")
    play.telegram.add_user(GLEB, "भारती นี้ 👩‍👩‍👧")
    await play.start()
    for number, who in enumerate((ANNA, PABLO, GLEB), 1):
        play.telegram.write(who, who, f"{tower} \u202e Hello {hidden}")
        await play.card(number, "Hello")
    for command in ("/leads", "/find hello"):
        play.telegram.write(BORIS, TEAM, command)
    await play.shown("pablo")
    await play.quiet()
    cards = [(await play.card(number)).text for number in (1, 2, 3)]
    assert "Ańnna" not in cards[0]
    assert "nna" in cards[0]
    assert "pablo" in cards[1]
    assert "भारती นี้ 👩‍👩‍👧" in cards[2]
    lists = [one.text for one in play.team() if len(one.text.splitlines()) > 2]
    assert len(lists) > 4
    for text in (*cards, *lists):
        assert "\u202e" not in text
        assert text.count("\u0301") <= 8
        assert not set(hidden) & set(text)


async def test_a_customer_who_calls_themselves_like_a_command_is_a_customer(play: Play) -> None:
    play.telegram.add_user(ANNA, "/leads", username="dead")
    await play.start()
    play.telegram.write(ANNA, ANNA, "/lead 1")
    card = await play.card(1, "/leads")
    play.telegram.write(BORIS, TEAM, "Hello", reply_to=card.id)
    await play.heard(ANNA, "Hello")
    assert not play.private(ANNA, "#1")


async def test_somebody_elses_phone_shared_as_a_contact_is_not_the_customers(play: Play) -> None:
    """Nobody is taken for another customer by a number that is not known to be theirs."""
    await play.start()
    play.telegram.write(PABLO, PABLO, "Call me: +34 600 111 222")
    await play.card(1)
    for forged in (
        {"phone_number": "+34600111222", "first_name": "Anna"},
        {"phone_number": "+34600111222", "first_name": "Anna", "user_id": PABLO},
    ):
        play.telegram.write(ANNA, ANNA, contact=forged)
    card = await play.card(2)
    await play.quiet()
    assert "Perhaps" not in (await play.card(2)).text
    assert not any("Same person" in label for label in card.labels)


async def test_commands_by_the_hundred_are_answered_as_fast_as_answers_go(play: Play) -> None:
    """Each would wait for its turn, and after a minute's tapping the chat is full for an hour."""
    play.telegram.add_user(ANNA, "Anna", language="en")
    await play.start(channels={"telegram": {"greeting": "Welcome"}})
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.heard(ANNA, "Welcome")
    await play.quiet()
    before = len(play.private(ANNA))
    for command in ("/start", "/delete", "/privacy"):
        for _ in range(30):
            play.telegram.write(ANNA, ANNA, command)
    await play.heard(ANNA, "Delete")
    play.telegram.write(ANNA, ANNA, "And a word")
    await play.shown("And a word")
    await play.quiet()
    assert 2 < len(play.private(ANNA)) - before < 20
    assert not [row for row in await play.rows(outbox) if row.state not in ("sent", "expired")]


async def test_a_list_of_phones_is_not_on_everybodys_card(play: Play) -> None:
    await play.start(leads={"messages_per_minute": 0})
    play.telegram.write(PABLO, PABLO, "Call me: +34 600 111 222")
    await play.card(1)
    await play.quiet()
    for start in range(0, 1000, 100):
        numbers = (f"+34 600 {n:03d} 333" for n in range(start, start + 100))
        play.telegram.write(ANNA, ANNA, "; ".join((*numbers, "+34 600 111 222")))
    await play.card(2)
    await play.quiet()
    given = Counter(row.account for row in await play.rows(contacts))
    assert sorted(given.values()) == [1, 50]
    assert not any("Same person" in label for label in (await play.card(1)).labels)


async def test_no_line_of_a_history_is_forged(play: Play) -> None:
    """A customer's second line would read as what a manager answered."""
    await play.start()
    forged = "Nov 25, 12:01 → Boris: All for 10 euros"
    number = play.telegram.write(ANNA, ANNA, f"How much?\n{forged}\u2028{forged}")
    await play.card(1)
    await play.quiet()
    play.telegram.edit(ANNA, ANNA, number, f"How much?\r\n{forged}\n{forged}")
    await play.quiet()
    play.telegram.write(BORIS, TEAM, "/lead 1")
    told = await play.shown("came in")
    assert told.text.count(forged) == 4
    assert told.text.count(f"\n┆ {forged}") == 4


async def test_the_history_of_who_writes_much_does_not_take_the_group_for_minutes(
    play: Play,
) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.card(1)
    await play.quiet()
    (hello,) = await play.rows(messages)
    later = hello.at + timedelta(seconds=1)
    said = hello._asdict() | {"at": later, "edited_at": later}
    ids = range(1001, 4001)
    much = [said | {"id": n, "message_id": str(n), "text": f"said {n} {'x' * 400}"} for n in ids]
    often = [
        {"message": ids[-1], "text": f"version {n} {'y' * 400}", "until": later} for n in range(100)
    ]
    assert play.product is not None
    async with play.product.database.write() as connection:
        await connection.execute(messages.insert(), much)
        await connection.execute(versions.insert(), often)
    before = len(play.team())
    play.telegram.write(BORIS, TEAM, "/lead 1")
    told = await play.shown("earlier entries are not shown")
    await play.quiet()
    whole = [one.text for one in play.team()[before:] if one.from_bot]
    assert len(whole) < 5
    for words, times in (("said 4000", 1), ("version 99", 1), ("version 0 ", 0), ("said 1001", 0)):
        assert sum(one.count(words) for one in whole) == times
    shown = sum(one.count("said ") for one in whole)
    assert 20 < shown < 40
    assert f"{3002 - shown} earlier entries" in told.text  # with Anna's hello, and that it came


async def test_braces_and_percents_of_a_customer_are_only_words(play: Play) -> None:
    play.telegram.add_user(ANNA, "{0.__class__}{number}%s")
    await play.start()
    play.telegram.write(ANNA, ANNA, "{name.__init__.__globals__} %(x)s {")
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    assert (await play.card(1, "{name.__init__.__globals__} %(x)s {")).text.count("{0.__class__}")


async def test_invitations_into_chats_of_vk_alarm_nobody(play: Play) -> None:
    """No community can leave a chat, so it says nothing there and promises nothing."""
    play.telegram.started(VERA)
    await play.start()
    await play.until(lambda: play.vk.polling)
    chat = play.vk.add_chat("Friends", [ANNA])
    play.vk.write(ANNA, "Hello")
    await play.card(1)
    await play.quiet()
    assert not play.private(VERA)
    assert [one.text for one in play.vk.dialog(chat)] == [""]


async def test_the_voices_of_channels_are_answered_one_at_a_time(play: Play) -> None:
    """Each answer costs the group one of its twenty posts a minute."""
    play.telegram.make_public(TEAM, "sales_of_windows")
    await play.start(telegram={"group_per_minute": 1})
    for _ in range(20):
        play.telegram.write(GLEB, TEAM, "/leads", sender_chat=ELSEWHERE)
    await play.over(play.telegram.world.updates.pending, *AWAITED[:1])
    waits = [one for one in await play.rows(outbox) if one.ended_at is None]
    assert len(waits) <= 2
