"""What insight puts on composed pages."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.outbox import reading as outbox
from gongjiang.kernel.programme import Slot
from gongjiang.web.components.wording import moment, thousands
from gongjiang.web.health import Reading, Tone
from gongjiang.web.host import host

from . import catalogue
from .models import Counted, PublicFigure
from .periods import this_year


def figures(request: HttpRequest) -> list[dict[str, Any]]:
    """On the public page: this year's figures of the union that runs the installation. Each opens to its places."""
    here, state = host(), Counted.objects.first()
    if here is None or state is None:
        return []
    year = this_year(state.today)
    values = {f.indicator: f.value for f in PublicFigure.objects.filter(unit=here.id, start=year.start)}
    return [
        {
            "name": indicator.name,
            "value": values[code],
            "uom": indicator.uom,
            "code": code,
            "url": reverse("public-figure", args=[code]),
            "as_of": state.as_of,
            "note": year.label if indicator.period == "within" else "",
        }
        for code, indicator in catalogue.shown().items()
        if indicator.public and code in values
    ]


LATE, VERY_LATE = timedelta(minutes=2), timedelta(minutes=15)


def health(request: HttpRequest | None) -> list[dict[str, Any]]:
    """On the health page: up to when everything is counted, and how much waits for it."""
    state, waiting = Counted.objects.first(), outbox.waiting()
    if state is None:
        tone, says = Tone.WATCH, _("Nothing is counted yet; the worker counts after its start.")
    else:
        age = timezone.now() - state.as_of
        tone = Tone.GOOD if age < LATE else Tone.WATCH if age < VERY_LATE else Tone.ACT
        says = _("Counted up to %(moment)s.") % {"moment": moment(state.as_of)}
        if tone != Tone.GOOD:
            says += " " + _("See whether the worker runs, and what worker.log says.")
    says += " " + _("Changes waiting to be counted: %(n)s.") % {"n": thousands(waiting)}
    values = {"as_of": state.as_of.isoformat() if state else None, "waiting": waiting}
    return [{"reading": Reading("figures", _("Figures"), tone, says, values)}]


FIGURES = Slot("public.figures", figures)
HEALTH = Slot("health.readings", health)
