"""What people of the team do by mistake, or too late, and what becomes of it."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta

import pytest

from bot.messages import (
    AnswerPress,
    Author,
    ButtonPressed,
    Chat,
    Facts,
    Member,
    Priority,
    Style,
)
from bot.sandbox.telegram.faults import Fault
from handlers.cards import mention
from handlers.work import ANSWER_EXPIRES
from storage import outbox
from storage.schema import leads
from storage.schema import outbox as calls
from storage.session import Ids, Reads, Session, TooEarly
from storage.staff import Staff
from tests.cast import ANNA, BORIS, DASHA, TEAM, VERA
from tests.plays.play import Play
from tests.storage.making import saving

PRESSED = {
    who: ButtonPressed(
        "telegram", Chat(str(TEAM), False), Author(str(who), "Somebody"), "7", "1", "1:take:1"
    )
    for who in (BORIS, DASHA)
}


async def boris_has_it(play: Play) -> None:
    """The product runs, and Anna's lead is Boris's."""
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    await play.card(1, "With Boris")


async def test_a_photo_with_a_note_stays_inside(play: Play) -> None:
    await boris_has_it(play)
    note = await play.reply(BORIS, 1, "// our price list, internal", photo=b"a picture")
    await play.until(lambda: play.telegram.message(TEAM, note).reactions)
    await play.quiet()
    assert not play.private(ANNA)


async def test_a_name_on_vk_is_shown_as_its_page(play: Play) -> None:
    play.vk.add_user(1101, "Anna", "", screen_name="anna_doors")
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(1101, "Hello")
    card = await play.card(1, "vk.com/anna_doors")
    assert "@anna_doors" not in card.text


@pytest.mark.parametrize(
    ("username", "page"), [("", "https://vk.com/id7"), ("boris7", "https://vk.com/boris7")]
)
def test_staff_on_vk_are_named_by_their_page(username: str, page: str, database_url: str) -> None:
    span = mention(Staff(1, "Boris", "vk:7", username))
    assert (span.text, span.style, span.url) == ("Boris", Style.LINK, page)


async def test_what_was_done_in_the_group_before_it_moved_counts(play: Play) -> None:
    old = -4001
    play.telegram.add_group(old, "Sales", supergroup=False, admins=[VERA], members=[BORIS])
    await play.start(team={"chat": f"telegram:{old}"})
    play.telegram.write(ANNA, ANNA, "Hello")
    card = (await play.until(lambda: play.telegram.shown(old)))[0]
    await play.quiet()
    play.telegram.migrate(old)
    await play.quiet()
    await late(play, old, 900, "Yes, we do", card.id)
    await play.stop()
    await play.start(team={"chat": f"telegram:{old}"})
    await late(play, old, 901, "And for free", card.id)


async def late(play: Play, chat: int, number: int, text: str, card: int) -> None:
    """Boris's reply, made in the former group and heard of only now."""
    where = {"id": chat, "type": "group", "title": "Sales"}
    bot = {"id": play.telegram.bot_id, "is_bot": True, "first_name": "Dialead"}
    replied = {"message_id": card, "date": 1, "chat": where, "from": bot, "text": "card"}
    author = {"id": BORIS, "is_bot": False, "first_name": "Boris"}
    play.telegram.inject(
        {
            "message": {
                "message_id": number,
                "date": int(play.now()),
                "chat": where,
                "from": author,
                "text": text,
                "reply_to_message": replied,
            }
        }
    )
    await play.heard(ANNA, text)


async def test_a_command_under_a_card_never_reaches_the_customer(play: Play) -> None:
    await boris_has_it(play)
    await play.reply(BORIS, 1, "/help\nme")
    await play.shown("/leads — open leads")
    await play.reply(BORIS, 1, "/unknown what is this")
    await play.shown("Unknown command, not sent to the customer")
    await play.reply(BORIS, 1, "/stats@other_bot")
    await play.reply(BORIS, 1, "/2 of the price, as agreed")
    await play.heard(ANNA, "/2 of the price")
    await play.quiet()
    assert len(play.private(ANNA)) == 1
    assert len(play.team("Unknown command")) == 1


async def test_a_command_for_another_bot_is_left_to_it(play: Play) -> None:
    await boris_has_it(play)
    play.telegram.write(BORIS, TEAM, "/help@other_bot")
    play.telegram.write(BORIS, TEAM, "/new@other_bot Pablo, wants a door")
    await play.reply(BORIS, 1, "/tag@other_bot urgent")
    await play.quiet()
    assert len(await play.rows(leads)) == 1
    assert not play.team("/leads — open leads")
    assert not play.team("#urgent")
    assert not play.private(ANNA)
    play.telegram.fail("getMe", Fault.SERVER_ERROR, times=-1)
    play.telegram.write(BORIS, TEAM, "/help@Dialead_bot")
    await play.shown("/leads — open leads")


async def test_a_reply_to_a_leads_story_reaches_its_customer(play: Play) -> None:
    await boris_has_it(play)
    play.telegram.write(BORIS, TEAM, "/lead 1")
    story = await play.shown("came in")
    await play.quiet()
    play.telegram.write(BORIS, TEAM, "From 100 euros", reply_to=story.id)
    await play.heard(ANNA, "From 100 euros")


async def test_whoever_presses_where_members_are_hidden_is_of_the_team(play: Play) -> None:
    words = "Bad Request: member list is inaccessible"
    play.telegram.fail("getChatMember", Fault.BAD_REQUEST, times=-1, description=words)
    await boris_has_it(play)
    play.move(3600)
    play.telegram.press_start(BORIS)
    await play.until(lambda: play.private(BORIS, "/leads — open leads"))
    assert len(await play.rows(leads)) == 1


async def test_a_departure_written_down_in_the_meantime_wins(play: Play) -> None:
    product = await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    play.telegram.leave(TEAM, BORIS)
    await play.quiet()
    sessions = {who: Session(Reads(product.database), Ids(product.database)) for who in PRESSED}
    for who, press in PRESSED.items():
        facts = Facts(member=Member(present=True))
        with pytest.raises(TooEarly) if who == BORIS else nullcontext():
            await product.handle(press, facts, sessions[who])
    assert set(sessions[DASHA].versions) == {("leads", 1)}
    told = await play.forge(BORIS, "1:take:1")  # asked once more he is a stranger
    assert told.text == "These buttons are for the team only"


async def test_who_left_came_back_and_replied_is_heard(play: Play) -> None:
    await boris_has_it(play)
    await play.quiet()
    await play.stop()
    play.telegram.leave(TEAM, BORIS)
    play.telegram.join(TEAM, BORIS)
    reply = await play.reply(BORIS, 1, "From 100 euros")
    await play.start()
    await play.heard(ANNA, "From 100 euros")
    await play.until(lambda: play.telegram.message(TEAM, reply).reactions)
    await play.quiet()
    assert len(play.private(ANNA)) == 1


async def test_who_left_after_a_reply_that_is_heard_late_reaches_nobody(play: Play) -> None:
    await boris_has_it(play)
    await play.quiet()
    await play.stop()
    await play.reply(BORIS, 1, "From 100 euros")
    play.telegram.leave(TEAM, BORIS)
    play.move(11)
    await play.start()
    await play.shown("Boris left the chat")
    await play.quiet()
    assert not play.private(ANNA)


@pytest.mark.one_process("it counts calls, of which a death repeats one")
async def test_of_more_presses_than_the_pace_bears_the_newest_are_answered(play: Play) -> None:
    await boris_has_it(play)
    await play.quiet()
    await play.stop()
    queries = [play.telegram.press(BORIS, TEAM, 1, "1:take:1", forged=True) for _ in range(90)]
    play.telegram.world.updates._queue.clear()  # all are handled in one moment, here
    product = await play.start(telegram={"per_second": 2, "group_per_minute": 59})
    async with saving(product.database) as session:
        for number, query in enumerate(queries):
            await outbox.add(
                session,
                "telegram",
                AnswerPress(query, str(TEAM), str(BORIS), "Taken"),
                chat=str(TEAM),
                key=f"press:{query}",
                priority=Priority.ANSWER,
                now=product.now() + timedelta(milliseconds=number),
                expires_at=product.now() + ANSWER_EXPIRES,
            )
    product.wake()
    await play.quiet()
    answered = [query for query in queries if query in play.telegram.answers]
    assert queries[-1] in answered
    assert not set(answered) & set(queries[:45])
    # Nobody is there to see those any more, so they take no place of others.
    asked = [one for one in play.telegram.calls if one.method == "answerCallbackQuery"][1:]
    expired = [row for row in await play.rows(calls) if row.state == "expired"]
    assert len(asked) + len(expired) == len(queries)


async def test_a_deal_is_told_in_the_story_and_a_closed_card_names_its_manager(
    play: Play,
) -> None:
    await boris_has_it(play)
    await play.press(BORIS, 1, "Convert")
    await play.press(BORIS, 1, "Deal")
    asked = await play.shown("Title and amount for #1?")
    play.telegram.write(BORIS, TEAM, "Windows 1,200", reply_to=asked.id)
    await play.card(1, "Boris · Deal · Windows · $1,200")
    play.telegram.write(DASHA, TEAM, "/lead 1")
    head = (await play.shown("came in")).text.splitlines()[0]
    assert head.endswith("Deal · Windows · $1,200 · client 1")
    play.telegram.write(DASHA, TEAM, "/leads")
    await play.shown("No open leads")
