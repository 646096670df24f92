"""The records behind a figure, a page at a time, as far as the actor may see them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjiang.insight.cells import reading
from gongjiang.insight.cells.reading import Figure, Opened
from gongjiang.insight.indicators import Indicator
from gongjiang.insight.periods import Period
from gongjiang.kernel.access.actor import Actor, actor_of
from gongjiang.kernel.exchange import columns
from gongjiang.kernel.exchange.columns import CHUNK
from gongjiang.kernel.exchange.sheets import plain
from gongjiang.kernel.orgs.models import Unit
from gongjiang.web.components import wording
from gongjiang.web.views.access import is_nothing

SIZE = 25


@dataclass(frozen=True)
class Line:
    """One record in the list."""

    url: str
    labels: list[Any]
    cells: list[str]

    @property
    def pairs(self) -> list[tuple[Any, str]]:
        """(heading, text) of every cell: on a phone each line stands for itself."""
        return list(zip(self.labels, self.cells, strict=True))


class Records:
    """One page of what a figure counts. Read while the figure is open; drawn afterwards."""

    def __init__(self, indicator: Indicator, opened: Opened, request: HttpRequest) -> None:
        opens, actor = indicator.opens, actor_of(request)
        self.figure, self.count, self.proves = opened.figure, opened.count, opened.proves
        self._request = request
        after, before = _key(request, "after"), _key(request, "before")
        self.all_hidden = bool(self.count) and is_nothing(opens.rule.q(actor, opens.prefix))
        keys = [] if self.all_hidden else opened.page(SIZE, after=after, before=before)
        self.first = opened.rank(keys[0]) + 1 if keys else 0
        self.last = self.first + len(keys) - 1 if keys else 0
        found = {row.pk: row for row in opens.seen_by(actor).filter(pk__in=keys)} if keys else {}
        self.columns = [label for label, _path in opens.columns]
        self.lines = [_line(indicator, found[key]) for key in keys if key in found]
        self.hidden = len(keys) - len(self.lines)
        self.previous_url = self._url(before=keys[0]) if keys and self.first > 1 else ""
        self.next_url = self._url(after=keys[-1]) if keys and self.last < self.count else ""
        self.why = self._why(opens.tier)

    def _why(self, tier: str) -> str:
        if self.all_hidden and tier != "T0":
            return _(
                "The records are about persons. Your duty lets you see how many there are, not who they are."
            )
        if self.all_hidden:
            return _("Your duty lets you see how many records there are, not the records themselves.")
        return _("They have changed since the count and no longer lie within your reach.")

    def _url(self, **place: int) -> str:
        query = self._request.GET.copy()
        for name in ("after", "before"):
            query.pop(name, None)
        for name, key in place.items():
            query[name] = str(key)
        return f"{self._request.path}?{query.urlencode()}"


def _key(request: HttpRequest, name: str) -> int | None:
    """The key in the address; anything that is none counts as absent."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _line(indicator: Indicator, row: Any) -> Line:
    url = reverse(indicator.opens.url, args=[row.pk]) if indicator.opens.url else ""
    labels, paths = zip(*indicator.opens.columns, strict=True)
    return Line(url, list(labels), [_read(row, path) for path in paths])


def _read(row: Any, path: str) -> str:
    value = row
    for part in path.split("."):
        value = getattr(value, part) if value is not None else None
    if callable(value):
        value = value()
    if isinstance(value, dt.date):
        return wording.day(value)
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return str(wording.dash(value))


class Whole:
    """All that a figure counts, for a file: as many of its records as the actor may see, a piece at a time."""

    def __init__(self, indicator: Indicator, unit: Unit, period: Period, tree: str, actor: Actor) -> None:
        self._indicator, self._actor = indicator, actor
        self._asked = (indicator.code, unit, period, tree)
        self._written = 0

    @cached_property
    def _opened(self) -> tuple[Figure, list[int]]:
        """The figure and the keys of what it counts, of one count. Raises NotCounted."""
        with reading.opened(*self._asked) as opened:
            return opened.figure, opened.keys()

    def rows(self) -> Iterator[Sequence[Any]]:
        """The columns of the figure's list, in its order."""
        opens, keys = self._indicator.opens, self._opened[1]
        for start in range(0, len(keys), CHUNK):
            piece = opens.seen_by(self._actor).filter(pk__in=keys[start : start + CHUNK]).order_by("pk")
            for cells in columns.read(piece, opens.columns):
                self._written += 1
                yield cells

    def count(self) -> int:
        return len(self._opened[1])

    def notes(self) -> list[str]:
        """Which figure this is the list of, as of when, and how many of its records are left out."""
        figure, keys = self._opened
        said = [
            _("Figure: %(value)s%(uom)s, counted as of %(at)s")
            % {"value": f"{figure.value:,}", "uom": wording.uom(figure.indicator.uom), "at": plain(figure.as_of)},
            _("Code of the figure: %(code)s") % {"code": figure.indicator.code},
        ]  # fmt: skip
        if left_out := len(keys) - self._written:
            said.append(_("Records that are counted and not shown to you: %(n)s") % {"n": f"{left_out:,}"})
        return said
