"""What the home pages show of this programme."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import actor_of
from gongjiang.kernel.people.models import Person
from gongjiang.kernel.programme import Slot

from .models import Candidate, Settled
from .permissions import CANDIDATES, REGISTRARS

MOST = 1000


def offers(request: HttpRequest) -> list[dict[str, Any]]:
    """On the worker's page: the way to one's growth record, and to objecting to what it says."""
    if actor_of(request).person is None:
        return []
    return [
        {
            "title": _("My growth record"),
            "note": _("Where you worked, what you earned and achieved; say so where something is wrong"),
            "url": reverse("registry:growth"),
            "button": _("Open the record"),
        }
    ]


def person(request: HttpRequest, person: Person) -> list[dict[str, Any]]:
    """Beside a desk's page about one person: the way to their page."""
    return [{"url": reverse("registry:worker", args=[person.pk])}]


def counts(request: HttpRequest) -> list[dict[str, Any]]:
    """On the desk's menu: how many enterprises wait to be verified."""
    actor = actor_of(request)
    if not actor.has(*REGISTRARS):
        return []
    waiting = CANDIDATES.filter(Candidate.objects.filter(state=Settled.OPEN), actor)
    found = waiting.order_by()[:MOST].count()
    return [{"url": "registry:candidates", "count": found}] if found else []


PERSON = Slot("desk.person", person)
OFFERS = Slot("my.offers", offers, order=90)
COUNTS = Slot("desk.counts", counts)
