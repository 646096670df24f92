"""What is wrong in the register: a union is asked to mend it, a worker objects to it, and it is put right."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Batch, Forbidden
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people import actions as people
from gongjiang.kernel.people import withdrawing
from gongjiang.kernel.people.models import Employment
from gongjiang.kernel.tasks import actions as tasks
from gongjiang.kernel.tasks.models import Task, TaskKind
from gongjiang.kernel.tasks.rules import ASKING

from .. import quality
from ..models import Correction, Fact, Mending
from ..quality import Check
from .rosters import note_changes


def ask_to_mend(
    check: Check, units: Sequence[int], *, at: Unit, due: date, actor: Actor, note: str = ""
) -> list[Task]:
    """Ask each of these unions below `at` to put right what the check finds there; returns the tasks.

    `at` is a unit of the actor's that asks. One who has been asked the same already, or has nothing to mend, is left
    out. Raises Forbidden where the actor asks nobody in its name, ValidationError for a day that is past.
    """
    if not any(grant.unit == at.pk for grant in actor.held(*ASKING)):
        raise Forbidden("ask")
    wrong = quality.by_unit(check, actor, at)
    waiting = quality.asked(at).filter(check_code=check.code).values_list("unit", flat=True)
    chosen = [key for key in units if key in wrong and key != at.pk and key not in set(waiting)]
    due_at = timezone.make_aware(datetime.combine(due, time(18)))
    made = []
    with transaction.atomic():
        for key in chosen:
            said = _("%(check)s: %(n)s") % {"check": check.label, "n": wrong[key]}
            task = tasks.ask(
                TaskKind.RECTIFY, said, actor=actor, unit=at.pk, owner=key, due_at=due_at,
                detail="\n".join(filter(None, (str(check.mends), note))),
            )  # fmt: skip
            Mending.objects.create(task=task, unit_id=key, check_code=check.code, found=wrong[key])
            made.append(task)
    return made


def object_to(employment: Employment, fact: str, wanted: str, reason: str, *, actor: Actor) -> Correction:
    """Somebody says that a fact about them at a workplace is wrong. Raises Forbidden for somebody else's.

    Raises ValidationError, by field, where the fact is said so already, or the same is being decided on.
    """
    if actor.person is None or employment.person_id != actor.person:
        raise Forbidden("object")
    stated = stated_now(employment, fact)
    if wanted == stated:
        raise ValidationError({"wanted": _("The register says just this already.")})
    if Correction.objects.filter(
        employment=employment, fact=fact, wanted=wanted, case__closed_at=None
    ).exists():
        raise ValidationError({"fact": _("You have objected to this already; it is being decided on.")})
    with transaction.atomic():
        case = door.open_case(
            "registry.correction", "submit", actor=actor, unit=employment.unit, applicant=actor.person
        )
        return Correction.objects.create(
            case=case,
            person_id=actor.person,
            employment=employment,
            fact=fact,
            stated=stated,
            wanted=wanted,
            reason=reason,
        )


def stated_now(employment: Employment, fact: str) -> str:
    """What the register says of a fact, as a code or a date; empty where it says nothing."""
    value = {
        Fact.NAME: employment.person.name,
        Fact.SEX: employment.person.sex,
        Fact.POST: employment.post,
        Fact.POST_CLASS: employment.post_class,
        Fact.SINCE: employment.since,
        Fact.UNTIL: employment.until,
    }[Fact(fact)]
    return value.isoformat() if isinstance(value, date) else str(value or "")


def mend(batch: Batch) -> None:
    """Effect: the register says what was objected for."""
    wanted = Correction.objects.filter(case__in=batch.cases).select_related("employment", "person")
    for each in wanted:
        _mend(each, actor=batch.actor)


def _mend(correction: Correction, *, actor: Actor) -> None:
    job, wanted = correction.employment, correction.wanted
    if correction.fact == Fact.NAME:
        withdrawing.rename(correction.person_id, wanted, actor=actor)
    elif correction.fact == Fact.SEX:
        withdrawing.set_sex(correction.person_id, wanted, actor=actor)
    elif correction.fact == Fact.UNTIL:
        withdrawing.leave([(job.pk, date.fromisoformat(wanted))], actor=actor)
    else:
        new: Mapping[str, Any] = {
            "since": job.since,
            "post": job.post,
            "post_class": job.post_class,
            correction.fact: date.fromisoformat(wanted) if correction.fact == Fact.SINCE else wanted,
        }
        people.amend([people.Amendment(job.pk, job.person_id, people.Post(**new))], actor=actor)
        note_changes({job.pk: (job.since, job.post, job.post_class)})
