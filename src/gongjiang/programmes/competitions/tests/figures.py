"""Every figure counted the slow and plain way, as the conformance suite asks."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from gongjiang.insight.periods import Period
from gongjiang.kernel.credentials.models import Credential
from gongjiang.kernel.orgs.models import Unit
from gongjiang.programmes.competitions.models import HAND, TOP, ContestEvent, Entrant, Entry


def _starts(unit: Unit, period: Period) -> QuerySet[Entrant]:
    rows = Entrant.objects.filter(unit__path__startswith=unit.path)
    return rows.filter(started_on__gte=period.start, started_on__lt=period.until)


def _participations(unit: Unit, period: Period, day: date) -> int:
    return _starts(unit, period).count()


def _participants(unit: Unit, period: Period, day: date) -> int:
    return len(set(_starts(unit, period).values_list("person", flat=True)))


def _cumulative(unit: Unit, period: Period, day: date) -> int:
    rows = Entrant.objects.filter(unit__path__startswith=unit.path, started_on__lt=period.until)
    return len(set(rows.filter(started_on__lte=day).values_list("person", flat=True)))


def _ranked(unit: Unit, period: Period) -> list[Any]:
    rows = Entry.objects.filter(
        case__path__startswith=unit.path, rank__isnull=False, decided_on__gte=period.start,
        decided_on__lt=period.until,
    )  # fmt: skip
    return [
        e.case.edition
        for e in rows.select_related("case__edition")
        if e.case.state == "awarded" or e.case.outcome in ("granted", "completed")
    ]


def _contests(unit: Unit, period: Period, day: date) -> int:
    return len({e.parent_id for e in _ranked(unit, period)})


def _runs(unit: Unit, period: Period, day: date) -> int:
    return len({e.pk for e in _ranked(unit, period)})


def _events(unit: Unit, period: Period, day: date) -> int:
    trades = dict(ContestEvent.objects.values_list("edition", "occupation"))
    return len({trades[e.pk] for e in _ranked(unit, period)})


def _titles(*levels: str) -> Callable[[Unit, Period, date], int]:
    def brute(unit: Unit, period: Period, day: date) -> int:
        rows = Credential.objects.filter(
            kind="title", level__in=levels, holder_unit__path__startswith=unit.path, on__gte=period.start,
            on__lt=period.until, case__contest_entry__isnull=False,
        )  # fmt: skip
        return len(set(rows.exclude(state="revoked").values_list("person", flat=True)))

    return brute


FIGURES = {
    "competitions.contests": _contests,
    "competitions.events": _events,
    "competitions.event_runs": _runs,
    "competitions.participations": _participations,
    "competitions.participants": _participants,
    "competitions.cumulative_participants": _cumulative,
    "competitions.titles": _titles(TOP, HAND),
    "competitions.top_technicians": _titles(TOP),
    "competitions.skilled_hands": _titles(HAND),
}
