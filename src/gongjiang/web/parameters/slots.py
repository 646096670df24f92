"""What an edition's page shows of values: those it runs under, or what it cannot be published without."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongjiang.kernel.access.actor import actor_of
from gongjiang.kernel.lifecycle.editions import runs
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.parameters.declaration import programmes
from gongjiang.kernel.programme import Slot

from . import tables


def values(request: HttpRequest, edition: Edition) -> list[dict[str, Any]]:
    """Every value of the edition whose page it is, with the document that set it."""
    actor = actor_of(request)
    if edition.programme not in programmes():
        return []
    lines = tables.lines(edition.programme, edition.unit, edition, timezone.localdate())
    fixed = any(line.value.pinned for line in lines)
    address = reverse("parameter-values", args=[edition.programme])
    return [
        {
            "title": pgettext("edition", "Rules that it runs under")
            if fixed
            else _("Rules as they stand today"),
            "template": "parameters/edition.html",
            "fixed": fixed,
            "lines": lines,
            "missing": [line for line in lines if line.missing],
            "url": f"{address}?edition={edition.pk}" if runs(edition, actor) else "",
        }
    ]


EDITION = Slot("edition.sections", values, order=20)
