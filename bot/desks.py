"""The desks of one installation: which of them an event concerns, and what its handler sees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.messages import (
    AdminWrote,
    Attachment,
    ButtonPressed,
    ChatMoved,
    DayFull,
    DeadlineDue,
    DeliveryEnded,
    DigestDue,
    ErasureEnded,
    ErasureWanted,
    Event,
    EventSetAside,
    Facts,
    FeedbackDue,
    LeadsOverdue,
    LeadWaits,
    MemberChanged,
    MessageReceived,
    OfferOver,
    PauseOver,
    ReachChanged,
    StepDue,
    TroubleSeen,
    address,
    kind_of,
    split_address,
)
from handlers import exports
from handlers.policy import Policy
from handlers.wire import unpack
from storage import accounts, chats, deadlines, erasure, leads, outbox, steps
from storage.cards import Card
from storage.database import Database
from storage.session import Session

_FROM_CHANNELS = (
    MessageReceived | ButtonPressed | ReachChanged | AdminWrote | MemberChanged | ChatMoved
)


class Desks:
    """The policy of each desk, the first desk's first."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._policies = {policy.desk: policy for policy in policies}

    @property
    def first(self) -> Policy:
        """That of the first desk, which hears of what concerns the installation as a whole."""
        return next(iter(self._policies.values()))

    @property
    def all(self) -> Sequence[Policy]:
        """Every desk's policy."""
        return tuple(self._policies.values())

    def named(self, desk: str) -> Policy:
        """That of a desk; the first desk's where there is no such desk any more."""
        return self._policies.get(desk, self.first)

    def of_channel(self, channel: str) -> Policy:
        """That of the desk whose leads come in by a channel."""
        return next((one for one in self.all if channel in one.own), self.first)

    def of_chat(self, where: str) -> Policy | None:
        """That of the desk whose chat it is, or was."""
        ours = (one for one in self.all if one.is_team(where) or where == one.supervisors_chat)
        return next(ours, None)

    async def of_card(self, card: Card, session: Session) -> Policy:
        """That by which a card is shown; the session sees no more than the card's desk may.

        A lead is of its desk wherever its card was left, and whatever became of the desk.
        """
        if len(self._policies) == 1:
            return self.first
        lead = await leads.by_id(session, card.lead) if card.lead is not None else None
        stands = self.of_chat(card.chat) or self.of_channel(split_address(card.chat)[0])
        policy = self.named(lead.desk) if lead else stands
        self.narrow(session, policy)
        if lead:
            session.desk = lead.desk
        return policy

    async def of_export(self, file: Attachment, session: Session) -> Policy:
        """That by which a customer's own file is written; they are told all of it."""
        return self.of_channel((await accounts.by_id(session, exports.account_of(file))).channel)

    async def candidates(self, event: Event, session: Session) -> Sequence[Policy]:
        """Of whose team an author may be, the likeliest first, or to whom a lead is offered."""
        if len(self._policies) == 1:
            return self.all
        if not isinstance(event, MessageReceived | ButtonPressed):
            return [await self._of_record(event, session)]
        if not event.chat.private:
            found = self.of_chat(address(event.channel, event.chat.id))
            return [found] if found else []
        own = self.of_channel(event.channel)
        kind = kind_of(event.channel)
        lodgers = [one for one in self.all if one is not own and one.bots[kind] == event.channel]
        press = unpack(event.data) if lodgers and isinstance(event, ButtonPressed) else None
        about = await leads.by_id(session, press.lead) if press else None
        return sorted((own, *lodgers), key=lambda one: about is None or one.desk != about.desk)

    async def of(self, event: Event, facts: Facts, session: Session) -> Policy:
        """The policy by which an event is handled; the session sees no more than that desk may."""
        if len(self._policies) == 1:
            return self.first
        policy = await self._of(event, facts, session)
        if not isinstance(event, ErasureWanted | ErasureEnded):  # of a whole person
            self.narrow(session, policy)
        return policy

    def narrow(self, session: Session, policy: Policy) -> None:
        """Let the session see what this desk may."""
        if len(self._policies) > 1:
            session.desk = policy.desk
            session.foreign = frozenset().union(*(one.own for one in self.all)) - policy.own

    def follow(self, old: str, new: str) -> None:
        """A chat has a new id."""
        for desk, policy in self._policies.items():
            changed = policy
            if policy.chat == old:
                changed = replace(changed, chat=new, former_chats=policy.former_chats | {old})
            if policy.supervisors_chat == old:
                changed = replace(changed, supervisors_chat=new)
            self._policies[desk] = changed

    async def restore(self, database: Database) -> None:
        """Follow the chats to the ids that they got before this process began."""
        for desk, policy in self._policies.items():
            chat = await chats.current(database, policy.chat)
            former = await chats.former(database, chat)
            heads = await chats.current(database, policy.supervisors_chat)
            self._policies[desk] = replace(
                policy, chat=chat, former_chats=former, supervisors_chat=heads
            )

    async def take_over(self, database: Database) -> None:
        """Let each chat's cards be those of the bot that serves it by these settings."""
        for policy in self.all:
            await chats.take_over(database, policy.chat)

    async def _of(self, event: Event, facts: Facts, session: Session) -> Policy:
        if isinstance(event, _FROM_CHANNELS):
            return self._where(event, facts)
        if isinstance(event, DigestDue | LeadsOverdue):
            return self.named(event.desk)
        if isinstance(event, TroubleSeen):
            return self._of_trouble(event)
        if isinstance(event, EventSetAside):
            return self.of_channel(event.channel)
        return await self._of_record(event, session)

    def _where(self, event: _FROM_CHANNELS, facts: Facts) -> Policy:
        """The desk whose chat it happened in, else of whose team the author is, else the bot's."""
        chat = getattr(event, "chat", None)
        where = event.old if isinstance(event, ChatMoved) else chat.id if chat else ""
        found = self.of_chat(address(event.channel, where)) if where else None
        if found is None and isinstance(event, MemberChanged):
            found = self._of_successor(address(event.channel, where))
        if found is None and facts.desk:
            return self.named(facts.desk)
        return found or self.of_channel(event.channel)

    def _of_successor(self, where: str) -> Policy | None:
        return next((one for one in self.all if one.may_become(where)), None)

    def _of_trouble(self, event: TroubleSeen) -> Policy:
        if ":" in event.subject:
            found = self.of_chat(event.subject)
            return found or self.of_channel(split_address(event.subject)[0])
        found = self.of_channel(event.subject)
        told_by = {split_address(found.reach(where))[0] for where in found.reports_to}
        # Nobody hears of a bot that is silent by that bot itself.
        silent = event.trouble not in ("unreached", "gap") and told_by == {event.subject}
        return self.first if silent else found

    async def _of_record(self, event: Event, session: Session) -> Policy:
        """By the lead that it concerns, else by the account, else the first desk."""
        number, account = 0, 0
        match event:
            case DeadlineDue(deadline=one):
                deadline = await deadlines.by_id(session, one)
                number = deadline.lead if deadline else 0
            case StepDue(step=one):
                step = await steps.by_id(session, one)
                number = step.lead if step else 0
            case LeadWaits(lead=number) | OfferOver(lead=number) | FeedbackDue(lead=number):
                pass
            case (
                PauseOver(account=account)
                | DayFull(account=account)
                | ErasureWanted(account=account)
            ):
                pass
            case DeliveryEnded(delivery=one):
                return await self._of_delivery(one, session)
        lead = await leads.by_id(session, number) if number else None
        if lead is not None:
            return self.named(lead.desk)
        if isinstance(event, ErasureEnded):
            left = await erasure.left(session, event.erasure)
            return (self.of_chat(left[0][0]) if left else None) or self.first
        return await self._of_account(account, session) if account else self.first

    async def _of_account(self, number: int, session: Session) -> Policy:
        """By the newest lead: what was entered by hand came in by nobody's channel."""
        lead = await leads.newest_of(session, number)
        if lead is not None:
            return self.named(lead.desk)
        return self.of_channel((await accounts.by_id(session, number)).channel)

    async def _of_delivery(self, number: int, session: Session) -> Policy:
        delivery = await outbox.by_id(session, number)
        if delivery is None:
            return self.first
        lead = await leads.by_id(session, delivery.lead) if delivery.lead else None
        if lead is not None:
            return self.named(lead.desk)
        found = self.of_chat(address(delivery.channel, delivery.chat))
        return found or self.of_channel(delivery.channel)
