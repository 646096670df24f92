"""Every figure counted the slow and plain way, as the conformance suite asks."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from gongjiang.insight.periods import Period
from gongjiang.kernel.lifecycle.models import Participant
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.targets.models import Reading
from gongjiang.programmes.innovations.models import (
    BenefitKind,
    Conversion,
    Entry,
    Inventor,
    Patent,
    Result,
    RewardShare,
)


def _during(
    rows: QuerySet[Any], unit: Unit, column: str, period: Period, case: str = "case"
) -> QuerySet[Any]:
    """The rows of a unit's tree with a day in the period, found the slow and plain way; nothing that is revoked."""
    within = {f"{case}__path__startswith": unit.path}
    found = rows.filter(**within, **{f"{column}__gte": period.start, f"{column}__lt": period.until})
    return found.exclude(**{f"{case}__outcome": "revoked"})


def _results(unit: Unit, period: Period, day: date) -> int:
    return _during(Result.objects.all(), unit, "accepted_on", period).count()


def _contributions(unit: Unit, period: Period) -> QuerySet[Participant]:
    return _during(Participant.objects.all(), unit, "case__innovation_result__accepted_on", period)


def _participations(unit: Unit, period: Period, day: date) -> int:
    return _contributions(unit, period).count()


def _participants(unit: Unit, period: Period, day: date) -> int:
    return len(set(_contributions(unit, period).values_list("person", flat=True)))


def _adopted(unit: Unit, period: Period, day: date) -> int:
    return _during(Result.objects.all(), unit, "adopted_on", period).count()


def _awarded(unit: Unit, period: Period, day: date) -> int:
    rows = _during(Entry.objects.select_related("case"), unit, "decided_on", period)
    standing = [
        e for e in rows if e.case.outcome != "revoked" and (e.document_id or e.case.outcome == "granted")
    ]
    return len({e.result_id for e in standing})


def _winners(unit: Unit, period: Period, day: date) -> int:
    rows = _during(Entry.objects.select_related("case"), unit, "decided_on", period)
    won = [
        e.pk for e in rows if e.case.outcome != "revoked" and (e.document_id or e.case.outcome == "granted")
    ]
    makers = Participant.objects.filter(case__in=won).exclude(
        case__innovation_entry__result__case__outcome="revoked"
    )
    return len(set(makers.values_list("person", flat=True)))


def _benefit(level: str) -> Callable[[Unit, Period, date], int]:
    def brute(unit: Unit, period: Period, day: date) -> int:
        lines = Reading.objects.filter(
            level=level,
            superseded_by=None,
            target__kind__in=BenefitKind.values,
            target__case__path__startswith=unit.path,
            target__case__innovation_result__accepted_on__isnull=False,
        ).exclude(target__case__outcome="revoked")
        last = timedelta(days=1)
        return sum(r.value for r in lines if period.start <= r.until - last < period.until)

    return brute


def _patents(unit: Unit, period: Period, day: date) -> int:
    return _during(Patent.objects.all(), unit, "granted_on", period, "result__case").count()


def _patent_holders(unit: Unit, period: Period, day: date) -> int:
    found = _during(Inventor.objects.all(), unit, "patent__granted_on", period, "patent__result__case")
    return len(set(found.values_list("person", flat=True)))


def _rewarded(unit: Unit, period: Period, day: date) -> int:
    shares = RewardShare.objects.filter(reward__voided="")
    found = _during(shares, unit, "reward__paid_on", period, "reward__result__case")
    return len(set(found.values_list("person", flat=True)))


def _converted(unit: Unit, period: Period, day: date) -> int:
    found = _during(Conversion.objects.all(), unit, "on", period, "result__case")
    return len(set(found.values_list("result", flat=True)))


def _payback_due(unit: Unit, period: Period, day: date) -> int:
    return _during(Conversion.objects.all(), unit, "due_on", period, "result__case").count()


def _payback_confirmed(unit: Unit, period: Period, day: date) -> int:
    sure = Reading.objects.filter(superseded_by=None, level="finance_confirmed").values("target")
    rows = Conversion.objects.filter(benefit__in=sure)
    return _during(rows, unit, "due_on", period, "result__case").count()


FIGURES = {
    "innovations.results": _results,
    "innovations.participations": _participations,
    "innovations.participants": _participants,
    "innovations.adopted": _adopted,
    "innovations.awarded": _awarded,
    "innovations.winners": _winners,
    "innovations.benefit_confirmed": _benefit("finance_confirmed"),
    "innovations.benefit_reported": _benefit("self_reported"),
    "innovations.benefit_third_party": _benefit("third_party"),
    "innovations.patents": _patents,
    "innovations.patent_holders": _patent_holders,
    "innovations.rewarded_workers": _rewarded,
    "innovations.converted": _converted,
    "innovations.payback_due": _payback_due,
    "innovations.payback_confirmed": _payback_confirmed,
}
