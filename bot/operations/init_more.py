"""`main.py init` where settings are already: one more bot or community, with a team if wanted."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.lead import MAIN
from bot.operations.init import Ways, ask_bot, ask_community, ask_group, free_from_webhook
from bot.operations.settings_file import More
from bot.operations.talk import Talk
from config.problems import WrongValue
from config.settings import Settings
from config.teams import channels_of, desks_of
from config.values import names


def one_more(talk: Talk, ways: Ways, known: Settings) -> More:
    """All the questions. Nothing is written; typer.Abort when somebody had enough."""
    texts = talk.texts
    taken = {MAIN, *known.bots, *known.desks}
    talk.say(f"\n{texts('init.more.welcome')}")
    name = talk.until(texts("init.more.name"), lambda given: _name(talk, given, taken))
    if not talk.agree(texts("init.more.telegram")):
        return _community(talk, ways, name, known)
    tokens = [one.connection.token for one in channels_of(known)]
    token, bot, telegram = ask_bot(talk, ways, texts("init.more.bot"), tokens)
    try:
        if not talk.agree(f"\n{texts('init.more.team')}", otherwise=False):
            return More(name, token)
        free_from_webhook(talk, ways, telegram)
        chats = [one.team.chat.partition(":")[2] for one in desks_of(known)]
        place = ask_group(talk, ways, telegram, texts("init.more.group", bot=bot), chats)
    finally:
        ways.run(telegram.close())
    talk.say(texts("init.more.supervisors", bot=bot))
    return More(name, token, chat=place.chat)


def _name(talk: Talk, given: str, taken: Collection[str]) -> str | None:
    try:
        names({given: None})
    except WrongValue:
        talk.say(talk.texts("init.more.no_name"))
        return None
    if given in taken:
        talk.say(talk.texts("init.more.taken"))
        return None
    return given


def _community(talk: Talk, ways: Ways, name: str, known: Settings) -> More:
    """One more community of the first team."""
    how, question = talk.texts("init.more.vk"), talk.texts("init.more.vk.token")
    keys = [one.connection.token for one in channels_of(known)]
    while (found := ask_community(talk, ways, how, question, keys)) is None:
        pass
    token, number = found
    return More(name, token, number)
