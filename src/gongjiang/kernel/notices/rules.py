"""Who reads notices, and who sees to those that did not arrive."""

from django.db.models import Q

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import NOTHING, Rule, within


def _mine(actor: Actor, prefix: str) -> Q:
    q = Q(**{f"{prefix}person": actor.person}) if actor.person is not None else NOTHING
    return q | Q(**{f"{prefix}user": actor.user}) if actor.user is not None else q


#: Over notices: the actor's own, as a person and as an officer.
MINE = Rule(_mine, "own(person) | own(user)")

#: Over deliveries: of cases within the tree.
FAILURES = within("path", Role.UNIT_OFFICER, Role.OFFICER, Role.APPROVER)
