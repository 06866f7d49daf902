"""What a customer's message replies to stands above it in the team's chat, and there alone."""

from __future__ import annotations

from typing import Any

from storage.schema import leads, messages
from tests.cast import ANNA, BORIS
from tests.plays.contents import OTHER_PICTURE, PICTURE
from tests.plays.play import Play

OFFER = "Variant A is 10 000, variant B is 15 000\n// no less"
VK_OFFER = "Variant A is 10 000"


async def offered(play: Play, words: str = OFFER, **attached: Any) -> int:
    """Boris has answered Anna; the id of what she reads."""
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much?")
    await play.card(1)
    await play.quiet()
    before = [one.id for one in play.private(ANNA)]
    await play.reply(BORIS, 1, words, **attached)
    await play.quiet()
    return next(one.id for one in play.private(ANNA) if one.id not in before)


async def posted(play: Play, words: str) -> str:
    """The whole of what the team reads with these words."""
    await play.quiet()
    return (await play.shown(words)).text


async def test_the_quoted_words_stand_above_the_answer(play: Play) -> None:
    offer = await offered(play)
    play.telegram.write(ANNA, ANNA, "This one", reply_to=offer, quote="variant B")
    await play.quiet()
    shown = await play.shown("This one")
    assert shown.text == "Anna:\n↪ “variant B”\nThis one\n→ Boris"
    assert [one["type"] for one in shown.entities[:2]] == ["bold", "blockquote"]
    assert (await play.rows(messages))[-1].text == "This one", "what is kept is what she wrote"


async def test_a_reply_without_a_quote_shows_the_first_words_but_no_note(play: Play) -> None:
    offer = await offered(play, f"// between us\n{'A window ' * 20}")
    play.telegram.write(ANNA, ANNA, "Why?", reply_to=offer)
    shown = await posted(play, "Why?")
    assert shown == f"Anna:\n↪ “{('A window ' * 20)[:79].rstrip()}…”\nWhy?\n→ Boris"


async def test_a_reply_to_her_own_words_and_to_a_thing_without_any(play: Play) -> None:
    photo = await offered(play, "", photo=PICTURE)
    first = play.telegram.shown(ANNA)[0].id
    play.telegram.write(ANNA, ANNA, "I meant doors", reply_to=first)
    assert await posted(play, "I meant") == "Anna:\n↪ “How much?”\nI meant doors\n→ Boris"
    play.telegram.write(ANNA, ANNA, "Nice", reply_to=photo)
    assert await posted(play, "Nice") == "Anna:\n↪ [Photo]\nNice\n→ Boris"


async def test_nobody_can_put_words_into_anothers_mouth(play: Play) -> None:
    offer = await offered(play)
    world = play.telegram.world
    reply = {"reply_to_message": world.chat(ANNA).messages[offer].body}
    forged = {"quote": {"text": "all for free", "position": 0}}
    message = world.compose(world.chat(ANNA), world.user(ANNA), {"text": "Agreed", **reply})
    world.updates.push("message", message.body | forged)
    shown = await posted(play, "Agreed")
    assert shown.startswith("Anna:\n↪ “Variant A is 10 000, variant B is 15 000”\nAgreed")
    unknown = {"reply_to_message": reply["reply_to_message"] | {"message_id": 9999}}
    message = world.compose(world.chat(ANNA), world.user(ANNA), {"text": "So be it", **unknown})
    world.updates.push("message", message.body | forged)
    assert await posted(play, "So be it") == "Anna:\nSo be it\n→ Boris"


async def test_a_reply_to_what_the_product_says_is_plain(play: Play) -> None:
    asks = {"greeting": "Welcome!", "questions": [{"ask": "What is your name?"}]}
    await play.start(channels={"telegram": asks})
    play.telegram.write(ANNA, ANNA, "How much?")
    question = await play.heard(ANNA, "What is your name?")
    await play.quiet()
    play.telegram.write(ANNA, ANNA, "Anna", reply_to=question.id, quote="your name")
    assert await posted(play, "What is your name?") == "Anna:\nWhat is your name?\nAnna"
    (greeting,) = play.private(ANNA, "Welcome!")
    play.telegram.write(ANNA, ANNA, "Thank you", reply_to=greeting.id)
    assert await posted(play, "Thank you") == "Anna:\nThank you"


async def test_an_edit_keeps_the_line(play: Play) -> None:
    offer = await offered(play)
    number = play.telegram.write(ANNA, ANNA, "This", reply_to=offer, quote="variant B")
    await play.quiet()
    play.telegram.edit(ANNA, ANNA, number, "Not this")
    shown = await posted(play, "Not this")
    assert shown == "Anna edited a message\n↪ “variant B”\nThis\nNot this"


async def test_a_request_that_begins_with_a_reply_shows_it_under_its_card(play: Play) -> None:
    offer = await offered(play)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "rejected")
    play.telegram.write(ANNA, ANNA, "I want this", reply_to=offer, quote="variant B")
    card = await play.card(2, "I want this")
    assert "variant B" not in card.text
    assert (await play.rows(leads))[-1].first_words == "I want this"
    assert await posted(play, "variant B") == "Anna:\n↪ “variant B”\nI want this"
    assert (await play.shown("variant B")).reply_to == card.id


async def test_an_album_has_the_line_once(play: Play) -> None:
    offer = await offered(play)
    group: dict[str, Any] = {"media_group_id": "A1", "reply_to": offer}
    play.telegram.write(ANNA, ANNA, "Like these", photo=PICTURE, **group)
    play.telegram.write(ANNA, ANNA, photo=OTHER_PICTURE, **group)
    shown = await posted(play, "Like these")
    assert shown == "Anna:\n↪ “Variant A is 10 000, variant B is 15 000”\nLike these\n→ Boris"
    assert len(play.team("↪")) == 1


async def test_a_vk_reply_shows_it_once(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    first = play.vk.write(ANNA, "How much?")
    await play.card(1)
    await play.reply(BORIS, 1, VK_OFFER)
    await play.until(lambda: play.vk.dialog(ANNA)[-1].text == VK_OFFER)
    await play.quiet()
    number = play.vk.write(ANNA, "Too much", reply_to=play.vk.dialog(ANNA)[-1].id)
    shown = await play.shown("Too much")
    head = shown.text.partition("\n")[0]
    assert shown.text == f"{head}\n↪ “{VK_OFFER}”\nToo much\n→ Boris"
    play.vk.write(ANNA, "As I said", reply_to=first)
    shown = await play.shown("As I said")
    assert shown.text == f"{head}\n↪ “How much?”\nAs I said\n→ Boris"
    assert [one.text for one in await play.rows(messages)][-2:] == ["Too much", "As I said"]
    play.vk.edit(ANNA, number, "Much too much")
    shown = await play.shown("Much too much")
    assert shown.text.endswith(f"\n↪ “{VK_OFFER}”\nToo much\nMuch too much")
