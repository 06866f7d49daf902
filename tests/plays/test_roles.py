"""Who may do what: strangers, managers, admins, supervisors, and those who pretend."""

from __future__ import annotations

from storage.schema import leads
from tests.cast import ANNA, BORIS, DASHA, ELSEWHERE, GLEB, PABLO, TEAM, VERA
from tests.plays.play import Play

REFUSAL = "These buttons are for the team only"


async def taken_by_boris(play: Play) -> int:
    """The product runs and Boris has Anna's lead; the card's message id."""
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    return (await play.card(1, "With Boris")).id


async def states(play: Play) -> list[str]:
    """The states of all leads, once everything is done."""
    await play.quiet()
    return [row.state for row in await play.rows(leads)]


async def test_a_manager_acts_on_nobody_elses_lead(play: Play) -> None:
    await taken_by_boris(play)
    for label in ("Assign", "Convert", "Reject", "Return"):
        assert await play.press(DASHA, 1, label) == "#1 is with Boris"
    assert await states(play) == ["taken"]


async def test_a_supervisor_acts_on_any_lead(play: Play) -> None:
    await taken_by_boris(play)
    await play.press(VERA, 1, "Reject")
    assert await play.press(VERA, 1, "Duplicate") == "#1 is rejected"
    assert await states(play) == ["rejected"]


async def test_an_admin_gives_out_and_takes_back_but_closes_nothing(play: Play) -> None:
    play.telegram.promote(TEAM, DASHA)
    await taken_by_boris(play)
    assert await play.press(DASHA, 1, "Convert") == "#1 is with Boris"
    assert await play.press(DASHA, 1, "Return") == "#1 is back in the queue"
    await play.press(BORIS, 1, "Take")
    await play.press(DASHA, 1, "Assign")
    assert await play.press(DASHA, 1, "Vera") == "#1 is with Vera now"


async def test_a_manager_who_left_is_a_stranger_at_once(play: Play) -> None:
    card = await taken_by_boris(play)
    play.telegram.leave(TEAM, BORIS)
    await play.quiet()
    told = await play.forge(BORIS, "1:reject:1", message=card)
    assert (told.text, told.alert) == (REFUSAL, True)


async def test_a_manager_who_left_unheard_is_a_stranger_after_a_moment(play: Play) -> None:
    card = await taken_by_boris(play)
    play.telegram.leave(TEAM, BORIS)
    play.telegram.world.updates._queue.clear()  # the event never came
    play.move(11)
    assert (await play.forge(BORIS, "1:return:1", message=card)).text == REFUSAL


async def test_a_clock_that_was_ahead_keeps_nobody_in_the_team(play: Play) -> None:
    card = await taken_by_boris(play)
    play.move(365 * 86_400)
    await play.forge(BORIS, "1:back:1", message=card)
    await play.quiet()
    play.move(-365 * 86_400)
    play.telegram.leave(TEAM, BORIS)
    play.telegram.world.updates._queue.clear()  # the event never came
    assert (await play.forge(BORIS, "1:return:1", message=card)).text == REFUSAL


async def test_leads_of_a_manager_who_left_return_to_the_queue(play: Play) -> None:
    await taken_by_boris(play)
    play.telegram.write(PABLO, PABLO, "And I want a door")
    await play.press(BORIS, 2, "Take")
    play.telegram.leave(TEAM, BORIS)
    await play.shown("Boris left the chat, 2 leads are back in the queue: #1, #2")
    assert await play.press(DASHA, 1, "Take") == "#1 is yours"
    assert len(play.team("Boris left the chat")) == 1


async def test_a_stranger_presses_in_vain(play: Play) -> None:
    card = await taken_by_boris(play)
    for data in ("1:take:1", "1:reject:1", "1:convert:1:deal", "1:back:1", "1:repeat:1:1"):
        assert (await play.forge(GLEB, data, message=card)).text == REFUSAL
    assert (await play.forge(ANNA, "1:reject:1", chat=ANNA)).text == REFUSAL
    assert await states(play) == ["taken"]


async def test_data_pressed_in_another_chat_does_nothing(play: Play) -> None:
    await taken_by_boris(play)
    for who in (BORIS, VERA):
        play.telegram.join(ELSEWHERE, who)
        told = await play.forge(who, "1:reject:1", chat=ELSEWHERE)
        assert told.text == REFUSAL
    assert await states(play) == ["taken"]


FORGED = (
    "",
    "x",
    "0:take:1",
    "1:take",
    "1:take:one",
    "1:take:-1",
    "1:take:999999",
    "1:take:99999999999999999999",
    "1:explode:1",
    "1:take:٣",
    "{}",
)


async def test_forged_and_outdated_data_get_a_polite_answer(play: Play) -> None:
    card = await taken_by_boris(play)
    told = {data: (await play.forge(BORIS, data, message=card)).text for data in FORGED}
    assert told == dict.fromkeys(FORGED, "This button is out of date")
    assert await states(play) == ["taken"]


async def test_a_lead_cannot_be_given_to_nobody(play: Play) -> None:
    await taken_by_boris(play)
    for nobody in ("0", "999", "x"):
        assert "has left the chat" in (await play.forge(BORIS, f"1:assign:1:{nobody}")).text
    await play.quiet()
    assert "With Boris" in (await play.card(1)).text


async def test_a_forged_kind_of_deal_only_opens_the_choice(play: Play) -> None:
    await taken_by_boris(play)
    assert (await play.forge(BORIS, "1:convert:1:castle")).text == "Convert into what?"
    assert await states(play) == ["taken"]


async def test_a_press_on_a_message_the_bot_cannot_see_counts(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    card = await play.card(1)
    query = play.telegram.press(BORIS, TEAM, card.id, "1:take:1", inaccessible=True)
    await play.until(lambda: play.telegram.answers.get(query))
    await play.card(1, "With Boris")


async def test_an_anonymous_admin_reads_and_is_asked_to_answer_as_themselves(play: Play) -> None:
    card = await taken_by_boris(play)
    play.telegram.write(VERA, TEAM, "From 100 euros", reply_to=card, sender_chat=TEAM)
    await play.shown("Reply as yourself")
    play.telegram.write(VERA, TEAM, "/leads", sender_chat=TEAM)
    await play.shown("1 open lead")
    play.telegram.write(VERA, TEAM, "/my", sender_chat=TEAM)
    await play.until(lambda: len(play.team("Reply as yourself")) == 2)
    await play.quiet()
    assert not play.private(ANNA)


async def test_strangers_in_private_learn_nothing(play: Play) -> None:
    await taken_by_boris(play)
    for text in ("/leads", "/lead 1", "/digest", "/help", "/my", "/overdue"):
        play.telegram.write(GLEB, GLEB, text)
    await play.card(2, "/leads")
    await play.quiet()
    assert not play.private(GLEB)


async def test_staff_in_private_use_commands_and_never_become_leads(play: Play) -> None:
    await taken_by_boris(play)
    play.telegram.press_start(BORIS)
    await play.until(lambda: play.private(BORIS, "/leads — open leads"))
    play.telegram.write(BORIS, BORIS, "/my")
    await play.until(lambda: play.private(BORIS, "You have 1 lead"))
    play.telegram.write(VERA, VERA, "Does this work?", photo=b"a picture")
    await play.until(lambda: play.private(VERA, "/help"))
    assert await states(play) == ["taken"]


async def test_a_supervisor_on_vk_uses_commands_there(play: Play) -> None:
    await play.start(team={"supervisors": [f"vk:{VERA}"], "managers": [f"vk:{DASHA}"]})
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.card(1)
    await play.until(lambda: play.vk.polling)
    play.vk.write(VERA, "/lead 1")
    await play.until(lambda: [m for m in play.vk.dialog(VERA) if "Anna" in m.text])
    play.vk.write(DASHA, "/leads")
    await play.until(lambda: [m for m in play.vk.dialog(DASHA) if "1 open lead" in m.text])
    assert await states(play) == ["new"]


async def test_who_comes_back_and_answers_at_once_is_heard(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.press(BORIS, 1, "Take")
    play.telegram.leave(TEAM, BORIS)
    await play.card(1, "new")
    await play.quiet()
    play.telegram.join(TEAM, BORIS)
    await play.reply(BORIS, 1, "I am back")
    await play.heard(ANNA, "I am back")


async def test_who_was_taken_out_of_the_settings_hears_no_more_of_customers(play: Play) -> None:
    both = [f"telegram:{VERA}", f"telegram:{GLEB}"]
    play.telegram.started(GLEB)
    await play.start(team={"supervisors": both})
    play.telegram.write(GLEB, GLEB, "/help")
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Assign")
    await play.press(BORIS, 1, "Gleb")
    await play.press(VERA, 1, "Next step")
    await play.press(VERA, 1, "In an hour")
    await play.card(1, "⏭")
    await play.quiet()
    told = len(play.private(GLEB))
    await play.stop()
    await play.start()
    play.move(20 * 60)
    await play.shown("Gleb, the customer has waited")
    play.move(60 * 60)
    await play.shown("Gleb, time for the next step")
    await play.quiet()
    assert len(play.private(GLEB)) == told
