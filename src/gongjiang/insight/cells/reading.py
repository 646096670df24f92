"""Reading figures and opening them: from the stored cells, and from the published files with DuckDB alone.

Used by the web and the command line; never loads the rest of the analytic stack. Runs in whatever scope the
caller is in, and DuckDB is loaded only when something has to be computed or opened.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from gongjiang.insight import catalogue
from gongjiang.insight.indicators import Indicator
from gongjiang.insight.lake import reporting
from gongjiang.insight.lake.current import current
from gongjiang.insight.models import Cell, Counted, FactFiles, Publication, View
from gongjiang.insight.periods import Period, kept
from gongjiang.kernel.orgs.models import Level, Unit, UnitKind

if TYPE_CHECKING:
    import duckdb

MEMORY, THREADS = "128MB", 1
TRIES = 3  # how often a figure is read again when it was counted anew in between


class NotCounted(Exception):
    """Nothing has been counted yet, or the figure's files are being replaced; try again in a moment."""


@dataclass(frozen=True)
class Figure:
    """One figure as it stands. `as_of` is when it was last known to be true."""

    indicator: Indicator
    unit: Unit
    period: Period
    view: str
    value: int
    as_of: dt.datetime


Key = tuple[str, int, Period]  # indicator's code, unit's key, period


def counted() -> Counted:
    """Where the figures stand. Raises NotCounted before the first count."""
    found = Counted.objects.first()
    if found is None:
        raise NotCounted
    return found


def is_stored(unit: Unit, period: Period, today: dt.date) -> bool:
    """Whether the figures of this unit and period are kept as cells."""
    return unit.level != Level.ENTERPRISE and unit.kind == UnitKind.UNION and period in kept(today)


def values(
    codes: Sequence[str], units: Sequence[Unit], periods: Sequence[Period], view: str = View.AS_IS
) -> dict[Key, int]:
    """The figures of these indicators, units and periods: one query where they are stored, else computed."""
    today = counted().today
    whole = kept(today)
    stored = [u for u in units if is_stored(u, whole[0], today)]
    found: dict[Key, int] = {}
    missing = [p for p in periods if p not in whole]
    if stored:
        present = [p for p in periods if p in whole]
        found |= {(c, u.pk, p): 0 for c in codes for u in stored for p in present}
        cells = Cell.objects.filter(
            unit__in=stored,
            indicator__in=codes,
            view=view,
            kind__in={p.kind for p in present},
            start__in={p.start for p in present},
        )
        for cell in cells:
            key = (cell.indicator, cell.unit_id, Period(cell.kind, cell.start))
            if key in found:
                found[key] = cell.value
    others = [u for u in units if u not in stored]
    if others:
        found |= _computed(codes, others, periods, view)
    if stored and missing:
        found |= _computed(codes, stored, missing, view)
    return found


def _computed(
    codes: Sequence[str], units: Sequence[Unit], periods: Sequence[Period], view: str
) -> dict[Key, int]:
    from . import engine

    found = {(c, u.pk, p): 0 for c in codes for u in units for p in periods}
    with _lake(codes) as (con, state, published):
        engine.set_calendar(con, periods, state.today)
        engine.set_places(con, [u.pk for u in units])
        for code in codes:
            for seen, unit, kind, start, value in con.execute(published[code].cells).fetchall():
                if seen == view:
                    found[code, unit, Period(kind, start)] = value
    return found


def figure(code: str, unit: Unit, period: Period, view: str = View.AS_IS) -> Figure:
    """One figure. KeyError for an unknown code."""
    indicator = catalogue.indicators()[code]
    value = values([code], [unit], [period], view)[code, unit.pk, period]
    return Figure(indicator, unit, period, view, value, counted().as_of)


class Opened:
    """A figure with the keys of what it counts, both at the same position."""

    def __init__(self, figure: Figure, con: "duckdb.DuckDBPyConnection") -> None:
        self.figure, self._con = figure, con
        self.count = self._one("SELECT count(*) FROM opened")

    @property
    def proves(self) -> bool:
        """Whether the list comes to what the figure says: as many rows, or their amounts added up."""
        return self.reduced == self.figure.value

    @property
    def reduced(self) -> int:
        """What the list comes to."""
        if not self.figure.indicator.amount:
            return self.count
        return self._one("SELECT coalesce(sum(amount), 0)::BIGINT FROM opened")

    def page(self, size: int, *, after: int | None = None, before: int | None = None) -> list[int]:
        """Up to `size` keys in order, following `after` or leading to `before`."""
        if before is not None:
            query = "SELECT item FROM opened WHERE item < ? ORDER BY item DESC LIMIT ?"
            return [k for (k,) in self._con.execute(query, [before, size]).fetchall()][::-1]
        query = "SELECT item FROM opened WHERE item > ? ORDER BY item LIMIT ?"
        return [
            k
            for (k,) in self._con.execute(query, [after if after is not None else -(2**62), size]).fetchall()
        ]

    def rank(self, key: int) -> int:
        """How many keys come before this one."""
        return self._one("SELECT count(*) FROM opened WHERE item < ?", [key])

    def keys(self) -> list[int]:
        """All keys, in order."""
        return [k for (k,) in self._con.execute("SELECT item FROM opened ORDER BY item").fetchall()]

    def _one(self, query: str, values: Sequence[int] = ()) -> int:
        row = self._con.execute(query, list(values)).fetchone()
        return int(row[0]) if row else 0


@contextmanager
def opened(code: str, unit: Unit, period: Period, view: str = View.AS_IS) -> Iterator[Opened]:
    """Open a figure. KeyError for an unknown code; NotCounted when its files keep being replaced."""
    from . import engine

    for attempt in range(TRIES):
        before = counted().version
        found = figure(code, unit, period, view)
        with _lake([code]) as (con, state, published):
            if state.version != before and attempt < TRIES - 1:
                continue
            engine.set_asked(con, view, unit.pk, period, state.today)
            con.execute(f"CREATE TEMP TABLE opened AS {published[code].opened}")
            yield Opened(found, con)
            return
    raise NotCounted


@contextmanager
def _lake(
    codes: Iterable[str],
) -> "Iterator[tuple[duckdb.DuckDBPyConnection, Counted, dict[str, Publication]]]":
    """DuckDB with the facts of these indicators as they were counted."""
    from . import engine

    published = Publication.objects.in_bulk(list(codes))
    facts = {catalogue.indicators()[code].fact for code in codes}
    files = FactFiles.objects.in_bulk([*facts, reporting.TABLE])
    state = counted()
    if len(files) != len(facts) + 1 or set(codes) - set(published):
        raise NotCounted
    root = Path(settings.LAKE)
    con = engine.connect(memory=MEMORY, threads=THREADS, only=root)
    try:
        for name, each in files.items():
            fact = catalogue.facts().get(name)
            table = fact.table if fact else reporting.TABLE
            columns = fact.schema if fact else reporting.COLUMNS
            con.execute(f'CREATE TEMP VIEW "{table}" AS {current(columns, root, each.base, each.delta)}')
        yield con, state, published
    finally:
        con.close()
