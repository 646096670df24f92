"""The values of a programme: in force, their history, a change proposed, a change decided; and the public page."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import holds
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.parameters import actions, read
from gongjiang.kernel.parameters.declaration import Parameter, Subject, parameters, subjects
from gongjiang.kernel.parameters.kinds import Weights
from gongjiang.kernel.parameters.models import Proposal, ProposalState
from gongjiang.kernel.parameters.rules import DECIDE, PROPOSE, VIEW
from gongjiang.web.host import host
from gongjiang.web.views import PUBLIC, ActionView, FormView, ListView, Order, Tab, View

from . import tables
from .forms import ChangeForm, DecideForm
from .wording import shown

STAFF = holds(
    Role.OFFICER, Role.APPROVER, Role.UNIT_OFFICER, Role.UNIT_CHAIR, Role.LEADER, Role.AUDITOR, Role.DATA_STEWARD
)  # fmt: skip


def programme_named(code: str) -> Subject:
    """The installed programme, or part of the kernel, that declares parameters. Raises Http404."""
    found = next((each for each in subjects() if each.code == code), None)
    if found is None:
        raise Http404
    return found


class OfUnit(View):
    """A page about one unit's values: the widest that the actor holds, or the one named by ?unit=, or an edition's."""

    access = STAFF

    def prepare(self) -> None:
        """Raises Http404 where the programme, the unit or the edition is not there for this actor."""
        super().prepare()
        self.programme = programme_named(self.kwargs["programme"])
        self.edition = self._edition()
        self.unit = self.edition.unit if self.edition else self._unit()
        if "name" in self.kwargs:
            declared = parameters(self.programme.code)
            if self.kwargs["name"] not in declared:
                raise Http404
            self.parameter: Parameter = declared[self.kwargs["name"]]

    def _edition(self) -> Edition | None:
        asked = self.request.GET.get("edition", "")
        if not asked:
            return None
        if not asked.isdigit():
            raise Http404
        rows = Edition.objects.filter(programme=self.programme.code, pk=int(asked)).select_related("unit")
        found = rows.first()
        if found is None or not VIEW.filter(Unit.objects.filter(pk=found.unit_id), self.actor).exists():
            raise Http404
        return found

    def _unit(self) -> Unit:
        code = self.request.GET.get("unit", "")
        mine = VIEW.filter(Unit.objects.all(), self.actor)
        found = (mine.filter(code=code) if code else mine.order_by("path")).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def may_propose(self) -> bool:
        return PROPOSE.filter(Unit.objects.filter(pk=self.unit.pk), self.actor).exists()

    @property
    def query(self) -> str:
        """What keeps the unit or the edition in an address."""
        if self.edition:
            return "?" + urlencode({"edition": self.edition.pk})
        return "?" + urlencode({"unit": self.unit.code})

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(
            **{
                "programme": self.programme,
                "unit": self.unit,
                "edition": self.edition,
                "query": self.query,
                "may_propose": self.may_propose,
                "parameter": getattr(self, "parameter", None),
                **more,
            }
        )


class Programmes(View):
    """The programmes with values to set: how many, which are missing, what waits for a second person."""

    access = STAFF
    heading = _("Rules and values")
    template_name = "parameters/programmes.html"

    def context(self, **more: Any) -> dict[str, Any]:
        mine = VIEW.filter(Unit.objects.all(), self.actor).order_by("path").first()
        if mine is None:
            raise Http404
        found = [
            {
                "programme": p,
                "count": len(parameters(p.code)),
                "missing": len(read.missing(p.code, unit=mine)),
            }
            for p in subjects()
        ]
        return super().context(rows=found, unit=mine, waiting=_waiting(self.actor), **more)


class Values(OfUnit):
    """A programme's values in force for a unit or an edition, and where each comes from."""

    template_name = "parameters/values.html"
    TABS = (
        ("", _("All values")),
        ("own", _("Set by us")),
        ("missing", _("Missing")),
        ("differs", _("Differ from above")),
    )

    def get_heading(self) -> Any:
        return _t("%(programme)s: rules and values") % {"programme": self.programme.label}

    def context(self, **more: Any) -> dict[str, Any]:
        on = timezone.localdate()
        found = tables.lines(self.programme.code, self.unit, self.edition, on)
        which = self.request.GET.get("show", "")
        chosen = {
            "own": [x for x in found if x.own],
            "missing": [x for x in found if x.missing],
            "differs": [x for x in found if x.differs],
        }
        editions = Edition.objects.filter(programme=self.programme.code, unit=self.unit).order_by("-pk")[:12]
        return super().context(
            lines=chosen.get(which, found),
            which=which,
            missing=chosen["missing"],
            tabs=[
                Tab(label, self.request.path + self.query + (f"&show={code}" if code else ""), code == which,
                    len(chosen[code]) if code else len(found))
                for code, label in self.TABS
            ],
            editions=editions,
            below=tables.units_below(self.programme.code, self.unit, on) if not self.edition else [],
            waiting=_waiting(self.actor),
            **more,
        )  # fmt: skip


class History(OfUnit):
    """One parameter: what is declared, the presets, and every value that this unit has published."""

    template_name = "parameters/history.html"

    def get_heading(self) -> Any:
        return str(self.parameter)

    def context(self, **more: Any) -> dict[str, Any]:
        asked, on = self.parameter, timezone.localdate()
        own = read.history(asked, unit=self.unit, edition=self.edition)
        line = next(
            x for x in tables.lines(self.programme.code, self.unit, self.edition, on) if x.parameter == asked
        )
        waiting = Proposal.objects.filter(
            programme=asked.programme, name=asked.name, unit=self.unit, edition=self.edition, state="waiting"
        )
        return super().context(
            line=line,
            rows=[
                (
                    r,
                    [] if r.repeals else shown(asked, asked.kind.read(r.value)),
                    _tense(r, on),
                    asked.preset(r.preset) or r.preset,
                )
                for r in own
            ],
            presets=[(p, shown(asked, p.value)) for p in asked.presets],
            default=shown(asked, asked.default),
            direction=_direction(asked),
            waiting=VIEW.filter(waiting, self.actor).first(),
            **more,
        )


class Change(OfUnit, FormView):
    """Propose a value, from today on; somebody else decides."""

    access = PROPOSE
    template_name = "parameters/change.html"
    form_class = ChangeForm
    button = _("Send to the second person")

    def prepare(self) -> None:
        """Raises Http404 where the actor may not propose for this unit."""
        super().prepare()
        if not self.may_propose:
            raise Http404

    def get_heading(self) -> Any:
        return _t("Change “%(name)s”") % {"name": self.parameter}

    @cached_property
    def preset(self) -> Any:
        return self.parameter.preset(self.request.GET.get("preset", ""))

    @cached_property
    def present(self) -> read.Value:
        found = read.values(self.programme.code, unit=self.unit, edition=self.edition)
        return found[self.parameter.name]

    @cached_property
    def last(self) -> Any:
        rows = read.history(self.parameter, unit=self.unit, edition=self.edition)
        return rows[0] if rows else None

    def initial(self) -> dict[str, Any]:
        asked = self.parameter
        value = self.preset.value if self.preset else self.present.value
        stored = None if value is None else asked.kind.write(value)
        return {"stored": stored}

    def form_kwargs(self) -> dict[str, Any]:
        kind, names = self.parameter.kind, ()
        if isinstance(kind, Weights) and kind.keys_from:
            names = read.values(self.programme.code, unit=self.unit, edition=self.edition)[
                kind.keys_from
            ].value
        return {
            "parameter": self.parameter,
            "names": names,
            "may_repeal": self.last is not None and not self.last.repeals,
        }

    def perform(self, form: Any) -> Any:
        typed = form.cleaned_data
        repeals = typed.get("repeals", False)
        proposal = actions.propose(
            self.parameter.full_name,
            actor=self.actor,
            unit=self.unit,
            edition=self.edition,
            value=None if repeals else form.value(),
            repeals=repeals,
            preset=self.preset.code if self.preset else "",
            **{name: typed[name] for name in ("since", "document", "clause", "note", "opens_below")},
        )
        return reverse("proposal", args=[proposal.pk])

    def done(self, result: Any) -> Any:
        return _t("Proposed. It holds once a second person has published it.")

    def context(self, **more: Any) -> dict[str, Any]:
        line = tables.lines(self.programme.code, self.unit, self.edition, timezone.localdate())
        return super().context(
            preset=self.preset,
            line=next(x for x in line if x.parameter == self.parameter),
            direction=_direction(self.parameter),
            **more,
        )


class Waiting(ListView):
    """Changes that were proposed within the actor's tree, those that wait first."""

    access = STAFF
    rule = VIEW
    heading = _("Changes of rules")
    template_name = "parameters/waiting.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def rows(self) -> QuerySet[Proposal]:
        rows = Proposal.objects.select_related("unit", "edition")
        if self.request.GET.get("all"):
            return rows
        return rows.filter(state=ProposalState.WAITING)

    def tabs(self) -> list[Tab]:
        everything = bool(self.request.GET.get("all"))
        return [
            Tab(_("Waiting"), self.request.path, not everything),
            Tab(c("parameters", "All of them"), self.request.path + "?all=1", everything),
        ]

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        for row in context["page"].rows:
            _describe(row)
        _name_authors(context["page"].rows)
        return context


class Decide(ActionView):
    """One proposed change, beside what holds now: published or declined by a second person, taken back by the first."""

    access = STAFF
    rule = VIEW
    template_name = "parameters/decide.html"
    form_class = DecideForm
    row: Proposal

    def rows(self) -> QuerySet[Proposal]:
        return Proposal.objects.select_related("unit", "edition", "after")

    @property
    def case(self) -> Any:
        return None

    def get_heading(self) -> Any:
        return _t("Change “%(name)s”") % {"name": self.asked}

    def prepare(self) -> None:
        """Raises Http404 where the proposal is out of sight, or its parameter is no longer declared."""
        super().prepare()
        declared = parameters(self.row.programme)
        if self.row.name not in declared:
            raise Http404
        self.asked = declared[self.row.name]
        self.mine = self.row.proposed_by_id == self.actor.user
        self.may_decide = (
            not self.mine and DECIDE.filter(Proposal.objects.filter(pk=self.row.pk), self.actor).exists()
        )

    def perform(self, form: Any) -> Any:
        answer, act = form.cleaned_data["answer"], self.request.POST.get("act", "")
        if act == "withdraw":
            actions.withdraw(self.row, actor=self.actor)
            self.said = _t("Taken back.")
        elif act == "decline":
            actions.decline(self.row, actor=self.actor, answer=answer)
            self.said = _t("Declined. Its author reads your word on it.")
        else:
            actions.publish(self.row, actor=self.actor, answer=answer)
            self.said = _t("Published.")
        return reverse("proposal", args=[self.row.pk])

    def done(self, result: Any) -> Any:
        return self.said

    def context(self, **more: Any) -> dict[str, Any]:
        row, asked = self.row, self.asked
        _describe(row)
        _name_authors([row])
        now = read.values(row.programme, unit=row.unit, edition=row.edition, on=row.since)[row.name]
        above = read.above(asked, unit=row.unit, on=row.since, edition=row.edition)
        query = {"edition": row.edition_id} if row.edition_id else {"unit": row.unit.code}
        return super().context(
            **{
                "parameter": asked,
                "programme": programme_named(row.programme),
                "now": now,
                "now_shown": shown(asked, now.value),
                "above": above,
                "above_shown": shown(asked, above.value),
                "direction": _direction(asked),
                "preset": asked.preset(row.preset) or row.preset,
                "overruled": tables.overruled_below(row, asked),
                "against": actions.stands_against(row, asked) if row.state == ProposalState.WAITING else [],
                "mine": self.mine,
                "may_decide": self.may_decide,
                "query": "?" + urlencode(query),
                **more,
            }
        )


class PublicIndex(View):
    """The programmes whose rules anybody may read."""

    access = PUBLIC
    face = "public"
    heading = _("Rules in force")
    template_name = "parameters/public_index.html"

    def context(self, **more: Any) -> dict[str, Any]:
        found = [each for each in subjects() if not each.example]
        return super().context(rows=found, **more)


class PublicRules(View):
    """A programme's values in force today, with the document and clause of each, for anybody to read."""

    access = PUBLIC
    face = "public"
    template_name = "parameters/public.html"

    def prepare(self) -> None:
        """Raises Http404 where there is no such programme, or no such union."""
        self.programme = programme_named(self.kwargs["programme"])
        code, here = self.request.GET.get("unit", ""), host()
        rows = Unit.objects.filter(code=code) if code else Unit.objects.filter(pk=here.id if here else 0)
        self.unit = rows.exclude(level="enterprise").first()
        if self.unit is None:
            raise Http404

    def get_heading(self) -> Any:
        return _t("%(programme)s: rules in force") % {"programme": self.programme.label}

    def context(self, **more: Any) -> dict[str, Any]:
        on = timezone.localdate()
        return super().context(
            programme=self.programme,
            unit=self.unit,
            lines=tables.lines(self.programme.code, self.unit, None, on),  # type: ignore[arg-type]
            on=on,
            **more,
        )


def _waiting(actor: Any) -> int:
    """How many changes wait that this actor may decide, up to a hundred."""
    rows = Proposal.objects.filter(state=ProposalState.WAITING).exclude(proposed_by=actor.user)
    return DECIDE.filter(rows, actor).order_by()[:100].count()


def _describe(row: Any) -> None:
    """Give a proposal what a list says of it: `asked`, `lines`."""
    declared = parameters(row.programme)
    row.asked = declared.get(row.name)
    row.lines = [] if row.repeals or row.asked is None else shown(row.asked, row.asked.kind.read(row.value))


def _name_authors(rows: Any) -> None:
    """Give each proposal the names of those who proposed and decided it, where the actor may see them. One query."""
    keys = {k for r in rows for k in (r.proposed_by_id, r.decided_by_id) if k}
    names = dict(User.objects.filter(pk__in=keys).values_list("pk", "display_name"))
    for row in rows:
        row.author, row.decider = names.get(row.proposed_by_id, ""), names.get(row.decided_by_id, "")


def _tense(row: Any, on: Any) -> str:
    """The tone of a row's chip: to come, in force, or past."""
    if row.since > on:
        return "soon"
    return "done" if row.until is None or row.until > on else ""


def _direction(asked: Parameter) -> str:
    """What a lower level may do, as a sentence."""
    return {
        "lower": _t("A lower level may set less, not more."),
        "higher": _t("A lower level may set more, not less."),
        "fewer": _t("A lower level may leave some out, not add any."),
        "more": _t("A lower level may add some, not leave any out."),
        "on": _t("A lower level may switch it on, not off."),
        "off": _t("A lower level may switch it off, not on."),
        "same": _t("A lower level changes nothing."),
        "free": _t("Each level decides for itself."),
    }[asked.tighter.value]
