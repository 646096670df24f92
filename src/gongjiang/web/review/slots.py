"""What shared pages show of review: a judge's open panels on the own page, panels on an edition's page."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongjiang.kernel.access.actor import actor_of
from gongjiang.kernel.programme import Slot
from gongjiang.kernel.review import queries
from gongjiang.kernel.review.models import PanelState

from .organising import sections


def offers(request: HttpRequest) -> list[dict[str, Any]]:
    """On the worker's page: panels that wait for my points."""
    actor = actor_of(request)
    seats = list(queries.my_seats(actor).filter(panel__state=PanelState.OPEN)[:3])
    return [
        {
            "title": seat.panel.name,
            "note": _left(seat),
            "url": reverse("review:seat", args=[seat.pk]),
            "button": _("Go to my scoring"),
        }
        for seat in seats
    ]


def _left(seat: Any) -> str:
    left = sum(1 for t in queries.tasks_of(seat) if not t.done and not t.recused)
    return ngettext("%d item waits for your points", "%d items wait for your points", left) % left


OFFERS = Slot("my.offers", offers, order=10)
SECTIONS = Slot("edition.sections", sections)
