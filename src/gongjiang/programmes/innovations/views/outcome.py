"""What comes out of a call besides ranks: grades of recommendation, and what the union adds to its prizes."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import holds
from gongjiang.kernel.lifecycle.editions import runs
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.review.scoring import standings
from gongjiang.programmes.innovations import actions, queries
from gongjiang.programmes.innovations.forms.filing import day_input
from gongjiang.programmes.innovations.models import Entry, UnionAward
from gongjiang.programmes.innovations.permissions import STAFF, VIEW
from gongjiang.programmes.innovations.templatetags.innovations import yuan_of
from gongjiang.web.views import ActionView, ListView, Order


class OfCall(ActionView):
    """A page of a call for whoever organises it; for everybody else there is none."""

    access = holds(Role.OFFICER)
    template_name = "innovations/of_call.html"

    def rows(self) -> QuerySet[Edition]:
        return Edition.objects.filter(programme="innovations").select_related("unit")

    @property
    def case(self) -> None:
        return None

    def prepare(self) -> None:
        super().prepare()
        if not runs(self.row, self.actor):
            raise Http404


class GradesForm(forms.Form):
    """One grade, or none, for each entry."""

    def __init__(
        self, *args: Any, entries: list[Entry], grades: list[str], totals: dict[int, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for entry in entries:
            total = totals.get(entry.pk)
            words = [entry.case.unit.name, entry.case.number or ""]
            if total is not None:
                words.append(_t("total %(total)s") % {"total": total.total.normalize()})
            self.fields[f"grade_{entry.pk}"] = forms.ChoiceField(
                label=entry.public_title or entry.result.title,
                help_text="　".join(words),
                choices=[("", _("no grade")), *((name, name) for name in grades)],
                required=False,
                initial=entry.grade,
            )

    def said(self) -> dict[int, str]:
        """Entry -> grade."""
        return {int(name.removeprefix("grade_")): value for name, value in self.cleaned_data.items()}


class Grades(OfCall):
    """The grades of recommendation of a call that gives those instead of ranks."""

    form_class = GradesForm
    heading = _("Give grades of recommendation")
    lead = _("For entries that the panel has passed. What has no grade is not publicised.")
    button = c("call", "Keep the grades")

    def prepare(self) -> None:
        super().prepare()
        if not self.grades:
            raise Http404

    @cached_property
    def grades(self) -> list[str]:
        return queries.grades_of(self.row)

    @cached_property
    def entries(self) -> list[Entry]:
        found = Entry.objects.filter(case__edition=self.row, case__state=State.VERIFYING)
        return list(found.select_related("case__unit", "result").order_by("case__number"))

    def form_kwargs(self) -> dict[str, Any]:
        keys = [entry.pk for entry in self.entries]
        totals = {**standings(keys, queries.PAPER), **standings(keys, queries.ROADSHOW)}
        return {"entries": self.entries, "grades": self.grades, "totals": totals}

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(nothing="" if self.entries else _("No entry waits for a grade now"), **more)

    def perform(self, form: Any) -> str:
        self.given = actions.give_grades(self.row, form.said(), actor=self.actor)
        return reverse("innovations:call", args=[self.row.pk])

    def done(self, result: Any) -> str:
        return ngettext("%d entry has a grade.", "%d entries have a grade.", self.given) % self.given


class UnionAwards(ListView):
    """What the union adds to the prizes of a call, and what of it is paid."""

    access = STAFF
    rule = VIEW
    prefix = "entry__case__"
    template_name = "innovations/union_awards.html"
    orders = (Order("band", _("the highest first"), "band", "pk"),)
    export = (
        (c("union award", "Band"), "band"),
        (_("Innovation"), "entry.result.title"),
        (_("Number"), "entry.case.number"),
        (_("Unit"), "entry.case.unit.name"),
        (_("First author"), "entry.case.applicant.name"),
        (c("union award", "Prize"), "entry.won"),
        (c("union award", "Award"), "award"),
        (_("Amount in yuan"), lambda row: None if row.fen is None else Decimal(row.fen) / 100),
        (_("Rule and clause"), "clause"),
        (_("Paid on"), "paid_on"),
        (_("Voucher"), "voucher"),
    )

    def prepare(self) -> None:
        super().prepare()
        calls = Edition.objects.filter(programme="innovations").select_related("unit")
        call = calls.filter(pk=self.kwargs["pk"]).first()
        if call is None or not (runs(call, self.actor) or self.allowed().exists()):
            raise Http404
        self.call: Edition = call

    def get_heading(self) -> Any:
        return _t("What the union adds to the prizes")

    def rows(self) -> QuerySet[UnionAward]:
        found = UnionAward.objects.filter(entry__case__edition=self.kwargs["pk"])
        return found.select_related(
            "entry__case__unit", "entry__case__applicant", "entry__result", "entry__prize"
        )

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(
            call=self.call, may_pay=runs(self.call, self.actor) and to_pay(self.call).exists(), **more
        )


def to_pay(call: Edition) -> QuerySet[UnionAward]:
    """The money of a call that is not paid yet; nothing of an award that was revoked."""
    rows = UnionAward.objects.filter(entry__case__edition=call, fen__isnull=False, paid_on=None)
    return rows.exclude(entry__case__outcome=Outcome.REVOKED)


class PaidForm(forms.Form):
    """Which of them, when, and by which voucher."""

    pick = forms.MultipleChoiceField(
        label=c("union award", "What is paid"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Nothing is ticked. Tick what is paid.")},
    )  # fmt: skip
    paid_on = forms.DateField(label=_("Paid on"), widget=day_input())
    voucher = forms.CharField(
        label=_("Voucher"), max_length=80, help_text=_("Its number in the union's books.")
    )

    def __init__(self, *args: Any, waiting: list[UnionAward], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pick"].choices = [  # type: ignore[attr-defined]
            (str(row.pk), f"{row.entry.won}　{row.entry.result.title}　{yuan_of(row.fen)}") for row in waiting
        ]


class PayUnionAwards(OfCall):
    """The union's money for prizes is paid: recorded with the voucher of its books."""

    form_class = PaidForm
    heading = _("Record the payment")
    lead = _("The union's own money; what enterprises paid stands with each result.")
    button = _("Record the payment")

    @cached_property
    def waiting(self) -> list[UnionAward]:
        rows = to_pay(self.row).select_related("entry__result", "entry__prize")
        return list(rows.order_by("band", "pk"))

    def form_kwargs(self) -> dict[str, Any]:
        return {"waiting": self.waiting}

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(nothing="" if self.waiting else _("Nothing waits to be paid"), **more)

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        self.paid = actions.pay_union_awards(
            self.row, [int(key) for key in data["pick"]], paid_on=data["paid_on"], voucher=data["voucher"],
            actor=self.actor,
        )  # fmt: skip
        return reverse("innovations:union-awards", args=[self.row.pk])

    def done(self, result: Any) -> str:
        return ngettext("%d payment is recorded.", "%d payments are recorded.", self.paid) % self.paid


class RoadshowForm(forms.Form):
    """When, where, and where one can watch."""

    at = forms.DateTimeField(
        label=c("roadshow", "When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    place = forms.CharField(label=c("roadshow", "Where"), max_length=120)
    stream = forms.URLField(
        label=_("Address of the live stream"), required=False, assume_scheme="https",
        help_text=_("Everybody sees it on the public page and in the notice of the finalists."),
    )  # fmt: skip


class PlanRoadshow(OfCall):
    """When and where the roadshow of a call is, and where one can watch."""

    form_class = RoadshowForm
    heading = _("Set the roadshow")
    button = c("roadshow", "Keep")

    def initial(self) -> dict[str, Any]:
        planned = queries.roadshow_of(self.row)
        return {"at": planned.at, "place": planned.place, "stream": planned.stream} if planned else {}

    def perform(self, form: Any) -> str:
        actions.plan_roadshow(self.row, **form.cleaned_data, actor=self.actor)
        return reverse("innovations:call", args=[self.row.pk])
