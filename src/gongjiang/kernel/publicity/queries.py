"""What the pages read of notices and objections. Public pages read `Publicity` alone."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.documents import codes
from gongjiang.kernel.lifecycle.models import Case, Participant, Window, WindowKind
from gongjiang.kernel.lifecycle.states import Outcome, Phase
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


@dataclass(frozen=True)
class Appeal:
    """What whoever appealed reads of it."""

    case: Case
    received_at: dt.datetime
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


def appellant(case: int, person: int | None) -> bytes:
    """What stands for who appeals in this case: equal each time, and nobody can reckon it without the keys."""
    return keyed_hash("objection", f"appeal|{case}|{person}")


def decided_on(actor: Actor) -> QuerySet[Case]:
    """Cases of an edition that the person applied for or takes part in."""
    if actor.person is None:
        return Case.objects.none()
    taking_part = Participant.objects.filter(person=actor.person).values("case")
    own = Case.objects.filter(Q(applicant=actor.person) | Q(pk__in=taking_part), edition__isnull=False)
    return own.select_related("edition", "unit").order_by("-opened_at", "-pk")


def appealable(actor: Actor, at: dt.datetime | None = None) -> QuerySet[Case]:
    """Those of them that are decided, while their edition takes appeals."""
    at = at or timezone.now()
    opened = Window.objects.filter(
        edition=OuterRef("edition"), kind=WindowKind.APPEAL, since__lte=at, until__gt=at
    )
    return decided_on(actor).filter(Exists(opened), phase=Phase.CLOSED).exclude(outcome=Outcome.WITHDRAWN)


def appeal_until(case: Case, actor: Actor) -> dt.datetime | None:
    """Until when the actor may appeal against the decision on this case; None where not, or no more."""
    found = appealable(actor).filter(pk=case.pk).values_list("edition", flat=True).first()
    if found is None:
        return None
    opened = Window.objects.filter(edition=found, kind=WindowKind.APPEAL, until__gt=timezone.now())
    return opened.order_by("since").values_list("until", flat=True).first()


def appeals(actor: Actor) -> list[Appeal]:
    """The person's own appeals, the newest first; asking for them tells the rulings."""
    cases = {case.pk: case for case in decided_on(actor)}
    if not cases:
        return []
    authors = [appellant(key, actor.person) for key in cases]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM appeals_told(%s)", [authors])
        rows = cursor.fetchall()
    return [
        Appeal(cases[key], received, result or "", reasons or "", *rest)
        for key, received, result, reasons, *rest in rows
    ]


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
