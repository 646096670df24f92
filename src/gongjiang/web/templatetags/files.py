"""Files on a page: {% load files %}{% files_of case title=_("Evidence") kinds=kinds hint=_("…") %}"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.template import Context

from gongjiang.kernel.access.actor import ANONYMOUS
from gongjiang.kernel.files.models import STORE
from gongjiang.kernel.files.queries import files_of as files_of_case
from gongjiang.web.files.forms import measured
from gongjiang.web.files.links import link_to

register = template.Library()


@dataclass(frozen=True)
class Shown:
    """One line of the table; without an address the content is missing on the server."""

    name: str
    kind: str
    size: str
    at: datetime
    by: str
    url: str


@register.inclusion_tag("components/files.html", takes_context=True)
def files_of(
    context: Context,
    case: Any,
    title: Any,
    kinds: Mapping[str, Any] | None = None,
    hint: Any = "",
    anchor: str = "files",
) -> dict[str, Any]:
    """The files of a case, to be fetched by whoever sees the page: one query however many."""
    actor = getattr(context.get("request"), "actor", ANONYMOUS)
    shown = [
        Shown(
            f.name,
            str((kinds or {}).get(f.kind, "")),
            measured(f.bytes),
            f.uploaded_at,
            f.person.name if f.person else "",
            link_to(f, actor) if STORE.holds(f.stored) else "",
        )
        for f in files_of_case(case.pk)
    ]
    return {"files": shown, "title": title, "hint": hint, "anchor": anchor, "request": context.get("request")}
