"""By when something must be done, where a `DeadlineRule` says so; and who may set such a rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.calendar.deadlines import Due, deadline
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import ancestors

from .flow import Forbidden
from .models import Case, DeadlineRule

#: Who proposes a rule for a unit, and who confirms it: two different people.
SETTING = (Role.OFFICER, Role.APPROVER)


@dataclass(frozen=True)
class Limit:
    """The rule that binds a case, where its clock runs, and what it gives."""

    rule: DeadlineRule
    region: str
    due: Due


def limits(flow: str, event: str, cases: Sequence[Case], at: datetime) -> dict[int, Limit]:
    """Case key → the limit of what begins at `at` with this event (most often a state).

    Cases without a rule are left out. The rule of the case's edition goes before one of a unit, a nearer unit before
    a farther one. Local closures are those of the place where the case is counted. One query where no rule is in
    force, four where one is.
    """
    today = timezone.localdate(at)
    dated = Q(until=None) | Q(until__gt=today)
    rules = list(
        DeadlineRule.objects.in_force()
        .filter(dated, flow=flow, state=event, since__lte=today)
        .order_by("since", "pk")
    )
    if not rules:
        return {}
    by_edition = {r.edition_id: r for r in rules if r.edition_id is not None}
    by_unit = {r.unit_id: r for r in rules if r.unit_id is not None}
    chosen = {case.pk: rule for case in cases if (rule := _nearest(case, by_edition, by_unit)) is not None}
    known = calendars()
    regions = dict(Unit.objects.filter(pk__in={c.unit_id for c in cases}).values_list("pk", "region"))

    @cache
    def reckoned(rule: DeadlineRule, region: str) -> Due:
        return deadline(rule.rule(), at, known.at(region))

    found = {}
    for case in cases:
        if (rule := chosen.get(case.pk)) is not None:
            region = regions.get(case.unit_id, "")
            found[case.pk] = Limit(rule, region, reckoned(rule, region))
    return found


def due(flow: str, state: str, cases: Sequence[Case], at: datetime) -> Mapping[int, datetime]:
    """Case key → the moment by which what begins at `at` is due; `limits` says more."""
    return {key: limit.due.at for key, limit in limits(flow, state, cases, at).items()}


def _nearest(
    case: Case, by_edition: Mapping[int, DeadlineRule], by_unit: Mapping[int, DeadlineRule]
) -> DeadlineRule | None:
    if case.edition_id is not None and case.edition_id in by_edition:
        return by_edition[case.edition_id]
    return next((by_unit[key] for key in reversed(ancestors(case.path)) if key in by_unit), None)


def may_set(unit: int | None, actor: Actor) -> bool:
    """Whether the actor proposes and confirms rules in the name of this unit."""
    return unit is not None and any(g.unit == unit for g in actor.held(*SETTING))


def propose(*, actor: Actor, **said: Any) -> DeadlineRule:
    """Propose a rule for a unit or an edition; it binds nothing before a second person has confirmed it.

    Takes the columns of `DeadlineRule`. Raises Forbidden where the actor does not act for the unit, and
    ValidationError for a first day that is past: what has begun keeps the time it was given.
    """
    rule = DeadlineRule(**said, proposed_by_id=actor.user)
    unit = rule.unit_id if rule.edition is None else rule.edition.unit_id
    if not may_set(unit, actor):
        raise Forbidden
    if rule.since < timezone.localdate():
        raise ValidationError({"since": _("The first day is past. Choose today or a later day.")})
    rule.save(force_insert=True)
    return rule


def confirm(rule: DeadlineRule, *, actor: Actor) -> DeadlineRule:
    """Put a proposed rule in force. The one in force until now ends where it begins.

    Raises Forbidden for whoever does not act for the unit, ValidationError for whoever proposed it and for a first
    day that has passed meanwhile.
    """
    with transaction.atomic():
        now = DeadlineRule.objects.select_for_update(of=("self",)).select_related("edition").get(pk=rule.pk)
        unit = now.unit_id if now.edition is None else now.edition.unit_id
        if not may_set(unit, actor) or now.proposed_by_id is None or now.confirmed_by_id is not None:
            raise Forbidden
        if now.proposed_by_id == actor.user:
            raise ValidationError(_("You proposed it yourself. A second person must confirm it."))
        if now.since < timezone.localdate():
            raise ValidationError(
                _("Its first day has passed without a confirmation. Propose it again with a later day.")
            )
        same = (
            DeadlineRule.objects.in_force()
            .filter(flow=now.flow, state=now.state, edition=now.edition_id, unit=now.unit_id, until=None)
            .exclude(pk=now.pk)
        )
        same.filter(since__lt=now.since).update(until=now.since)
        if later := same.first():
            raise ValidationError(
                _("A rule from %(day)s on is in force already; this one must begin later.")
                % {"day": later.since}
            )
        DeadlineRule.objects.filter(pk=now.pk).update(confirmed_by_id=actor.user, confirmed_at=timezone.now())
        now.refresh_from_db()
    return now


def end(rule: DeadlineRule, *, on: date, actor: Actor) -> None:
    """Let a rule in force bind nothing that begins from that day on.

    Raises Forbidden, or ValidationError for a day that is past.
    """
    unit = rule.unit_id if rule.edition is None else rule.edition.unit_id
    if not may_set(unit, actor):
        raise Forbidden
    if on < timezone.localdate() or on <= rule.since:
        raise ValidationError(
            {
                "until": _("It can end tomorrow at the earliest: %s.")
                % max(timezone.localdate(), rule.since + timedelta(days=1))
            }
        )
    DeadlineRule.objects.filter(pk=rule.pk, until=None).update(until=on)


def take_back(rule: DeadlineRule, *, actor: Actor) -> None:
    """Take a proposal away that nobody has confirmed. Raises Forbidden."""
    unit = rule.unit_id if rule.edition is None else rule.edition.unit_id
    if not may_set(unit, actor):
        raise Forbidden
    gone, _each = DeadlineRule.objects.filter(
        pk=rule.pk, confirmed_by=None, proposed_by__isnull=False
    ).delete()
    if not gone:
        raise Forbidden
