"""The match queue of a data steward."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.actor import actor_of
from gongjiang.kernel.people.merging import actions, candidates, queries
from gongjiang.kernel.people.models import MatchPair, MergeRecord, MergeState, PairState
from gongjiang.kernel.people.rules import STEWARD
from gongjiang.kernel.people.sources import is_configured as sources_are_ranked
from gongjiang.kernel.programme import Slot
from gongjiang.web.views import ActionView, ListView, Order, Tab

from .forms import MergeForm, NoteForm, PairFilters
from .sides import lines, survivor_of


def count_open(request: HttpRequest) -> list[dict[str, Any]]:
    """How many pairs wait, beside the entry of the menu."""
    if not actor_of(request).has("data_steward"):
        return []
    return [{"url": "matches", "count": queries.queue(actor_of(request)).count()}]


COUNTS = Slot("desk.counts", count_open)


class Matches(ListView):
    """Records that may be one person: to be looked at, merged, kept apart."""

    access = STEWARD
    heading = _("Possible doubles")
    template_name = "people/matches.html"
    filters = PairFilters
    orders = (
        Order("likely", _("most alike first"), "-score", "-pk", filled=True),
        Order("new", _("newest first"), "-pk"),
    )
    tab_labels = {
        PairState.OPEN: PairState.OPEN.label,
        PairState.MERGED: PairState.MERGED.label,
        PairState.KEPT_APART: PairState.KEPT_APART.label,
    }

    @cached_property
    def tab(self) -> str:
        asked = self.request.GET.get("tab", "")
        return asked if asked in self.tab_labels else PairState.OPEN

    def rows(self) -> QuerySet[MatchPair]:
        return MatchPair.objects.filter(state=self.tab)

    def tabs(self) -> list[Tab]:
        path = self.request.path
        return [
            Tab(label, path if code == PairState.OPEN else f"{path}?tab={code}", code == self.tab, None)
            for code, label in self.tab_labels.items()
        ]

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        rows = context["page"].rows
        sides = queries.sides(rows)
        waiting = set(
            MergeRecord.objects.filter(pair__in=[r.pk for r in rows], state=MergeState.PROPOSED).values_list(
                "pair", flat=True
            )
        )
        for row in rows:
            row.sides = sides.get(row.pk, [])
            row.is_proposed = row.pk in waiting
        paths = [g.path for g in self.actor.held("data_steward")]
        return {
            **context,
            "rules_missing": not any(candidates.is_configured(path) for path in paths),
            "ranks_missing": not any(sources_are_ranked(path) for path in paths),
        }


class OnePair(ActionView):
    """A page about one pair of the steward's trees."""

    access = STEWARD
    row: MatchPair

    def rows(self) -> QuerySet[MatchPair]:
        return MatchPair.objects.all()

    @property
    def case(self) -> Any:
        return None

    def prepare(self) -> None:
        super().prepare()
        found = queries.sides([self.row]).get(self.row.pk, [])
        if len(found) != 2:
            raise Http404
        self.left, self.right = found

    @property
    def standing(self) -> MergeRecord | None:
        """The proposal that waits, or the merge that was done."""
        return (
            MergeRecord.objects.filter(pair=self.row, state__in=(MergeState.PROPOSED, MergeState.DONE))
            .prefetch_related("choices")
            .select_related("proposed_by", "decided_by")
            .first()
        )

    def record(self, state: str) -> MergeRecord:
        found = self.standing
        if found is None or found.state != state:
            raise actions._decided()
        return found

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(
            pair=self.row,
            left=self.left,
            right=self.right,
            sides=(self.left, self.right),
            standing=self.standing,
            **more,
        )

    @cached_property
    def lines(self) -> Any:
        return lines(self.left, self.right, self.row.path)

    def here(self) -> str:
        return reverse("match", args=[self.row.pk])


class Match(OnePair):
    """Side by side: choose field by field and propose the merge."""

    template_name = "people/match.html"
    form_class = MergeForm
    heading = _("One person, or two?")
    button = _("Propose to merge")

    def form_kwargs(self) -> dict[str, Any]:
        return {"sides": (self.left, self.right), "lines": self.lines}

    def initial(self) -> dict[str, Any]:
        chosen = {f"take_{line.field}": str(line.proposed) for line in self.lines}
        return {"survivor": str(survivor_of(self.left, self.right).person), **chosen}

    def perform(self, form: Any) -> str:
        survivor = int(form.cleaned_data["survivor"])
        actions.propose(self.row, survivor, form.taken(), actor=self.actor, note=form.cleaned_data["note"])
        return self.here()

    def done(self, result: Any) -> Any:
        return _("Proposed. It is merged once it has been confirmed.")

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        standing: MergeRecord | None = context["standing"]
        form = context["form"]
        chosen = [(n, str(form[f"take_{n.field}"].value()) if n.differs else "") for n in self.lines]
        return {
            **context,
            "chosen": chosen,
            "mine": standing is not None and standing.proposed_by_id == self.actor.user,
            "taken": [str(line.label) for line in self.lines if standing and line.field in _fields(standing)],
        }


def _fields(record: MergeRecord) -> set[str]:
    return {each.field for each in record.choices.all()}


class KeepApart(OnePair):
    """They are two persons."""

    template_name = "people/decide.html"
    form_class = NoteForm
    heading = _("Keep apart")
    button = _("Keep apart")

    def perform(self, form: Any) -> str:
        actions.keep_apart(self.row, actor=self.actor, note=form.cleaned_data["note"])
        return reverse("matches")

    def done(self, result: Any) -> Any:
        return _("Kept apart. They will not be proposed again.")


class LookAgain(OnePair):
    """Back into the queue."""

    template_name = "people/decide.html"
    heading = _("Look at them again")
    button = _("Put back into the queue")

    def perform(self, form: Any) -> str:
        actions.look_again(self.row, actor=self.actor)
        return self.here()

    def done(self, result: Any) -> Any:
        return _("The pair is in the queue again.")


class Confirm(OnePair):
    """Merge as proposed."""

    template_name = "people/decide.html"
    heading = _("Merge as proposed")
    button = _("Merge the records")

    def perform(self, form: Any) -> str:
        self.moved = actions.confirm(self.record(MergeState.PROPOSED), actor=self.actor)
        return self.here()

    def done(self, result: Any) -> Any:
        return _("Merged. %(n)s entries lead to the record that stays.") % {"n": self.moved}


class Decline(OnePair):
    """No merge as proposed."""

    template_name = "people/decide.html"
    heading = _("Decline the proposal")
    button = _("Decline the proposal")

    def perform(self, form: Any) -> str:
        actions.decline(self.record(MergeState.PROPOSED), actor=self.actor)
        return self.here()

    def done(self, result: Any) -> Any:
        return _("Declined. The pair is in the queue again.")


class Undo(OnePair):
    """Split what was merged."""

    template_name = "people/decide.html"
    heading = _("Undo the merge")
    button = _("Undo the merge")

    def perform(self, form: Any) -> str:
        self.back = actions.undo(self.record(MergeState.DONE), actor=self.actor)
        return self.here()

    def done(self, result: Any) -> Any:
        return _("Undone. %(n)s entries went back.") % {"n": self.back}
