"""Effects of the flows: what a step writes beside the case."""

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from gongjiang.kernel.lifecycle.flow import Batch
from gongjiang.programmes.innovations.models import Card, Entry, Likeness, Result, Revocation, Secrecy
from gongjiang.programmes.innovations.rules import ALIKE

MOST_ALIKE = 5


def accept_today(batch: Batch) -> None:
    """Effect: the result counts from the day of its acceptance."""
    Result.objects.filter(case__in=[case.pk for case in batch.cases]).update(
        accepted_on=timezone.localdate(batch.at)
    )


def adopt_today(batch: Batch) -> None:
    """Effect: its trial is passed on this day; a trial that is passed again keeps the first."""
    today = Value(timezone.localdate(batch.at))
    Result.objects.filter(case__in=[case.pk for case in batch.cases], adopted_on=None).update(
        adopted_on=Greatest(today, F("accepted_on"))
    )


def unadopt(batch: Batch) -> None:
    """Effect: whatever its trial had passed, it has ended without adoption."""
    Result.objects.filter(case__in=[case.pk for case in batch.cases]).update(adopted_on=None)


def find_alike(batch: Batch) -> None:
    """Effect: earlier results that are like it are noted, for an officer to judge."""
    keys = [case.pk for case in batch.cases]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT result, other, score FROM innovations_similar(%s, %s, %s)", [keys, ALIKE, MOST_ALIKE]
        )
        found = cursor.fetchall()
    Likeness.objects.bulk_create(
        [Likeness(result_id=key, other=other, score=score, found_at=batch.at) for key, other, score in found],
        ignore_conflicts=True,
    )


def put_into_library(batch: Batch) -> None:
    """Effect: others may find it. What stays in the enterprise gets no card."""
    results = Result.objects.filter(case__in=[case.pk for case in batch.cases]).exclude(
        secrecy=Secrecy.UNREPORTED
    )
    Card.objects.bulk_create(
        [
            Card(
                result=result,
                unit_id=result.case.unit_id,
                unit_name=result.case.unit.name,
                title=result.title,
                category=result.category,
                industry=result.industry,
                summary=result.effect,
                is_open=result.secrecy == Secrecy.OPEN,
                since=timezone.localdate(batch.at),
            )
            for result in results.select_related("case__unit")
        ],
        ignore_conflicts=True,
    )


def strike(batch: Batch) -> None:
    """Effect: it counts no longer and leaves the library; the document that says so stays with it."""
    keys = [case.pk for case in batch.cases]
    Card.objects.filter(result__in=keys).delete()
    Revocation.objects.bulk_create(
        Revocation(
            result_id=key,
            document=str(batch.data["document"]).strip(),
            reason=str(batch.data["note"]).strip(),
            on=timezone.localdate(batch.at),
        )
        for key in keys
    )


def decide_today(batch: Batch) -> None:
    """Effect: the entry counts from the day of its decision."""
    Entry.objects.filter(case__in=[case.pk for case in batch.cases]).update(
        decided_on=timezone.localdate(batch.at)
    )
