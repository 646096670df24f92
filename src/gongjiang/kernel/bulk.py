"""Many rows at once: as arrays in one statement, and, as the owner, by COPY into tables laid bare of what is
cheaper to do once."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from psycopg import sql

from .outbox.reading import EVERYTHING

Model = type[models.Model]


def copy(model: Model, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY `rows` into the model's table; returns how many. `columns` are database columns.

    Nothing is filled in: defaults of Django's fields are not applied, and keys given here do not move the
    sequence (see `advance`).
    """
    count = 0
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copying:
        for row in rows:
            copying.write_row(row)
            count += 1
    return count


def array(values: Iterable[Any]) -> str:
    """One column of many rows as PostgreSQL writes an array; the statement says of which type: `%s::bigint[]`.

    Of int, str, bytes, date, bool and None, each column of one kind. Many times faster than a list, which the driver
    writes value by value. Raises ValueError where a text holds NUL, which PostgreSQL keeps none of.

    >>> array([1, None, 3]), array(['a"b', None]), array([b"k"])
    ('{1,NULL,3}', '{"a\\\\"b",NULL}', '{"\\\\\\\\x6b"}')
    """
    held = values if isinstance(values, list) else list(values)
    kinds = set(map(type, held))
    if not kinds:
        return "{}"
    if type(None) in kinds:
        return "{" + ",".join(["NULL" if v is None else array([v])[1:-1] for v in held]) + "}"
    first = held[0]
    if isinstance(first, str):
        joined = "\0".join(held)
        if joined.count("\0") >= len(held):
            raise ValueError("A text holds NUL.")
        quoted = joined.replace("\\", "\\\\").replace('"', '\\"').replace("\0", '","')
        return f'{{"{quoted}"}}'
    if isinstance(first, bytes):
        return '{"\\\\x' + '","\\\\x'.join(map(bytes.hex, held)) + '"}'
    return "{" + ",".join(map(str, held)) + "}"


def advance(*tables: Model) -> None:
    """Move the key sequences of these tables past their greatest key."""
    with connection.cursor() as cursor:
        for model in tables:
            table, key = model._meta.db_table, model._meta.pk.column
            cursor.execute(
                f'SELECT setval(pg_get_serial_sequence(%s, %s), max("{key}")) FROM "{table}"',
                [f'"{table}"', key],
            )


@contextmanager
def bare(*tables: Model) -> Iterator[None]:
    """Within the block these tables have no foreign keys, plain indexes and triggers; after it, all of them.

    Foreign keys are checked again on leaving, by one join each (IntegrityError), unique indexes by building
    them; what a trigger would have checked or derived is the caller's business. The outbox is told, in one row a
    table, that everything has changed. Needs an open transaction, and locks the tables against everybody until it
    ends.
    """
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        foreign = _read(
            cursor,
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY (%s::regclass[])",
            names,
        )
        indexes = _read(
            cursor,
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
            " WHERE i.indrelid = ANY (%s::regclass[])"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
            names,
        )
        for table, name, _ in foreign:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for name in names:
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
    yield
    with connection.cursor() as cursor:
        for _, definition in indexes:
            cursor.execute(definition)
        for name in names:
            cursor.execute(f'ANALYZE "{name}"')
        for table, name, definition in foreign:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for name in names:
            cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
        cursor.execute(
            "INSERT INTO outbox_change (xid, source, key)"
            " SELECT pg_current_xact_id(), name, %s FROM unnest(%s::text[]) name",
            [EVERYTHING, [m._meta.db_table for m in tables if getattr(m, "is_source", False)]],
        )
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _read(cursor: Any, query: str, names: list[str]) -> list[Any]:
    cursor.execute(query, [names])
    rows: list[Any] = cursor.fetchall()
    return rows
