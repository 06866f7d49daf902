"""Two teams in one installation, long by all the ways in which one must see nothing of another."""

from __future__ import annotations

import io
import re

import pytest
from python_calamine import CalamineWorkbook

from bot.operations.errors import Wrong
from bot.operations.report import Wanted, deliver
from handlers.wire import pack
from storage.schema import accounts, leads, staff
from tests.cast import ANNA, BORIS, DASHA, GLEB, PABLO, VERA
from tests.plays.desks import SERVICE, as_community, second_community, two_desks
from tests.plays.play import Play
from tests.plays.test_report_files import file_of, pressed


async def both(play: Play, service: Play) -> None:
    """Anna has asked at both: #1 of the first desk, #2 of the second."""
    play.telegram.write(ANNA, ANNA, "A window, +34 612 345 678")
    await play.card(1, "A window")
    service.telegram.write(ANNA, ANNA, "Una puerta, +34 612 345 678")
    await service.card(2, "Una puerta")
    await play.quiet()


async def asked(play: Play, who: int, words: str, *, chat: int = 0) -> str:
    """What the bot answers to a command."""
    chat = chat or play.chat
    before = {one.id for one in play.telegram.shown(chat)}
    play.telegram.write(who, chat, words)
    new = await play.until(
        lambda: [m for m in play.telegram.shown(chat) if m.from_bot and m.id not in before]
    )
    return str(new[-1].text)


async def test_each_bot_and_community_leads_to_its_own_team_in_its_language(play: Play) -> None:
    async with two_desks(play) as service:
        play.telegram.write(ANNA, ANNA, "A window?")
        first = await play.card(1, "A window?")
        service.telegram.write(PABLO, PABLO, "Una puerta?")
        second = await service.card(2, "Una puerta?")
        service.vk.write(ANNA, "Un techo?")
        third = await service.card(3, "Un techo?")
        assert (first.labels[0], second.labels[0]) == ("Take", "Tomar")
        assert "Telegram service" in second.text
        assert "VK shop" in third.text
        assert await service.press(GLEB, 3, "Tomar") == "#3 es suyo"
        await service.reply(GLEB, 3, "Desde 100 euros")
        await play.until(lambda: [m for m in service.vk.dialog(ANNA) if "100" in m.text])
        await service.reply(BORIS, 2, "Desde 200 euros")
        await service.heard(PABLO, "200 euros")
        await play.quiet()
        assert not play.team("#2") + play.team("#3") + service.team("#1 ")
        assert not play.private(PABLO)
        assert not play.vk.dialog(ANNA)


async def test_the_same_customer_has_an_open_lead_at_each_desk(play: Play) -> None:
    async with two_desks(play) as service:
        await both(play, service)
        found = await play.rows(leads)
        assert [(one.desk, one.state, one.channel) for one in found] == [
            ("main", "new", "telegram"),
            ("service", "new", "telegram.service"),
        ]
        assert len({one.person for one in await play.rows(accounts)}) == 2
        cards = [await play.card(1), await service.card(2)]
        assert not [one for one in cards if "🔗" in one.text]  # nobody hears of the other
        service.telegram.write(ANNA, ANNA, "Y dos más")
        await service.shown("Y dos más")
        assert not play.team("Y dos más")


async def test_who_was_entered_by_hand_at_one_desk_is_proposed_there_alone(play: Play) -> None:
    async with two_desks(play) as service:
        service.telegram.write(GLEB, SERVICE, "/new Olga, +34 612 345 678")
        await service.card(1, "Olga")
        await play.quiet()
        play.telegram.write(ANNA, ANNA, "A window, +34 612 345 678")
        assert "🔗" not in (await play.card(2, "A window")).text
        service.vk.write(PABLO, "Una puerta, +34 612 345 678")
        await service.card(3, "🔗")
        await play.quiet()
        assert "🔗" not in (await play.card(2)).text


async def test_one_manager_of_both_has_the_leads_of_each_desk_there_alone(play: Play) -> None:
    async with two_desks(play) as service:
        await both(play, service)
        assert await play.press(BORIS, 1, "Take") == "#1 is yours"
        assert await service.press(BORIS, 2, "Tomar") == "#2 es suyo"
        responsible = {one.responsible for one in await play.rows(leads)}
        assert len(responsible) == 1  # the same Boris
        mine, theirs = await asked(play, BORIS, "/my"), await asked(service, BORIS, "/my")
        assert ("#1" in mine, "#2" in mine) == (True, False)
        assert ("#1" in theirs, "#2" in theirs) == (False, True)
        alone = await asked(service, BORIS, "/my", chat=BORIS)
        assert ("#1" in alone, "#2" in alone) == (False, True)


@pytest.mark.parametrize("command", ["/leads", "/find +34612345678", "/find Anna", "/report leads"])
async def test_a_list_has_nothing_of_the_other_desk(play: Play, command: str) -> None:
    async with two_desks(play) as service:
        await both(play, service)
        if command.startswith("/report"):
            command = f"{command} 2026-01-01 2100-01-01"
        theirs, other = await asked(play, VERA, command), await asked(service, VERA, command)
        assert "#2" not in theirs
        assert "puerta" not in theirs
        assert "#1" not in other
        assert "window" not in other


async def test_numbers_of_the_other_desk_lead_to_nothing(play: Play) -> None:
    async with two_desks(play) as service:
        await both(play, service)
        await play.press(BORIS, 1, "Convert")
        await play.press(BORIS, 1, "Contact")
        await play.quiet()
        for command in ("/lead 1", "/find #1", "/client 1"):
            told = await asked(service, VERA, command)
            assert "Anna" not in told
            assert "612" not in told
        assert "Anna" in await asked(play, VERA, "/client 1")
        assert "Anna" not in await asked(play, VERA, "/lead 2")


async def test_forged_buttons_do_nothing_to_the_other_desk(play: Play) -> None:
    async with two_desks(play) as service:
        await both(play, service)
        person = (await play.rows(leads))[1].person
        for data in ("1:take:2", "1:reject:2:none", pack("convert", 2, "deal"), "1:assign:2"):
            assert (await play.forge(VERA, data)).text == "This button is out of date"
            told = await play.forge(VERA, data, chat=VERA)
            assert told.text == "This button is out of date"
        assert (await play.forge(BORIS, pack("merge", 1, str(person)))).text == (
            "This button is out of date"
        )
        assert (await play.forge(DASHA, "1:take:1", chat=DASHA)).text == "#1 is yours"
        await play.quiet()
        states = [one.state for one in await play.rows(leads)]
        assert states == ["taken", "new"]


async def test_a_manager_of_the_other_team_is_nobody_here(play: Play) -> None:
    async with two_desks(play) as service:
        await both(play, service)
        await service.press(GLEB, 2, "Tomar")
        assert await play.press(BORIS, 1, "Assign")
        card = await play.until(lambda: [m for m in play.team("#1 ") if "Vera" in str(m.labels)])
        assert "Gleb" not in str(card[0].labels)
        told = await play.forge(GLEB, "1:take:1", chat=GLEB)
        assert told.text == "These buttons are for the team only"


async def test_a_forged_number_names_nobody_of_the_other_desk(play: Play) -> None:
    dispatchers = {
        "chat": f"telegram:{play.chat}",
        "language": "en",
        "supervisors": [f"telegram:{VERA}"],
        "dispatchers": [f"telegram:{DASHA}"],
    }
    async with two_desks(play, team=dispatchers) as service:
        await both(play, service)
        await service.press(GLEB, 2, "Tomar")
        await play.press(BORIS, 1, "Take")
        await play.press(BORIS, 1, "Return")
        await play.quiet()
        told = {
            who.name: (await play.forge(DASHA, f"1:hand:0:{who.id}")).text
            for who in await play.rows(staff)
        }
        assert told["Gleb"] == "This button is out of date"
        assert told["Boris"] == "Boris has no open leads any more"
        await play.quiet()
        assert not [one for one in play.telegram.answers.values() if "Gleb" in one.text]


async def reported(play: Play, desk: str) -> list[str]:
    """The channels in `main.py report leads` of one desk, or of all."""
    assert play.product is not None
    out = play.folder / "report.json"
    wanted = Wanted("leads", form="json", desk=desk)
    await deliver(play.product.settings, wanted, play.product.now(), out)
    return re.findall(r"Telegram(?: service)?(?=\")", out.read_text(encoding="utf-8"))


async def test_a_report_tells_of_one_desk_or_of_all(play: Play) -> None:
    async with two_desks(play) as service:
        await both(play, service)
        assert await reported(play, "main") == ["Telegram"]
        assert await reported(play, "service") == ["Telegram service"]
        assert await reported(play, "") == ["Telegram", "Telegram service"]
        with pytest.raises(Wrong) as caught:
            await reported(play, "sales")
        assert caught.value.values["names"] == "main, service"


async def test_each_desk_has_its_digest_by_its_own_bot(play: Play) -> None:
    desk = {"digest": {"at": "10:00"}, "timezone": "Europe/Madrid"}
    async with two_desks(play, desk=desk) as service:
        await both(play, service)
        play.telegram.write(PABLO, PABLO, "And a door?")
        await play.card(3)
        play.move(21.5 * 3600)
        await play.until(lambda: play.private(VERA, "Received: 2"))
        assert not service.private(VERA, "Recibidos")
        play.move(3600)
        (told,) = await play.until(lambda: service.private(VERA, "Recibid"))
        assert ": 1" in told.text.splitlines()[1]
        query = service.telegram.press(VERA, VERA, told.id, label=told.labels[0])
        await play.until(lambda: service.telegram.answers.get(query))
        opened = await play.until(lambda: service.private(VERA, "#2 "))
        assert "#1" not in opened[-1].text
        await play.quiet()
        assert len(play.private(VERA, "Received: 2")) == 1


async def test_many_overdue_leads_are_summed_up_for_each_desk(play: Play) -> None:
    async with two_desks(play, deadlines={"take": "PT5M"}) as service:
        for who in (ANNA, PABLO):
            play.telegram.write(who, who, "A window?")
            play.vk.write(who, "A door?")
            service.telegram.write(who, who, "Una puerta?")
        await play.until(lambda: len(play.team("#")) == 4 and len(service.team("#")) == 2)
        await play.quiet()
        play.move(3600)
        assert "4 leads" in (await play.shown("wait too long")).text
        told = (await service.shown("⏰")).text
        theirs = {f"#{one.id}" for one in await play.rows(leads) if one.desk == "service"}
        assert {word for word in told.split() if word.startswith("#")} == theirs


async def test_a_desk_without_a_bot_of_its_own_is_served_by_the_first(play: Play) -> None:
    play.telegram.started(VERA)
    play.telegram.add_group(SERVICE, "Service", admins=[VERA], members=[GLEB])
    async with second_community(play) as vk:
        await play.start(
            bots={"shop": as_community(vk, desk="service")},
            desks={"service": {"chat": f"telegram:{SERVICE}", "digest": {"at": "10:00"}}},
        )
        await play.until(lambda: vk.polling)
        vk.write(ANNA, "A roof?")
        (card,) = await play.until(lambda: play.telegram.shown(SERVICE))
        assert "A roof?" in card.text
        query = play.telegram.press(GLEB, SERVICE, card.id, label="Take")
        told = await play.until(lambda: play.telegram.answers.get(query))
        assert str(told.text) == "#1 is yours"
        play.telegram.write(GLEB, SERVICE, "From 100 euros", reply_to=card.id)
        await play.until(lambda: [m for m in vk.dialog(ANNA) if m.text == "From 100 euros"])
        # In private the bot speaks for its own desk: to who is of the other alone, for that.
        assert "#1" in await asked(play, GLEB, "/leads", chat=GLEB)
        assert "#1" not in await asked(play, VERA, "/leads", chat=VERA)
        play.move(23 * 3600)
        digest = await play.until(
            lambda: [m for m in play.telegram.shown(SERVICE) if "Received: 1" in m.text]
        )
        assert digest[-1].labels
        await play.quiet()
        assert not play.private(VERA, "Received: 1")
        await play.stop()


async def test_the_second_desk_may_work_in_topics(play: Play) -> None:
    async with two_desks(play, forum=True) as service:
        await both(play, service)
        await service.press(BORIS, 2, "Tomar")
        found = service.telegram.world.chat(SERVICE).topics
        await play.until(lambda: [one for one in found.values() if "#2" in one.name])
        await play.quiet()
        (topic,) = [one for one in found.values() if "#2" in one.name]
        service.telegram.write(BORIS, SERVICE, "Desde 100 euros", thread=topic.id)
        await service.heard(ANNA, "Desde 100 euros")
        assert not play.private(ANNA, "Desde")


async def test_a_reports_file_has_nothing_of_the_other_desk(play: Play) -> None:
    async with two_desks(play) as service:
        await both(play, service)
        await asked(service, VERA, "/report leads 2026-01-01 2100-01-01", chat=VERA)
        told = [one for one in service.private(VERA) if "Excel" in str(one.labels)][-1]
        assert await pressed(service, told, "Excel")
        sent = await play.until(lambda: [m for m in service.private(VERA) if "document" in m.body])
        book = CalamineWorkbook.from_filelike(io.BytesIO(file_of(service, sent[-1], "document")))
        cells = {cell for row in book.get_sheet_by_index(0).to_python() for cell in row}
        assert "Telegram service" in cells
        assert "Telegram" not in cells


async def test_a_supervisor_of_one_desk_is_a_manager_at_the_other(play: Play) -> None:
    team = {"supervisors": [f"telegram:{VERA}", f"telegram:{BORIS}"]}
    async with two_desks(play, team=team, desk={"supervisors": [f"telegram:{VERA}"]}) as service:
        await both(play, service)
        assert await asked(play, BORIS, "/reasons + Late") == "Added: Late"
        refused = await asked(service, BORIS, "/reasons + Tarde")
        assert refused == "Solo pueden hacerlo los supervisores"
