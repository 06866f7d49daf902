"""Erasing a person leaves nothing of them behind, and the proof that it was done."""

from __future__ import annotations

import asyncio
from pathlib import Path

import sqlalchemy as sa

from bot.messages import ErasureWanted
from storage.schema import accounts, erasures, leads, messages
from tests.cast import ANNA, BORIS, PABLO, TEAM, VERA
from tests.plays.play import Play
from tests.plays.test_merging import told_on_vk

NAME, WORDS, PHONE = "Anna", "aquamarine umbrella", "+34612345678"
SPOKEN = "+34 612 345 678"
TAG = "heliotrope"
SAID = (NAME, WORDS, *WORDS.split(), "anna")  # an index has single words, in lower case


async def known(play: Play) -> None:
    """A whole conversation: words, a phone, an edit, a photo, an answer, lists and a digest."""
    await play.start()
    first = play.telegram.write(ANNA, ANNA, f"I want an {WORDS}, call {SPOKEN}")
    await play.press(BORIS, 1, "Take")
    await play.reply(BORIS, 1, f"{NAME}, the {WORDS} is here")
    await play.heard(ANNA, WORDS)
    play.telegram.edit(ANNA, ANNA, first, f"I want a big {WORDS}, call {SPOKEN}")
    await play.shown("big")
    play.telegram.write(ANNA, ANNA, f"Another {WORDS}")
    await play.shown("Another")
    await play.reply(BORIS, 1, f"/tag {TAG}")
    await play.card(1, TAG)
    for command in ("/lead 1", "/leads", "/digest", "/find umbrella"):
        play.telegram.write(VERA, TEAM, command)
    await play.quiet()


async def erased(play: Play, channel: str = "telegram") -> None:
    """What /delete leads to, once it is confirmed."""
    assert play.product is not None
    wanted = ErasureWanted(await play.account(ANNA, channel), "customer", "ABCD1234")
    await play.product.inbox.add({"erasure:1": wanted})
    await play.heard(ANNA, "ABCD1234")
    await play.quiet()
    while not (await play.rows(erasures))[0].tidied_at:
        await asyncio.sleep(0.01)


async def test_nothing_of_an_erased_person_is_left_in_the_database(
    play: Play, database_url: str
) -> None:
    await known(play)
    assert play.product is not None
    before = await bytes_of(play, database_url)
    assert all(one.encode() in before for one in (NAME, WORDS, PHONE, TAG))
    await erased(play)
    after = await bytes_of(play, database_url)
    assert [one for one in (*SAID, PHONE, SPOKEN, TAG) if one.encode() in after] == []
    assert not await play.rows(messages)
    (account,) = await play.rows(accounts)
    assert (account.platform_id, account.name, account.reach) == ("erased-1", "", "gone")


async def test_the_chat_shows_nothing_of_them_and_counts_stay(play: Play) -> None:
    await known(play)
    await erased(play)
    await play.until(lambda: not play.team(WORDS))
    await play.until(lambda: not [one for one in play.team(NAME) if one.from_bot])
    assert "erased" in (await play.until(lambda: play.team("#1 · ")))[0].text
    (lead,) = await play.rows(leads)
    assert (lead.state, lead.first_words) == ("rejected", "")
    (proof,) = await play.rows(erasures)
    assert proof.counts["messages"] == 3
    assert proof.receipt == "ABCD1234"


async def test_who_comes_back_is_somebody_new(play: Play) -> None:
    await known(play)
    await erased(play)
    play.telegram.write(ANNA, ANNA, "Hello again")
    assert "repeat" not in (await play.card(2, "Anna")).text
    assert "erased" in (await play.forge(BORIS, "1:reopen:1")).text


async def test_one_who_was_merged_and_split_leaves_nothing_with_the_other(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.telegram.write(ANNA, ANNA, f"A door, call {SPOKEN}")
    await play.press(BORIS, 1, "Take")
    play.vk.write(PABLO, f"Where is my {WORDS}? {SPOKEN}")
    await play.card(2, "Pablo")
    await play.press(BORIS, 2, "Same person")
    await play.shown("it is the same person")
    play.vk.write(PABLO, f"I mean the {WORDS} of yesterday")
    await play.shown("of yesterday")
    await play.reply(BORIS, 1, f"Your {WORDS} is packed")
    await told_on_vk(play, "packed")
    await play.press(VERA, 1, "More")
    await play.press(VERA, 1, "Split")
    await play.shown("#2 Pablo")
    assert play.product is not None
    wanted = ErasureWanted(await play.account(PABLO, "vk"), "customer", "ABCD1234")
    await play.product.inbox.add({"erasure:2": wanted})
    await play.until(lambda: not play.team(WORDS))
    assert "A door" in (await play.card(1, "Anna")).text


async def test_what_the_platform_does_not_let_go_is_listed_for_an_admin(play: Play) -> None:
    play.telegram.started(VERA)
    await known(play)
    play.telegram.promote(TEAM, play.telegram.world.bot.id, rights=["can_pin_messages"])
    await erased(play)
    notice = await play.until(lambda: play.private(VERA, "ABCD1234"))
    assert "https://t.me/c/1000000001/" in notice[0].text


async def bytes_of(play: Play, database_url: str) -> bytes:
    """Everything that is on the disk, with the log; of PostgreSQL every row of every table."""
    assert play.product is not None
    if database_url.startswith("sqlite"):
        path = Path(sa.make_url(database_url).database or "")
        return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    found = []
    async with play.product.database.read() as connection:
        names = await connection.execute(
            sa.text("select tablename from pg_tables where schemaname = 'public'")
        )
        for (name,) in names.all():
            rows = await connection.execute(sa.text(f'select t::text from "{name}" t'))
            found += [row[0] for row in rows]
    return "\n".join(found).encode()
