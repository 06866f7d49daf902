"""What the settings decide, in the terms handlers and senders need."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from bot.delivery.pacing import Pace
from bot.domain.deadlines import Kind
from bot.domain.distribution import Scheme
from bot.domain.hours import Term
from config.hours import working_hours
from config.settings import Settings
from config.texts import load
from handlers.policy import ChannelPolicy, Policy

_CURRENCIES = {"ru": "RUB", "en": "USD", "es": "EUR"}


def policy_of(settings: Settings) -> Policy:
    team = settings.team
    texts = load(team.language)
    zone = ZoneInfo(team.timezone)
    return Policy(
        chat=team.chat,
        texts=texts,
        timezone=zone,
        hours=working_hours(settings.hours.week, settings.hours.holidays, zone),
        currency=_CURRENCIES[team.language],
        reasons=settings.leads.reject_reasons or texts.under("reason."),
        deadlines=_terms(settings.deadlines),
        daily_at=settings.digest.at,
        weekly_at=settings.digest.weekly.at,
        max_open=settings.leads.max_open,
        offer_for=settings.leads.offer_for,
        offers=settings.leads.offers,
        messages_per_minute=settings.leads.messages_per_minute,
        customers_kept=settings.retention.customers,
        find_days=settings.leads.find_days,
        sources=settings.leads.sources,
        supervisors=team.supervisors,
        supervisors_chat=team.supervisors_chat,
        conversation=team.conversation,
        managers=team.managers,
        dispatchers=team.dispatchers,
        channels={
            name: _channel_policy(getattr(settings.channels, name)) for name in ("telegram", "vk")
        },
    )


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


def pace_of(name: str, settings: Settings) -> Pace:
    if name == "telegram":
        telegram = settings.telegram
        per_minute = telegram.group_per_minute
        return Pace(telegram.per_second, 1, per_minute, group_per_second=max(1, per_minute // 60))
    return Pace(settings.vk.per_second)
