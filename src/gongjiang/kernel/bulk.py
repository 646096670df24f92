"""Loading many rows at once, as the owner: COPY, into tables laid bare of what is cheaper to do once."""

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
