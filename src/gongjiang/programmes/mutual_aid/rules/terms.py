"""The terms of a period as a rule takes them: plans, bands and switches, each with the clause that it rests on."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from gongjiang.kernel.rules import Reason

WHOLE = 10_000  # shares are kept in ten-thousandths: 50 % is 5,000

#: The parts of what a settlement leaves to the patient.
PARTS = ("deductible", "copay", "class_b", "over_limit", "above_cap", "self_funded")


@dataclass(frozen=True)
class Cost:
    """What a treatment cost and who bore it, in fen; the parts are those of the medical insurance's settlement.

    other   what other insurers and schemes paid
    """

    total: int = 0
    pooled: int = 0
    deductible: int = 0
    copay: int = 0
    class_b: int = 0
    over_limit: int = 0
    above_cap: int = 0
    self_funded: int = 0
    other: int = 0

    @property
    def left_open(self) -> int:
        """What the parts leave unexplained; zero for a settlement that adds up."""
        return self.total - self.pooled - sum(getattr(self, name) for name in PARTS)


@dataclass(frozen=True)
class Band:
    """Above `since` and up to `until` (None: whatever is above), `share` in ten-thousandths. Fen."""

    since: int
    until: int | None
    share: int


@dataclass(frozen=True)
class Plan:
    """What one kind of event is paid by.

    shape        banded_self_pay, pct_total_cost, per_diem, lump_sum
    bands        of the first two shapes; a single one without end is a flat share above its threshold
    day_fen, from_day, day_cap   of a daily allowance: per day, from which day of a stay on, for how many at most
    lump         of a lump sum
    most_claims  paid only while fewer claims than this have been paid in the period
    times        paid at most so many times a period
    most         at most so much for one event
    """

    code: str
    shape: str
    bands: tuple[Band, ...] = ()
    day_fen: int = 0
    from_day: int = 1
    day_cap: int | None = None
    lump: int = 0
    most_claims: int | None = None
    times: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Wait:
    """From day `since` of the cover on, until before day `until`, this share is paid (ten-thousandths)."""

    since: int
    until: int | None
    share: int


@dataclass(frozen=True)
class Terms:
    """Everything that a period's payouts depend on. `cited` says where each value was published."""

    plans: Mapping[str, Plan]
    base_exclude: frozenset[str]
    band_mode: str  # marginal, whole_amount
    threshold_mode: str  # gate, deductible
    band_edge: str  # below, above: to which band an amount at the edge belongs
    threshold_edge: str  # reached, exceeded
    aggregation: str  # per_admission, period_cumulative
    rounding: str  # fen_half_up, fen_down, yuan_half_up, yuan_down, yuan_up
    cap_order: str  # reduce_first, cap_first
    binding_date: str  # admitted, discharged, settled
    period_date: str
    indemnity: bool
    cap_per_period: int
    waiting: tuple[Wait, ...]
    stacking: frozenset[str]
    notify_days: int | None
    limitation_years: int | None
    year_cap: int | None
    cited: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def reason(self, name: str, text: str, **more: Any) -> Reason:
        """A reason that rests on the parameter of this name."""
        value = self.cited.get(name)
        return value.reason(text, **more) if value is not None else Reason(text, **more)

    def waits(self, days: int) -> int:
        """The share that is paid on the day `days` after the cover began."""
        for wait in self.waiting:
            if wait.since <= days and (wait.until is None or days < wait.until):
                return wait.share
        return WHOLE


def _share(value: Decimal | None) -> int:
    return int((value or Decimal(0)) * 100)


def terms_of(found: Mapping[str, Any]) -> Terms:
    """The terms from the values of a period (`parameters.read.values`). Raises KeyError or TypeError where a required
    one is missing; the screens say so before.
    """
    values = {name: each.value for name, each in found.items()}
    table = tuple(Band(row["from"], row["to"], _share(row["share"])) for row in values["bands"] or ())
    return Terms(
        plans={row["plan"]: _plan(row, table) for row in values["plans"]},
        base_exclude=frozenset(values["base_exclude"]),
        band_mode=values["band_mode"],
        threshold_mode=values["threshold_mode"],
        band_edge=values["band_edge"],
        threshold_edge=values["threshold_edge"],
        aggregation=values["aggregation"],
        rounding=values["rounding"],
        cap_order=values["cap_order"],
        binding_date=values["binding_date"],
        period_date=values["period_date"],
        indemnity=values["indemnity"],
        cap_per_period=values["cap_per_period"],
        waiting=tuple(Wait(row["from"], row["to"], _share(row["share"])) for row in values["waiting"]),
        stacking=frozenset(values["stacking"]),
        notify_days=values["claim_notify_days"],
        limitation_years=values["claim_limitation_years"],
        year_cap=values["year_cap"] if values["year_cap_on"] else None,
        cited=found,
    )


def _plan(row: Mapping[str, Any], table: tuple[Band, ...]) -> Plan:
    bands: tuple[Band, ...] = ()
    if row["shape"] in ("banded_self_pay", "pct_total_cost"):
        flat = Band(row["threshold"] or 0, None, _share(row["share"]))
        bands = table if row["share"] is None else (flat,)
    return Plan(
        code=row["plan"],
        shape=row["shape"],
        bands=bands,
        day_fen=row["day_amount"] or 0,
        from_day=row["from_day"] or 1,
        day_cap=row["day_cap"],
        lump=row["lump"] or 0,
        most_claims=row["most_claims"],
        times=row["times"],
        most=row["most"],
    )


def years_after(day: dt.date, years: int) -> dt.date:
    """The same day so many years later; the last of February where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
