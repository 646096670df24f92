"""What notices put on composed pages."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from gongjiang.kernel.access.actor import actor_of
from gongjiang.kernel.programme import Slot
from gongjiang.kernel.publicity import queries
from gongjiang.kernel.publicity.models import Objection
from gongjiang.kernel.publicity.rules import HANDLE
from gongjiang.web.context import named

from .views.words import titled


def standing(request: HttpRequest) -> list[dict[str, Any]]:
    """On the public page: the notices that take objections, the next to close first."""
    return [
        {
            "title": titled(notice),
            "url": reverse("notice", args=[notice.number]),
            "by": named(notice.unit),
            "due": notice.closes_at,
            "chip": None,
        }
        for notice in queries.standing()[:5]
    ]


def counts(request: HttpRequest) -> list[dict[str, Any]]:
    """In the desk's menu: how many objections wait for a ruling."""
    actor = actor_of(request)
    waiting = HANDLE.filter(Objection.objects.filter(ruling=None), actor)[:100].count()
    return [{"url": "objections", "count": waiting}] if waiting else []


NOTICES = Slot("public.notices", standing)
COUNTS = Slot("desk.counts", counts)
