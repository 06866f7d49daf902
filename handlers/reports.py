"""`/report`: which report, for which period, and the answer in words; for supervisors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from bot.domain.lead import Role
from bot.messages import Button, Keyboard, MessageReceived, Span, Style, Text, address, plain
from bot.reports import REPORTS, as_sheet
from bot.reports.files import picture_of, workbook_of
from bot.reports.period import NAMED, Period, WrongPeriod, asked, named
from bot.reports.text import in_chat, span_of
from handlers import prompts
from handlers.behind import packed, unpacked
from handlers.beside import Beside, beside
from handlers.command import Command
from handlers.digests import Shown, digest_of
from handlers.menus import TeamPress, pairs, show
from handlers.wire import pack
from handlers.work import Work
from storage.staff import Staff

VERB = "report"
DIGEST = "digest"
_NAMES = (DIGEST, *REPORTS)
_OWN = "own"
_MENU = "menu"
_EXCEL = ":xlsx"


async def commanded(work: Work, command: Command) -> Text | None:
    """With no name the reports are offered, with no dates the periods."""
    if command.role < Role.SUPERVISOR:
        return plain(work.texts("role.supervisor"))
    name, *words = command.rest.split() or [""]
    if not name:
        await Shown(*_which(work)).post(work, command.where, **beside(command.event))
    elif name not in _NAMES:
        return plain(work.texts("report.unknown", name=name, names=", ".join(_NAMES)))
    elif not words:
        await Shown(*_when(work, name)).post(work, command.where, **beside(command.event))
    else:
        await _answer(work, command.event, command.who, name, words)
    return None


async def pressed(work: Work, press: TeamPress) -> str:
    """A report or a period was chosen; a period's report is a post of its own."""
    name, _, period = press.argument.partition(":")
    if name == _MENU:
        await show(work, press, *_which(work))
    elif name not in _NAMES:
        return work.texts("press.outdated")
    elif not period:
        await show(work, press, *_when(work, name))
    elif period == _OWN:
        ask, what = work.texts("report.ask_dates"), f"{VERB}:{name}"
        await prompts.put(work, press.where, press.who, ask, what, **press.beside)
        return work.texts("press.reply_below")
    elif period.endswith(_EXCEL):
        return await _workbook(work, press, name, period.removesuffix(_EXCEL))
    elif period in NAMED:
        span = named(period, work.now, work.policy.timezone)
        await _post(work, press.where, name, span, press.beside)
    else:
        return work.texts("press.outdated")
    return ""


async def _dated(name: str, work: Work, event: MessageReceived, who: Staff) -> None:
    """The reply to the question for dates."""
    where = address(event.channel, event.chat.id)
    if work.role(who.address) < Role.SUPERVISOR:
        await work.post(where, plain(work.texts("role.supervisor")), **beside(event))
        return
    await _answer(work, event, who, name, event.text.split())


async def _answer(
    work: Work, event: MessageReceived, who: Staff, name: str, words: list[str]
) -> None:
    """The report of the dates in these words, or what is wrong with them."""
    where = address(event.channel, event.chat.id)
    try:
        span = asked(words, work.now, work.policy.timezone)
    except WrongPeriod as wrong:
        said, what = work.texts(wrong.key, **wrong.values), f"{VERB}:{name}"
        await prompts.put(work, where, who, said, what, **beside(event))
        return
    await _post(work, where, name, span, beside(event))


async def _post(work: Work, where: str, name: str, span: Period, place: Beside) -> None:
    basis = work.policy.basis(work.now)
    if name == DIGEST:
        title = work.texts("digest.period", span=span_of(span, basis))
        shown = await digest_of(work, span, title, drawn=work.texts("report.digest"))
    else:
        shown = await _shown(work, name, span)
    await shown.post(work, where, told=True, **place)


async def _shown(work: Work, name: str, span: Period) -> Shown:
    """In words, with a picture where there is a chart, and a button for the workbook."""
    basis = work.policy.basis(work.now)
    table = await REPORTS[name](work.session, span, basis)
    text = await in_chat(table, basis)
    if not table.count:
        return Shown(text)
    excel = Button(work.texts("report.excel"), pack(VERB, 0, f"{name}:{packed(span)}{_EXCEL}"))
    drawn = (picture_of(name, await as_sheet.of_table(table, basis)),) if table.chart else ()
    return Shown(text, ((excel,),), drawn)


async def _workbook(work: Work, press: TeamPress, name: str, span: str) -> str:
    """The file of the report under whose words was pressed, as it stands now."""
    found = unpacked(span)
    if found is None or name not in REPORTS:
        return work.texts("press.outdated")
    since, until = found
    period = Period(since, until, since - (until - since), since)
    file = workbook_of(name, period, work.now, work.policy.desk)
    await work.post(press.where, (), attachments=(file,), told=True, **press.beside)
    return work.texts("report.excel_comes")


def _which(work: Work) -> tuple[Text, Keyboard]:
    buttons = [Button(work.texts(f"report.{one}"), pack(VERB, 0, one)) for one in _NAMES]
    return (Span(work.texts("report.which"), Style.BOLD),), pairs(buttons)


def _when(work: Work, name: str) -> tuple[Text, Keyboard]:
    """Nine buttons, so that VK's ten suffice."""
    texts = work.texts
    buttons = [Button(texts(f"period.{one}"), pack(VERB, 0, f"{name}:{one}")) for one in NAMED]
    buttons.append(Button(f"✍️ {texts('period.own')}", pack(VERB, 0, f"{name}:{_OWN}")))
    back = Button(f"‹ {texts('button.back')}", pack(VERB, 0, _MENU))
    title = Span(texts(f"report.{name}"), Style.BOLD)
    return (title, Span(f"\n{texts('report.when')}")), (*pairs(buttons), (back,))


# By what a message asks, who hears the reply to it.
ASKED: dict[str, Callable[[Work, MessageReceived, Staff], Awaitable[None]]] = {
    f"{VERB}:{name}": partial(_dated, name) for name in _NAMES
}
