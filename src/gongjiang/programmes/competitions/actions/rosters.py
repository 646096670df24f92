"""The rosters of selections below a contest: who started at the workplace. No case comes of them."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people.models import Employment
from gongjiang.programmes.competitions.models import ContestEvent, Entrant, Stage


def report_selection(
    event: ContestEvent, people: Sequence[int], *, on: date, unit: Unit, actor: Actor
) -> list[Entrant]:
    """The union of a workplace hands in who started in its selection for an event: all or none.

    Raises Forbidden unless they work there and the actor acts for it, ValidationError for a day to come or somebody who
    stands on a roster of this event already.
    """
    if not any(g.unit == unit.pk for g in actor.held(Role.UNIT_OFFICER)):
        raise Forbidden
    chosen = list(dict.fromkeys(people))
    there = set(
        Employment.objects.filter(person__in=chosen, unit=unit, until=None).values_list("person", flat=True)
    )
    if not chosen or set(chosen) - there:
        raise Forbidden
    if on > timezone.localdate():
        raise ValidationError({"on": _("This day has not come yet. A roster says who has started.")})
    known = Entrant.objects.filter(event=event.pk, stage=Stage.ENTERPRISE, person__in=chosen, live=True)
    if twice := list(known.values_list("person__name", flat=True)):
        raise ValidationError(
            {"people": _("Already on a roster of this event: %s.") % "、".join(sorted(twice))}
        )
    try:
        with transaction.atomic():
            return Entrant.objects.bulk_create(
                Entrant(
                    event_id=event.pk, stage=Stage.ENTERPRISE, person_id=person, unit=unit, started_on=on,
                    registered_at=timezone.now(),
                )
                for person in chosen
            )  # fmt: skip
    except IntegrityError as refused:
        text = _("Somebody of them stands on a roster of this event already. Load the page again.")
        raise ValidationError({"people": text}) from refused
