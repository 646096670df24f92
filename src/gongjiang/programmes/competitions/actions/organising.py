"""What whoever runs a contest prepares and decides: its events, its bands, and what happens when too few come."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.lifecycle import editions
from gongjiang.kernel.lifecycle.flow import Forbidden, Reason, Refused
from gongjiang.kernel.lifecycle.models import Edition, EditionState, WindowKind
from gongjiang.kernel.parameters import read
from gongjiang.programmes.competitions.models import Band, Choice, Contest, ContestEvent, Shortfall
from gongjiang.programmes.competitions.queries import thresholds


def _draft(edition: Edition, actor: Actor) -> None:
    if edition.state != EditionState.DRAFT or not editions.runs(edition, actor):
        raise Forbidden


def describe(contest: Edition, said: Mapping[str, Any], *, actor: Actor) -> Contest:
    """Say of a contest in preparation what kind it is. Raises Forbidden."""
    _draft(contest, actor)
    return Contest.objects.update_or_create(edition=contest, defaults=dict(said))[0]


def add_event(
    contest: Edition,
    said: Mapping[str, Any],
    *,
    actor: Actor,
    registration: tuple[datetime, datetime],
    judging: tuple[datetime, datetime],
) -> ContestEvent:
    """A further event of a contest that is not over, as a draft. Appeals are taken from the end of the judging on,
    for as long as is published.

    Raises Forbidden, or ValidationError by field.
    """
    if contest.parent_id is not None or contest.state in (EditionState.SETTLED, EditionState.ARCHIVED):
        raise Forbidden
    hours = int(read.value("competitions.appeal_hours", unit=contest.unit_id, edition=contest).value)
    group = ContestEvent(**said).get_group_display()
    with transaction.atomic():
        edition = editions.prepare(
            "competitions",
            contest.unit_id,
            actor=actor,
            parent=contest,
            name=f"{contest.name} {said['trade']}（{group}）",
            name_en=said.get("trade_en", ""),
            channel=contest.channel,
            windows={
                WindowKind.APPLY: registration,
                WindowKind.REVIEW: judging,
                WindowKind.APPEAL: (judging[1], judging[1] + timedelta(hours=hours)),
            },
        )
        return ContestEvent.objects.create(edition=edition, **said)


def advance_events(contest: Edition, name: str, *, actor: Actor) -> int:
    """Make a step with every event of a contest that can take it, all or none; returns how many did.

    Raises Forbidden, or Refused with every reason.
    """
    step = {s.name: s for s in editions.STEPS}[name]
    with transaction.atomic():
        rows = list(Edition.objects.filter(parent=contest, state__in=step.sources).order_by("pk"))
        for row in rows:
            editions.advance(row, name, actor=actor)
    return len(rows)


def set_bands(contest: Edition, rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> None:
    """Replace what can be won in a contest in preparation. Raises Forbidden, or ValidationError."""
    _draft(contest, actor)
    names = [(row["won"], row["name"]) for row in rows]
    if len(set(names)) != len(names):
        raise ValidationError(_("Two lines have the same name."))
    with transaction.atomic():
        Band.objects.filter(edition=contest).delete()
        Band.objects.bulk_create(
            Band(edition=contest, position=n, **row) for n, row in enumerate(rows, start=1)
        )


def decide_shortfall(event: Edition, choice: str, reason: str, *, actor: Actor) -> Shortfall:
    """Say what happens with an event that has too few entrants. Raises Forbidden, or Refused where it has enough."""
    if not editions.runs(event, actor):
        raise Forbidden
    with transaction.atomic():
        Edition.objects.select_for_update(of=("self",)).get(pk=event.pk)
        now = thresholds(event)
        if now.hold.met:
            raise Refused({event.pk: [Reason(_("The event has as many entrants as it needs."))]})
        return Shortfall.objects.create(
            edition=event, choice=Choice(choice), reason=reason.strip(), entrants=now.hold.entrants,
            threshold=now.hold.least or 0, user_id=actor.user, at=timezone.now(),
        )  # fmt: skip
