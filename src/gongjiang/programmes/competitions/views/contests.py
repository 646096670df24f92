"""Contests: read by everybody, prepared by whoever runs them."""

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import holds
from gongjiang.kernel.lifecycle.editions import STEPS, runs, within_reach
from gongjiang.kernel.lifecycle.models import Case, Edition, EditionState
from gongjiang.kernel.parameters import read
from gongjiang.kernel.publicity.models import Publicity
from gongjiang.programmes.competitions import actions, queries
from gongjiang.programmes.competitions.forms import MOST_BANDS, BandsForm, ContestForm, EventForm
from gongjiang.programmes.competitions.models import Band, Contest, ContestEvent
from gongjiang.programmes.competitions.permissions import STAFF, VIEW
from gongjiang.web.views import PUBLIC, ActionView, DetailView, ListView, Order, Tab, View

from .tabs import tabs

RUNNERS = holds(Role.OFFICER)


class Public(View):
    """Contests that take registrations, and those before them."""

    access = PUBLIC
    face = "public"
    heading = _("Labour and skills contests")
    template_name = "competitions/public.html"

    def context(self, **more: Any) -> dict[str, Any]:
        rows = queries.contests().annotate(n=Count("children", filter=~Q(children__state="draft")))
        open_now = {e.edition.parent_id for e in queries.open_events()}
        contests = list(rows[:12])
        return super().context(
            now=[e for e in contests if e.pk in open_now],
            before=[e for e in contests if e.pk not in open_now],
            **more,
        )


class PublicContest(View):
    """One contest: what can be won, its events and their times, and what is publicised."""

    access = PUBLIC
    face = "public"
    template_name = "competitions/public_contest.html"

    def prepare(self) -> None:
        found = queries.contests().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        self.contest = found

    def get_heading(self) -> Any:
        return self.contest.name

    def context(self, **more: Any) -> dict[str, Any]:
        shown = queries.events(self.contest).exclude(edition__state__in=["draft", "approved"])
        return super().context(
            contest=self.contest,
            events=_timed(shown),
            prizes=queries.bands(self.contest, "prize"),
            titles=queries.bands(self.contest, "title"),
            notices=Publicity.objects.filter(edition__parent=self.contest).order_by("-pk")[:20],
            **more,
        )


def _timed(events: "QuerySet[ContestEvent]") -> list[ContestEvent]:
    found = list(events)
    for event in found:
        event.until = queries.until(event.edition)  # type: ignore[attr-defined]
        event.on = queries.until(event.edition, "review")  # type: ignore[attr-defined]
    return found


class Contests(ListView):
    """Every contest within reach, with how many events and entries it has."""

    access = STAFF
    rule = None
    heading = _("Contests")
    template_name = "competitions/contests.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def allowed(self) -> QuerySet[Any]:
        return self.rows()

    def rows(self) -> QuerySet[Edition]:
        found = within_reach(self.actor).filter(programme="competitions", parent=None)
        mine = Q(unit__in=[g.unit for g in self.actor.held(Role.OFFICER)])
        return found.filter(mine | ~Q(state=EditionState.DRAFT)).select_related("unit", "contest")

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        rows = context["page"].rows
        keys = [e.pk for e in rows]
        events = dict(
            Edition.objects.filter(parent__in=keys).order_by().values_list("parent").annotate(Count("pk"))
        )
        seen = VIEW.filter(Case.objects.filter(flow="competitions.entry"), self.actor)
        entries = queries.counts(keys, seen)
        for edition in rows:
            edition.events_there, edition.entries = events.get(edition.pk, 0), entries.get(edition.pk, 0)
        return {**context, "may_prepare": self.actor.has(Role.OFFICER)}


class OfContest:
    """One contest within reach."""

    actor: Any
    access: Any = STAFF
    rule: Any = None

    def rows(self) -> QuerySet[Edition]:
        found = within_reach(self.actor).filter(programme="competitions", parent=None)
        mine = Q(unit__in=[g.unit for g in self.actor.held(Role.OFFICER)])
        return found.filter(mine | ~Q(state=EditionState.DRAFT)).select_related("unit", "contest")

    def allowed(self) -> QuerySet[Edition]:
        return self.rows()

    @property
    def case(self) -> None:
        return None


class ContestPage(OfContest, DetailView):
    """One contest on the desk: its events, what can be won, what is still to prepare."""

    template_name = "competitions/contest.html"

    def get_heading(self) -> Any:
        return self.row.name

    def context(self, **more: Any) -> dict[str, Any]:
        edition: Edition = self.row
        organises = runs(edition, self.actor)
        shown = queries.events(edition)
        if not organises:
            shown = shown.exclude(edition__state=EditionState.DRAFT)
        events = _timed(shown)
        there = queries.standing_count([e.pk for e in events]) if organises else {}
        for event in events:
            event.there = there.get(event.pk, 0)  # type: ignore[attr-defined]
        return super().context(
            contest=Contest.objects.filter(edition=edition).first(),
            events=events,
            organises=organises,
            prizes=queries.bands(edition, "prize"),
            titles=queries.bands(edition, "title"),
            advances=_advances(edition, self.actor) if organises else [],
            missing=read.missing_reasons("competitions", edition=edition) if organises else [],
            draft=edition.state == EditionState.DRAFT,
            grows=edition.state not in (EditionState.SETTLED, EditionState.ARCHIVED, EditionState.CANCELLED),
            **more,
        )


def _advances(contest: Edition, actor: Any) -> list[tuple[Any, int, str]]:
    """The steps that all events of a contest can take together: (step, how many, address)."""
    states = dict(
        Edition.objects.filter(parent=contest).order_by().values_list("state").annotate(Count("pk"))
    )
    found = []
    for step in STEPS:
        n = sum(states.get(source, 0) for source in step.sources)
        if step.name in ("approve", "publish") and n:
            found.append((step, n, reverse("competitions:advance", args=[contest.pk, step.name])))
    return found


class _Prepared(OfContest, ActionView):
    """A form about a contest that the actor's union runs."""

    access = RUNNERS
    template_name = "competitions/contest_form.html"

    def prepare(self) -> None:
        super().prepare()
        if not runs(self.row, self.actor):
            raise Http404

    def back(self) -> str:
        return reverse("competitions:contest", args=[self.row.pk])


class Describe(_Prepared):
    form_class = ContestForm
    heading = _("What kind of contest it is")
    button = c("contest", "Save")

    def rows(self) -> QuerySet[Edition]:
        return super().rows().filter(state=EditionState.DRAFT)

    def initial(self) -> dict[str, Any]:
        said = Contest.objects.filter(edition=self.row).first()
        names = ("kind", "klass", "ordinal", "filing")
        return {name: getattr(said, name) for name in names} if said else {"kind": "skill"}

    def perform(self, form: Any) -> str:
        actions.describe(self.row, form.cleaned_data, actor=self.actor)
        return self.back()


class Bands(_Prepared):
    form_class = BandsForm
    heading = _("What can be won")
    button = c("contest", "Save")
    template_name = "competitions/bands.html"
    lead = _("Each line holds in every event of the contest. Equals share a rank and win the same.")

    def rows(self) -> QuerySet[Edition]:
        return super().rows().filter(state=EditionState.DRAFT)

    def initial(self) -> dict[str, Any]:
        """What stands there; where nothing does, what the union has published."""
        rows = [
            {"won": b.code or "prize", "name": b.name, "first": b.first, "last": b.last, "share": b.share}
            for b in Band.objects.filter(edition=self.row).order_by("position")
        ]
        if not rows:
            rows = list(read.plain(read.values("competitions", edition=self.row))["prize_table"] or ())
        return {
            f"{name}_{n}": row[name]
            for n, row in enumerate(rows[:MOST_BANDS], start=1)
            for name in ("won", "name", "first", "last", "share")
            if row[name] is not None
        }

    def perform(self, form: Any) -> str:
        actions.set_bands(self.row, form.rows(), actor=self.actor)
        return self.back()


class NewEvent(_Prepared):
    form_class = EventForm
    heading = _("Add an event")
    button = c("contest", "Add the event")
    lead = _("A second person approves it; published, its rules are fixed.")

    def initial(self) -> dict[str, Any]:
        said = read.plain(read.values("competitions", edition=self.row))
        found = {name: said[name] for name in ("theory_share", "pass_mark") if said[name] is not None}
        for kind, first, last in (
            ("apply", "registration_from", "registration_until"),
            ("review", "judging_from", "judging_until"),
        ):
            for window in self.row.windows.all():
                if window.kind == kind:
                    found |= {first: window.since, last: window.until}
        return found

    def perform(self, form: Any) -> str:
        said = form.cleaned_data
        made = actions.add_event(
            self.row,
            form.said(),
            actor=self.actor,
            registration=(said["registration_from"], said["registration_until"]),
            judging=(said["judging_from"], said["judging_until"]),
        )
        return reverse("competitions:event", args=[made.pk])

    def done(self, result: Any) -> str:
        return _t("The event is there as a draft.")


class AdvanceEvents(_Prepared):
    """Approve or publish every event of a contest that waits for it."""

    form_class = forms.Form
    lead = _("All of them or none: what stands against one is shown, and nothing has changed then.")

    def prepare(self) -> None:
        super().prepare()
        found = [a for a in _advances(self.row, self.actor) if a[0].name == self.kwargs["name"]]
        if not found:
            raise Http404
        self.step, self.waiting, _url = found[0]
        self.button = self.step.label

    def get_heading(self) -> Any:
        said = ngettext("%(step)s: %(n)d event", "%(step)s: %(n)d events", self.waiting)
        return said % {"step": self.step.label, "n": self.waiting}

    def perform(self, form: Any) -> str:
        self.moved = actions.advance_events(self.row, self.step.name, actor=self.actor)
        return self.back()

    def done(self, result: Any) -> str:
        said = ngettext("%(n)d event: %(step)s", "%(n)d events: %(step)s", self.moved)
        return said % {"step": self.step.label, "n": self.moved}
