"""One event on the desk: where it stands, who won, what its organiser does next; the roster of a selection."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import holds
from gongjiang.kernel.lifecycle.editions import open_windows, runs, within_reach
from gongjiang.kernel.lifecycle.models import Case, Edition, EditionState
from gongjiang.kernel.lifecycle.states import State
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people.models import Person
from gongjiang.kernel.publicity.models import Publicity
from gongjiang.kernel.review.models import Panel
from gongjiang.programmes.competitions import actions, queries
from gongjiang.programmes.competitions.forms import SelectionForm, ShortfallForm
from gongjiang.programmes.competitions.models import ContestEvent
from gongjiang.programmes.competitions.permissions import REGISTRAR, STAFF, VIEW
from gongjiang.web.views import ActionView, DetailView
from gongjiang.web.worklist.onward import MoveOn as Onward
from gongjiang.web.worklist.onward import steps

#: The moves of an event in their order, each with the state it takes entries from.
COURSE = (
    ("admit", State.UNDER_REVIEW),
    ("check_in", State.SCORING),
    ("absent", State.SCORING),
    ("end_early", State.SCORING),
    ("publicise", State.SCORING),
    ("confirm", State.PUBLICISED),
    ("finish", State.PUBLICISED),
    ("hand_over", State.AWARDED),
)
#: Never the next step to do: they end what the others carry on.
ASIDE = ("absent", "end_early")
#: Ranks shown on the page of an event; the notice has them all.
SHOWN = 30


class OfEvent:
    """One event within reach; a draft only for whoever runs it."""

    actor: Any
    access: Any = STAFF
    rule: Any = None

    def rows(self) -> QuerySet[Edition]:
        found = within_reach(self.actor).filter(programme="competitions", parent__isnull=False)
        return found.select_related("unit", "parent", "contest_event")

    def allowed(self) -> QuerySet[Edition]:
        return self.rows()

    @property
    def case(self) -> None:
        return None

    def prepare(self) -> None:
        super().prepare()  # type: ignore[misc]
        row: Edition = self.row  # type: ignore[attr-defined]
        self.runs = runs(row, self.actor)
        if row.state == EditionState.DRAFT and not self.runs:
            raise Http404

    @property
    def event(self) -> ContestEvent:
        found: ContestEvent = self.row.contest_event  # type: ignore[attr-defined]
        return found

    def back(self) -> str:
        return reverse("competitions:event", args=[self.row.pk])  # type: ignore[attr-defined]


class EventPage(OfEvent, DetailView):
    """Thresholds, steps, panels, results."""

    template_name = "competitions/event.html"

    def get_heading(self) -> Any:
        return self.event.trade

    def context(self, **more: Any) -> dict[str, Any]:
        edition: Edition = self.row
        seen = VIEW.filter(Case.objects.filter(edition=edition, flow="competitions.entry"), self.actor)
        counts = seen.order_by().values_list("state", "outcome").annotate(n=Count("pk"))
        published = edition.state not in (EditionState.DRAFT, EditionState.APPROVED)
        takes = bool(open_windows([edition], "apply"))
        return super().context(
            event=self.event,
            contest=edition.parent,
            organises=self.runs,
            takes=takes,
            registers=takes and self.actor.has(Role.UNIT_OFFICER),
            counts=[{"state": s, "outcome": o, "n": n} for s, o, n in counts.order_by("state", "outcome")],
            thresholds=queries.thresholds(edition) if self.runs and published else None,
            steps=steps(edition, "competitions.entry", COURSE, self.actor, "competitions:move-on", ASIDE)
            if self.runs and published
            else [],
            panels=Panel.objects.filter(edition=edition).order_by("pk") if self.runs else [],
            notices=Publicity.objects.filter(edition=edition).order_by("pk"),
            windows=sorted(edition.windows.all(), key=lambda w: (w.since, w.pk)),
            table=queries.table(edition)[:SHOWN],
            **more,
        )


class MoveOn(OfEvent, Onward):
    """One step for all entries of an event."""

    access = STAFF
    flow = "competitions.entry"
    course = COURSE


class DecideShortfall(OfEvent, ActionView):
    """What happens with an event that has too few entrants."""

    access = holds(Role.OFFICER)
    form_class = ShortfallForm
    heading = _("Too few entrants")
    button = c("contest", "Decide it")
    template_name = "competitions/event_form.html"

    def prepare(self) -> None:
        super().prepare()
        if not self.runs:
            raise Http404

    def get_lead(self) -> Any:
        now = queries.thresholds(self.row).hold
        said = _t("%(there)d are registered; an event is held from %(least)d.")
        return said % {"there": now.entrants, "least": now.least or 0}

    def perform(self, form: Any) -> str:
        actions.decide_shortfall(self.row, **form.cleaned_data, actor=self.actor)
        return self.back()

    def done(self, result: Any) -> str:
        return _t("Decided. It stands on the page of the event.")


class Selection(OfEvent, ActionView):
    """The roster of a selection at the workplace."""

    access = REGISTRAR
    form_class = SelectionForm
    heading = _("Hand in a roster")
    button = c("contest", "Hand it in")
    template_name = "competitions/event_form.html"
    lead = _("Who started in the selection at your workplace. It is a list: nothing is applied for by it.")

    @cached_property
    def unit(self) -> Unit | None:
        held = [g.unit for g in self.actor.held(Role.UNIT_OFFICER)]
        return Unit.objects.filter(pk__in=held, path__within=self.row.unit.path).order_by("path").first()

    def prepare(self) -> None:
        super().prepare()
        if self.unit is None or self.row.state != EditionState.PUBLISHED:
            raise Http404

    def form_kwargs(self) -> dict[str, Any]:
        return {"people": people_of(self.unit)}

    def perform(self, form: Any) -> str:
        said = form.cleaned_data
        assert self.unit is not None
        self.there = actions.report_selection(
            self.event,
            [p.pk for p in said["people"]],
            on=said["on"],
            unit=self.unit,
            actor=self.actor,
        )
        return self.back()

    def done(self, result: Any) -> str:
        return _t("Handed in: %d started.") % len(self.there)


def people_of(unit: Unit | None) -> QuerySet[Person]:
    """Who works at this workplace now, by name."""
    return (
        Person.objects.filter(employments__unit=unit, employments__until=None, merged_into=None)
        .distinct()
        .order_by("name", "pk")
    )
