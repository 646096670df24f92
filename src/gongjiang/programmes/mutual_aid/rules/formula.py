"""The four shapes, as arithmetic: ints give one payout, columns give the SQL of all of them (see `columns`).

Amounts are fen; what carries a share is exact in ten-thousandths of a fen until it is rounded once, at the end.
"""

from dataclasses import dataclass
from typing import Any

from .columns import Number, greatest, least, when
from .terms import PARTS, WHOLE, Band, Plan, Terms

#: Of a fen: what a share gives, and what a share of a share gives.
EXACT, EXACT_TWICE = WHOLE, WHOLE * WHOLE
#: rounding -> (fen of the unit that is rounded to, which way)
ROUNDINGS = {
    "fen_half_up": (1, "half"),
    "fen_down": (1, "down"),
    "yuan_half_up": (100, "half"),
    "yuan_down": (100, "down"),
    "yuan_up": (100, "up"),
}


@dataclass(frozen=True)
class Amounts:
    """What the arithmetic of one claim takes, each a whole number or a column.

    cost         an object with the fields of `Cost`
    days         of the stay
    prior_base   what earlier claims of the period counted, where they are added up; otherwise 0
    prior_days   the days that earlier claims were paid for, where they are added up; otherwise 0
    prior_paid   what was granted in the period before this claim
    waiting      the share that is paid on the binding date, in ten-thousandths
    """

    cost: Any
    days: Number = 0
    prior_base: Number = 0
    prior_days: Number = 0
    prior_paid: Number = 0
    waiting: Number = WHOLE


@dataclass(frozen=True)
class Steps:
    """Every stage of a payout. `parts` are exact, one for each band that is paid (or one for the other shapes)."""

    base: Number
    parts: tuple[Number, ...]
    before: Number  # exact: what is due up to the earlier claims, and so not again
    exact: Number  # what is due for this claim
    reduced: Number  # in ten-thousandths of that, after the waiting share
    rounded: Number
    burden: Number  # what the patient still bears, where the plan pays no more
    cap_left: Number
    payout: Number


def base_of(cost: Any, plan: Plan, terms: Terms) -> Number:
    """What the plan counts of a cost: all of it, or the patient's own part without what is excluded."""
    if plan.shape == "pct_total_cost":
        return cost.total
    counted = [getattr(cost, name) for name in PARTS if name not in terms.base_exclude]
    total: Number = 0
    for part in counted:
        total = total + part
    return total


def steps(amounts: Amounts, plan: Plan, terms: Terms) -> Steps:
    """The payout of one claim, stage by stage."""
    base = base_of(amounts.cost, plan, terms)
    parts, before = _due(amounts, base, plan, terms)
    exact: Number = 0
    for part in parts:
        exact = exact + part
    exact = exact - before
    cap_left = greatest(terms.cap_per_period - amounts.prior_paid, 0)
    most = cap_left if plan.most is None else least(cap_left, plan.most)
    reduced = (least(exact, most * EXACT) if terms.cap_order == "cap_first" else exact) * amounts.waiting
    rounded = _rounded(reduced, terms)
    burden = _burden(amounts, plan, terms, rounded)
    return Steps(base, parts, before, exact, reduced, rounded, burden, most, least(rounded, most, burden))


def _burden(amounts: Amounts, plan: Plan, terms: Terms, rounded: Number) -> Number:
    """No more than what the patient still bears, for plans that make good a cost."""
    if not terms.indemnity or plan.shape in ("per_diem", "lump_sum"):
        return rounded
    return greatest(amounts.cost.total - amounts.cost.pooled - amounts.cost.other, 0)


def _due(amounts: Amounts, base: Number, plan: Plan, terms: Terms) -> tuple[tuple[Number, ...], Number]:
    if plan.shape == "lump_sum":
        return (plan.lump * EXACT,), 0
    if plan.shape == "per_diem":
        days = greatest(amounts.days - (plan.from_day - 1), 0)
        if plan.day_cap is not None:
            days = least(days, greatest(plan.day_cap - amounts.prior_days, 0))
        return (days * (plan.day_fen * EXACT),), 0
    parts = _banded(amounts.prior_base + base, plan.bands, terms)
    before: Number = 0
    for part in _banded(amounts.prior_base, plan.bands, terms):
        before = before + part
    return parts, before


def _banded(x: Number, bands: tuple[Band, ...], terms: Terms) -> tuple[Number, ...]:
    """What each band gives of `x`, exact; nothing while the threshold is not passed."""
    threshold = bands[0].since
    passed = x >= threshold if terms.threshold_edge == "reached" else x > threshold
    start = 0 if terms.threshold_mode == "gate" else threshold
    found = []
    for n, band in enumerate(bands):
        low = start if n == 0 else band.since
        if terms.band_mode == "marginal":
            high = x if band.until is None else least(x, band.until)
            part = greatest(high - low, 0) * band.share
        else:
            part = when(_in(x, band, n == 0, terms), greatest(x - start, 0) * band.share, 0)
        found.append(when(passed, part, 0))
    return tuple(found)


def _in(x: Number, band: Band, is_first: bool, terms: Terms) -> Number:
    """Whether the whole of `x` is paid by this band; what stands at an edge belongs to the band that the terms say."""
    if terms.band_edge == "below":
        above = x >= 0 if is_first else x > band.since
        return above if band.until is None else when(above, when(x <= band.until, 1, 0), 0) > 0
    above = x >= 0 if is_first else x >= band.since
    return above if band.until is None else when(above, when(x < band.until, 1, 0), 0) > 0


def _rounded(exact_twice: Number, terms: Terms) -> Number:
    fen, way = ROUNDINGS[terms.rounding]
    unit = fen * EXACT_TWICE
    shift = {"half": unit // 2, "down": 0, "up": unit - 1}[way]
    return (exact_twice + shift) // unit * fen
