"""What insight puts on composed pages."""

from typing import Any

from django.http import HttpRequest

from gongjiang.kernel.programme import Slot
from gongjiang.web.host import host

from . import catalogue
from .models import Counted, PublicFigure
from .periods import this_year


def figures(request: HttpRequest) -> list[dict[str, Any]]:
    """On the public page: this year's figures of the union that runs the installation. They do not open there."""
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
            "url": "",
            "as_of": state.as_of,
            "note": year.label if indicator.period == "within" else "",
        }
        for code, indicator in catalogue.shown().items()
        if indicator.public and code in values
    ]


FIGURES = Slot("public.figures", figures)
