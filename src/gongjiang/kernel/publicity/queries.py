"""What the pages read of notices and objections. Public pages read `Publicity` alone."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from gongjiang.kernel.documents import codes
from gongjiang.kernel.people.crypto import keyed_hash

from .models import Objection, Publicity


@dataclass(frozen=True)
class Told:
    """What whoever keeps the code of an objection reads of it."""

    kind: str
    number: str
    title: str
    position: int | None
    received_at: dt.datetime
    due_at: dt.datetime | None
    result: str
    reasons: str
    ruled_at: dt.datetime | None
    unit: str
    unit_en: str


def standing(at: dt.datetime | None = None) -> QuerySet[Publicity]:
    """Notices that take objections now, the next to close first."""
    return (
        Publicity.objects.filter(cancelled_at=None, closes_at__gte=at or timezone.now())
        .select_related("unit")
        .order_by("closes_at", "pk")
    )


def told(code: str) -> Told | None:
    """The objection that a receipt's code belongs to; asking for it tells the author of the ruling."""
    if not codes.is_code(code):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM objection_told(%s)", [keyed_hash("receipt", code)])
        row = cursor.fetchone()
    return Told(*(row[:6] + tuple(x or "" for x in row[6:8]) + row[8:])) if row else None


def with_open_objection(cases: Iterable[int]) -> set[int]:
    """Those of the cases against which an objection or appeal is open, whoever asks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT open_objections(%s)", [list(cases)])
        return {key for (key,) in cursor.fetchall()}


def objections() -> QuerySet[Objection]:
    """Objections as lists show them."""
    return Objection.objects.select_related("publicity", "case", "ruling", "unit")


def counted(publicities: QuerySet[Publicity]) -> QuerySet[Publicity]:
    """Notices with `received` and `unruled`: how many objections there are, and how many are open."""
    return publicities.annotate(
        received=Count("objections"), unruled=Count("objections", filter=Q(objections__ruling=None))
    )
