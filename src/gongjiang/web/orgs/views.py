"""Units with their history, and changes of the tree."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.orgs import actions, queries
from gongjiang.kernel.orgs.models import ChangeKind, ChangeState, Channel, Level, Reorganisation, Unit
from gongjiang.kernel.orgs.paths import ancestors
from gongjiang.kernel.orgs.rules import DECIDE, PROPOSE, ROLES, VIEW
from gongjiang.web.context import named
from gongjiang.web.views import ActionView, DetailView, ListView, Order
from gongjiang.web.views.detail import OneRow

from .forms import FORMS, ChangeFilters, DecisionForm, UnitFilters

SHOWN = 10
TONES = {
    ChangeState.PROPOSED: "you",
    ChangeState.APPROVED: "go",
    ChangeState.APPLIED: "done",
    ChangeState.REFUSED: "late",
    ChangeState.FAILED: "late",
    ChangeState.WITHDRAWN: "",
}
HEADINGS = {
    ChangeKind.FOUND: _("Add a unit below it"),
    ChangeKind.MOVE: _("Let it report elsewhere"),
    ChangeKind.MERGE: _("Merge it into another"),
    ChangeKind.SPLIT: _("Split a part off"),
    ChangeKind.RENAME: _("Rename it"),
    ChangeKind.RENUMBER: _("Give it another code"),
    ChangeKind.CLOSE: _("Close it"),
}
LEADS = {
    ChangeKind.FOUND: _(
        "The new unit reports to it from that day on. Nobody holds a role there until one is given."
    ),
    ChangeKind.MOVE: _("Everything below it goes along. What was counted stays in the view of that time."),
    ChangeKind.MERGE: _(
        "It ends, and the successor takes over its open turns, lower units, employers and people."
        " Nothing recorded is rewritten."
    ),
    ChangeKind.SPLIT: _(
        "The new unit stands beside it. Cases stay where they are; employers take their people along."
    ),
    ChangeKind.RENAME: _("The old name stays in its history and can still be searched for."),
    ChangeKind.RENUMBER: _("The old code stays in its history and can still be searched for."),
    ChangeKind.CLOSE: _("It ends, and the union above takes over. Its people stay on the register there."),
}


class Units(ListView):
    """The units of the actor's tree."""

    access = VIEW
    heading = _("Organisations")
    template_name = "orgs/units.html"
    filters = UnitFilters
    orders = (
        Order("place", c("order", "by place"), "path", "pk"),
        Order("new", _("newest first"), "-opened_on", "-pk"),
    )
    export = (
        (c("unit", "Name"), "name"),
        (c("unit", "Code"), "code"),
        (c("unit", "Level"), lambda unit: unit.get_level_display()),
        (_("Reports to"), lambda unit: unit.parent.name if unit.parent else ""),
        (c("unit", "Since"), "opened_on"),
        (c("unit", "Ended"), "closed_on"),
    )

    def rows(self) -> QuerySet[Unit]:
        return Unit.objects.select_related("parent")

    def context(self, **more: Any) -> dict[str, Any]:
        waiting = VIEW.filter(Reorganisation.objects.filter(state=ChangeState.PROPOSED), self.actor)
        return super().context(waiting=waiting.count(), **more)


class Below(OneRow, Units):
    """The units right below one."""

    access = VIEW

    def get_heading(self) -> Any:
        return _t("Units below %(unit)s") % {"unit": named(self.row)}

    def allowed(self) -> QuerySet[Unit]:
        found = VIEW.filter(Unit.objects.select_related("parent"), self.actor)
        return found.filter(parent=self.row) if hasattr(self, "row") else found


@dataclass(frozen=True)
class Event:
    """One line of a unit's history."""

    on: date
    words: str
    document: str = ""


class UnitPage(DetailView):
    """One unit: its face, what it reports to and holds, who holds which role, and its history."""

    access = VIEW
    template_name = "orgs/unit.html"
    row: Unit

    def rows(self) -> QuerySet[Unit]:
        return Unit.objects.select_related("parent")

    def get_heading(self) -> Any:
        return named(self.row)

    def context(self, **more: Any) -> dict[str, Any]:
        unit, today = self.row, timezone.localdate()
        trail = {
            u.pk: u for u in VIEW.filter(Unit.objects.filter(pk__in=ancestors(unit.path)[:-1]), self.actor)
        }
        below = dict(
            Unit.objects.filter(parent=unit, closed_on=None)
            .values_list("level")
            .annotate(n=Count("pk"))
            .order_by()
        )
        line = unit.edges.filter(channel=Channel.INDUSTRIAL, until=None).select_related("parent").first()
        open_ = unit.closed_on is None
        held = ROLES.filter(Grant.objects.filter(unit=unit, since__lte=today), self.actor).exclude(
            until__lte=today
        )
        return super().context(
            unit=unit,
            trail=[trail[key] for key in ancestors(unit.path)[:-1] if key in trail],
            industrial=line.parent if line else None,
            below=[(Level(level).label, n) for level, n in below.items()],
            entities=unit.entities.order_by("name", "pk")[:SHOWN],
            entity_count=unit.entities.count(),
            roles=held.select_related("user").order_by("role", "pk")[:50],
            sees_roles=ROLES.filter(Unit.objects.filter(pk=unit.pk), self.actor).exists(),
            history=_history(unit),
            changes=VIEW.filter(unit.reorganisations.all(), self.actor)
            .exclude(state=ChangeState.APPLIED)
            .order_by("-pk")[:SHOWN],
            kinds=list(HEADINGS.items())
            if open_ and PROPOSE.filter(Unit.objects.filter(pk=unit.pk), self.actor).exists()
            else [],
            **more,
        )


def _history(unit: Unit) -> list[Event]:
    """What became of a unit, newest first: what it reported to, what it was called, and whom it took over."""
    found = [Event(unit.opened_on, _t("Opened"))]
    if unit.closed_on:
        found.append(Event(unit.closed_on, _t("Ended")))
    for edge in unit.edges.select_related("parent", "begun_by"):
        paper = edge.begun_by.document if edge.begun_by else ""
        industrial = edge.channel == Channel.INDUSTRIAL
        words = (
            _t("Reports to %(unit)s along the industrial line") if industrial else _t("Reports to %(unit)s")
        )
        found.append(Event(edge.since, words % {"unit": named(edge.parent)}, paper))
        if industrial and edge.until:
            words = _t("Reports to %(unit)s along the industrial line no longer")
            found.append(Event(edge.until, words % {"unit": named(edge.parent)}))
    for face in unit.faces.select_related("ended_by"):
        words = _t("Until then called %(name)s, code %(code)s") % {"name": named(face), "code": face.code}
        found.append(Event(face.until, words, face.ended_by.document if face.ended_by else ""))
    taken = Reorganisation.objects.filter(
        target=unit, kind=ChangeKind.MERGE, state=ChangeState.APPLIED
    ).select_related("unit")
    for change in taken:
        found.append(
            Event(change.on, _t("Took over %(unit)s") % {"unit": named(change.unit)}, change.document)
        )
    return sorted(found, key=lambda event: event.on, reverse=True)


class OfChange:
    """What every page about a change knows of it."""

    row: Reorganisation

    def rows(self) -> QuerySet[Reorganisation]:
        return Reorganisation.objects.select_related(
            "unit__parent", "target", "made", "proposed_by", "decided_by"
        )

    def about(self) -> dict[str, Any]:
        """The change, and what it would touch while it is not in force."""
        change = self.row
        waits = change.state in (ChangeState.PROPOSED, ChangeState.APPROVED)
        founds = change.kind == ChangeKind.FOUND
        return {
            "change": change,
            "founds": founds,
            "tone": TONES[ChangeState(change.state)],
            "weight": queries.weight(change.unit, queries.successor(change))
            if waits and not founds
            else None,
            "successor": queries.successor(change),
            "ends": change.kind in (ChangeKind.MERGE, ChangeKind.CLOSE),
            "moved": [m.entity for m in change.moved_entities.select_related("entity")[:SHOWN]],
        }


class Changes(ListView):
    """Changes of the tree, proposed and made."""

    access = VIEW
    heading = _("Changes of the organisation")
    template_name = "orgs/changes.html"
    filters = ChangeFilters
    orders = (Order("new", _("newest first"), "-pk"),)

    def rows(self) -> QuerySet[Reorganisation]:
        return Reorganisation.objects.select_related("unit", "target")

    def context(self, **more: Any) -> dict[str, Any]:
        found = super().context(**more)
        for row in found["page"].rows:
            row.tone = TONES[ChangeState(row.state)]
        return found


class ChangePage(OfChange, DetailView):
    """One change: what it says, what it touches, who decided, what came of it."""

    access = VIEW
    template_name = "orgs/change.html"

    def context(self, **more: Any) -> dict[str, Any]:
        change, mine = self.row, self.row.proposed_by_id == self.actor.user
        waits = change.state == ChangeState.PROPOSED
        return super().context(
            **self.about(),
            may_withdraw=waits and mine,
            may_decide=waits
            and not mine
            and DECIDE.filter(Reorganisation.objects.filter(pk=change.pk), self.actor).exists(),
            **more,
        )


class Propose(ActionView):
    """Propose a change of one unit."""

    access = PROPOSE
    template_name = "orgs/propose.html"
    button = _("Send it to the second person")
    row: Unit

    def rows(self) -> QuerySet[Unit]:
        return Unit.objects.filter(closed_on=None).select_related("parent")

    def prepare(self) -> None:
        if self.kwargs["kind"] not in ChangeKind.values:
            raise Http404
        self.kind = ChangeKind(self.kwargs["kind"])
        super().prepare()
        self.form_class = FORMS[self.kind]
        self.lead = LEADS[self.kind]

    def get_heading(self) -> Any:
        return HEADINGS[self.kind]

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "unit": self.row}

    def initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def perform(self, form: Any) -> str:
        change = actions.propose(self.kind, self.row, **form.cleaned_data, actor=self.actor)
        return reverse("orgs:change", args=[change.pk])

    def done(self, result: Any) -> Any:
        return _("Proposed. Another steward or an approver decides; nothing has changed yet.")

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(
            unit=self.row,
            weight=None if self.kind == ChangeKind.FOUND else queries.weight(self.row, None),
            ends=self.kind in (ChangeKind.MERGE, ChangeKind.CLOSE),
            **more,
        )


class Decide(OfChange, ActionView):
    """Approve or refuse another's proposal."""

    access = DECIDE
    template_name = "orgs/decide.html"
    form_class = DecisionForm
    heading = _("Decide the change")
    button = c("reorganisation", "Decide")

    def prepare(self) -> None:
        super().prepare()
        if self.row.proposed_by_id == self.actor.user:
            raise Http404

    def form_kwargs(self) -> dict[str, Any]:
        return {"change": self.row}

    def perform(self, form: DecisionForm) -> str:
        decide = actions.approve if form.cleaned_data["verdict"] == "approve" else actions.refuse
        decide(self.row, note=form.cleaned_data["note"], actor=self.actor)
        return reverse("orgs:change", args=[self.row.pk])

    def done(self, result: Any) -> Any:
        return _("Decided.")

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(**self.about(), **more)


class Withdraw(OfChange, ActionView):
    """Take the own proposal back."""

    access = PROPOSE
    template_name = "orgs/decide.html"
    heading = _("Withdraw the proposal")
    button = c("reorganisation", "Withdraw")

    def prepare(self) -> None:
        super().prepare()
        if self.row.proposed_by_id != self.actor.user:
            raise Http404

    def perform(self, form: Any) -> str:
        actions.withdraw(self.row, actor=self.actor)
        return reverse("orgs:change", args=[self.row.pk])

    def done(self, result: Any) -> Any:
        return _("Withdrawn.")

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(**self.about(), **more)
