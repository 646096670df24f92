"""Reading tasks: mine to do, mine to verify."""

from django.db.models import Q, QuerySet

from gongjiang.kernel.access.actor import Actor

from .models import WAITING, Task, TaskState
from .rules import ASKING, DOING


def to_do(actor: Actor) -> "QuerySet[Task]":
    """Tasks that wait for the actor: the person's own, or those of a unit for which they answer."""
    mine = Q(owner__in=sorted({g.unit for g in actor.held(*DOING)}))
    if actor.person is not None:
        mine |= Q(person=actor.person)
    return Task.objects.filter(mine, state__in=WAITING).order_by("due_at", "pk")


def to_verify(actor: Actor) -> "QuerySet[Task]":
    """Tasks that others say are done and that the actor's unit asked for."""
    asked = Q(asked_by__in=sorted({g.unit for g in actor.held(*ASKING)}))
    return Task.objects.filter(asked, state=TaskState.DONE).order_by("done_at", "pk")


def asked(actor: Actor) -> "QuerySet[Task]":
    """Everything that the actor's units have asked for and that has not ended."""
    units = sorted({g.unit for g in actor.held(*ASKING)})
    return Task.objects.filter(asked_by__in=units, ended_at=None).order_by("due_at", "pk")
