"""Presses of a customer's own buttons, which never reach what the team's can do."""

from __future__ import annotations

from bot.domain.languages import spoken
from bot.messages import ButtonPressed, address
from config.texts import load
from handlers import choices, consent, dialogue, farewells, privacy, ratings
from handlers.wire import CustomersPress
from handlers.work import Work
from storage import accounts


async def pressed(work: Work, event: ButtonPressed, press: CustomersPress) -> None:
    """Checked at each use: late ones, doubles and forged ones change nothing and are answered."""
    work.session.keeps_event = False  # it repeats the whole message that it stands under
    account = await accounts.at(work.session, address(event.channel, event.author.id))
    verb = _VERBS.get(press.verb)
    if account is None or verb is None or not event.chat.private:
        texts = load(spoken(event.author.language, "", work.texts.language))
        await work.answer(event, texts("customer.press_late"))
    elif not await accounts.banned(work.session, account):
        await work.answer(event, await verb(work, event, account, press.argument))


_VERBS = {
    dialogue.VERB: choices.pressed,
    consent.VERB: choices.agreed,
    privacy.VERB: privacy.pressed,
    farewells.VERB: farewells.pressed,
    ratings.VERB: ratings.pressed,
}
