"""What the home pages show of this programme."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjiang.kernel.programme import Slot


def offers(request: HttpRequest) -> list[dict[str, Any]]:
    """On the worker's page: the way to one's growth record, and to objecting to what it says."""
    if request.actor.person is None:  # type: ignore[attr-defined]
        return []
    return [
        {
            "title": _("My growth record"),
            "note": _("Where you worked, what you earned and achieved; say so where something is wrong"),
            "url": reverse("registry:growth"),
            "button": _("Open the record"),
        }
    ]


def person(request: HttpRequest) -> list[dict[str, Any]]:
    """Beside a desk's page about one person: the way to their page."""
    return [{"url": reverse("registry:worker", args=[request.person.pk])}]  # type: ignore[attr-defined]


PERSON = Slot("desk.person", person)
OFFERS = Slot("my.offers", offers, order=90)
