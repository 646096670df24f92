"""What the home pages show of this programme."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import actor_of
from gongjiang.kernel.lifecycle.models import WindowKind
from gongjiang.kernel.programme import Slot
from gongjiang.web.components.wording import moment

from . import queries


def _until(call: Any) -> str:
    last = max(w.until for w in call.windows.all() if w.kind == WindowKind.APPLY)
    return _("until %(day)s") % {"day": moment(last)}


def offers(request: HttpRequest) -> list[dict[str, Any]]:
    """On the worker's page: calls that the own workplace can enter."""
    paths = actor_of(request).workplaces
    if not paths:
        return []
    return [
        {
            "title": call.name,
            "note": f"{call.unit.name}, {_until(call)}",
            "url": reverse("innovations:new"),
            "button": _("File an innovation"),
        }
        for call in queries.open_calls(*paths).prefetch_related("windows")[:3]
    ]


def open_calls(request: HttpRequest) -> list[dict[str, Any]]:
    """On the public page: calls that are open."""
    return [
        {
            "title": call.name,
            "by": call.unit.name,
            "note": _until(call),
            "url": reverse("innovations:public"),
            "button": _("Read the call"),
        }
        for call in queries.open_calls().prefetch_related("windows")[:4]
    ]


OFFERS = Slot("my.offers", offers)
OPEN = Slot("public.open", open_calls)
