"""What is done: the only writer of this programme's rows. What only moves a case needs no more than the flow."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Batch, Forbidden
from gongjiang.kernel.orgs.models import Unit

from .models import Question

FIELDS = ("subject", "details")


def ask(content: Mapping[str, Any], *, actor: Actor, unit: Unit) -> Question:
    """A worker asks the union of the workplace `unit`. Raises Forbidden for a place where the actor does not work.

    content  the values of FIELDS
    """
    if unit.path not in actor.workplaces:
        raise Forbidden
    with transaction.atomic():
        case = door.open_case("example.question", "ask", actor=actor, unit=unit, applicant=actor.person)
        return Question.objects.create(case=case, **{name: content[name] for name in FIELDS})


def mend(question: Question, content: Mapping[str, Any], *, actor: Actor) -> Question:
    """The asker changes a returned question and sends it again. Raises Forbidden or Stale; nothing has changed then."""
    with transaction.atomic():
        door.transition(question.case, "mend", actor=actor, version=question.case.version)
        Question.objects.filter(pk=question.pk).update(**{name: content[name] for name in FIELDS})
    return question


def answered_today(batch: Batch) -> None:
    """Effect: the question is counted on the day of its answer."""
    Question.objects.filter(case__in=batch.cases).update(answered_on=timezone.localdate(batch.at))
