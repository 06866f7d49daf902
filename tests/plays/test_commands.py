"""The team's commands, notes, and replies to whatever stands for a lead."""

from __future__ import annotations

from bot.sandbox.telegram.files import Media
from storage.schema import messages
from tests.cast import ANNA, BORIS, DASHA, PABLO, TEAM, VERA
from tests.plays.play import Play


async def two_leads(play: Play) -> None:
    """Anna's lead is Boris's, Pablo's is free."""
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    play.telegram.write(PABLO, PABLO, "And a door?")
    await play.card(2)


async def ask(play: Play, who: int, command: str, words: str) -> str:
    """A command in the team's chat; the answer, which is a reply to it."""
    asked = play.telegram.write(who, TEAM, command)
    await play.until(lambda: [m for m in play.team(words) if m.reply_to == asked])
    return next(m.text for m in play.team(words) if m.reply_to == asked)


async def test_lists_show_what_is_open(play: Play) -> None:
    await two_leads(play)
    lines = (await ask(play, BORIS, "/leads", "2 open leads")).splitlines()
    assert lines[1].startswith("💬 #1 Anna → Boris · ")
    assert lines[2].startswith("🆕 #2 Pablo · new · ")
    assert "#2" not in await ask(play, BORIS, "/my", "You have 1 lead")
    await ask(play, DASHA, "/my@dialead_bot", "You have no leads")
    await ask(play, DASHA, "/overdue", "No overdue leads")
    play.move(3600)
    await ask(play, DASHA, "/overdue", "2 overdue leads")


async def test_a_lead_tells_its_whole_story(play: Play) -> None:
    await two_leads(play)
    await play.reply(BORIS, 1, "From 100 euros")
    await play.heard(ANNA, "From 100 euros")
    await play.reply(BORIS, 1, "// seems in a hurry\n//from Madrid")
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Too expensive")
    story = await ask(play, DASHA, "/lead #1", "came in")
    for told in (
        "← How much is a window?",
        "taken by Boris",
        "→ Boris: From 100 euros",
        "// Boris: seems in a hurry\n┆ from Madrid",
        "rejected by Boris (Too expensive)",
    ):
        assert told in story
    await ask(play, DASHA, "/lead 77", "no such lead")
    await ask(play, DASHA, "/lead", "Which lead?")


async def test_help_and_the_digest_so_far(play: Play) -> None:
    await two_leads(play)
    await ask(play, DASHA, "/help", "/leads — open leads")
    digest = await ask(play, DASHA, "/digest", "Today since")
    assert "Received: 2" in digest
    assert "Taken: 1" in digest
    assert "Unprocessed now: 2" in digest


async def test_words_that_are_no_command_are_left_alone(play: Play) -> None:
    await two_leads(play)
    for text in ("/leadsx", "/unknown", "Good morning", "// note to nobody"):
        play.telegram.write(BORIS, TEAM, text)
    play.telegram.write(BORIS, TEAM, "me too", reply_to=play.team("Good morning")[0].id)
    before = len([m for m in play.team() if m.from_bot])
    await play.quiet()
    assert len([m for m in play.team() if m.from_bot]) == before
    assert not play.private(ANNA)


async def test_who_replies_to_what_belongs_to_no_lead_is_told_that_nobody_reads_it(
    play: Play,
) -> None:
    await two_leads(play)
    play.telegram.write(BORIS, TEAM, "/help")
    answer = await play.shown("/leads — open leads")
    talk = play.telegram.write(BORIS, TEAM, "Shall we have lunch?")
    play.telegram.write(VERA, TEAM, "In an hour", reply_to=talk)
    own = play.telegram.write(BORIS, TEAM, "From 100 euros", reply_to=answer.id)
    assert (await play.shown("belongs to no lead")).reply_to == own
    album = [("photo", Media(b"door")), ("video", Media(b"window"))]
    play.telegram.album(BORIS, TEAM, [*album], "Both", reply_to=answer.id)
    await play.until(lambda: len(play.team("belongs to no lead")) == 2)
    await play.quiet()
    assert len(play.team("belongs to no lead")) == 2
    assert not play.private(ANNA)


async def test_notes_stay_inside(play: Play) -> None:
    await two_leads(play)
    note = await play.reply(BORIS, 1, "// a difficult one")
    await play.until(lambda: play.telegram.message(TEAM, note).reactions)
    await play.reply(BORIS, 1, "From 100 euros\n  // if she asks twice\nfor two")
    heard = await play.heard(ANNA, "From 100 euros")
    assert heard.text == "From 100 euros\nfor two"
    await play.quiet()
    assert len(play.private(ANNA)) == 1


async def test_replies_reach_the_customer_from_anything_that_stands_for_the_lead(
    play: Play,
) -> None:
    await two_leads(play)
    play.telegram.write(ANNA, ANNA, "In white?")
    relayed = await play.shown("In white?")
    first = play.telegram.write(BORIS, TEAM, "White is fine", reply_to=relayed.id)
    await play.heard(ANNA, "White is fine")
    play.telegram.write(BORIS, TEAM, "And green too", reply_to=first)
    await play.heard(ANNA, "And green too")
    assert not play.private(PABLO)
    await play.card(1, "With Boris")


async def test_the_manager_sees_that_a_reply_was_accepted(play: Play) -> None:
    await two_leads(play)
    reply = await play.reply(BORIS, 1, "From 100 euros")
    await play.until(lambda: play.telegram.message(TEAM, reply).reactions)
    bot = play.telegram.bot_id
    assert play.telegram.message(TEAM, reply).reactions[bot] == ("👍",)


async def test_a_note_to_a_question_is_no_answer_to_it(play: Play) -> None:
    await two_leads(play)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "In my own words")
    asked = await play.shown("Why is #1 rejected?")
    play.telegram.write(BORIS, TEAM, "// let me think", reply_to=asked.id)
    await play.quiet()
    assert "With Boris" in (await play.card(1)).text
    assert [m.direction for m in await play.rows(messages)][-1] == "note"


async def test_vera_reads_in_private_as_in_the_chat(play: Play) -> None:
    await two_leads(play)
    for command, words in (("/leads", "2 open leads"), ("/lead 1", "taken by Boris")):
        play.telegram.write(VERA, VERA, command)
        await play.heard(VERA, words)
