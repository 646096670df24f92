"""What the home pages show of this programme."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import actor_of
from gongjiang.kernel.programme import Slot
from gongjiang.web.components.wording import moment

from . import queries


def offers(request: HttpRequest) -> list[dict[str, Any]]:
    """On the worker's page: contests with events that somebody of the own workplace may enter now."""
    paths = actor_of(request).workplaces
    url = reverse("competitions:events")
    return [_offer(each, url, _("Find my event")) for each in _contests(*paths)] if paths else []


def open_contests(request: HttpRequest) -> list[dict[str, Any]]:
    """On the public page: contests that take registrations."""
    found = []
    for each in _contests():
        url = reverse("competitions:public-contest", args=[each["pk"]])
        found.append({"by": each["by"], **_offer(each, url, _("Read about it"))})
    return found


def _offer(each: dict[str, Any], url: str, button: str) -> dict[str, Any]:
    return {"title": each["title"], "note": each["note"], "url": url, "button": button}


def _contests(*paths: str) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for event in queries.open_events(*paths):
        contest = event.edition.parent
        if contest is None:
            continue
        each = found.setdefault(
            contest.pk,
            {"pk": contest.pk, "title": contest.name, "by": event.edition.unit.name, "n": 0, "last": None},
        )
        each["n"] += 1
        each["last"] = max(filter(None, (each["last"], queries.until(event.edition))))
    for each in found.values():
        each["note"] = _("%(n)d events, registration until %(day)s") % {
            "n": each["n"],
            "day": moment(each["last"]),
        }
    return list(found.values())[:3]


OFFERS = Slot("my.offers", offers)
OPEN = Slot("public.open", open_contests)
