"""Whether the cells know of everything that is committed. Light: the web and the command line may ask."""

import datetime as dt
import hashlib
from functools import cache
from importlib.metadata import version as version_of
from pathlib import Path
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from gongjiang.insight.lake.catalogue import SERVER
from gongjiang.kernel.catalogue import programmes

STALE = dt.timedelta(seconds=30)


_LOOK = f"""
    SELECT c.today, c.as_of, c.declared, c.server = ({SERVER}), EXISTS (
      SELECT 1 FROM outbox_change o
      WHERE o.xid >= pg_snapshot_xmin(c.position::pg_snapshot)
        AND NOT pg_visible_in_snapshot(o.xid, c.position::pg_snapshot))
    FROM insight_counted c
"""


class Look(NamedTuple):
    """How the cells stand to what is committed.

    usable  what is counted can be followed on: the same declarations, the same server's transactions
    behind  something is committed, or a day begun, that the cells do not know of yet
    stale   the as-of time has not moved for a while, though nothing has changed
    """

    usable: bool
    behind: bool
    stale: bool


def look() -> Look:
    """One quick query."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK)
        row = cursor.fetchone()
    if row is None:
        return Look(usable=False, behind=True, stale=True)
    today, as_of, declared, same_server, changed = row
    usable = declared == digest() and same_server
    behind = changed or not usable or today != timezone.localdate()
    return Look(usable, behind, timezone.now() - as_of > STALE)


@cache
def digest() -> str:
    """Changes whenever what is declared, or how it is counted, changes."""
    here = Path(__file__).parent.parent
    files = [
        *sorted(here.glob("facts/*.py")),
        *sorted(here.glob("indicators/*.py")),
        *sorted(here.glob("lake/*.py")),
    ]
    for programme in programmes():
        for word in ("facts", "indicators"):
            if module := programme.module(word):
                files.append(Path(str(module.__file__)))
    made = hashlib.sha256(f"{version_of('duckdb')} {version_of('ibis-framework')}".encode())
    for file in files:
        made.update(file.read_bytes())
    return made.hexdigest()
