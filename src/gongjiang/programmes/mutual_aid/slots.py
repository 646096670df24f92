"""What the home pages show of this programme."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import actor_of
from gongjiang.kernel.programme import Slot
from gongjiang.web.components.wording import date_long

from . import queries


def cover(request: HttpRequest) -> list[dict[str, Any]]:
    """On the worker's page: what covers me today."""
    person = actor_of(request).person
    if person is None:
        return []
    return [
        {
            "title": held.edition.name,
            "note": _("You are covered until before %(day)s") % {"day": date_long(held.until)},
            "url": reverse("mutual_aid:mine"),
            "button": _("Claim mutual aid"),
        }
        for held in queries.covering(person, timezone.localdate())[:1]
    ]


COVER = Slot("my.offers", cover)
