"""What the pages read of targets."""

from collections.abc import Collection

from django.db.models import QuerySet, Sum

from .models import EvidenceLevel, Reading, Target


def standing(**about: object) -> QuerySet[Reading]:
    """The readings that nothing has superseded, of targets `about` (case=…, unit=…, kind__in=…)."""
    return (
        Reading.objects.filter(
            superseded_by=None, **{f"target__{name}": value for name, value in about.items()}
        )
        .select_related("target", "reported_by", "confirmed_by", "file")
        .order_by("since", "target__kind", "pk")
    )


def totals(readings: QuerySet[Reading]) -> dict[EvidenceLevel, int]:
    """The sum of the values at each level of evidence: separate figures, never one."""
    found = dict(readings.order_by().values_list("level").annotate(Sum("value")))
    return {level: found.get(level.value, 0) for level in EvidenceLevel}


def lines_of(targets: Collection[Target]) -> dict[int, list[Reading]]:
    """First reading of each line -> the line, oldest first: what was said, and what replaced it."""
    found: dict[int, list[Reading]] = {}
    rows = Reading.objects.filter(target__in=targets).select_related("target", "reported_by", "confirmed_by")
    for reading in rows.order_by("pk"):
        found.setdefault(reading.first_id or reading.pk, []).append(reading)
    return found
