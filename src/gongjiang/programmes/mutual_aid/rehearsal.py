"""试算: what other terms would have paid for the claims of a period, over all of them at once, before anything is
published. The same formula that decides one claim, as columns of one statement; equal to the fen.

Claims of one person depend on each other (ceilings, amounts added up, how often), so they are gone through in their
order, everybody's first claims in one pass, then everybody's second ones.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import ancestors
from gongjiang.kernel.parameters import read
from gongjiang.kernel.parameters.models import Proposal, ProposalState
from gongjiang.kernel.parameters.read import Value

from .models import CoverState, MemberCoverage
from .rules import Terms, terms_of
from .rules.columns import Column
from .rules.formula import Amounts, base_of, steps
from .rules.terms import PARTS, WHOLE, Plan

COSTS = ("total", "pooled", *PARTS, "other")

#: The claims of a period that have been submitted and not taken back, in the order in which the rule counts them.
LIVE = """
SELECT k.case_id AS key, m.person_id AS person, m.path, k.plan,
       row_number() OVER (PARTITION BY m.person_id ORDER BY k.settled_on, k.case_id) AS rank,
       k.discharged_on - k.admitted_on + 1 AS days, k.{binding} AS binding, m.since, m.until,
       m.previous_id IS NOT NULL AS renewed, k.settled_on, k.reported_on, {costs}
FROM mutual_aid_claim k JOIN mutual_aid_membercoverage m ON m.id = k.coverage_id
JOIN lifecycle_case c ON c.id = k.case_id
WHERE c.edition_id = %s AND c.phase <> 'draft' AND c.outcome <> 'withdrawn'
"""


class _Costs:
    """The columns of a claim's cost."""

    def __init__(self) -> None:
        for name in COSTS:
            setattr(self, name, Column(f"c.{name}"))


def statement(terms: Terms, source: str) -> str:
    """The SQL that gives (key, person, path, payout) for every claim of `source`, a query with `LIVE`'s columns."""
    plans = list(terms.plans.values())
    held = ["paid", "claims", *(f"{kind}_{p.code}" for p in plans for kind in ("base", "days", "times"))]
    zero = ", ".join(f"0::bigint AS {name}" for name in held)
    more = ", ".join(
        [
            "s.paid + s.payout AS paid",
            "s.claims + (s.payout > 0)::int AS claims",
            *(
                f"s.{kind}_{p.code} + CASE WHEN s.plan = '{p.code}' AND s.payout > 0 THEN {what} ELSE 0 END"
                f" AS {kind}_{p.code}"
                for p in plans
                for kind, what in (("base", "s.base"), ("days", "s.days"), ("times", "1"))
            ),
        ]
    )
    columns = "c.key, c.person, c.path, c.plan, c.rank, c.days::bigint AS days"
    kept = ", ".join(f"p.{name}" for name in held)
    return f"""
        WITH RECURSIVE claims AS MATERIALIZED (
          SELECT l.*, {_waiting(terms)}::bigint AS waiting, {_stands(terms)} AS stands FROM ({source}) AS l
        ), step AS (
          SELECT {columns}, {kept}, b.base, o.payout FROM claims c, LATERAL (SELECT {zero}) AS p,
                 LATERAL (SELECT {_base(terms)} AS base) AS b, LATERAL (SELECT {_payout(terms)} AS payout) AS o
          WHERE c.rank = 1
          UNION ALL
          SELECT {columns}, {kept}, b.base, o.payout FROM step s
          JOIN claims c ON c.person = s.person AND c.rank = s.rank + 1, LATERAL (SELECT {more}) AS p,
               LATERAL (SELECT {_base(terms)} AS base) AS b, LATERAL (SELECT {_payout(terms)} AS payout) AS o
        )
        SELECT key, person, path, payout FROM step
    """


def _waiting(terms: Terms) -> str:
    """The share that is paid on the binding day, as SQL."""
    whens = []
    for wait in terms.waiting:
        until = "" if wait.until is None else f" AND l.binding - l.since < {wait.until}"
        whens.append(f"WHEN l.binding - l.since >= {wait.since}{until} THEN {wait.share}")
    return f"CASE WHEN l.renewed THEN {WHOLE} {' '.join(whens)} ELSE {WHOLE} END"


def _stands(terms: Terms) -> str:
    """Whether it is covered, in time, and past the time in which nothing is paid."""
    late = ""
    if terms.limitation_years is not None:
        late = f" AND l.reported_on <= (l.settled_on + interval '{terms.limitation_years} years')::date"
    return f"(l.since <= l.binding AND l.binding < l.until{late})"


def _base(terms: Terms) -> str:
    whens = [
        f"WHEN c.plan = '{p.code}' THEN {_text(base_of(_Costs(), p, terms))}"
        for p in terms.plans.values()
        if p.bands
    ]
    return f"CASE {' '.join(whens)} ELSE 0 END::bigint" if whens else "0::bigint"


def _payout(terms: Terms) -> str:
    whens = [f"WHEN {_when(p)} THEN {_text(_one(p, terms))}" for p in terms.plans.values()]
    return f"CASE WHEN NOT c.stands OR c.waiting = 0 THEN 0 {' '.join(whens)} ELSE 0 END::bigint"


def _when(plan: Plan) -> str:
    said = [f"c.plan = '{plan.code}'"]
    if plan.most_claims is not None:
        said.append(f"p.claims < {plan.most_claims}")
    if plan.times is not None:
        said.append(f"p.times_{plan.code} < {plan.times}")
    return " AND ".join(said)


def _one(plan: Plan, terms: Terms) -> Any:
    adds_up = terms.aggregation == "period_cumulative"
    return steps(
        Amounts(
            cost=_Costs(),
            days=Column("c.days"),
            prior_base=Column(f"p.base_{plan.code}") if adds_up else 0,
            prior_days=Column(f"p.days_{plan.code}") if adds_up else 0,
            prior_paid=Column("p.paid"),
            waiting=Column("c.waiting"),
        ),
        plan,
        terms,
    ).payout


def _text(value: Any) -> str:
    return value.sql if isinstance(value, Column) else f"{int(value)}::bigint"


def payouts(edition: Edition, terms: Terms) -> list[tuple[int, int, str, int]]:
    """(claim, person, path, fen) of every claim of the period under these terms, within the present scope."""
    costs = ", ".join(f"k.{name}" for name in COSTS)
    source = LIVE.format(binding=f"{terms.binding_date}_on", costs=costs)
    with connection.cursor() as cursor:
        cursor.execute(statement(terms, source).replace("%s", str(int(edition.pk))))
        return list(cursor.fetchall())


@dataclass
class Line:
    """What a place would get, in fen, and how many people more or less."""

    name: str
    before: int = 0
    after: int = 0
    people: int = 0
    gain: int = 0
    lose: int = 0

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass
class Rehearsed:
    """A rehearsal over one period. `income` is the fee of everybody who is covered, before and after."""

    claims: int = 0
    covered: int = 0
    income: tuple[int, int] = (0, 0)
    whole: Line = field(default_factory=lambda: Line(""))
    places: list[Line] = field(default_factory=list)


def rehearse(edition: Edition, before: Terms, after: Terms) -> Rehearsed:
    """Both terms over the live claims of the period, person by person, by county."""
    old, new = payouts(edition, before), payouts(edition, after)
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    paths: dict[int, str] = {}
    for place, rows in enumerate((old, new)):
        for _key, person, path, fen in rows:
            sums[person][place] += fen
            paths[person] = path
    covered = MemberCoverage.objects.filter(edition=edition, state=CoverState.COVERED).aggregate(
        n=Count("pk"), shares=Sum("shares")
    )
    shares = covered["shares"] or 0
    fees = tuple(shares * _fee(terms) for terms in (before, after))
    found = Rehearsed(claims=len(old), covered=covered["n"], income=(fees[0], fees[1]))
    found.whole.name = _("All of it")
    lines = _places(edition, set(paths.values()))
    for person, (a, b) in sums.items():
        for line in (found.whole, lines[paths[person]]):
            line.before, line.after, line.people = line.before + a, line.after + b, line.people + 1
            line.gain, line.lose = line.gain + (b > a), line.lose + (b < a)
    found.places = sorted({id(line): line for line in lines.values()}.values(), key=lambda line: line.name)
    return found


def _fee(terms: Terms) -> int:
    value = terms.cited.get("fee_per_share")
    return int(value.value) if value is not None and value.value is not None else 0


def _places(edition: Edition, paths: Iterable[str]) -> dict[str, Line]:
    """path → the line of the union below the one that runs the period; its own units share its line."""
    depth = len(ancestors(edition.unit.path))
    below = {path: ancestors(path)[depth : depth + 1] for path in paths}
    units = Unit.objects.in_bulk({key for keys in below.values() for key in keys})
    lines = {key: Line(unit.name) for key, unit in units.items()}
    own = Line(edition.unit.name)
    return {path: lines[keys[0]] if keys and keys[0] in lines else own for path, keys in below.items()}


def proposed(edition: Edition) -> Terms:
    """The terms that would hold if everything that waits for a second person were published."""
    return terms_of(_overlaid(edition))


def changed(edition: Edition) -> list[Proposal]:
    """What waits for a second person and would change the period's values."""
    return list(_waiting_proposals(edition))


def _waiting_proposals(edition: Edition) -> Any:
    return Proposal.objects.filter(
        programme="mutual_aid", unit=edition.unit_id, state=ProposalState.WAITING, repeals=False
    ).order_by("pk")


def _overlaid(edition: Edition, on: dt.date | None = None) -> Mapping[str, Value]:
    found = dict(read.values("mutual_aid", edition=edition, on=on))
    for proposal in _waiting_proposals(edition):
        held = found[proposal.name]
        found[proposal.name] = Value(held.parameter, held.parameter.kind.read(proposal.value))
    return found
