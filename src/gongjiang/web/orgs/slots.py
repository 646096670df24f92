"""What the tree puts on composed pages: proposals that wait for a second person."""

from typing import Any

from django.http import HttpRequest

from gongjiang.kernel.access.actor import actor_of
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.orgs.models import ChangeState, Reorganisation
from gongjiang.kernel.orgs.rules import DECIDE
from gongjiang.kernel.programme import Slot


def waiting(request: HttpRequest) -> list[dict[str, Any]]:
    """Proposals of others that this actor may decide."""
    actor = actor_of(request)
    if not actor.held(Role.DATA_STEWARD, Role.APPROVER):
        return []
    found = DECIDE.filter(Reorganisation.objects.filter(state=ChangeState.PROPOSED), actor)
    return [{"url": "orgs:units", "count": found.exclude(proposed_by=actor.user).count()}]


WAITING = Slot("desk.counts", waiting)
