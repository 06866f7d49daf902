"""`/tag`: words on a lead, shown on its card, found again."""

from __future__ import annotations

from storage.schema import lead_tags
from tests.cast import ANNA, BORIS, DASHA, PABLO, TEAM
from tests.plays.play import Play
from tests.plays.test_commands import ask


async def two_leads(play: Play) -> None:
    """Anna's and Pablo's."""
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    play.telegram.write(PABLO, PABLO, "And a door?")
    await play.card(2)


async def test_tags_are_put_on_and_taken_off(play: Play) -> None:
    await two_leads(play)
    await play.reply(BORIS, 1, "/tag VIP #Срочно")
    await play.shown("#1: #vip #срочно")
    assert " · #vip #срочно" in (await play.card(1, "#vip")).text
    await play.reply(DASHA, 1, "/tag -vip white")
    await play.shown("#1: #white #срочно")
    await play.card(1, "#white")
    await play.reply(DASHA, 1, "/tag")
    await play.until(lambda: len(play.team("#1: #white #срочно")) == 2)
    assert [(one.lead, one.tag) for one in await play.rows(lead_tags)] == [
        (1, "white"),
        (1, "срочно"),
    ]
    assert "#" not in (await play.card(2)).text.replace("#2", "")


async def test_a_lead_is_found_by_its_tags_and_tells_of_them(play: Play) -> None:
    await two_leads(play)
    await play.reply(BORIS, 2, "/tag urgent")
    await play.card(2, "#urgent")
    assert "#2 Pablo" in await ask(play, DASHA, "/find #Urgent", "1 lead found")
    assert "#2 Pablo" in await ask(play, DASHA, "/find #urgent door", "1 lead found")
    await ask(play, DASHA, "/find #urgent window", "Nothing found")
    story = await ask(play, DASHA, "/lead 2", "came in")
    assert "#urgent" in story.splitlines()[0]
    assert "tags by Boris (+urgent)" in story


async def test_no_lead_no_tag_too_many(play: Play) -> None:
    await two_leads(play)
    await ask(play, BORIS, "/tag urgent", "Reply with this command")
    await play.reply(BORIS, 1, "/tag what? no")
    await play.shown("A tag is one word")
    await play.reply(BORIS, 1, "/tag " + " ".join(f"n{number}" for number in range(11)))
    await play.shown("at most 10 tags")
    await play.reply(BORIS, 1, "/tag")
    await play.shown("#1 has no tags")
    assert not play.private(ANNA)
    assert not await play.rows(lead_tags)


async def test_an_answer_about_tags_stands_for_the_lead(play: Play) -> None:
    await two_leads(play)
    await play.reply(BORIS, 1, "/tag vip")
    answer = await play.shown("#1: #vip")
    play.telegram.write(BORIS, TEAM, "Hello from here", reply_to=answer.id)
    await play.heard(ANNA, "Hello from here")
