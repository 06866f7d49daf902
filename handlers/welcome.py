"""What every customer may hear first: the owner's greeting, and when the team is back."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.lead import Lead
from bot.domain.questionnaire import OwnWords
from bot.messages import plain
from config.texts import Texts
from handlers.work import Work
from storage import accounts, dialogues, outbox
from storage.accounts import Account

_GREETS = "greeting"  # marks one under way: whoever presses Start again and again gets one
_AT_WORK = timedelta(hours=1)  # a manager who wrote within it is there, whatever the hours say
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


async def greet(work: Work, account: Account) -> None:
    """The owner's greeting, if there is one."""
    greeting = work.policy.of(account.channel).greeting.of(work.words_for(account).language)
    if greeting and not await outbox.waits(work.session, account.address, _GREETS):
        await work.to_customer(account, plain(greeting), asks=_GREETS)


async def away(work: Work, account: Account, lead: Lead) -> None:
    """When the team is back, said once to whoever writes while nobody works."""
    own = work.policy.of(account.channel).out_of_hours
    if not (own and lead.open) or work.policy.hours.is_open(work.now):
        return
    if account.away_until is not None and work.now < account.away_until:
        return
    if await dialogues.answered_since(work.session, lead.id, work.now - _AT_WORK):
        return
    back = work.policy.hours.next_open(work.now)
    accounts.change(work.session, account, away_until=back)
    texts = work.words_for(account)
    zone = work.policy.timezone
    opens = when(texts, work.now.astimezone(zone), back.astimezone(zone))
    if isinstance(own, OwnWords):
        words = own.of(texts.language).replace("{opens}", opens)
    else:
        words = texts("customer.away", opens=opens)
    await work.to_customer(account, plain(words))


def when(texts: Texts, now: datetime, then: datetime) -> str:
    """A local moment ahead as people say it: tomorrow at 9:00, on Monday at 9:00."""
    time = f"{then.hour}:{then:%M}"
    days = (then.date() - now.date()).days
    if days <= 1:
        return texts("opens.tomorrow" if days else "opens.today", time=time)
    if days < 7:
        return texts(f"opens.{_DAYS[then.weekday()]}", time=time)
    return texts("opens.date", day=texts.day(then.date()), time=time)
