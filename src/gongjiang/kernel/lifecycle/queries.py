"""Reading cases over all flows at once."""

from django.db.models import Q, QuerySet

from gongjiang.kernel.access.actor import Actor

from .edges import flows
from .models import Case


def visible(actor: Actor) -> QuerySet[Case]:
    """The cases of every flow that this actor may see, each by its own flow's rule."""
    q = Q(pk__in=[])
    for flow in flows().values():
        q |= Q(flow=flow.name) & flow.view.q(actor)
    return Case.objects.filter(q)
