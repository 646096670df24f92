"""The cockpit and the page of one figure."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongjiang.insight import catalogue
from gongjiang.insight.cells import reading
from gongjiang.insight.indicators import ADDING, Indicator, Ratio
from gongjiang.insight.models import PeriodKind
from gongjiang.insight.models import View as Tree
from gongjiang.insight.periods import Period, kept, parse, this_year
from gongjiang.kernel.exchange.exports import Sheet
from gongjiang.kernel.lifecycle.queries import overdue
from gongjiang.kernel.orgs.models import Level, Unit
from gongjiang.kernel.orgs.queries import moved
from gongjiang.web.components import wording
from gongjiang.web.context import named
from gongjiang.web.templatetags.gongjiang import fig
from gongjiang.web.views import View
from gongjiang.web.views.access import is_nothing

from . import charts, reach
from .records import Records, Whole

COMPARED = 6  # figures in the table of places
LATE = 5  # matters that are overdue longest


class OfUnit(View):
    """A page about one unit, a period and a view of the tree; a unit out of reach is missing."""

    access = reach.COCKPIT
    face = "cockpit"

    def prepare(self) -> None:
        code = self.kwargs.get("unit")
        which = {"pk": reach.widest(self.actor)} if code is None else {"code": code}
        unit = reach.units(self.actor).filter(**which).first()
        if unit is None:
            raise Http404
        self.unit: Unit = unit
        self.period = self._period()
        asked = self.request.GET.get("view", "")
        self.tree: str = asked if asked in Tree.values else Tree.AS_IS

    def _period(self) -> Period:
        text = self.request.GET.get("period", "")
        try:
            period = parse(text) if text else this_year()
        except ValueError:
            raise Http404 from None
        if period.start > timezone.localdate():
            raise Http404
        return period

    def figure_url(self, indicator: Indicator, unit: Unit, period: Period, tree: str = "") -> str:
        """The page that opens one figure."""
        tree = tree or self.tree
        query = f"?period={period.code}" + (f"&view={tree}" if tree != Tree.AS_IS else "")
        return reverse("figure", args=[indicator.code, unit.code]) + query

    def fig(
        self, indicator: Indicator, unit: Unit, period: Period, value: int, *, bare: bool = False
    ) -> SafeString:
        """A number that opens."""
        name = f"{named(unit)} {indicator.name} {period.label}"
        return fig(value, "" if bare else indicator.uom, self.figure_url(indicator, unit, period), name)

    def unit_url(self, unit: Unit, period: Period | None = None) -> str:
        """A unit's cockpit."""
        return reverse("cockpit-unit", args=[unit.code]) + f"?period={(period or self.period).code}"


class Overview(OfUnit):
    """A unit's figures: now, over time, and place by place."""

    template_name = "insight/overview.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if chosen := request.GET.get("unit"):
            unit = reach.units(self.actor).filter(code=chosen).first()
            if unit is None:
                raise Http404
            return redirect(self.unit_url(unit))
        return self.show()

    def get_heading(self) -> Any:
        return _("%(unit)s: services for workers") % {"unit": named(self.unit)}

    def context(self, **more: Any) -> dict[str, Any]:
        try:
            state = reading.counted()
        except reading.NotCounted:
            return super().context(unit=self.unit, state=None, **more)
        self.today = state.today
        indicators = [i for i in catalogue.shown().values() if not i.part_of]
        compared = [i for i in indicators if i.headline][:COMPARED]
        codes = [i.code for i in indicators]
        places = reach.below(self.unit)
        months = [
            m
            for m in Period(PeriodKind.YEAR, self.period.start.replace(month=1, day=1)).months()
            if m.start <= state.today
        ]
        periods = list(dict.fromkeys([self.period, self.period.previous, *months]))
        own = reading.values(codes, [self.unit], periods, self.tree)
        theirs = reading.values(codes, places, [self.period], self.tree) if places else {}
        return super().context(
            unit=self.unit,
            period=self.period,
            state=state,
            cards=[self._card(i, own) for i in indicators if i.headline],
            others=[self._card(i, own) for i in indicators if not i.headline],
            ratios=[self._ratio(r, own) for r in catalogue.ratios()],
            columns=compared,
            rows=self._rows(compared, places, theirs),
            total=[
                self.fig(i, self.unit, self.period, reach.of(own, i, self.unit, self.period), bare=True)
                for i in compared
            ],
            directly=Unit.objects.filter(parent=self.unit, level=Level.ENTERPRISE, kind="union").exists()
            if places and places[0].level != Level.ENTERPRISE
            else False,
            charts=[self._chart(i, own, months) for i in _drawn(indicators)],
            scopes=[
                *reach.above(self.unit, self.actor),
                self.unit,
                *(p for p in places if p.level != Level.ENTERPRISE),
            ],
            periods=_choices(state.today),
            trail=reach.above(self.unit, self.actor),
            late=list(overdue(self.actor, self.unit.path)[:LATE]),
            **more,
        )

    def _card(self, indicator: Indicator, own: dict[reading.Key, int]) -> dict[str, Any]:
        return {
            "indicator": indicator,
            "value": reach.of(own, indicator, self.unit, self.period),
            "url": self.figure_url(indicator, self.unit, self.period),
            "note": self._note(indicator, own),
        }

    def _ratio(self, ratio: Ratio, own: dict[reading.Key, int]) -> dict[str, Any]:
        """Its per cent, and the two figures that it divides."""
        counts = [reach.of(own, i, self.unit, self.period) for i in (ratio.above, ratio.below)]
        figures = [
            self.fig(i, self.unit, self.period, n, bare=True)
            for i, n in zip((ratio.above, ratio.below), counts, strict=True)
        ]
        return {"ratio": ratio, "value": ratio.of(*counts), "above": figures[0], "below": figures[1]}

    def _note(self, indicator: Indicator, own: dict[reading.Key, int]) -> SafeString:
        """The comparison: a stock with its last one, a finished period with the one before, a running one beside it."""
        before = self.period.previous
        now, then = (reach.of(own, indicator, self.unit, p) for p in (self.period, before))
        shown = self.fig(indicator, self.unit, before, then)
        if indicator.period != "as_of" and self.period.runs(self.today):
            return format_html(_("in all of {period}: {figure}"), period=before.label, figure=shown)
        words = {
            (True, 1): _("{difference} more than at the end of {period}, which had {figure}"),
            (True, -1): _("{difference} fewer than at the end of {period}, which had {figure}"),
            (True, 0): _("as many as at the end of {period}: {figure}"),
            (False, 1): _("{difference} more than in {period}, which had {figure}"),
            (False, -1): _("{difference} fewer than in {period}, which had {figure}"),
            (False, 0): _("as many as in {period}: {figure}"),
        }[indicator.period == "as_of", (now > then) - (now < then)]
        difference = wording.measured(abs(now - then), indicator.uom)
        return format_html(words, difference=difference, period=before.label, figure=shown)

    def _rows(
        self, indicators: list[Indicator], places: list[Unit], theirs: dict[reading.Key, int]
    ) -> list[dict[str, Any]]:
        first = indicators[0] if indicators else None
        longest = max((reach.of(theirs, first, p, self.period) for p in places), default=0) if first else 0
        return [
            {
                "unit": place,
                "url": self.unit_url(place),
                "bar": f"{100 * reach.of(theirs, first, place, self.period) / longest:.1f}"
                if first and longest
                else "0",
                "figures": [
                    self.fig(i, place, self.period, reach.of(theirs, i, place, self.period), bare=True)
                    for i in indicators
                ],
            }
            for place in places
        ]

    def _chart(
        self, indicator: Indicator, own: dict[reading.Key, int], months: list[Period]
    ) -> dict[str, Any]:
        unit = wording.uom(indicator.uom)
        points = []
        for month in months:
            value = reach.of(own, indicator, self.unit, month)
            said = _("%(period)s %(value)s%(unit)s, open the records")
            words = said % {
                "period": month.label, "value": wording.measured(value, indicator.uom), "unit": unit,
            }  # fmt: skip
            label = _("month %(n)s") % {"n": month.start.month}
            points.append(
                charts.Point(
                    label,
                    value // 100 if indicator.uom == "fen" else value,
                    self.figure_url(indicator, self.unit, month),
                    words,
                    month.runs(self.today),
                )
            )
        return {
            "indicator": indicator,
            "chart": charts.bars(points, _short),
            "rows": [
                (m.label, self.fig(indicator, self.unit, m, reach.of(own, indicator, self.unit, m)))
                for m in months
            ],
            "part": any(p.part for p in points),
        }


class FigurePage(OfUnit):
    """One figure: what it counts, by which rule, where from, and the records themselves."""

    template_name = "insight/figure.html"

    def prepare(self) -> None:
        super().prepare()
        try:
            self.indicator = catalogue.shown()[self.kwargs["code"]]
        except KeyError:
            raise Http404 from None

    def get_heading(self) -> Any:
        return self.indicator.name

    def context(self, **more: Any) -> dict[str, Any]:
        try:
            with reading.opened(self.indicator.code, self.unit, self.period, self.tree) as opened:
                records = Records(self.indicator, opened, self.request)
        except reading.NotCounted:
            return super().context(unit=self.unit, figure=None, **more)
        figure = records.figure
        return super().context(
            unit=self.unit,
            period=self.period,
            tree=self.tree,
            tree_label=Tree(self.tree).label,
            indicator=self.indicator,
            adding=ADDING[self.indicator.adds_up],
            figure=figure,
            records=records,
            parts=self._parts() if records.all_hidden else [],
            other=self._other(figure.value),
            rail=self._rail(),
            home=self.unit_url(self.unit),
            reference=f"{self.unit.code}-{self.indicator.code}-{self.period.code}-{self.tree}",
            **more,
        )

    def sheet(self) -> Sheet | None:
        """The records behind the figure as a file; None for whoever may see how many there are, not which."""
        opens = self.indicator.opens
        if is_nothing(opens.rule.q(self.actor, opens.prefix)):
            return None
        try:
            reading.counted()
        except reading.NotCounted:
            return None
        whole = Whole(self.indicator, self.unit, self.period, self.tree, self.actor)
        return Sheet(
            f"{named(self.unit)} {self.period.label} {self.indicator.name}",
            [str(label) for label, _path in opens.columns],
            whole.rows,
            whole.count,
            str(Tree(self.tree).label),
            opens.tier,
            notes=whole.notes,
        )

    def _other(self, value: int) -> dict[str, Any] | None:
        """The same figure in the other view of the tree, where it differs, and the edges that make the difference."""
        other = Tree.AS_WAS if self.tree == Tree.AS_IS else Tree.AS_IS
        there = reading.figure(self.indicator.code, self.unit, self.period, other).value
        if there == value:
            return None
        url = self.figure_url(self.indicator, self.unit, self.period, other)
        return {
            "label": other.label,
            "fig": fig(there, self.indicator.uom, url, self.indicator.name),
            "moved": moved(self.unit, self._matters_after()),
        }

    def _matters_after(self) -> dt.date:
        """Edges that began up to this day make no difference between the two views of this figure."""
        if self.indicator.period == "as_of":
            return self.period.day(timezone.localdate())
        return dt.date.min if self.indicator.period == "cumulative_since" else self.period.start

    def _rail(self) -> list[dict[str, Any]]:
        """The figures beside this one: those of the cockpit, or the bands of its distribution."""
        part_of = self.indicator.part_of
        shown = {code: i for code, i in catalogue.shown().items() if i.part_of == part_of}
        found = reading.values(list(shown), [self.unit], [self.period], self.tree)
        return [
            {
                "indicator": i,
                "value": reach.of(found, i, self.unit, self.period),
                "url": self.figure_url(i, self.unit, self.period),
                "here": i is self.indicator,
            }
            for i in shown.values()
        ]

    def _parts(self) -> list[dict[str, Any]]:
        """The figure by place, where its records may not be shown: small numbers are withheld."""
        places = reach.below(self.unit)
        found = reading.values([self.indicator.code], places, [self.period], self.tree) if places else {}
        counts = {place.pk: reach.of(found, self.indicator, place, self.period) for place in places}
        hidden = reach.withheld(counts)
        return [
            {
                "unit": place,
                "shown": None
                if place.pk in hidden
                else self.fig(self.indicator, place, self.period, counts[place.pk]),
            }
            for place in places
        ]


def _drawn(indicators: list[Indicator]) -> list[Indicator]:
    """The two that are drawn over time: the first that happens, and the first that stands."""
    happens = [i for i in indicators if i.period == "within"][:1]
    return [*happens, *[i for i in indicators if i.period == "as_of"][-1:]]


def _choices(today: Any) -> list[Period]:
    """The periods to choose from: the years kept, and the quarters and months of this one."""
    periods = [p for p in reversed(kept(today)) if p.kind == PeriodKind.YEAR or p.start.year == today.year]
    order = {PeriodKind.YEAR: 0, PeriodKind.QUARTER: 1, PeriodKind.MONTH: 2}
    return sorted(periods, key=lambda p: order[PeriodKind(p.kind)])


def _short(value: int) -> str:
    """A number in few characters: 4,812 or 20万 (200k)."""
    if value < 10_000:
        return f"{value:,}"
    if str(get_language()).startswith("zh"):
        return f"{value / 10_000:.1f}".removesuffix(".0") + "万"
    return f"{value / 1000:.0f}k"
