"""Calls as the organiser runs them: how many entries stand where, and what can go on, many at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.documents.models import IN_FORCE, Document
from gongjiang.kernel.lifecycle.door import transition_many
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.editions import runs
from gongjiang.kernel.lifecycle.flow import Refused, Transition
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
from gongjiang.web.views import ActionView, DetailView, ListView, Order, Tab
from gongjiang.web.worklist.together import Outlook, outlook

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
#: Entries looked at in one go; the rest follow when these have moved.
MOST = 1000
#: Waiting entries that are named under each reason.
NAMED = 8


@dataclass(frozen=True)
class Waiting:
    """Why some entries cannot take a step: the reason, how many it holds back, and the first of them."""

    text: str
    count: int
    first: list[Outlook]


@dataclass(frozen=True)
class Step:
    """One step of a call: what it is, how many entries could take it now, where; the first that takes any on."""

    label: Any
    ready: int
    url: str
    first: bool = False


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
            steps=_steps(edition, self.actor) if organises else [],
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


def _steps(edition: Edition, actor: Any) -> list[Step]:
    found: list[Step] = []
    flow = flows()["innovations.entry"]
    for name, state in COURSE:
        move = flow.transition(name)
        ready = [o for o in _outlook(edition, move, state, actor) if not o.reasons]
        url = reverse("innovations:move-on", args=[edition.pk, name])
        first = bool(ready) and name != "eliminate" and not any(s.first for s in found)
        found.append(Step(move.label, len(ready), url, first))
    return found


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


def _outlook(edition: Edition, move: Transition, state: str, actor: Any) -> list[Outlook]:
    picked = dict(
        Case.objects.filter(edition=edition, flow="innovations.entry", state=state).values_list(
            "pk", "version"
        )
    )
    return outlook(flows()["innovations.entry"], move, picked, actor) if picked else []


def _waiting(seen: list[Outlook]) -> list[Waiting]:
    """What holds entries back, the commonest first."""
    by_reason: dict[str, list[Outlook]] = {}
    for each in seen:
        for reason in each.reasons:
            by_reason.setdefault(str(reason.text), []).append(each)
    found = [Waiting(text, len(held), held[:NAMED]) for text, held in by_reason.items()]
    return sorted(found, key=lambda w: -w.count)


class MoveForm(forms.Form):
    """Which entries go on, and by what."""

    pick = forms.MultipleChoiceField(
        label=pgettext_lazy("call", "Entries"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Nothing is ticked. Tick the entries first.")},
    )

    def __init__(
        self,
        *args: Any,
        ready: list[Outlook],
        needs: tuple[str, ...],
        documents: QuerySet[Document],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pick"].choices = [  # type: ignore[attr-defined]
            (str(o.case.pk), f"{o.title}　{o.case.unit.name}　{o.case.number}") for o in ready
        ]
        self.initial.setdefault("pick", [str(o.case.pk) for o in ready])
        if "document" in needs:
            self.fields["document"] = forms.ModelChoiceField(
                documents, label=_("By which document"), help_text=_("Only documents in force are listed.")
            )
        if "note" in needs:
            self.fields["note"] = forms.CharField(
                label=_("Reason"),
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text=_("The applicant reads this, word for word."),
            )


class MoveOn(ActionView):
    """One step for all entries of a call that can take it: each with what stands against it, then the act."""

    access = STAFF
    template_name = "innovations/move_on.html"
    form_class = MoveForm

    def rows(self) -> QuerySet[Edition]:
        return Edition.objects.filter(programme="innovations").select_related("unit")

    @property
    def case(self) -> None:
        return None

    def prepare(self) -> None:
        super().prepare()
        if not runs(self.row, self.actor):
            raise Http404
        states: Mapping[str, str] = dict(COURSE)
        name = self.kwargs["name"]
        if name not in states:
            raise Http404
        self.move = flows()["innovations.entry"].transition(name)
        self.button = self.move.label
        self.seen = _outlook(self.row, self.move, states[name], self.actor)

    def get_heading(self) -> Any:
        return self.move.label

    @cached_property
    def ready(self) -> list[Outlook]:
        return [o for o in self.seen if not o.reasons]

    def form_kwargs(self) -> dict[str, Any]:
        documents = Document.objects.filter(unit=self.row.unit_id, state__in=IN_FORCE).order_by("-pk")
        return {"ready": self.ready, "needs": self.move.needs, "documents": documents}

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(ready=self.ready, waiting=_waiting(self.seen), **more)

    def perform(self, form: Any) -> str:
        data = {}
        if "document" in form.cleaned_data:
            data["document"] = form.cleaned_data["document"].pk
        if "note" in form.cleaned_data:
            data["note"] = form.cleaned_data["note"]
        versions = {o.case.pk: o.case.version for o in self.ready}
        picked = {int(key): versions[int(key)] for key in form.cleaned_data["pick"]}
        with transaction.atomic():
            done = transition_many(
                "innovations.entry", list(picked), self.move.name, actor=self.actor, versions=picked, **data
            )
            if done.refused:
                raise Refused(done.refused)
        self.moved = len(done.moved)
        return reverse("innovations:call", args=[self.row.pk])

    def done(self, result: Any) -> str:
        said = ngettext("%(move)s: %(n)d entry.", "%(move)s: %(n)d entries.", self.moved)
        return said % {"move": self.move.label, "n": self.moved}


def _line(path: str) -> list[int]:
    return [int(part) for part in path.split("/") if part]
