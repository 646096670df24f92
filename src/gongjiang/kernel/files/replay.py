"""Files of histories that are loaded: kept as any other, as the owner of the tables and whoever's turn it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from .actions import Upload
from .formats import recognise
from .models import STORE, File
from .names import clean_name
from .store import digest


@dataclass(frozen=True)
class FileThen:
    """A file that a case was given at a time, by an account and the person behind it."""

    case: int
    upload: Upload
    user: int
    person: int | None
    at: datetime


def replay_files(files: Sequence[FileThen]) -> int:
    """Write these files; returns how many. Raises Unfit for one that is not accepted; limits are not asked."""
    rows = []
    for then in files:
        is_a = recognise(then.upload.content, then.upload.name)
        rows.append(
            File(
                case_id=then.case,
                kind=then.upload.kind,
                name=clean_name(then.upload.name, is_a.endings, "file", is_a.mistaken),
                media_type=is_a.media_type,
                bytes=len(then.upload.content),
                digest=digest(then.upload.content),
                stored=STORE.keep(then.upload.content),
                uploaded_by_id=then.user,
                person_id=then.person,
                uploaded_at=then.at,
            )
        )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gongjiang.replay', 'on', true)")
        File.objects.bulk_create(rows, batch_size=2000)
        cursor.execute("SELECT set_config('gongjiang.replay', '', true)")
    return len(rows)
