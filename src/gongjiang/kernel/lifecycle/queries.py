"""Reading cases over all flows at once."""

from django.db.models import Q, QuerySet

from gongjiang.kernel.access.actor import Actor

from .edges import flows
from .models import Case, Clock


def visible(actor: Actor) -> QuerySet[Case]:
    """The cases of every flow that this actor may see, each by its own flow's rule."""
    q = Q(pk__in=[])
    for flow in flows().values():
        q |= Q(flow=flow.name) & flow.view.q(actor)
    return Case.objects.filter(q)


def overdue(actor: Actor, path: str | None = None) -> QuerySet[Clock]:
    """Clocks of cases that run and have missed their deadline, in the trees where the actor holds a role.

    path  only below this unit. Longest overdue first.
    """
    reach = Q(pk__in=[])
    for grant in actor.grants:
        reach |= Q(case__path__within=grant.path)
    late = Clock.objects.filter(reach, stopped_at=None, breached_at__isnull=False)
    if path is not None:
        late = late.filter(case__path__within=path)
    return late.select_related("case__unit", "turn__unit").order_by("breached_at", "pk")
