"""Reasons to reject and canned answers: each of two desks has and edits its own."""

from __future__ import annotations

import copy

from bot.operations.report import Wanted, deliver
from handlers.policy import reason_mark
from storage.schema import leads, reasons, templates
from tests.cast import ANNA, BORIS, ELSEWHERE, GLEB, PABLO, VERA
from tests.plays.desks import SERVICE, as_bot, second_bot, two_desks
from tests.plays.play import Play
from tests.plays.test_desks import asked
from tests.plays.test_erasing import erased


async def offered(desk: Play, number: int, reject: str, back: str) -> list[str]:
    """The reasons that a card offers."""
    await desk.press(BORIS, number, reject)
    menu = await desk.until(lambda: desk._with_button(number, back))
    found = list(menu.labels)
    await desk.press(BORIS, number, back)
    await desk.until(lambda: desk._with_button(number, reject))
    return found


async def both(play: Play, service: Play) -> None:
    """Anna's #1 is of the first desk, Pablo's #2 of the second."""
    play.telegram.write(ANNA, ANNA, "A window?")
    await play.card(1)
    service.telegram.write(PABLO, PABLO, "Una puerta?")
    await service.card(2)


async def test_each_desk_edits_reasons_of_its_own(play: Play) -> None:
    desk = {"reject_reasons": ["Caro", "Lejos"]}
    async with two_desks(play, desk=desk, leads={"reject_reasons": ["Dear", "Far"]}) as service:
        await both(play, service)
        told = await asked(service, VERA, "/reasons + Sin existencias")
        assert told == "Añadido: Sin existencias"
        assert await asked(play, VERA, "/reasons - Far") == "Removed: Far"
        theirs = await offered(service, 2, "Rechazar", "Atrás")
        assert theirs[:3] == ["Caro", "Lejos", "Sin existencias"]
        ours = await offered(play, 1, "Reject", "Back")
        assert ours[0] == "Dear"
        assert not {"Far", "Caro", "Sin existencias"} & set(ours)
        assert "Caro" not in await asked(play, VERA, "/reasons")
        # The same words may stand on both lists, and go from one alone.
        assert await asked(service, VERA, "/reasons + Dear") == "Añadido: Dear"
        assert await asked(service, VERA, "/reasons - Dear") == "Quitado: Dear"
        assert "Dear" in await asked(play, VERA, "/reasons")
        found = {(one.desk, one.reason) for one in await play.rows(reasons)}
        assert found == {
            ("main", "Dear"),
            ("service", "Caro"),
            ("service", "Lejos"),
            ("service", "Sin existencias"),
        }


async def test_a_button_of_another_desks_reason_does_nothing(play: Play) -> None:
    desk = {"reject_reasons": ["Caro", "Lejos"]}
    async with two_desks(play, desk=desk, leads={"reject_reasons": ["Dear", "Far"]}) as service:
        await both(play, service)
        await asked(play, VERA, "/reasons + Late")
        for words in ("Late", "Dear"):
            mark = reason_mark(words)
            listed = await service.forge(VERA, f"1:reasons:0:{mark}", chat=SERVICE)
            assert listed.text == "La lista ha cambiado, elija de nuevo"
            told = await service.forge(BORIS, f"1:reject:2:{mark}", chat=SERVICE)
            assert told.text == "La lista ha cambiado, elija de nuevo"
        told = await service.forge(VERA, f"1:reasons:0:{reason_mark('Caro')}", chat=SERVICE)
        assert told.text == "Quitado: Caro"
        assert {one.state for one in await play.rows(leads)} == {"new"}
        assert "Dear" in await asked(play, VERA, "/reasons")


async def test_each_desk_has_canned_answers_of_its_own(play: Play) -> None:
    async with two_desks(play) as service:
        await both(play, service)
        await asked(play, VERA, "/t+ price From 100 euros")
        assert "respuestas preparadas" in await asked(service, GLEB, "/t")
        assert "price" not in await asked(service, GLEB, "/t price")
        await asked(service, VERA, "/t+ price Desde 200 euros")
        assert (await asked(service, VERA, "/t+ hours De 9 a 18")).endswith("/t hours")
        ours, theirs = await asked(play, BORIS, "/t"), await asked(service, BORIS, "/t")
        assert ("100" in ours, "200" in ours, "hours" in ours) == (True, False, False)
        assert ("100" in theirs, "200" in theirs, "hours" in theirs) == (False, True, True)
        await service.reply(BORIS, 2, "/t price")
        await service.heard(PABLO, "Desde 200 euros")
        assert await asked(service, VERA, "/t- price") == "Eliminada: price"
        found = {(one.desk, one.name) for one in await play.rows(templates)}
        assert found == {("main", "price"), ("service", "hours")}
        await play.reply(BORIS, 1, "/t price")
        await play.heard(ANNA, "From 100 euros")


async def test_a_report_of_all_names_the_reasons_of_every_desk(play: Play) -> None:
    async with two_desks(play, desk={"reject_reasons": ["Caro", "Lejos"]}) as service:
        await both(play, service)
        await asked(service, VERA, "/reasons + Sin existencias")
        await asked(service, VERA, "/reasons - Lejos")
        service.vk.write(ANNA, "Un techo?")
        await service.card(3)
        for number, reason in ((2, "Sin existencias"), (3, "Caro")):
            await service.press(BORIS, number, "Rechazar")
            await service.press(BORIS, number, reason)
            await service.card(number, reason)
        assert play.product is not None
        told = {}
        for desk in ("", "main", "service"):
            out = play.folder / "report.txt"
            wanted = Wanted("reasons", form="text", desk=desk)
            await deliver(play.product.settings, wanted, play.product.now(), out)
            told[desk] = out.read_text(encoding="utf-8")
        for desk in ("", "service"):
            assert "Caro" in told[desk]
            assert "Sin existencias" in told[desk]
        assert "Caro" not in told["main"]


async def test_erasing_keeps_the_reasons_of_every_desk(play: Play) -> None:
    """A bot was given to another desk, so a customer has leads at both."""
    desks = {"service": {"chat": f"telegram:{SERVICE}", "reject_reasons": ["Caro", "Lejos"]}}
    async with second_bot(play) as service:
        service.add_group(SERVICE, "Servicio", admins=[VERA], members=[BORIS])
        moved = copy.copy(play)
        moved.telegram = service
        await play.start(bots={"service": as_bot(service, desk="service")}, desks=desks)
        service.write(ANNA, ANNA, "Una puerta?")
        await play.until(lambda: [m for m in service.shown(SERVICE) if "#1" in m.text])
        await moved.forge(BORIS, f"1:reject:1:{reason_mark('Caro')}", chat=SERVICE)
        await play.quiet()
        assert [one.reason for one in await play.rows(leads)] == ["Caro"]
        await play.stop()
        desks["service"]["chat"] = f"telegram:{ELSEWHERE}"
        await play.start(bots={"service": as_bot(service)}, desks=desks)
        moved = copy.copy(play)
        moved.telegram = service
        service.write(ANNA, ANNA, "And a window?")
        await play.card(2)
        await erased(moved, "telegram.service")
        found = [(one.desk, one.reason) for one in await play.rows(leads)]
        assert found == [("service", "Caro"), ("main", "")]
        await play.stop()
