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


def about(name: str, key: int) -> "QuerySet[Task]":
    """The tasks that were opened under a name for one subject, whether once or again and again."""
    of = f"{name}:{key}"
    return Task.objects.filter(Q(recurrence=of) | Q(recurrence__startswith=f"{of}:")).order_by("pk")


def subject_of(task: Task) -> tuple[str, int] | None:
    """(name, key) under which a programme opened it; None for what somebody asked in words."""
    name, _colon, rest = (task.recurrence or "").partition(":")
    key = rest.partition(":")[0]
    return (name, int(key)) if key.isdigit() else None
