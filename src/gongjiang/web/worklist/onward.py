"""The organiser's steps of an edition: how many of its cases can take each, what the others wait for, and the act.

A programme lists its moves in their order as `COURSE`, each with the state it takes cases from; `steps` draws them on
the edition's page, and a subclass of `MoveOn` is the page of one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.documents.models import IN_FORCE, Document
from gongjiang.kernel.lifecycle.door import transition_many
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.editions import runs
from gongjiang.kernel.lifecycle.flow import Refused
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.web.views import ActionView

from .together import Outlook, outlook

#: (move, the state it takes cases from)
Course = Sequence[tuple[str, str]]
#: Waiting cases that are named under each reason.
NAMED = 8


@dataclass(frozen=True)
class Waiting:
    """Why some cases cannot take a step: the reason, how many it holds back, and the first of them."""

    text: str
    count: int
    first: list[Outlook]


@dataclass(frozen=True)
class Step:
    """One step of an edition: how many cases could take it now, how many lie before it; `first` is the next to do."""

    label: Any
    ready: int
    there: int
    url: str
    first: bool = False


def steps(
    edition: Edition, flow: str, course: Course, actor: Actor, url: str, aside: Collection[str] = ()
) -> list[Step]:
    """The steps of an edition as they stand now.

    url    names the page of one, with the edition's key and the move
    aside  moves that are never shown as the next to do
    """
    found: list[Step] = []
    for name, state in course:
        seen = _seen(edition, flow, name, state, actor)
        ready = sum(not o.reasons for o in seen)
        first = bool(ready) and name not in aside and not any(s.first for s in found)
        label = flows()[flow].transition(name).label
        found.append(Step(label, ready, len(seen), reverse(url, args=[edition.pk, name]), first))
    return found


def _seen(edition: Edition, flow: str, name: str, state: str, actor: Actor) -> list[Outlook]:
    rows = Case.objects.filter(edition=edition, flow=flow, state=state).values_list("pk", "version")
    picked = dict(rows)
    return outlook(flows()[flow], flows()[flow].transition(name), picked, actor) if picked else []


def _waiting(seen: list[Outlook]) -> list[Waiting]:
    """What holds cases back, the commonest first."""
    by_reason: dict[str, list[Outlook]] = {}
    for each in seen:
        for reason in each.reasons:
            by_reason.setdefault(str(reason.text), []).append(each)
    found = [Waiting(text, len(held), held[:NAMED]) for text, held in by_reason.items()]
    return sorted(found, key=lambda w: -w.count)


class MoveForm(forms.Form):
    """Which cases go on, and by what."""

    pick = forms.MultipleChoiceField(
        label=pgettext_lazy("move for many", "Entries"),
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
    """One step for all cases of an edition that can take it: each with what stands against it, then the act.

    flow, course   the programme's own; `rows` gives its editions, `back` the edition's page
    """

    template_name = "worklist/move_on.html"
    form_class = MoveForm
    flow = ""
    course: Course = ()

    @property
    def case(self) -> None:
        return None

    def back(self) -> str:
        raise NotImplementedError

    def prepare(self) -> None:
        super().prepare()
        if not runs(self.row, self.actor):
            raise Http404
        states = dict(self.course)
        name = self.kwargs["name"]
        if name not in states:
            raise Http404
        self.move = flows()[self.flow].transition(name)
        self.button = self.move.label
        self.seen = _seen(self.row, self.flow, name, states[name], self.actor)

    def get_heading(self) -> Any:
        return self.move.label

    @cached_property
    def ready(self) -> list[Outlook]:
        return [o for o in self.seen if not o.reasons]

    def form_kwargs(self) -> dict[str, Any]:
        documents = Document.objects.filter(unit=self.row.unit_id, state__in=IN_FORCE).order_by("-pk")
        return {"ready": self.ready, "needs": self.move.needs, "documents": documents}

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(ready=self.ready, waiting=_waiting(self.seen), back=self.back(), **more)

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
                self.flow, list(picked), self.move.name, actor=self.actor, versions=picked, **data
            )
            if done.refused:
                raise Refused(done.refused)
        self.moved = len(done.moved)
        return self.back()

    def done(self, result: Any) -> str:
        said = ngettext("%(move)s: %(n)d entry.", "%(move)s: %(n)d entries.", self.moved)
        return said % {"move": self.move.label, "n": self.moved}
