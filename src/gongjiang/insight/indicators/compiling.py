"""From a declared indicator to SQL that plain DuckDB runs. Only the worker and the command line load this.

The SQL reads the fact's table, `reporting` (who reported to whom) and small tables that the caller fills:

    places (ancestor)                     the units to count for
    calendar (kind, start, until, day)    the periods; `day` is where as-of figures stand
    asked (view, ancestor, start, until, day)   one row: the figure to open
    touched (key)                         changed rows of the fact
    affected (item)                       what those rows count, before or after
"""

from functools import cache

import ibis
from ibis.expr.types import Table

from gongjiang.insight.facts import Fact
from gongjiang.insight.lake import reporting as lines

from . import Indicator

LATE = 1 << 30  # after every day of the calendar

CALENDAR = {"kind": "string", "start": "date", "until": "date", "day": "date"}
ASKED = {"view": "string", "ancestor": "int64", "start": "date", "until": "date", "day": "date"}


class Unsound(Exception):
    """The indicator's expression does not give the columns that its kind of period asks for."""


@cache
def cells_sql(indicator: Indicator, fact: Fact, *, affected: bool = False) -> str:
    """SELECT view, ancestor, kind, start, value: the cells that are not zero; only of `affected` items on demand."""
    rows = _rows(indicator, fact)
    if affected:
        rows = rows.semi_join(ibis.table({"item": "int64"}, name="affected"), "item")
    near = _lines().semi_join(ibis.table({"ancestor": "int64"}, name="places"), "ancestor")
    rows = rows.semi_join(near, "unit").view()
    calendar = ibis.table(CALENDAR, name="calendar")
    counted = (
        _standing(rows, near, calendar)
        if indicator.period == "as_of"
        else _happened(indicator, rows, near, calendar)
    )
    return _sql(counted.select("view", "ancestor", "kind", "start", "value"))


@cache
def opened_sql(indicator: Indicator, fact: Fact) -> str:
    """SELECT DISTINCT item, amount: exactly what the asked figure counts; an amount only where one is added up."""
    rows, asked = _rows(indicator, fact), ibis.table(ASKED, name="asked")
    near = _lines().rename(came="since", went="until").inner_join(asked, ["view", "ancestor"])
    near = near.select("unit", "came", "went", begins="start", ends="until", stands="day")
    if indicator.period == "as_of":
        on = [
            near.unit == rows.unit,
            near.came <= near.stands,
            near.went > near.stands,
            rows.since <= near.stands,
        ]
        found = rows.inner_join(near, on).filter(lambda t: t.until.isnull() | (t.until > t.stands))
    else:
        within = _in_period(indicator, rows.day, near.begins, near.ends)
        found = rows.inner_join(
            near, [near.unit == rows.unit, near.came <= rows.day, near.went > rows.day, *within]
        )
    return _sql(found.select("item", *(("amount",) if indicator.amount else ())).distinct())


@cache
def items_sql(indicator: Indicator, fact: Fact) -> str:
    """SELECT DISTINCT item: what the `touched` rows of the fact count."""
    table = _table(fact).semi_join(ibis.table({"key": "int64"}, name="touched"), "key")
    return _sql(indicator.rows(table).select("item").distinct())


def _table(fact: Fact) -> Table:
    return ibis.table(fact.schema, name=fact.table)


def _rows(indicator: Indicator, fact: Fact) -> Table:
    rows = indicator.rows(_table(fact))
    if indicator.amount and (indicator.period == "as_of" or indicator.grain != "record"):
        raise Unsound(f"{indicator.code}: amounts are added up of records that happened")
    missing = set(indicator.columns) - set(rows.columns)
    if missing:
        raise Unsound(f"{indicator.code}: its rows have no {', '.join(sorted(missing))}")
    rows = rows.select(*indicator.columns)
    first = rows.since if indicator.period == "as_of" else rows.day
    return rows.filter(rows.item.notnull(), first.notnull())


def _lines() -> Table:
    return ibis.table(lines.COLUMNS, name=lines.TABLE)


def _in_period(
    indicator: Indicator, day: ibis.Value, begins: ibis.Value, ends: ibis.Value
) -> list[ibis.Value]:
    """`day` lies in the period; for figures that cumulate, anywhere before its end."""
    return [day < ends] if indicator.period == "cumulative_since" else [day >= begins, day < ends]


def _happened(indicator: Indicator, rows: Table, near: Table, calendar: Table) -> Table:
    spread = rows.inner_join(near, [near.unit == rows.unit, near.since <= rows.day, near.until > rows.day])
    carried = ("amount",) if indicator.amount else ()
    spread = spread.select("view", "ancestor", "item", *carried, on="day")
    dated = spread.inner_join(calendar, _in_period(indicator, spread.on, calendar.start, calendar.until))
    if indicator.amount:
        once = dated.select("view", "ancestor", "kind", "start", "item", "amount").distinct()
        return once.group_by("view", "ancestor", "kind", "start").agg(
            value=lambda t: t.amount.sum().cast("int64")
        )
    return dated.group_by("view", "ancestor", "kind", "start").agg(value=lambda t: t.item.nunique())


def _standing(rows: Table, near: Table, calendar: Table) -> Table:
    """Distinct items standing at each day of the calendar.

    Dates become positions in the calendar, so that few distinct spans are left. An item whose spans never overlap
    stands at most once on any day, and its spans are added up; the few others are deduplicated day by day.
    """
    days = calendar.select("day").distinct()
    days = days.mutate(i=ibis.row_number().over(order_by=days.day))
    dates = [
        rows.select(date=rows.since),
        rows.select(date=rows.until),
        near.select(date=near.since),
        near.select(date=near.until),
    ]
    dated = ibis.union(*dates, distinct=True)
    place = (
        dated.left_join(days, days.day >= dated.date)
        .group_by("date")
        .agg(i=lambda t: t.i.min().fill_null(LATE))
    )

    begun, ended = place.select(since="date", s="i"), place.select(until="date", u="i")
    spans = rows.inner_join(begun, "since").left_join(ended, "until")
    spans = spans.select("item", "unit", "s", u=spans.u.fill_null(LATE))
    spans = spans.filter(spans.s < spans.u)
    times = near.inner_join(begun, "since").inner_join(ended, "until")
    times = times.select("view", "unit", "ancestor", begun="s", ended="u")

    several = spans.group_by("item").agg(n=lambda t: t.count()).filter(lambda t: t.n > 1)
    earlier = ibis.window(group_by="item", order_by=["s", "u"], preceding=(None, 1))
    overlap = spans.semi_join(several, "item").mutate(reached=lambda t: t.u.max().over(earlier))
    overlap = overlap.filter(overlap.reached > overlap.s).select("item").distinct()

    single = spans.anti_join(overlap, "item").group_by("unit", "s", "u").agg(n=lambda t: t.count())
    single = _spread(single, times, "n").group_by("view", "ancestor", "s", "u").agg(n=lambda t: t.n.sum())
    once = single.inner_join(days, [days.i >= single.s, days.i < single.u])
    once = once.group_by("view", "ancestor", "day").agg(value=once.n.sum())

    double = _spread(spans.semi_join(overlap, "item"), times, "item")
    dedup = double.inner_join(days, [days.i >= double.s, days.i < double.u])
    dedup = dedup.group_by("view", "ancestor", "day").agg(value=dedup.item.nunique())

    total = ibis.union(once, dedup).group_by("view", "ancestor", "day").agg(value=lambda t: t.value.sum())
    return total.inner_join(calendar, "day").select(
        "view", "ancestor", "kind", "start", value=total.value.cast("int64")
    )


def _spread(spans: Table, near: Table, carried: str) -> Table:
    """Each span at each ancestor, cut to the time it reported there."""
    joined = spans.inner_join(near, "unit")
    cut = joined.select(
        "view",
        "ancestor",
        carried,
        s=ibis.greatest(joined.s, joined.begun),
        u=ibis.least(joined.u, joined.ended),
    )
    return cut.filter(cut.s < cut.u)


def _sql(expression: Table) -> str:
    return str(ibis.to_sql(expression, dialect="duckdb"))
