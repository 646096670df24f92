"""Reading the outbox: in commit order, never past a transaction that may still be open, each change once a reader."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import connection

EVERYTHING = 0  # the key that stands for all rows of a table, written when it was loaded in bulk


@dataclass(frozen=True)
class Batch:
    """What changed since a reader's position.

    until  the position to keep once the batch is dealt with (an xid8 as int)
    keys   {table name: changed keys}
    """

    until: int
    keys: dict[str, list[int]] = field(default_factory=dict)


def horizon() -> int:
    """The oldest transaction that may still be open: everything below it is decided."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        return int(cursor.fetchone()[0])


def position(reader: str) -> int:
    """Where a reader stands; 0 before its first batch."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT xid::text FROM outbox_position WHERE reader = %s", [reader])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def read(reader: str) -> Batch:
    """All decided changes since the reader's position; nothing is marked as read."""
    since, until = position(reader), horizon()
    keys: dict[str, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT source, key FROM outbox_change WHERE xid >= %s::text::xid8 AND xid < %s::text::xid8",
            [str(since), str(until)],
        )
        for source, key in cursor.fetchall():
            keys[source].append(key)
    return Batch(until, dict(keys))


def waiting() -> int:
    """How many changes some reader has not behind it yet, up to 100,000. Everybody may ask: it is only a number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT outbox_waiting()")
        return int(cursor.fetchone()[0])


def keep(reader: str, until: int) -> None:
    """Remember that the reader has dealt with everything below `until`; belongs in the transaction that did."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_position (reader, xid) VALUES (%s, %s::text::xid8)"
            " ON CONFLICT (reader) DO UPDATE SET xid = EXCLUDED.xid",
            [reader, str(until)],
        )


def forget() -> int:
    """Delete the changes that every reader has behind it; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM outbox_change WHERE xid < (SELECT min(xid::text::numeric)::text::xid8 FROM outbox_position)"
        )
        return int(cursor.rowcount)
