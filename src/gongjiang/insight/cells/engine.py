"""DuckDB with the small tables that the indicators' SQL reads."""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from gongjiang.insight.periods import Period

Row = tuple[str, int, str, dt.date, int]  # view, unit, kind, start, value


def connect(*, memory: str, threads: int, only: Path | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory database within these limits; with `only`, it can read nothing outside that directory."""
    con = duckdb.connect(":memory:", config={"memory_limit": memory, "threads": threads})
    con.execute("SET enable_progress_bar = false; SET preserve_insertion_order = false")
    if only is not None:
        con.execute(f"SET allowed_directories = ['{str(only).replace(chr(39), chr(39) * 2)}']")
        con.execute("SET enable_external_access = false; SET lock_configuration = true")
    return con


def set_calendar(con: duckdb.DuckDBPyConnection, periods: Iterable[Period], today: dt.date) -> None:
    """The periods to count for."""
    con.execute('CREATE OR REPLACE TEMP TABLE calendar (kind VARCHAR, start DATE, "until" DATE, day DATE)')
    con.executemany(
        "INSERT INTO calendar VALUES (?, ?, ?, ?)",
        [(str(p.kind), p.start, p.until, p.day(today)) for p in periods],
    )


def set_places(con: duckdb.DuckDBPyConnection, units: Sequence[int] | None = None) -> None:
    """The units to count for; without any, those whose cells are stored."""
    if units is None:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE places AS SELECT DISTINCT ancestor FROM reporting WHERE kept"
        )
        return
    con.execute(
        "CREATE OR REPLACE TEMP TABLE places AS SELECT unnest(?::BIGINT[]) AS ancestor", [list(units)]
    )


def set_keys(con: duckdb.DuckDBPyConnection, table: str, column: str, keys: Sequence[int]) -> None:
    """A one-column table of keys: `touched (key)` or `affected (item)`."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT unnest(?::BIGINT[]) AS {column}",
        [list(keys)],
    )


def set_asked(con: duckdb.DuckDBPyConnection, view: str, unit: int, period: Period, today: dt.date) -> None:
    """The one figure to open."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE asked AS SELECT ?::VARCHAR AS view, ?::BIGINT AS ancestor,"
        ' ?::DATE AS start, ?::DATE AS "until", ?::DATE AS day',
        [view, unit, period.start, period.until, period.day(today)],
    )
