"""Reading facts from PostgreSQL into Arrow, all from one snapshot. Only the worker and the command line load this."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol

import pyarrow as pa
from django.conf import settings
from django.db import connection

from gongjiang.insight.facts import Fact

from .catalogue import SERVER, database_url

ARROW = {"int64": pa.int64(), "string": pa.string(), "date": pa.date32(), "boolean": pa.bool_()}


def arrow_schema(columns: Mapping[str, str]) -> pa.Schema:
    """The Arrow schema of columns given as name -> type."""
    return pa.schema([(name, ARROW[kind]) for name, kind in columns.items()])


class Standing(NamedTuple):
    """A snapshot as pg_snapshot, its time, and the server whose transactions it speaks of."""

    position: str
    at: dt.datetime
    server: str


class Reader(Protocol):
    """Reads in one snapshot of the database."""

    def standing(self) -> Standing:
        """Where this snapshot stands."""
        ...

    def rows(self, query: str, columns: Mapping[str, str]) -> pa.Table:
        """The query's result; its columns are called and typed as `columns` says."""
        ...


class AdbcReader:
    """Reads through ADBC as the counting role, which may read but not write and knows no identity number."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def standing(self) -> Standing:
        self._cursor.execute(
            f"SELECT pg_current_snapshot()::text, extract(epoch FROM now())::float8, ({SERVER})"
        )
        position, at, server = self._cursor.fetchone()
        return Standing(position, dt.datetime.fromtimestamp(at, dt.UTC), server)

    def rows(self, query: str, columns: Mapping[str, str]) -> pa.Table:
        self._cursor.execute(query)
        table = self._cursor.fetch_arrow_table()
        return table.select(list(columns)).cast(arrow_schema(columns))


@contextmanager
def adbc_reader() -> Iterator[AdbcReader]:
    """A reader over one repeatable-read transaction of its own."""
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(database_url()) as found, found.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(f"SET LOCAL ROLE {settings.ROLES['count']}")
        yield AdbcReader(cursor)
        found.rollback()


class DjangoReader:
    """Reads through Django's own connection, so that it sees a test's uncommitted rows."""

    def standing(self) -> Standing:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_current_snapshot()::text, now(), ({SERVER})")
            return Standing(*cursor.fetchone())

    def rows(self, query: str, columns: Mapping[str, str]) -> pa.Table:
        with connection.cursor() as cursor:
            cursor.execute(query)
            names = [d.name for d in cursor.description]
            found = cursor.fetchall()
        columns_read = (
            dict(zip(names, zip(*found, strict=True), strict=True)) if found else dict.fromkeys(names, ())
        )
        schema = arrow_schema(columns)
        return pa.table([pa.array(columns_read[f.name], f.type) for f in schema], schema=schema)


def whole(fact: Fact) -> str:
    """The query for all rows of a fact."""
    return f"SELECT {_columns(fact)} FROM ({fact.select}) f"


def part(fact: Fact, column: str, keys: list[int]) -> str:
    """The query for the rows of a fact with one of these keys in a column."""
    listed = ",".join(map(str, keys))
    return f"""{whole(fact)} WHERE f."{column}" = ANY ('{{{listed}}}'::bigint[])"""


def _columns(fact: Fact) -> str:
    return ", ".join(f'f."{name}"' for name in fact.schema)


CHANGED = """
    SELECT DISTINCT source, key FROM outbox_change
    WHERE xid >= pg_snapshot_xmin('{0}') AND NOT pg_visible_in_snapshot(xid, '{0}')
"""


def changed(reader: Reader, since: str) -> dict[str, list[int]]:
    """Table -> keys of the rows changed in transactions that the snapshot `since` did not see and this one does.

    A transaction that stays open while later ones commit delays nothing and is not skipped: it is simply among
    those not yet seen.
    """
    found: dict[str, list[int]] = {}
    for row in reader.rows(CHANGED.format(since), {"source": "string", "key": "int64"}).to_pylist():
        found.setdefault(row["source"], []).append(row["key"])
    return found
