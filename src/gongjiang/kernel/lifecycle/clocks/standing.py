"""Clocks that stand still, run on, or are given more days."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor

from ..flow import Forbidden, Reason, Refused
from ..models import Clock, Extension, Pause, Why
from .reckoning import reckon_now
from .writing import hold, mirror


def pause(
    cases: Collection[int],
    *,
    reason: str,
    sender: str,
    actor: Actor | None = None,
    at: datetime | None = None,
    only: Clock | None = None,
) -> int:
    """Let every running clock of these cases stand still, or only this one; returns how many there are.

    sender  who or what asks for it, e.g. "objection:17"; asking twice is asking once
    """
    at = at or timezone.now()
    with transaction.atomic():
        hold(cases)
        clocks = Clock.objects.filter(case__in=cases, stopped_at=None)
        running = (clocks.filter(pk=only.pk) if only else clocks).values_list("pk", flat=True)
        stopped = Pause.objects.bulk_create(
            [
                Pause(
                    clock_id=key,
                    reason=reason,
                    sender=sender,
                    since=at,
                    user_id=actor.user if actor else None,
                )
                for key in running
            ],
            ignore_conflicts=True,
        )
        mirror(cases)
    return len(stopped)


def resume(cases: Collection[int], *, sender: str, at: datetime | None = None) -> int:
    """End what this sender paused; returns how many clocks run on. Others' pauses go on, and their days count once."""
    at = at or timezone.now()
    with transaction.atomic():
        hold(cases)
        open_ones = Pause.objects.filter(clock__case__in=cases, sender=sender, until=None)
        keys = set(open_ones.values_list("clock", flat=True))
        open_ones.update(until=at)
        still = set(Pause.objects.filter(clock__in=keys, until=None).values_list("clock", flat=True))
        reckon_now(Clock.objects.filter(pk__in=keys - still, stopped_at=None), Why.PAUSE, sender, at)
        mirror(cases)
    return len(keys - still)


def gives_time(clock: Clock, actor: Actor) -> bool:
    """Whether the actor holds the role over the case that the clock's rule names for giving more time."""
    rule, case = clock.rule, clock.case
    if rule is None or case is None or not rule.extension_role:
        return False
    return any(case.path.startswith(g.path) for g in actor.held(rule.extension_role))


def extend(clock: Clock, days: int, *, reason: str, actor: Actor) -> Clock:
    """Give a running clock more days, counted as its rule counts; the first deadline stays on record.

    Raises Forbidden for whoever does not hold the approving role over the case, and Refused with the reason where
    the rule allows no extension or fewer days, the deadline has passed, or no reason is given.
    """
    with transaction.atomic():
        hold([clock.case_id] if clock.case_id is not None else [])
        now = Clock.objects.select_for_update(of=("self",)).select_related("rule", "case").get(pk=clock.pk)
        rule, case = now.rule, now.case
        if rule is None or case is None or rule.extension_limit is None:
            raise Refused({now.pk: [Reason(_("This deadline allows no extension."))]})
        if not gives_time(now, actor):
            raise Forbidden
        used = now.extensions.aggregate(days=Coalesce(Sum("days"), 0))["days"]
        left = rule.extension_limit - used
        at = timezone.now()
        against = []
        if now.stopped_at is not None or now.breached_at is not None or now.due_at < at:
            against.append(Reason(_("The deadline has passed; it cannot be extended any more.")))
        if not 1 <= days <= left:
            against.append(
                Reason(
                    _("At most %(left)s days are possible; the rule allows %(limit)s altogether.")
                    % {"left": left, "limit": rule.extension_limit},
                    field="days",
                )
            )
        if not reason.strip():
            against.append(Reason(_("Please fill this in."), field="reason"))
        if against:
            raise Refused({now.pk: against})
        Extension.objects.create(clock=now, days=days, reason=reason.strip(), user_id=actor.account, at=at)
        reckon_now(Clock.objects.filter(pk=now.pk), Why.EXTENSION, reason.strip(), at)
        mirror([case.pk])
        now.refresh_from_db()
    return now
