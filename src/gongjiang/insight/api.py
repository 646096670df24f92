"""Figures through the API: the numbers of the cockpit, and the records behind one as far as the reader may see."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from gongjiang.kernel.orgs.models import Unit

from . import catalogue
from .cells import reading
from .cockpit import reach
from .models import View
from .periods import Period, parse, this_year

router = Router(tags=["figures"])
PAGE = 100


class Asked(Schema):
    """Of which unit (its code), in which period (2026, 2026-Q3, 2026-11), in which view of the tree."""

    unit: str
    period: str = ""
    view: str = View.AS_IS


class FigureOut(Schema):
    """One figure. `uom` is its unit of measure; nothing of it is parted from when it was true."""

    code: str
    name: str
    value: int
    uom: str
    unit: str
    period: str
    view: str
    as_of: datetime


class RecordsOut(FigureOut):
    """A figure and one page of what it counts: numbers of the records that the reader may see, and how many not."""

    records: int
    numbers: list[str]
    hidden: int
    next: int | None


@router.get("", response=list[FigureOut], summary="The figures of a unit")
def figures(request: HttpRequest, asked: Query[Asked]) -> Any:
    unit, period = _place(request, asked)
    codes = list(catalogue.shown())
    try:
        values, state = reading.values(codes, [unit], [period], asked.view), reading.counted()
    except reading.NotCounted as early:
        raise Http404 from early
    return [
        {
            "code": code,
            "name": str(catalogue.shown()[code].name),
            "value": values[code, unit.pk, period],
            "uom": catalogue.shown()[code].uom,
            "unit": unit.code,
            "period": period.code,
            "view": asked.view,
            "as_of": state.as_of,
        }
        for code in codes
    ]


@router.get("/{code}", response=RecordsOut, summary="One figure and the records it counts")
def records(request: HttpRequest, code: str, asked: Query[Asked], after: int | None = None) -> Any:
    unit, period = _place(request, asked)
    indicator = catalogue.shown().get(code)
    if indicator is None:
        raise Http404
    try:
        with reading.opened(code, unit, period, asked.view) as opened:
            figure, count, keys = opened.figure, opened.count, opened.page(PAGE + 1, after=after)
    except reading.NotCounted as early:
        raise Http404 from early
    opens, page = indicator.opens, keys[:PAGE]
    seen = opens.seen_by(request.auth).filter(pk__in=page).order_by("pk")  # type: ignore[attr-defined]
    numbers = [str(number) for number in seen.values_list(opens.number.replace(".", "__"), flat=True)]
    return {
        "code": code,
        "name": str(indicator.name),
        "value": figure.value,
        "uom": indicator.uom,
        "unit": unit.code,
        "period": period.code,
        "view": asked.view,
        "as_of": figure.as_of,
        "records": count,
        "numbers": numbers,
        "hidden": len(page) - len(numbers),
        "next": page[-1] if len(keys) > PAGE else None,
    }


def _place(request: HttpRequest, asked: Asked) -> tuple[Unit, Period]:
    """The unit within reach and the period; what is unknown, out of reach or still to come is missing."""
    unit = reach.units(request.auth).filter(code=asked.unit).first()  # type: ignore[attr-defined]
    try:
        period = parse(asked.period) if asked.period else this_year()
    except ValueError:
        raise Http404 from None
    if unit is None or asked.view not in View.values or period.start > timezone.localdate():
        raise Http404
    return unit, period
