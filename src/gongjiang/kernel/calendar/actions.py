"""Closing days in one division, and opening them again while they lie ahead."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.orgs.models import Unit

from .models import Closure
from .read import stem

CLOSING = (Role.OFFICER, Role.APPROVER)
MOST_DAYS = 31


class NotYours(Exception):
    """The division lies outside those of the actor's unions; shown as missing."""


def regions_of(actor: Actor) -> list[tuple[str, str]]:
    """(region, name of the union) of the actor's own unions, widest first."""
    held = Unit.objects.filter(pk__in=[g.unit for g in actor.held(*CLOSING)]).order_by("path")
    return [(unit.region, unit.name) for unit in held]


def may_close(region: str, actor: Actor) -> bool:
    """Whether the division lies in one where the actor is an officer of the union."""
    return any(region.startswith(stem(own)) for own, _name in regions_of(actor))


def close(region: str, first: date, last: date, *, name: str, document: str, actor: Actor) -> list[Closure]:
    """Close the offices of a division from one day to another, both included, by a notice of that division.

    Open deadlines follow within minutes, through the worker. Raises NotYours, or ValidationError for days that make
    no sense or are closed already.
    """
    if not may_close(region, actor):
        raise NotYours
    days = (last - first).days + 1
    if days < 1:
        raise ValidationError({"last": _("The last day lies before the first.")})
    if days > MOST_DAYS:
        raise ValidationError({"last": _("At most %s days at once.") % MOST_DAYS})
    wanted = [first + timedelta(days=n) for n in range(days)]
    with transaction.atomic():
        there = Closure.objects.filter(region=region, day__in=wanted).order_by("day").first()
        if there is not None:
            raise ValidationError({"first": _("%s is closed already.") % there.day})
        return Closure.objects.bulk_create(
            Closure(
                region=region,
                day=day,
                name=name,
                document=document,
                added_by=actor.user,
                added_at=timezone.now(),
            )
            for day in wanted
        )


def reopen(keys: Iterable[int], *, actor: Actor) -> int:
    """Take closures back whose day lies ahead; returns how many. Raises NotYours for those of another division."""
    found = list(Closure.objects.filter(pk__in=list(keys), day__gt=timezone.localdate()))
    if any(not may_close(each.region, actor) for each in found):
        raise NotYours
    gone, _each = Closure.objects.filter(pk__in=[each.pk for each in found]).delete()
    return gone
