"""Customers, their contacts, and the team, as both databases remember them."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.lead import DealKind
from bot.messages import Attachment, AttachmentKind, Member, Reach
from storage import accounts, deals, messages, staff
from storage.database import Database
from storage.schema import clients, persons
from tests.cast import ANNA, BORIS, DASHA, GLEB, VERA
from tests.storage.making import (
    CHAT,
    NOW,
    a_customer,
    a_lead,
    a_manager,
    annas_lead,
    asking,
    count,
    saving,
)


async def test_a_customer_is_found_by_address_and_by_number(database: Database) -> None:
    async with saving(database) as session:
        made = await accounts.create(
            session, "vk", str(ANNA), now=NOW, name="Анна", language="ru", source="ad-7"
        )
    session = asking(database)
    assert await accounts.at(session, f"vk:{ANNA}") == made
    assert await accounts.by_id(session, made.id) == made
    assert await accounts.at(session, f"telegram:{ANNA}") is None
    with pytest.raises(KeyError, match="no account=99"):
        await accounts.by_id(session, 99)


async def test_one_account_is_kept_once_whoever_comes_first(database: Database) -> None:
    async with saving(database) as session:
        await a_customer(session)
    with pytest.raises(IntegrityError):
        async with saving(database) as session:
            await a_customer(session)


async def test_a_customer_who_blocked_the_bot_is_remembered_so(database: Database) -> None:
    async with saving(database) as session:
        anna = await a_customer(session)
    async with saving(database) as session:
        accounts.change(session, anna, reach=Reach.BLOCKED.value, username="anna")
    found = await accounts.by_id(asking(database), anna.id)
    assert (found.reach, found.username, found.name) == (Reach.BLOCKED, "anna", "Anna")


async def test_an_account_of_a_merged_person_has_the_winner_as_its_person(
    database: Database,
) -> None:
    async with saving(database) as session:
        winner, loser = await a_customer(session, ANNA), await a_customer(session, ANNA, "vk")
    async with saving(database) as session:
        session.update(persons, {"id": loser.person}, root=winner.person)
    assert (await accounts.by_id(asking(database), loser.id)).person == winner.person


async def test_a_contact_given_twice_is_kept_once(database: Database) -> None:
    async with saving(database) as session:
        anna = await a_customer(session)
    for _ in range(2):
        async with saving(database) as session:
            accounts.add_contact(session, anna, "phone", "+34600000001")
            accounts.add_contact(session, anna, "email", "anna@example.org")
    session = asking(database)
    assert await accounts.contacts_of(session, anna.id) == [
        ("phone", "+34600000001"),
        ("email", "anna@example.org"),
    ]
    assert await accounts.contacts_of(session, 99) == ()


async def test_the_team_is_found_by_account_and_follows_renaming(database: Database) -> None:
    async with saving(database) as session:
        boris = await a_manager(session)
    async with saving(database) as session:
        staff.rename(session, boris, "Борис", "boris")
    found = await staff.at(asking(database), f"telegram:{BORIS}")
    assert found is not None
    assert (found.id, found.name, found.username) == (boris.id, "Борис", "boris")
    assert await staff.by_id(asking(database), boris.id) == found
    with pytest.raises(KeyError, match="no staff=99"):
        await staff.by_id(asking(database), 99)


async def test_what_a_platform_tells_of_a_member_replaces_what_was_known(
    database: Database,
) -> None:
    for member in (Member(True, admin=True, name="Boris"), Member(False)):
        async with saving(database) as session:
            staff.remember(session, CHAT, f"telegram:{BORIS}", member, NOW)
    found = await staff.membership(asking(database), CHAT, f"telegram:{BORIS}")
    assert found is not None
    assert (found.present, found.admin, found.name, found.checked_at) == (False, False, "", NOW)


async def test_colleagues_come_by_name_without_those_who_left(database: Database) -> None:
    async with saving(database) as session:
        for who, name in ((VERA, "Vera"), (BORIS, "boris"), (DASHA, "Dasha"), (GLEB, "Gleb")):
            await staff.create(session, f"telegram:{who}", name=name, username="", now=NOW)
        staff.remember(session, CHAT, f"telegram:{GLEB}", Member(False), NOW)
        staff.remember(session, CHAT, f"telegram:{BORIS}", Member(True), NOW)
    named = [f"telegram:{VERA}", f"telegram:{GLEB}"]
    found = await staff.colleagues(asking(database), CHAT, named)
    assert [one.name for one in found] == ["boris", "Vera"]  # Dasha is of another team


async def test_a_message_comes_back_with_its_attachments_and_versions(database: Database) -> None:
    lead = await annas_lead(database)
    photo = Attachment(AttachmentKind.PHOTO, "telegram", "file-1", size=5, latitude=1.5)
    async with saving(database) as session:
        number = await messages.add(
            session,
            account=lead.account,
            lead=lead.id,
            direction="in",
            author="customer",
            chat=f"telegram:{ANNA}",
            message_id="5",
            at=NOW,
            text="Привет",
            attachments=(photo,),
        )
    found = await messages.written(asking(database), f"telegram:{ANNA}", "5")
    assert found is not None
    assert (found.id, found.text, found.attachments, found.at) == (number, "Привет", (photo,), NOW)
    async with saving(database) as session:
        messages.edit(session, found, "Пока", at=NOW)
    (kept,) = await messages.of_lead(asking(database), lead.id)
    assert kept.text == "Пока"


async def test_one_message_of_a_chat_is_kept_once(database: Database) -> None:
    lead = await annas_lead(database)

    async def write() -> None:
        async with saving(database) as session:
            await messages.add(
                session,
                account=lead.account,
                lead=None,
                direction="in",
                author="customer",
                chat=f"telegram:{ANNA}",
                message_id="5",
                at=NOW,
            )

    await write()
    with pytest.raises(IntegrityError):
        await write()
    async with saving(database) as session:
        found = await messages.written(session, f"telegram:{ANNA}", "5")
    assert found is not None
    assert found.account == lead.account


async def test_a_converted_lead_has_a_client_and_a_deal(database: Database) -> None:
    async with saving(database) as session:
        boris = await a_manager(session)
        customer = await a_customer(session)
        lead = await a_lead(session, customer)
    deal = None
    for kind in (DealKind.TASK, DealKind.DEAL):  # reopened, and converted once more
        async with saving(database) as session:
            deal = await deals.convert(session, lead, kind, responsible=boris.id, at=NOW)
            deals.describe(session, deal.id, title="Окна", amount=10**14, currency="RUB")
    found = await deals.of_lead(asking(database), lead.id)
    assert found is not None
    assert deal is not None
    assert (found.id, found.kind, found.client) == (deal.id, DealKind.DEAL, deal.client)
    assert (found.title, found.amount, found.currency) == ("Окна", 10**14, "RUB")
    assert await count(database, clients) == 1
