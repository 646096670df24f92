"""What every list of cases has as a file."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.exchange.columns import CHUNK, Column
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.web.components.cases import LIVE_TURNS, live_turn, state_chip, titles
from gongjiang.web.context import named


def leads_to_case(model: type[Model], prefix: str) -> bool:
    """Whether a list's rows are cases, or its prefix leads to one."""
    try:
        for name in prefix.split(LOOKUP_SEP)[:-1]:
            model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    except FieldDoesNotExist:
        return False
    return model is Case


def case_columns() -> tuple[Column, ...]:
    """The headings of `case_cells`."""
    return (
        (_("Number"), "number"),
        (c("case", "What it is"), "title"),
        (_("Unit"), "unit"),
        (_("Applicant"), "applicant"),
        (c("case", "State"), "state"),
        (c("case", "Whose turn"), "turn"),
        (c("case", "Opened"), "opened_at"),
        (_("Deadline"), "due_at"),
        (c("case", "Closed"), "closed_at"),
    )


def case_cells(rows: QuerySet[Any], prefix: str) -> Iterator[Sequence[Any]]:
    """The cells of every row's case, in the rows' order; a handful of queries for each piece."""
    path = prefix.removesuffix(LOOKUP_SEP)
    keys = (row for row in rows.values_list(f"{path}__pk" if path else "pk", flat=True).iterator(CHUNK))
    while piece := list(islice(keys, 500)):
        cases = Case.objects.select_related("unit", "applicant").prefetch_related(LIVE_TURNS).in_bulk(piece)
        called = titles(cases.values())
        for key in piece:
            case = cases[key]
            yield (
                case.number,
                called.get(key, ""),
                named(case.unit),
                case.applicant.name if case.applicant else "",
                state_chip(case).word,
                _turn(case),
                case.opened_at,
                case.due_at,
                case.closed_at,
            )


def _turn(case: Case) -> Any:
    turn = live_turn(case)
    if turn is None:
        return ""
    return named(turn.unit) if turn.unit_id and turn.unit else _("the applicant")
