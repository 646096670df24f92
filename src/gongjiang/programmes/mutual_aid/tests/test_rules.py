"""The rule: golden vectors of the brief, edges to the fen, ceilings, waiting, refusals with their clause."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongjiang.kernel.rules import Outcome
from gongjiang.programmes.mutual_aid.rules import Cost, Cover, Event, Used, decide, retires_on
from gongjiang.programmes.mutual_aid.rules.enrolment import Joining, refusals
from gongjiang.programmes.mutual_aid.rules.formula import Amounts, steps
from gongjiang.programmes.mutual_aid.rules.terms import PARTS, Wait

from .values import found, terms

DAY = dt.date(2026, 3, 10)
COVER = Cover(dt.date(2026, 1, 1), dt.date(2027, 1, 1))


def stay(copay: int, *, days: int = 8, **more: Any) -> Event:
    """A stay in hospital of which the patient bears `copay` fen."""
    out = DAY + dt.timedelta(days=days - 1)
    return Event(
        plan=more.pop("plan", "inpatient"), admitted_on=DAY, discharged_on=out, settled_on=out, reported_on=out,
        cost=Cost(total=copay + 2_000_000, pooled=2_000_000, copay=copay, **more),
    )  # fmt: skip


def due(event: Event, used: Used | None = None, **switches: Any) -> int | None:
    decision = decide(event, COVER, used or Used(), terms(**switches))
    return decision.amount


@pytest.mark.parametrize(
    ("band_mode", "threshold_mode", "yuan"),
    [
        ("marginal", "gate", 6_900),
        ("marginal", "deductible", 6_400),
        ("whole_amount", "gate", 8_400),
        ("whole_amount", "deductible", 7_700),
    ],
)
def test_golden_vectors_of_one_stay(band_mode: str, threshold_mode: str, yuan: int) -> None:
    assert due(stay(1_200_000), band_mode=band_mode, threshold_mode=threshold_mode) == yuan * 100


@pytest.mark.parametrize(
    ("aggregation", "threshold_mode", "yuan"),
    [
        ("per_admission", "gate", 0),
        ("period_cumulative", "gate", 900),
        ("period_cumulative", "deductible", 400),
    ],
)
def test_golden_vectors_of_two_stays_of_900(aggregation: str, threshold_mode: str, yuan: int) -> None:
    switches = {"aggregation": aggregation, "threshold_mode": threshold_mode}
    first = due(stay(90_000), **switches) or 0
    second = due(stay(90_000), Used(base=90_000, paid=first, claims=1), **switches) or 0
    assert first + second == yuan * 100


@pytest.mark.parametrize(
    ("fen", "edge", "share"),
    [
        (500_000, "below", 50), (500_001, "below", 60), (500_000, "above", 60), (499_999, "above", 50),
        (1_000_000, "below", 60), (1_000_001, "below", 70), (1_000_000, "above", 70),
    ],
)  # fmt: skip
def test_amount_at_an_edge_belongs_where_the_terms_say(fen: int, edge: str, share: int) -> None:
    assert due(stay(fen), band_mode="whole_amount", band_edge=edge) == (fen * share + 50) // 100


@pytest.mark.parametrize("fen", [500_000, 1_000_000])
def test_edges_make_no_step_where_bands_are_marginal(fen: int) -> None:
    assert {due(stay(fen), band_edge=edge) for edge in ("below", "above")} == {due(stay(fen))}


@pytest.mark.parametrize(
    ("edge", "fen", "paid"),
    [("reached", 100_000, 50_000), ("exceeded", 100_000, None), ("exceeded", 100_001, 50_001)],
)
def test_amount_just_at_the_threshold(edge: str, fen: int, paid: int | None) -> None:
    assert due(stay(fen), threshold_edge=edge) == paid


def test_what_is_excluded_does_not_count() -> None:
    event = stay(200_000, class_b=50_000, over_limit=1, above_cap=7)
    event = replace(event, cost=replace(event.cost, total=event.cost.total + 50_008))
    assert due(event) == 100_000
    assert due(event, base_exclude=[]) == (250_008 * 50) // 100


@pytest.mark.parametrize(("days", "paid"), [(3, None), (4, 5_000), (8, 25_000), (200, 450_000)])
def test_daily_allowance_begins_on_its_day_and_ends_at_its_ceiling(days: int, paid: int | None) -> None:
    assert due(stay(0, days=days, plan="allowance"), claim_notify_days=400) == paid


def test_days_are_added_up_only_where_claims_are() -> None:
    event = stay(0, days=30, plan="allowance")
    used = Used(days=80)
    assert due(event, used) == 27 * 5_000
    assert due(event, used, aggregation="period_cumulative") == 10 * 5_000


def test_share_of_the_whole_cost_and_lump_sums() -> None:
    assert due(stay(500_000, plan="accident")) == 250_000
    assert due(stay(0, plan="critical")) == 1_000_000
    assert due(stay(0, plan="critical"), Used(times=1)) is None
    assert due(stay(0, plan="death"), Used(claims=2)) == 1_000_000
    assert due(stay(0, plan="death"), Used(claims=3)) is None


def test_ceiling_pays_the_rest_and_prints_both_numbers() -> None:
    decision = decide(stay(1_200_000), COVER, Used(paid=4_900_000), terms())
    assert decision.amount == 100_000
    assert [r.amount for r in decision.reasons if r.amount is not None] == [
        250_000,
        300_000,
        140_000,
        -590_000,
    ]
    nothing = decide(stay(1_200_000), COVER, Used(paid=5_000_000), terms())
    assert (nothing.outcome, nothing.amount) == (Outcome.REFUSED, None)


def test_no_more_than_was_spent_where_the_plan_makes_good_a_cost() -> None:
    event = stay(1_200_000)
    event = replace(event, cost=replace(event.cost, other=1_000_000))
    assert due(event) == 200_000
    assert due(event, indemnity=False) == 690_000
    assert due(replace(event, cost=replace(event.cost, other=1_200_000))) is None


@pytest.mark.parametrize(
    ("rounding", "fen"),
    [
        ("fen_half_up", 50_051),
        ("fen_down", 50_050),
        ("yuan_half_up", 50_100),
        ("yuan_down", 50_000),
        ("yuan_up", 50_100),
    ],
)
def test_rounding(rounding: str, fen: int) -> None:
    assert due(stay(100_101), rounding=rounding) == fen


@pytest.mark.parametrize(("order", "fen"), [("reduce_first", 345_000), ("cap_first", 150_000)])
def test_order_of_ceiling_and_waiting_share(order: str, fen: int) -> None:
    waiting = [{"from": 0, "to": 30, "share": "0"}, {"from": 30, "to": 90, "share": "50"}]
    used = Used(paid=4_700_000) if order == "cap_first" else Used()
    assert due(stay(1_200_000), used, waiting=waiting, cap_order=order) == fen


def test_in_the_waiting_time_nothing_is_due_unless_renewed() -> None:
    waiting = [{"from": 0, "to": 90, "share": "0"}]
    refused = decide(stay(1_200_000), COVER, Used(), terms(waiting=waiting))
    assert refused.outcome == Outcome.REFUSED
    renewed = decide(stay(1_200_000), replace(COVER, renewed=True), Used(), terms(waiting=waiting))
    assert renewed.amount == 690_000


@pytest.mark.parametrize(
    ("which", "outcome"), [("admitted", Outcome.REFUSED), ("discharged", Outcome.GRANTED)]
)
def test_day_that_must_be_covered_is_the_one_that_the_terms_say(which: str, outcome: Outcome) -> None:
    cover = replace(COVER, since=DAY + dt.timedelta(days=2))
    assert decide(stay(1_200_000), cover, Used(), terms(binding_date=which)).outcome == outcome


def test_late_claim_is_refused_and_a_late_report_asks_a_human() -> None:
    event = stay(1_200_000)
    late = replace(event, reported_on=event.settled_on + dt.timedelta(days=61))
    assert decide(late, COVER, Used(), terms()).outcome == Outcome.ASK
    over = replace(event, reported_on=dt.date(2028, 3, 18))
    assert decide(over, COVER, Used(), terms(claim_notify_days=2000)).outcome == Outcome.REFUSED
    last = replace(event, reported_on=dt.date(2028, 3, 17))
    assert decide(last, COVER, Used(), terms(claim_notify_days=2000)).outcome == Outcome.GRANTED


def test_settlement_that_does_not_add_up_asks_a_human() -> None:
    event = stay(1_200_000)
    event = replace(event, cost=replace(event.cost, total=event.cost.total + 1))
    decision = decide(event, COVER, Used(), terms())
    assert (decision.outcome, decision.reasons[0].field) == (Outcome.ASK, "total")


def test_same_event_under_two_plans_is_flagged_unless_they_may_be_added() -> None:
    assert (
        decide(stay(0, plan="critical"), COVER, Used(same_event=frozenset({"inpatient"})), terms()).amount
        == 1_000_000
    )
    asked = decide(stay(0, plan="allowance"), COVER, Used(same_event=frozenset({"inpatient"})), terms())
    assert asked.outcome == Outcome.ASK


def test_every_reason_names_what_it_rests_on() -> None:
    decision = decide(stay(1_200_000), COVER, Used(paid=4_900_000), terms())
    assert all(r.document and r.version for r in decision.reasons)


MONEY = st.integers(0, 3_000_000)
SWITCHES = st.fixed_dictionaries(
    {
        "band_mode": st.sampled_from(["marginal", "whole_amount"]),
        "threshold_mode": st.sampled_from(["gate", "deductible"]),
        "band_edge": st.sampled_from(["below", "above"]),
        "threshold_edge": st.sampled_from(["reached", "exceeded"]),
        "aggregation": st.sampled_from(["per_admission", "period_cumulative"]),
        "rounding": st.sampled_from(["fen_half_up", "fen_down", "yuan_half_up", "yuan_down", "yuan_up"]),
        "cap_order": st.sampled_from(["reduce_first", "cap_first"]),
        "indemnity": st.booleans(),
        "waiting": st.sampled_from([[], [{"from": 0, "to": 120, "share": "37.5"}]]),
    }
)
PLAN = st.sampled_from(["inpatient", "special_outpatient", "allowance", "critical", "accident"])


@settings(max_examples=300, deadline=None)
@given(parts=st.tuples(*[MONEY] * 6), pooled=MONEY, other=MONEY, days=st.integers(1, 120), base=MONEY,
       paid=st.integers(0, 6_000_000), plan=PLAN, switches=SWITCHES)  # fmt: skip
def test_lines_add_up_and_no_ceiling_is_passed(
    parts: tuple[int, ...],
    pooled: int,
    other: int,
    days: int,
    base: int,
    paid: int,
    plan: str,
    switches: dict[str, Any],
) -> None:
    cost = Cost(total=pooled + sum(parts), pooled=pooled, other=other, **dict(zip(PARTS, parts, strict=True)))
    event = replace(stay(0, days=days, plan=plan), cost=cost)
    now = terms(claim_notify_days=400, **switches)
    decision = decide(
        event, COVER, Used(base=base, paid=paid, days=days), now
    )  # Decision checks that lines add up
    if decision.outcome == Outcome.GRANTED:
        assert decision.amount is not None
        assert 0 < decision.amount <= max(0, 5_000_000 - paid)
        if switches["indemnity"] and plan not in ("allowance", "critical"):
            assert decision.amount <= max(0, cost.total - pooled - other)
        if (
            switches["rounding"].startswith("yuan")
            and decision.amount < 5_000_000 - paid
            and not switches["indemnity"]
        ):
            assert decision.amount % 100 == 0


@settings(max_examples=200, deadline=None)
@given(stays=st.lists(MONEY, min_size=1, max_size=6), mode=st.sampled_from(["gate", "deductible"]))
def test_added_up_the_order_and_the_number_of_stays_do_not_matter(stays: list[int], mode: str) -> None:
    """Marginal and cumulative: many stays give what one of the same amount would, a rounding apart."""
    now = terms(aggregation="period_cumulative", threshold_mode=mode, cap_per_period=10**9, indemnity=False)
    plan, before, total = now.plans["inpatient"], 0, 0
    for fen in stays:
        cost = Cost(total=fen, copay=fen)
        total += steps(Amounts(cost, prior_base=before), plan, now).payout
        before += fen
    whole = steps(Amounts(Cost(total=before, copay=before)), plan, now).payout
    assert abs(total - whole) <= len(stays)


@pytest.mark.parametrize(
    ("born_on", "sex", "post_class", "day"),
    [
        (dt.date(1964, 12, 31), "male", "production", dt.date(2024, 12, 31)),
        (dt.date(1965, 1, 15), "male", "production", dt.date(2025, 2, 15)),
        (dt.date(1965, 5, 31), "male", "production", dt.date(2025, 7, 31)),
        (dt.date(1976, 12, 1), "male", "production", dt.date(2039, 12, 1)),
        (dt.date(1975, 1, 1), "female", "production", dt.date(2025, 2, 1)),
        (dt.date(1970, 1, 1), "female", "technical", dt.date(2025, 2, 1)),
        (dt.date(1985, 1, 1), "female", "production", dt.date(2040, 1, 1)),
    ],
)
def test_retirement_age_rises_month_by_month(
    born_on: dt.date, sex: str, post_class: str, day: dt.date
) -> None:
    assert retires_on(born_on, sex, post_class) == day


def test_joining_is_refused_with_every_reason() -> None:
    person = Joining("male", dt.date(1960, 1, 1), "production", "", False, 0, 2)
    values = {name: value.value for name, value in found().items()}
    assert len(refusals(person, values, dt.date(2026, 1, 1))) == 4
    fit = Joining("male", dt.date(1990, 1, 1), "production", "employee", True, 3, 1)
    assert refusals(fit, values, dt.date(2026, 1, 1)) == []


def test_waiting_share_of_a_day() -> None:
    now = replace(terms(), waiting=(Wait(0, 30, 0), Wait(30, 90, 5_000)))
    assert [now.waits(day) for day in (0, 29, 30, 89, 90)] == [0, 0, 5_000, 5_000, 10_000]
