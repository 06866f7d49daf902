"""What the settings decide, in the terms handlers and senders need."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from bot.delivery.pacing import Pace
from bot.domain.deadlines import Kind
from bot.domain.distribution import Scheme
from bot.domain.hours import Term
from config.groups import Telegram, Vk
from config.hours import working_hours
from config.settings import Settings
from config.teams import DeskSettings, bots_of, channels_of, desks_of, through
from config.texts import load
from handlers.policy import ChannelPolicy, Policy

_CURRENCIES = {"ru": "RUB", "en": "USD", "es": "EUR"}


def policies_of(settings: Settings) -> tuple[Policy, ...]:
    """One for each desk, the first desk's first."""
    return tuple(_policy(settings, desk) for desk in desks_of(settings))


def _policy(settings: Settings, desk: DeskSettings) -> Policy:
    team = desk.team
    texts = load(team.language)
    zone = ZoneInfo(team.timezone)
    channels = channels_of(settings)
    bots = bots_of(settings, desk.name)
    return Policy(
        chat=through(bots, team.chat),
        desk=desk.name,
        bots=bots,
        own=frozenset(one.name for one in channels if one.desk == desk.name),
        connected=frozenset(one.name for one in channels if one.connection.token),
        texts=texts,
        timezone=zone,
        hours=working_hours(desk.hours.week, desk.hours.holidays, zone),
        currency=_CURRENCIES[team.language],
        reasons=_reasons(desk),
        reasons_anywhere=frozenset(one for each in desks_of(settings) for one in _reasons(each)),
        deadlines=_terms(desk.deadlines),
        daily_at=desk.digest.at,
        weekly_at=desk.digest.weekly.at,
        weekly_on=desk.digest.weekly.weekday,
        max_open=settings.leads.max_open,
        offer_for=settings.leads.offer_for,
        offers=settings.leads.offers,
        messages_per_minute=settings.leads.messages_per_minute,
        customers_kept=settings.retention.customers,
        find_days=settings.leads.find_days,
        sources=settings.leads.sources,
        supervisors=team.supervisors,
        supervisors_chat=through(bots, team.supervisors_chat),
        conversation=team.conversation,
        managers=team.managers,
        dispatchers=team.dispatchers,
        channels={
            one.name: _channel_policy(one.policy) for one in channels if one.desk == desk.name
        },
    )


def _reasons(desk: DeskSettings) -> tuple[str, ...]:
    return desk.reject_reasons or load(desk.team.language).under("reason.")


def _channel_policy(found: Any) -> ChannelPolicy:
    consent = found.consent
    return ChannelPolicy(
        lead_source=found.lead_source,
        responsible=found.responsible,
        distribution=Scheme(found.distribution),
        reject_reason_required=found.reject_reason_required,
        greeting=found.greeting,
        out_of_hours=found.out_of_hours,
        farewell=found.farewell,
        rating=found.rating,
        questions=found.questions,
        consent=(consent.url, consent.version) if consent.url else None,
        deadlines=_terms(found.deadlines),
    )


def _terms(found: Any) -> dict[Kind, Term]:
    """Those of a group of settings that are set."""
    given = {kind: getattr(found, kind.value) for kind in Kind}
    return {kind: term for kind, term in given.items() if term is not None}


def pace_of(connection: Telegram | Vk) -> Pace:
    if isinstance(connection, Telegram):
        per_minute = connection.group_per_minute
        # Telegram is known to bear short bursts above a message a second, but promises none
        # and counts them against the bot later, so none is taken.
        each = max(1, per_minute // 60)
        return Pace(connection.per_second, 1, per_minute, group_per_second=each)
    return Pace(connection.per_second)
