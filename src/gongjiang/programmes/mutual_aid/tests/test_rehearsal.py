"""A rehearsal pays every claim what the single decision pays, to the fen; under whatever terms."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjiang.kernel.rules import Outcome
from gongjiang.programmes.mutual_aid.rehearsal import COSTS, statement
from gongjiang.programmes.mutual_aid.rules import Cost, Cover, Event, Terms, Used, decide
from gongjiang.programmes.mutual_aid.rules.payout import base_of
from gongjiang.programmes.mutual_aid.rules.terms import PARTS

from .test_rules import MONEY, PLAN, SWITCHES
from .values import terms

FIRST = dt.date(2026, 1, 1)
COVER = Cover(FIRST, dt.date(2027, 1, 1))


@dataclass(frozen=True)
class Told:
    """A claim as it is drawn: whose, on which day, for how long, what it cost."""

    person: int
    day: int
    days: int
    plan: str
    cost: Cost

    @property
    def event(self) -> Event:
        admitted = FIRST + dt.timedelta(days=self.day)
        out = admitted + dt.timedelta(days=self.days - 1)
        return Event(self.plan, admitted, out, out, out, self.cost)


CLAIM = st.builds(
    lambda person, day, days, plan, parts, pooled, other: Told(
        person, day, days, plan,
        Cost(total=pooled + sum(parts), pooled=pooled, other=other, **dict(zip(PARTS, parts, strict=True))),
    ),
    st.integers(1, 3), st.integers(-3, 370), st.integers(1, 60), PLAN, st.tuples(*[MONEY] * 6), MONEY, MONEY,
)  # fmt: skip


def one_by_one(claims: Sequence[Told], now: Terms) -> dict[int, int]:
    """key → fen, each decided by itself in its order; a question is taken as waived."""
    used: dict[int, Used] = {}
    plans: dict[tuple[int, str], tuple[int, int, int]] = {}
    found = {}
    order = sorted(range(len(claims)), key=lambda n: (claims[n].event.settled_on, n))
    for n in order:
        told = claims[n]
        before = used.get(told.person, Used())
        base, days, times = plans.get((told.person, told.plan), (0, 0, 0))
        seen = Used(base, days, before.paid, before.claims, times)
        decision = decide(told.event, COVER, seen, now)
        assert decision.outcome != Outcome.ASK
        found[n] = decision.amount or 0
        if decision.amount:
            plan = now.plans[told.plan]
            counted = base_of(told.cost, plan, now) if plan.bands else 0
            plans[told.person, told.plan] = (base + counted, days + told.event.days, times + 1)
            used[told.person] = Used(paid=before.paid + decision.amount, claims=before.claims + 1)
    return found


def all_at_once(claims: Sequence[Told], now: Terms) -> dict[int, int]:
    rows = []
    for n, told in enumerate(claims):
        event = told.event
        binding = event.on(now.binding_date)
        costs = ", ".join(f"{getattr(told.cost, name)}::bigint AS {name}" for name in COSTS)
        rows.append(
            f"SELECT {n} AS key, {told.person} AS person, '/1/'::text AS path, '{told.plan}'::text AS plan,"
            f" {event.days} AS days, '{binding}'::date AS binding, '{COVER.since}'::date AS since,"
            f" '{COVER.until}'::date AS until, false AS renewed, '{event.settled_on}'::date AS settled_on,"
            f" '{event.reported_on}'::date AS reported_on, {costs}"
        )
    source = (
        "SELECT *, row_number() OVER (PARTITION BY person ORDER BY settled_on, key) AS rank FROM ("
        + " UNION ALL ".join(rows)
        + ") AS drawn"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement(now, source))
        return {key: fen for key, _person, _path, fen in cursor.fetchall()}


@pytest.mark.django_db
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    claims=st.lists(CLAIM, min_size=1, max_size=7),
    switches=SWITCHES,
    binding=st.sampled_from(["admitted", "discharged", "settled"]),
    cap=st.sampled_from([300_000, 5_000_000]),
)
def test_all_at_once_pays_what_one_by_one_pays(
    claims: list[Told], switches: dict[str, Any], binding: str, cap: int
) -> None:
    now = terms(binding_date=binding, cap_per_period=cap, claim_notify_days=400, **switches)
    assert all_at_once(claims, now) == one_by_one(claims, now)
