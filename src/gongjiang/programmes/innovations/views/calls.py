"""Calls as the organiser runs them: how many entries stand where, and what can go on, many at once."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.lifecycle.editions import runs
from gongjiang.kernel.lifecycle.models import Case, Edition, EditionState
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.parameters import read
from gongjiang.kernel.publicity.models import Publicity
from gongjiang.kernel.review.models import Panel
from gongjiang.programmes.innovations import queries
from gongjiang.programmes.innovations.models import Entry, Prize, UnionAward
from gongjiang.programmes.innovations.permissions import STAFF, VIEW
from gongjiang.programmes.innovations.templatetags.innovations import yuan_of
from gongjiang.web.components.wording import uom
from gongjiang.web.views import DetailView, ListView, Order, Tab
from gongjiang.web.worklist.onward import MoveOn as Onward
from gongjiang.web.worklist.onward import steps

from .results import tabs

#: The moves of a call in their order, each with the state it takes entries from.
COURSE = (
    ("admit", State.UNDER_REVIEW),
    ("shortlist", State.SCORING),
    ("pitch", State.PUBLICISED),
    ("inspect", State.SCORING),
    ("rank", State.VERIFYING),
    ("award", State.PUBLICISED),
    ("close", State.AWARDED),
    ("eliminate", State.SCORING),
)
#: Never the next step to do: it ends what the others carry on.
ASIDE = ("eliminate",)
FLOW = "innovations.entry"


class Calls(ListView):
    """Every call within reach, with how many entries it has."""

    access = STAFF
    heading = _("Calls")
    template_name = "innovations/calls.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def rows(self) -> QuerySet[Edition]:
        mine = {key for grant in self.actor.grants for key in _line(grant.path)}
        own = Edition.objects.filter(programme="innovations").exclude(state="draft")
        below = Edition.objects.none()
        for grant in self.actor.grants:
            below |= Edition.objects.filter(programme="innovations", unit__path__within=grant.path)
        return (own.filter(unit__in=mine) | below).select_related("unit").distinct()

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        keys = [e.pk for e in context["page"].rows]
        cases = VIEW.filter(Case.objects.filter(edition__in=keys, flow="innovations.entry"), self.actor)
        counts: dict[int, dict[str, int]] = {}
        for edition, state, outcome, n in (
            cases.order_by().values_list("edition", "state", "outcome").annotate(n=Count("pk"))
        ):
            seen = counts.setdefault(edition, {"all": 0, "open": 0, "granted": 0})
            seen["all"] += n
            seen["open"] += n if state != State.CLOSED else 0
            seen["granted"] += n if outcome == Outcome.GRANTED or state == State.AWARDED else 0
        for edition in context["page"].rows:
            edition.counts = counts.get(edition.pk, {"all": 0, "open": 0, "granted": 0})
        return context


class Call(DetailView):
    """One call: its prizes, panels and notices, and the next step for its entries."""

    access = STAFF
    template_name = "innovations/call.html"

    def rows(self) -> QuerySet[Edition]:
        return Edition.objects.filter(programme="innovations").select_related("unit")

    @property
    def case(self) -> None:
        return None

    def prepare(self) -> None:
        super().prepare()
        reach = {key for grant in self.actor.grants for key in _line(grant.path)}
        if self.row.unit_id not in reach and not any(
            self.row.unit.path.startswith(grant.path) for grant in self.actor.grants
        ):
            raise Http404

    def context(self, **more: Any) -> dict[str, Any]:
        edition: Edition = self.row
        cases = VIEW.filter(Case.objects.filter(edition=edition, flow="innovations.entry"), self.actor)
        counts = list(
            cases.order_by()
            .values_list("state", "outcome")
            .annotate(n=Count("pk"))
            .order_by("state", "outcome")
        )
        organises = runs(edition, self.actor)
        return super().context(
            counts=[{"state": s, "outcome": o, "n": n} for s, o, n in counts],
            organises=organises,
            steps=steps(edition, FLOW, COURSE, self.actor, "innovations:move-on", ASIDE) if organises else [],
            panels=Panel.objects.filter(edition=edition).order_by("pk") if organises else [],
            notices=Publicity.objects.filter(edition=edition).order_by("pk"),
            prizes=[
                {"name": prize.name, "words": _with_award(str(prize.places), prize.position, edition)}
                for prize in Prize.objects.filter(edition=edition).order_by("position")
            ],
            grades=_grades(edition),
            may_grade=organises and cases.filter(state=State.VERIFYING).exists(),
            awards=UnionAward.objects.filter(entry__case__in=cases).exists(),
            ranks=self._ranks(),
            minutes=_minutes(edition),
            roadshow=queries.roadshow_of(edition),
            may_plan=organises
            and edition.state == EditionState.PUBLISHED
            and not queries.without_roadshow([edition.pk]),
            **more,
        )

    def _ranks(self) -> QuerySet[Unit]:
        """The actor's units that send entries up in this call."""
        held = {g.unit for g in self.actor.held(Role.UNIT_OFFICER, Role.OFFICER)} - {self.row.unit_id}
        sends = Unit.objects.filter(pk__in=held, path__within=self.row.unit.path)
        here = Case.objects.filter(edition=self.row, turns__unit=OuterRef("pk"))
        return sends.filter(Exists(here)).order_by("path")


def _grades(edition: Edition) -> list[dict[str, Any]]:
    """The grades that the call gives, each with how many entries have it; empty where it gives ranks."""
    grades = queries.grades_of(edition)
    if not grades:
        return []
    rows = Entry.objects.filter(case__edition=edition, grade__in=grades).order_by().values_list("grade")
    given = dict(rows.annotate(n=Count("pk")))
    return [
        {"name": name, "words": _with_award(str(given.get(name, 0)), place, edition)}
        for place, name in enumerate(grades, start=1)
    ]


def _with_award(count: str, place: int, edition: Edition) -> str:
    """How many win it, and what the union adds to it."""
    bands = read.value("innovations.union_award_bands", unit=edition.unit_id, edition=edition).value
    added = [
        " ".join(filter(None, (line["award"], line["reward"] and yuan_of(line["reward"]))))
        for line in bands
        if line["band"] == place
    ]
    return "　".join([count, *filter(None, added)])


def _minutes(edition: Edition) -> list[tuple[Any, str]]:
    """How long each has at the roadshow; empty where nobody has said so."""
    said = read.plain(read.values("innovations", edition=edition))
    names = {
        "pitch_minutes": pgettext_lazy("roadshow", "To present"),
        "defence_minutes": pgettext_lazy("roadshow", "Questions"),
    }
    unit = uom("minute")
    return [(label, f"{said[name]} {unit}") for name, label in names.items() if said[name]]


class MoveOn(Onward):
    """One step for all entries of a call that can take it."""

    access = STAFF
    flow = FLOW
    course = COURSE

    def rows(self) -> QuerySet[Edition]:
        return Edition.objects.filter(programme="innovations").select_related("unit")

    def back(self) -> str:
        return reverse("innovations:call", args=[self.row.pk])


def _line(path: str) -> list[int]:
    return [int(part) for part in path.split("/") if part]
