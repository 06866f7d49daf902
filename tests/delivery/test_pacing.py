"""The pace under a long list of loads: never above it, hardly below it, fair to all."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.pacing import Pace, Pacer, Past
from bot.delivery.turns import Turns
from bot.messages import Priority
from bot.policies import pace_of
from config.groups import Telegram, Vk
from tests.delivery.pace_simulation import (
    MIDNIGHT,
    Call,
    Trip,
    Work,
    World,
    arrivals_by_chat,
    item_of,
    most_in_any,
    share_used,
)

TELEGRAM, VK = pace_of(Telegram()), pace_of(Vk())
ANSWER, REPLY, CARD, CHANGE, DIGEST, OTHERS = Priority
SLACK = 1e-5  # datetimes know no less than a microsecond
ANNA, PABLO, TEAM, VERA = "telegram:1", "telegram:2", "telegram:-100", "telegram:9"


def trips(least: float, most: float, seed: int = 1) -> Trip:
    """Round trips of so many seconds, split anyhow between the ways there and back."""
    chance = random.Random(seed)

    def trip() -> tuple[float, float]:
        whole = chance.uniform(least, most)
        there = whole * chance.choice((0.0, 1.0, chance.random()))
        return there, whole - there

    return trip


def instantly() -> tuple[float, float]:
    """A network without any delay."""
    return 0.0, 0.0


# --- any load ------------------------------------------------------------

paces = st.builds(
    Pace,
    per_second=st.integers(1, 6),
    per_chat_second=st.none() | st.integers(1, 2),
    group_per_minute=st.none() | st.integers(1, 5),
    group_per_second=st.none() | st.integers(1, 2),
)


def any_work(chance: random.Random, refusals: float) -> Work:
    """A call of any kind to one of five chats, the fourth and fifth being groups."""
    number, priority = chance.randint(1, 5), chance.randint(ANSWER, OTHERS)
    answer = priority == ANSWER
    return Work(
        at=chance.choice((0.0, chance.uniform(0, 20))),
        chat="" if answer else f"telegram:{number}",
        group=number > 3,
        priority=priority,
        lane=f"{number}/{chance.randint(1, 4)}",
        under_card=number > 3 and chance.random() < 0.5,
        refused_for=chance.uniform(0.1, 40) if not answer and chance.random() < refusals else 0.0,
    )


@st.composite
def some_load(draw: st.DrawFn) -> list[Work]:
    """From nothing at all to far more than the pace bears for minutes."""
    chance = random.Random(draw(st.integers()))
    size, refusals = draw(st.integers(0, 8) | st.integers(50, 300)), draw(st.floats(0, 0.3))
    return [any_work(chance, refusals) for _ in range(size)]


loads = some_load()
networks = st.builds(trips, st.just(0.0), st.sampled_from([0.0, 0.02, 0.5, 3.0]), st.integers())


@settings(max_examples=80, deadline=None)
@given(paces, loads, networks)
def test_no_load_and_no_network_bring_more_to_the_server_than_it_permits(
    pace: Pace, load: list[Work], network: Trip
) -> None:
    calls = World(Pacer(pace), load, network).run().calls
    assert_within(pace, calls)


@settings(max_examples=80, deadline=None)
@given(paces, loads, networks)
def test_every_load_is_sent_to_its_end_and_each_lane_in_order(
    pace: Pace, load: list[Work], network: Trip
) -> None:
    world = World(Pacer(pace), load, network).run()
    accepted = [call for call in world.calls if not call.refused]
    assert len(accepted) == len(load)
    assert world.waiting == 0
    lanes: dict[str, list[Call]] = defaultdict(list)
    for call in accepted:
        lanes[call.work.lane].append(call)
    for calls in lanes.values():
        assert [c.work.at for c in calls] == sorted(c.work.at for c in calls)
        assert all(a.arrived <= b.arrived for a, b in pairwise(calls))


@settings(max_examples=80, deadline=None)
@given(loads, networks)
def test_a_refused_chat_rests_for_its_retry_after(load: list[Work], network: Trip) -> None:
    calls = World(Pacer(TELEGRAM), load, network).run().calls
    for refused in (call for call in calls if call.refused):
        rested = refused.ended + refused.work.refused_for
        same_chat = (call for call in calls if call.work.chat == refused.work.chat)
        assert not [c for c in same_chat if refused.ended < c.started < rested]


@settings(max_examples=80, deadline=None)
@given(loads)
def test_what_befalls_one_chat_changes_nothing_for_another(load: list[Work]) -> None:
    roomy = replace(TELEGRAM, per_second=1000)
    by_chat = [replace(work, lane=work.chat or "answers") for work in load]
    spared = [replace(w, refused_for=0.0) if w.chat != ANNA else w for w in by_chat]
    calm = [replace(w, refused_for=0.0) for w in by_chat]

    def to_others(load: list[Work]) -> list[tuple[float, str]]:
        calls = World(Pacer(roomy), load, instantly).run().calls
        return sorted((c.started, c.work.chat) for c in calls if c.work.chat != ANNA)

    assert to_others(spared) == to_others(calm)


@settings(max_examples=80, deadline=None)
@given(paces, loads, networks, st.floats(0, 30))
def test_a_restart_at_any_moment_does_not_double_the_pace(
    pace: Pace, load: list[Work], network: Trip, killed: float
) -> None:
    before = World(Pacer(pace), load, network).run(until=killed).calls
    back = max([killed, *(call.arrived for call in before)])
    seen = {id(c.work) for c in before if not c.refused}
    reborn = Pacer(pace)
    reborn.restore((past(call, killed, back) for call in before), back)
    left = [work for work in load if id(work) not in seen]
    after = World(reborn, left, network, begin=back).run().calls
    assert_within(pace, before + after)


def past(call: Call, killed: float, back: float) -> Past:
    """What the database knows of a call: nobody saw the end of those in flight."""
    age = back - call.ended if call.ended <= killed else 0.0
    return Past(call.work.chat, call.work.group, age)


def assert_within(pace: Pace, calls: list[Call]) -> None:
    """At the server no rolling window held more than the pace permits."""
    assert most_in_any((c.arrived for c in calls), 1.0) <= pace.per_second
    rules = (
        (True, pace.group_per_minute, 60.0),
        (True, pace.group_per_second, 1.0),
        (False, pace.per_chat_second, 1.0),
    )
    for group, limit, seconds in rules:
        for chat, moments in arrivals_by_chat(calls, group=group).items():
            assert limit is None or most_in_any(moments, seconds) <= limit, chat


# --- how much of the pace is used ----------------------------------------


def arrivals(world: World) -> list[float]:
    """When the server saw each call."""
    return [call.arrived for call in world.calls]


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 30), st.integers(1, 4), st.floats(0, 0.025))
def test_a_busy_token_uses_nearly_all_of_its_second(
    per_second: int, lanes_each: int, round_trip: float
) -> None:
    pace = Pace(per_second)
    lanes = per_second * lanes_each
    load = [Work(0.0, f"vk:{n % lanes}", priority=n % 5) for n in range(per_second * 25)]
    world = World(Pacer(pace), load, trips(round_trip, round_trip)).run(until=21)
    assert world.waiting
    assert share_used(arrivals(world), per_second, 1) >= 0.97
    assert_within(pace, world.calls)


def test_a_busy_group_uses_nearly_all_of_its_minutes() -> None:
    load = [Work(0.0, TEAM, group=True, priority=CHANGE) for _ in range(1300)]
    world = World(Pacer(TELEGRAM), load, trips(0.05, 0.3)).run(until=3601)
    assert world.waiting
    assert share_used(arrivals(world), 20, 60) >= 0.97
    assert_within(TELEGRAM, world.calls)


def test_a_long_talk_in_private_uses_nearly_all_of_its_second() -> None:
    load = [Work(0.0, ANNA) for _ in range(400)]
    world = World(Pacer(TELEGRAM), load, trips(0.025, 0.025)).run(until=301)
    assert world.waiting
    assert share_used(arrivals(world), 1, 1) >= 0.97
    assert_within(TELEGRAM, world.calls)


@pytest.mark.parametrize("round_trip", [0.1, 0.3, 1.0])
def test_slow_round_trips_cost_no_more_than_safety_asks(round_trip: float) -> None:
    load = [Work(0.0, f"vk:{number}") for number in range(700)]
    world = World(Pacer(VK), load, trips(round_trip, round_trip)).run(until=32)
    assert world.waiting
    possible = 1 / (1 + VK.margin + round_trip)
    assert share_used(arrivals(world), 20, 1) / possible >= 0.97
    assert_within(VK, world.calls)


def test_vk_at_a_tenth_of_a_second_there_and_back_gets_fifteen_calls_a_second() -> None:
    load = [Work(0.0, f"vk:{number}") for number in range(700)]
    calls = World(Pacer(VK), load, trips(0.1, 0.1)).run(until=30).calls
    assert len(calls) / 30 >= 15
    assert most_in_any((call.arrived for call in calls), 1.0) <= 20


def test_sixty_card_changes_in_a_minute_make_twenty_calls_to_the_group() -> None:
    load = [Work(float(n), TEAM, group=True, priority=CHANGE) for n in range(60)]
    calls = World(Pacer(TELEGRAM), load, trips(0.05, 0.1)).run(until=60).calls
    assert len(calls) == 20


# --- whose turn it is ----------------------------------------------------


def in_turn(*waiting: Work, at: float) -> list[Work]:
    """What waits at this second, whose turn it is first."""
    turns = Turns(lambda: MIDNIGHT + timedelta(seconds=at), lambda: at)
    return sorted(waiting, key=lambda work: turns.place(item_of(work)))


def test_fresh_calls_go_strictly_by_class() -> None:
    fresh = [Work(5.0, VERA, priority=priority) for priority in Priority]
    assert in_turn(*reversed(fresh), at=5.0) == fresh


def test_a_class_yields_to_the_one_before_it_for_its_patience_and_no_longer() -> None:
    reply, card = Work(100.0, ANNA), Work(71.0, VERA, priority=CARD)
    assert in_turn(card, reply, at=100.0) == [reply, card]
    earlier = replace(card, at=69.0)
    assert in_turn(reply, earlier, at=100.0) == [earlier, reply]


def test_an_answer_to_a_press_goes_before_all_that_piled_up_in_an_outage() -> None:
    piled = [Work(0.0, VERA, priority=priority) for priority in Priority if priority != ANSWER]
    answer = Work(599.0, "", priority=ANSWER)
    assert in_turn(*piled, answer, at=599.0)[0] is answer
    assert in_turn(answer, *piled, at=600.0)[:2] == [piled[0], answer]


def test_of_answers_the_newest_goes_first() -> None:
    old, new = (Work(at, "", priority=ANSWER) for at in (1.0, 2.0))
    assert in_turn(old, new, at=3.0) == [new, old]


@given(st.integers(1, 4), st.integers(1, 4), *[st.integers(0, 5000)] * 3)
def test_of_all_but_answers_who_goes_first_never_changes_while_both_wait(
    one: int, other: int, waited: int, longer: int, more: int
) -> None:
    both = (Work(-waited, ANNA, priority=one), Work(-longer, VERA, priority=other))
    assert in_turn(*both, at=0.0) == in_turn(*both, at=float(more))


@pytest.mark.parametrize("priority", [CARD, CHANGE, DIGEST])
def test_an_endless_stream_of_replies_does_not_starve_the_rest(priority: Priority) -> None:
    stream = [Work(n / 5, f"telegram:{n}") for n in range(1500)]
    late = Work(10.0, VERA, priority=priority)
    calls = World(Pacer(Pace(5)), [*stream, late], trips(0.0, 0.02)).run().calls
    turn = next(call.started for call in calls if call.work is late)
    yields = (priority.patience - REPLY.patience).total_seconds()
    assert 11.0 < turn <= 10.0 + 1.03 * (yields + 10.0)
    assert calls[-1].work.priority == REPLY


@pytest.mark.parametrize("priority", [REPLY, CARD, CHANGE, DIGEST])
def test_an_endless_stream_of_presses_does_not_starve_the_rest(priority: Priority) -> None:
    stream = [Work(n * 0.8, "", priority=ANSWER, lane=f"press/{n}") for n in range(1000)]
    late = Work(10.0, VERA, priority=priority)
    calls = World(Pacer(Pace(1)), [*stream, late], trips(0.0, 0.02)).run(until=800).calls
    turn = next(call.started for call in calls if call.work is late)
    due = 10.0 + priority.patience.total_seconds()
    assert due <= turn <= due + 2.0


def test_a_lead_with_always_more_to_show_does_not_starve_another() -> None:
    for_long = [Work(0.0, TEAM, True, CARD, "lead:1", under_card=True) for _ in range(300)]
    late = [Work(5.0, TEAM, True, CARD, "lead:2", under_card=True) for _ in range(20)]
    calls = World(Pacer(Pace(1)), [*for_long, *late], instantly).run().calls
    places = [place for place, call in enumerate(calls) if call.work.lane == "lead:2"]
    assert places[0] < 10
    assert places[-1] < 50


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 400), st.integers(0, 4)), max_size=120), networks)
def test_nobody_is_overtaken_by_what_came_long_after(
    moments: list[tuple[float, int]], network: Trip
) -> None:
    load = [Work(at, f"vk:{n}", priority=p) for n, (at, p) in enumerate(moments)]
    calls = World(Pacer(Pace(1)), load, network).run().calls
    for place, call in enumerate(calls):
        for late in calls[place + 1 :]:
            assert late.work.at >= call.started or may_overtake(call, late.work)


def may_overtake(call: Call, waiting: Work) -> bool:
    """Whether the call may go before what waits; of answers that came late some may never go."""
    due, other_due = (work.at + patience(work) for work in (call.work, waiting))
    if ANSWER == call.work.priority == waiting.priority:
        return call.work.at + SLACK >= waiting.at
    if waiting.priority == ANSWER:
        return due <= call.started + SLACK
    return (call.started if call.work.priority == ANSWER else due) <= other_due + SLACK


def patience(work: Work) -> float:
    return Priority(work.priority).patience.total_seconds()


# --- single steps --------------------------------------------------------


def test_a_call_counts_from_its_start_until_a_window_after_its_end() -> None:
    pacer = Pacer(Pace(1, margin=0.0))
    slot = pacer.start(ANNA, False, 10.0)
    assert pacer.ready_at(PABLO, 12.0) == inf
    pacer.done(slot, 12.5)
    assert pacer.ready_at(PABLO, 13.0) == 13.5 == pacer.next_ready(13.0)
    assert pacer.ready_at(PABLO, 13.5) == 13.5


def test_the_margin_makes_every_window_longer() -> None:
    pacer = Pacer(Pace(5, group_per_minute=1, margin=0.01))
    pacer.done(pacer.start(TEAM, True, 0.0), 0.0)
    assert pacer.ready_at(TEAM, 1.0) == pytest.approx(60.6)


def test_answers_and_reactions_pass_a_group_that_has_had_its_twenty() -> None:
    pacer = Pacer(replace(TELEGRAM, group_per_second=None))
    for _ in range(20):
        pacer.done(pacer.start(TEAM, True, 0.0), 0.0)
    assert pacer.blocked(0.0) == {TEAM}
    assert pacer.ready_at("", 0.0) == 0.0
    assert pacer.room(0.0) == 10
    pacer.start("", False, 0.0)
    assert pacer.room(0.0) == 9


def test_a_held_chat_gets_nothing_while_others_go_on() -> None:
    pacer = Pacer(TELEGRAM)
    pacer.hold(TEAM, 30.0)
    pacer.hold(TEAM, 20.0)
    assert pacer.blocked(5.0) == {TEAM}
    assert pacer.ready_at(TEAM, 5.0) == 30.0 == pacer.next_ready(5.0)
    assert pacer.ready_at(ANNA, 5.0) == 5.0 == pacer.ready_at("", 5.0)
    assert pacer.blocked(30.0) == set()


def test_trouble_with_the_token_holds_everybody() -> None:
    pacer = Pacer(VK)
    pacer.hold_all(3.0)
    assert pacer.room(1.0) == 0
    assert pacer.ready_at("", 1.0) == 3.0 == pacer.next_ready(1.0)
    assert pacer.room(3.0) == 20


def test_vk_has_no_rule_for_single_chats() -> None:
    pacer = Pacer(VK)
    for _ in range(20):
        assert pacer.ready_at("vk:2000000001", 0.0) == 0.0
        pacer.start("vk:2000000001", True, 0.0)
    assert pacer.blocked(0.0) == set()


def test_a_call_out_of_turn_is_refused() -> None:
    pacer = Pacer(TELEGRAM)
    pacer.start(ANNA, False, 0.0)
    with pytest.raises(ValueError, match="may not start yet"):
        pacer.start(ANNA, False, 0.5)


def test_a_call_ends_once() -> None:
    pacer = Pacer(TELEGRAM)
    slot = pacer.start(ANNA, False, 0.0)
    pacer.done(slot, 0.1)
    with pytest.raises(KeyError):
        pacer.done(slot, 0.2)


def test_a_call_that_was_not_made_leaves_its_places_free() -> None:
    pacer = Pacer(replace(TELEGRAM, per_second=1))
    slot = pacer.start(ANNA, False, 0.0)
    assert pacer.room(0.0) == 0
    pacer.give_back(slot)
    assert pacer.ready_at(ANNA, 0.0) == 0.0
    with pytest.raises(KeyError):
        pacer.give_back(slot)


def test_a_hold_without_a_chat_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="hold_all"):
        Pacer(TELEGRAM).hold("", 5.0)


@pytest.mark.parametrize("wrong", [{"per_second": 0}, {"group_per_minute": 0}, {"margin": -0.1}])
def test_a_pace_at_which_nothing_could_go_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="at least"):
        replace(TELEGRAM, **wrong)  # type: ignore[arg-type]


def test_a_lowered_limit_after_a_restart_waits_until_enough_is_forgotten() -> None:
    pacer = Pacer(Pace(30, group_per_minute=2, margin=0.0))
    pacer.restore([Past(TEAM, True, age) for age in (50.0, 10.0, 40.0, 30.0)], 100.0)
    assert pacer.ready_at(TEAM, 100.0) == 130.0


def test_a_group_tells_what_is_left_of_its_minute() -> None:
    pacer = Pacer(Pace(30, group_per_minute=8, margin=0.0))
    assert pacer.left(TEAM, 100.0) == 8
    pacer.restore([Past(TEAM, True, age) for age in (50.0, 40.0, 30.0, 20.0, 10.0)], 100.0)
    assert (pacer.left(TEAM, 100.0), pacer.tight(100.0)) == (3, set())
    pacer.done(pacer.start(TEAM, True, 100.0), 100.0)
    pacer.done(pacer.start(TEAM, True, 100.0), 100.0)
    assert (pacer.left(TEAM, 100.0), pacer.tight(100.0)) == (1, {TEAM})
    assert Pacer(VK).left("2000000001", 100.0) == inf


def test_a_day_of_customers_leaves_no_trace_in_memory() -> None:
    load = [
        Work(n / 10, f"telegram:{n}", refused_for=5.0 if n % 50 == 0 else 0.0) for n in range(20000)
    ]
    world = World(Pacer(TELEGRAM), load, trips(0.01, 0.1)).run()
    assert world.most_chats < 200


def test_a_groups_minute_counts_each_picture_of_an_album() -> None:
    pacer = Pacer(Pace(per_second=30, group_per_minute=20))
    pacer.done(pacer.start(TEAM, True, 0.0), 0.0)
    pacer.album(TEAM, 9, 0.0)
    assert pacer.left(TEAM, 0.0) == 10
    for _ in range(10):
        pacer.done(pacer.start(TEAM, True, 1.0), 1.0)
    assert pacer.ready_at(TEAM, 2.0) > 60.0


def test_an_album_beyond_the_minute_is_waited_for_until_there_is_room_again() -> None:
    pacer = Pacer(Pace(per_second=30, group_per_minute=5))
    pacer.done(pacer.start(TEAM, True, 0.0), 0.0)
    pacer.album(TEAM, 9, 10.0)
    assert pacer.left(TEAM, 20.0) == 0
    assert pacer.ready_at(TEAM, 20.0) > 70.0
