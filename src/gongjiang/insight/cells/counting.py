"""Bringing the lake and the cells up to date. Only the worker and the command line load this.

One round, under a lock: read what was committed since the last position, append it to the lake, then change the
cells, the files and the position in one transaction. A process killed anywhere in between leaves the old position,
and the round is done again with the same result.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
from django.db import transaction
from django.utils import timezone

from gongjiang.insight import catalogue
from gongjiang.insight.facts import Fact
from gongjiang.insight.lake import reporting
from gongjiang.insight.lake.current import current
from gongjiang.insight.lake.reader import Reader, adbc_reader, arrow_schema, changed, part, whole
from gongjiang.insight.lake.tables import Files, Lake, Lost
from gongjiang.insight.models import Counted, FactFiles, Publication
from gongjiang.insight.periods import kept
from gongjiang.kernel.outbox import reading as outbox

from . import engine, store
from .engine import Row
from .standing import digest, look

log = logging.getLogger(__name__)

READER = "insight"
TOO_MANY = 50_000  # changed keys of one fact from which it is cheaper to read the fact anew
DELTA_FILES, DELTA_SHARE = 24, 0.1  # from here on a fact's delta is merged into its base
MEMORY, THREADS = "512MB", 2


@dataclass
class Round:
    """What one round did: `changed` rows per fact, or `rebuilt`."""

    changed: dict[str, int] = field(default_factory=dict)
    rebuilt: bool = False

    def __bool__(self) -> bool:
        return self.rebuilt or bool(self.changed)


def bring_up_to_date(
    lake: Lake, reader: Callable[[], AbstractContextManager[Reader]] = adbc_reader, *, rebuild: bool = False
) -> Round:
    """Count everything that is committed now. Waits while another process counts."""
    with store.only_one(), reader() as reading:
        state = Counted.objects.first()
        if rebuild or state is None or not look().usable or not _there(lake):
            return _build(lake, reading, state)
        try:
            return _follow(lake, reading, state)
        except Lost as lost:
            log.warning("the lake lost %s and is built again", lost)
            return _build(lake, reading, state)


# ── everything anew ──────────────────────────────────────────────────────────


def _build(lake: Lake, reading: Reader, state: Counted | None) -> Round:
    compiling = ThreadPoolExecutor(1).submit(publications)  # beside the reading, which mostly waits
    position, at, server = reading.standing()
    version = (state.version if state else 0) + 1
    con = engine.connect(memory=MEMORY, threads=THREADS)
    lines = reading.rows(reporting.SELECT, reporting.COLUMNS)
    files = {
        reporting.TABLE: lake.create(
            reporting.TABLE, reporting.COLUMNS, lines, position=position, version=version
        )
    }
    con.register(reporting.TABLE, lines)
    counts = {reporting.TABLE: len(lines)}
    for fact in catalogue.counted_facts():
        rows = reading.rows(whole(fact), fact.schema)
        files[fact.name] = lake.create(fact.table, fact.schema, rows, position=position, version=version)
        con.register(fact.table, rows)
        counts[fact.name] = len(rows)
    published = compiling.result()
    today = timezone.localdate(at)
    cells = count(con, published, today)
    con.close()
    with transaction.atomic():
        Publication.objects.all().delete()
        Publication.objects.bulk_create(published)
        FactFiles.objects.all().delete()
        for name, where in files.items():
            _note(name, where, rows=counts[name])
        store.replace_cells(cells)
        _stand(position, at, today, version, server)
    return Round(counts, rebuilt=True)


def publications() -> list[Publication]:
    """Every indicator compiled."""
    from gongjiang.insight.indicators.compiling import cells_sql, items_sql, opened_sql

    found = []
    for code, indicator in catalogue.indicators().items():
        fact = catalogue.facts()[indicator.fact]
        found.append(
            Publication(
                indicator=code,
                cells=cells_sql(indicator, fact),
                affected=cells_sql(indicator, fact, affected=True),
                items=items_sql(indicator, fact),
                opened=opened_sql(indicator, fact),
            )
        )
    return found


def count(
    con: duckdb.DuckDBPyConnection, published: Sequence[Publication], today: dt.date
) -> dict[str, list[Row]]:
    """The cells of these indicators over the tables that the connection holds."""
    engine.set_calendar(con, kept(today), today)
    engine.set_places(con)
    return {p.indicator: con.execute(p.cells).fetchall() for p in published}


# ── what has changed since ───────────────────────────────────────────────────


def _follow(lake: Lake, reading: Reader, state: Counted) -> Round:
    position, at, server = reading.standing()
    today = timezone.localdate(at)
    changes = changed(reading, state.position)
    con = engine.connect(memory=MEMORY, threads=THREADS)
    before = {f.fact: f for f in FactFiles.objects.all()}
    version = state.version + 1
    work = _Work(lake, reading, con, before, position, version)
    if any(table in changes for table in reporting.WATCHED):
        work.redraw_lines()
    for fact in catalogue.counted_facts():
        work.follow(fact, changes)
    if not work.done and not work.everywhere and today == state.today:
        con.close()
        with transaction.atomic():
            _stand(position, at, today, state.version, server)
        outbox.forget()
        return Round()

    published = {p.indicator: p for p in Publication.objects.all()}
    chosen = [
        p for p in published.values() if work.everywhere or today != state.today or _fact(p).name in work.anew
    ]
    whole_cells: dict[str, list[Row]] = {}
    if chosen:
        work.show("after")
        whole_cells = count(con, chosen, today)
    differences = {
        code: work.differences(p, today)
        for code, p in published.items()
        if code not in whole_cells and _fact(p).name in work.touched
    }
    con.close()
    with transaction.atomic():
        for code, rows in whole_cells.items():
            store.replace_cells_of(code, rows)
        for code, rows in differences.items():
            store.adjust_cells(code, rows)
        for name, where in work.after.items():
            if where is not before.get(name):
                where.save()
        _stand(position, at, today, version, server)
    for fact in catalogue.counted_facts():
        _compact(lake, fact, version, position)
    return Round(work.done)


def _fact(publication: Publication) -> Fact:
    return catalogue.facts()[catalogue.indicators()[publication.indicator].fact]


class _Work:
    """One round's changes: what is appended to each fact, and the facts' tables before and after it."""

    def __init__(
        self,
        lake: Lake,
        reading: Reader,
        con: duckdb.DuckDBPyConnection,
        before: dict[str, FactFiles],
        position: str,
        version: int,
    ) -> None:
        self.lake, self.reading, self.con = lake, reading, con
        self.before, self.after = before, dict(before)
        self.position, self.version = position, version
        self.everywhere = False  # the tree has changed: every cell may have
        self.anew: set[str] = set()  # facts read as a whole
        self.touched: dict[str, list[int]] = {}  # fact -> changed keys
        self.done: dict[str, int] = {}
        self._shown = ""

    def redraw_lines(self) -> None:
        """Read again who reports to whom, where the tree has changed."""
        lines = self.reading.rows(reporting.SELECT, reporting.COLUMNS)
        where = self.lake.create(
            reporting.TABLE, reporting.COLUMNS, lines, position=self.position, version=self.version
        )
        self.after[reporting.TABLE] = _files(reporting.TABLE, where, rows=len(lines))
        self.everywhere = True
        self.done[reporting.TABLE] = len(lines)

    def follow(self, fact: Fact, changes: dict[str, list[int]]) -> None:
        """Append to the lake what has changed of one fact."""
        asked = {column: changes[table] for table, column in _watched(fact) if table in changes}
        if not asked:
            return
        if (
            any(outbox.EVERYTHING in keys for keys in asked.values())
            or sum(map(len, asked.values())) > TOO_MANY
        ):
            rows = self.reading.rows(whole(fact), fact.schema)
            where = self.lake.create(
                fact.table, fact.schema, rows, position=self.position, version=self.version
            )
            self.after[fact.name] = _files(fact.name, where, rows=len(rows))
            self.anew.add(fact.name)
            self.done[fact.name] = len(rows)
            return
        found = [self.reading.rows(part(fact, column, keys), fact.schema) for column, keys in asked.items()]
        rows = _once(pa.concat_tables(found))
        self.show("before")
        gone = set(asked.get("key", ()))
        for column, keys in asked.items():
            engine.set_keys(self.con, "sought", "key", keys)
            query = f'SELECT f.key FROM "{fact.table}" f SEMI JOIN sought ON f."{column}" = sought.key'
            gone |= {key for (key,) in self.con.execute(query).fetchall()}
        present = set(rows["key"].to_pylist())
        gone -= present
        if not present and not gone:
            return
        where = self.lake.append(
            fact.table, rows, pa.array(sorted(gone), pa.int64()), position=self.position, version=self.version
        )
        old = self.before[fact.name]
        self.after[fact.name] = _files(
            fact.name, where, rows=old.rows, changed=old.changed + len(present) + len(gone)
        )
        self.touched[fact.name] = sorted(present | gone)
        self.done[fact.name] = len(self.touched[fact.name])

    def differences(self, publication: Publication, today: dt.date) -> list[Row]:
        """How the cells of one indicator change.

        A distinct count cannot be added to, but what each counted item adds can: only the items that changed rows
        count, before or after, are counted in both states.
        """
        affected: set[int] = set()
        states: dict[str, dict[tuple[str, int, str, dt.date], int]] = {}
        for state in ("before", "after"):
            self.show(state)
            engine.set_keys(self.con, "touched", "key", self.touched[_fact(publication).name])
            affected |= {
                item for (item,) in self.con.execute(publication.items).fetchall() if item is not None
            }
        for state in ("before", "after"):
            self.show(state)
            engine.set_keys(self.con, "affected", "item", sorted(affected))
            engine.set_calendar(self.con, kept(today), today)
            engine.set_places(self.con)
            rows = self.con.execute(publication.affected).fetchall()
            states[state] = {(v, u, k, s): n for v, u, k, s, n in rows}
        old, new = states["before"], states["after"]
        changes = ((cell, new.get(cell, 0) - old.get(cell, 0)) for cell in old.keys() | new.keys())
        return [(*cell, n) for cell, n in changes if n]

    def show(self, state: str) -> None:
        """Let the connection's tables be those before or after this round."""
        if self._shown == state and state == "before":
            return
        show(self.con, self.lake.root, (self.before if state == "before" else self.after).values())
        self._shown = state


def show(con: duckdb.DuckDBPyConnection, root: Path, files: Iterable[FactFiles]) -> None:
    """Make a view of each fact's current rows."""
    for each in files:
        if each.fact == reporting.TABLE:
            table, columns = reporting.TABLE, reporting.COLUMNS
        else:
            fact = catalogue.facts()[each.fact]
            table, columns = fact.table, fact.schema
        con.execute(
            f'CREATE OR REPLACE TEMP VIEW "{table}" AS {current(columns, root, each.base, each.delta)}'
        )


def _watched(fact: Fact) -> list[tuple[str, str]]:
    return list(fact.watched.items())


def _once(rows: pa.Table) -> pa.Table:
    """One row per key; all come from one snapshot, so any of them will do."""
    if len(rows) < 2:
        return rows
    first = (
        rows.append_column("_n", pa.array(range(len(rows))))
        .group_by("key")
        .aggregate([("_n", "min")])["_n_min"]
    )
    return rows.take(first)


def _compact(lake: Lake, fact: Fact, version: int, position: str) -> None:
    """Merge a fact's delta into its base once it has grown; the figures stay as they are."""
    files = FactFiles.objects.get(fact=fact.name)
    if len(files.delta) < DELTA_FILES and files.changed < max(1000, files.rows * DELTA_SHARE):
        return
    con = engine.connect(memory=MEMORY, threads=THREADS)
    rows = con.sql(current(fact.schema, lake.root, files.base, files.delta)).to_arrow_table()
    con.close()
    rows = rows.cast(arrow_schema(fact.schema))
    where = lake.compact(fact.table, rows, position=position, version=version)
    _note(fact.name, where, rows=len(rows))
    lake.sweep({name for f in FactFiles.objects.all() for name in (*f.base, *f.delta)})


# ── where things stand ───────────────────────────────────────────────────────


def _stand(position: str, at: dt.datetime, today: dt.date, version: int, server: str) -> None:
    counted = Counted(
        id=1, position=position, as_of=at, today=today, version=version, server=server, declared=digest()
    )
    counted.save()
    store.publish_figures([c for c, i in catalogue.indicators().items() if i.public], counted)
    outbox.keep(READER, int(position.split(":")[0]))


def _files(name: str, where: Files, *, rows: int, changed: int = 0) -> FactFiles:
    return FactFiles(fact=name, base=where.base, delta=where.delta, rows=rows, changed=changed)


def _note(name: str, where: Files, *, rows: int) -> None:
    _files(name, where, rows=rows).save()


def _there(lake: Lake) -> bool:
    """Whether every fact that is counted has its files on the disk."""
    known = {f.fact: f for f in FactFiles.objects.all()}
    names = {fact.name for fact in catalogue.counted_facts()} | {reporting.TABLE}
    if names != set(known):
        return False
    return all((lake.root / name).is_file() for f in known.values() for name in (*f.base, *f.delta))
