"""By when whoever's turn it is must have acted, where a `DeadlineRule` says so."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from django.db.models import Q
from django.utils import timezone

from gongjiang.kernel.calendar.deadlines import deadline
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import ancestors

from .models import Case, DeadlineRule


def due(flow: str, state: str, cases: Sequence[Case], at: datetime) -> Mapping[int, datetime]:
    """Case key → the moment by which a turn that begins at `at` in this state is due.

    Cases without a rule are left out. The rule of the case's edition goes before one of a unit, a nearer unit before
    a farther one. Local closures are those of the place where the case is counted. One query where no rule is in
    force, four where one is.
    """
    today = timezone.localdate(at)
    in_force = Q(until=None) | Q(until__gt=today)
    rules = list(
        DeadlineRule.objects.filter(in_force, flow=flow, state=state, since__lte=today).order_by("since")
    )
    if not rules:
        return {}
    by_edition = {r.edition_id: r for r in rules if r.edition_id is not None}
    by_unit = {r.unit_id: r for r in rules if r.unit_id is not None}
    chosen = {case.pk: rule for case in cases if (rule := _nearest(case, by_edition, by_unit)) is not None}
    known = calendars()
    regions = dict(Unit.objects.filter(pk__in={c.unit_id for c in cases}).values_list("pk", "region"))

    @cache
    def moment(rule: DeadlineRule, region: str) -> datetime:
        return deadline(rule.rule(), at, known.at(region)).at

    return {c.pk: moment(chosen[c.pk], regions.get(c.unit_id, "")) for c in cases if c.pk in chosen}


def _nearest(
    case: Case, by_edition: Mapping[int, DeadlineRule], by_unit: Mapping[int, DeadlineRule]
) -> DeadlineRule | None:
    if case.edition_id is not None and case.edition_id in by_edition:
        return by_edition[case.edition_id]
    return next((by_unit[key] for key in reversed(ancestors(case.path)) if key in by_unit), None)
