"""Whether the cells know of everything that is committed. Light: the web and the command line may ask."""

import datetime as dt
import hashlib
from functools import cache
from importlib.metadata import version as version_of
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from gongjiang.insight.lake.catalogue import SERVER
from gongjiang.insight.models import Counted
from gongjiang.kernel.catalogue import programmes

STALE = dt.timedelta(seconds=30)


def is_behind() -> bool:
    """Whether something is committed, or a day begun, that the cells do not know of yet. Cheap."""
    state = Counted.objects.first()
    if state is None or state.today != timezone.localdate() or not is_usable(state):
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM outbox_change WHERE xid >= pg_snapshot_xmin(%s::pg_snapshot)"
            " AND NOT pg_visible_in_snapshot(xid, %s::pg_snapshot))",
            [state.position, state.position],
        )
        return bool(cursor.fetchone()[0])


def is_usable(state: Counted) -> bool:
    """Whether what is counted can be followed on: the same declarations, and the same server's transactions."""
    with connection.cursor() as cursor:
        cursor.execute(SERVER)
        return state.declared == digest() and state.server == cursor.fetchone()[0]


def is_stale() -> bool:
    """Whether the as-of time of the figures has not moved for a while, though nothing has changed."""
    state = Counted.objects.first()
    return state is not None and timezone.now() - state.as_of > STALE


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
    made = hashlib.sha256(f"{version_of('duckdb')} {version_of('ibis-framework')} {settings.LAKE}".encode())
    for file in files:
        made.update(file.read_bytes())
    return made.hexdigest()
