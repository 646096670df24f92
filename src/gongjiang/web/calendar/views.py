"""The year's days, what is closed here, and who has how long for what."""

from collections import defaultdict
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.rules import holds
from gongjiang.kernel.calendar import actions as closing
from gongjiang.kernel.calendar.models import CalendarYear, Closure, Holiday
from gongjiang.kernel.calendar.read import stem
from gongjiang.kernel.lifecycle import deadlines
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.models import DeadlineRule
from gongjiang.kernel.lifecycle.states import State
from gongjiang.kernel.orgs.models import Level, Unit
from gongjiang.web.views import ActionView, FormView, View

from .forms import CloseForm, EndForm, RuleForm


class CalendarPage(View):
    """One year: the notice, its days off and make-up days, local closures; and the rules for deadlines."""

    access = holds()
    heading = _("Calendar and deadlines")
    template_name = "calendar/calendar.html"

    def prepare(self) -> None:
        asked = self.request.GET.get("year", "")
        self.year = (
            int(asked) if asked.isdigit() and 2000 <= int(asked) <= 2100 else timezone.localdate().year
        )

    def context(self, **more: Any) -> dict[str, Any]:
        notice = CalendarYear.objects.filter(year=self.year).first()
        days = Holiday.objects.filter(notice__year=self.year).order_by("day")
        spans: dict[str, dict[str, list[Any]]] = defaultdict(lambda: {"holiday": [], "makeup_day": []})
        for day in days:
            spans[day.name][day.kind].append(day.day)
        held = [g.unit for g in self.actor.grants]
        above = sorted(self.actor.units)
        reach = Q(unit__in=above) | Q(edition__unit__in=above)
        for grant in self.actor.grants:
            reach |= Q(unit__path__within=grant.path) | Q(edition__unit__path__within=grant.path)
        rules = (
            DeadlineRule.objects.filter(reach)
            .filter(Q(until=None) | Q(until__gte=timezone.localdate()))
            .select_related("unit", "edition__unit", "proposed_by", "confirmed_by")
            .order_by("flow", "state", "since", "pk")
        )
        may_close = closing.regions_of(self.actor)
        own = tuple(stem(region) for region, _name in may_close)
        closures = list(Closure.objects.filter(day__year=self.year).order_by("day", "region"))
        places = _places({each.region for each in closures})
        return super().context(
            year=self.year,
            years=list(CalendarYear.objects.order_by("year").values_list("year", flat=True)),
            notice=notice,
            spans=[(name, _span(kinds["holiday"]), kinds["makeup_day"]) for name, kinds in spans.items()],
            closures=[
                {
                    "row": each,
                    "place": places.get(each.region, each.region),
                    "may": each.day > timezone.localdate() and each.region.startswith(own),
                }
                for each in closures
            ],
            rules=[self._shown(rule, held) for rule in rules],
            may_close=bool(may_close),
            may_set=any(deadlines.may_set(unit, self.actor) for unit in held),
            **more,
        )

    def _shown(self, rule: DeadlineRule, held: list[int]) -> dict[str, Any]:
        flow = flows().get(rule.flow)
        unit = rule.unit or (rule.edition.unit if rule.edition else None)
        open_one = rule.proposed_by_id is not None and rule.confirmed_by_id is None
        mine = deadlines.may_set(unit.pk if unit else None, self.actor)
        return {
            "rule": rule,
            "flow": flow.label if flow else rule.flow,
            "state": State(rule.state).label if rule.state in State.values else rule.state,
            "of": rule.edition or unit,
            "proposed": open_one,
            "may_confirm": open_one and mine and rule.proposed_by_id != self.actor.user,
            "may_take_back": open_one and mine,
            "may_end": not open_one and mine and rule.until is None,
        }


def _places(regions: set[str]) -> dict[str, str]:
    """Division code → the union of that division."""
    wanted = {short: code for code in regions for short in (code, stem(code))}
    rows = Unit.objects.filter(region__in=list(wanted)).exclude(level=Level.ENTERPRISE).order_by("-path")
    return {wanted[unit.region]: unit.name for unit in rows}


def _span(days: list[Any]) -> tuple[Any, Any, int] | None:
    return (days[0], days[-1], len(days)) if days else None


class Close(FormView):
    """Close days in a division of one's own."""

    access = holds(*closing.CLOSING)
    form_class = CloseForm
    heading = _("Close days here")
    button = _("Close these days")
    lead = _(
        "Every open deadline that runs here moves by these days, within minutes. What it was before stays on record."
    )

    def form_kwargs(self) -> dict[str, Any]:
        return {"regions": [(f"{region:0<6}", name) for region, name in closing.regions_of(self.actor)]}

    def perform(self, form: Any) -> Any:
        said = dict(form.cleaned_data)
        region, first, last = said.pop("region"), said.pop("first"), said.pop("last")
        try:
            closing.close(region, first, last, **said, actor=self.actor)
        except closing.NotYours as hidden:
            raise Http404 from hidden
        return f"{reverse('calendar')}?year={first.year}"

    def done(self, result: Any) -> Any:
        return _("These days are closed.")


class Reopen(ActionView):
    """Take a closure back whose day lies ahead."""

    access = holds(*closing.CLOSING)
    rule = None
    form_class = forms.Form
    heading = _("Take the closure back")
    button = _("Work on that day after all")
    row: Closure

    def allowed(self) -> QuerySet[Any]:
        return self.rows()

    def rows(self) -> QuerySet[Closure]:
        return Closure.objects.filter(day__gt=timezone.localdate())

    def prepare(self) -> None:
        super().prepare()
        if not closing.may_close(self.row.region, self.actor):
            raise Http404
        self.lead = f"{self.row.day} {self.row.name} {self.row.document}"

    def perform(self, form: Any) -> Any:
        closing.reopen([self.row.pk], actor=self.actor)
        return reverse("calendar")

    def done(self, result: Any) -> Any:
        return _("That day is worked.")


class Propose(FormView):
    """Propose how long whoever's turn it is has in a state."""

    access = holds(*deadlines.SETTING)
    form_class = RuleForm
    heading = _("Propose a time limit")
    button = _("Propose it")
    lead = _(
        "It binds nothing before a second person confirms it. What has begun keeps the time it was given."
    )

    def form_kwargs(self) -> dict[str, Any]:
        held = Unit.objects.filter(pk__in=[g.unit for g in self.actor.held(*deadlines.SETTING)]).order_by(
            "path"
        )
        return {"units": [(u.pk, u.name) for u in held]}

    def perform(self, form: Any) -> Any:
        deadlines.propose(actor=self.actor, **form.said())
        return reverse("calendar")

    def done(self, result: Any) -> Any:
        return _("Proposed. A second person of your union confirms it.")


class OfRule(ActionView):
    """A step of a rule, by somebody who acts for its unit."""

    access = holds(*deadlines.SETTING)
    rule = None
    form_class: type[forms.Form] = forms.Form
    row: DeadlineRule

    def allowed(self) -> QuerySet[Any]:
        return self.rows()

    def rows(self) -> QuerySet[DeadlineRule]:
        return DeadlineRule.objects.select_related("unit", "edition")

    @property
    def case(self) -> Any:
        return None

    def prepare(self) -> None:
        super().prepare()
        unit = self.row.unit_id if self.row.edition is None else self.row.edition.unit_id
        if not deadlines.may_set(unit, self.actor):
            raise Http404
        flow = flows().get(self.row.flow)
        state = State(self.row.state).label if self.row.state in State.values else self.row.state
        self.lead = (
            f"{flow.label if flow else self.row.flow}：{state}，{self.row.amount} {self.row.get_counted_in_display()}，"
            f"{self.row.document}"
        )

    def get_heading(self) -> Any:
        return self.heading


class Confirm(OfRule):
    """The second person puts a proposal in force."""

    heading = _("Confirm the time limit")
    button = _("Confirm it")

    def perform(self, form: Any) -> Any:
        deadlines.confirm(self.row, actor=self.actor)
        return reverse("calendar")

    def done(self, result: Any) -> Any:
        return _("It is in force from its first day.")


class TakeBack(OfRule):
    """A proposal that is not wanted any more."""

    heading = _("Take the proposal back")
    button = c("deadline rule", "Take it back")

    def perform(self, form: Any) -> Any:
        deadlines.take_back(self.row, actor=self.actor)
        return reverse("calendar")

    def done(self, result: Any) -> Any:
        return _("The proposal is gone.")


class End(OfRule):
    """A rule ends; nothing that has begun changes."""

    form_class = EndForm
    heading = _("End the time limit")
    button = c("deadline rule", "End it")

    def perform(self, form: Any) -> Any:
        deadlines.end(self.row, on=form.cleaned_data["on"], actor=self.actor)
        return reverse("calendar")

    def done(self, result: Any) -> Any:
        return _("It ends on that day.")
