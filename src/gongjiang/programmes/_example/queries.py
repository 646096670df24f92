"""What the pages read."""

from django.db.models import Prefetch, QuerySet

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.orgs.models import Unit
from gongjiang.web.components.cases import LIVE_TURNS

from .models import Question


def questions() -> QuerySet[Question]:
    """Questions with all that a row of a list shows."""
    turns = Prefetch("case__turns", LIVE_TURNS.queryset, "live_turns")
    rows = Question.objects.select_related("case__unit", "case__applicant", "case__edition")
    return rows.prefetch_related(turns)


def workplaces(actor: Actor) -> QuerySet[Unit]:
    """The units where the actor works."""
    return Unit.objects.filter(path__in=actor.workplaces).order_by("pk")
