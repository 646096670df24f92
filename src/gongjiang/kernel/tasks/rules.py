"""Who may do what with a task."""

from django.db.models import Q

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import NOTHING, Rule

from .models import Task

#: Who asks, verifies and sends back in the name of a unit.
ASKING = (Role.OFFICER, Role.APPROVER, Role.UNIT_OFFICER)
#: Who answers in the name of a unit.
DOING = (Role.OFFICER, Role.APPROVER, Role.UNIT_OFFICER)


def _seen(actor: Actor, prefix: str) -> Q:
    q = NOTHING
    for grant in actor.grants:
        q |= Q(**{f"{prefix}path__within": grant.path})
    units = sorted({g.unit for g in actor.grants})
    if units:
        q |= Q(**{f"{prefix}owner__in": units}) | Q(**{f"{prefix}helpers__unit__in": units})
    if actor.person is not None:
        q |= Q(**{f"{prefix}person": actor.person})
    return q


#: The unit that asks and all above it, the owner, and those who help.
VIEW = Rule(_seen, "asked in my tree | owned | helped with")


def acts_as_owner(task: Task, actor: Actor) -> bool:
    """Whether the actor is the one who is to do it, or answers for the unit that is."""
    if task.person_id is not None:
        return task.person_id == actor.person
    return any(g.unit == task.owner_id for g in actor.held(*DOING))


def acts_as_asker(task: Task, actor: Actor) -> bool:
    """Whether the actor acts for the unit that asked."""
    return any(g.unit == task.asked_by_id for g in actor.held(*ASKING))
