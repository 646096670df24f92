"""Rosters of units, who is covered, and the fees that come in."""

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.exchange.exports import Sheet
from gongjiang.kernel.exchange.models import Tier
from gongjiang.kernel.lifecycle.states import State
from gongjiang.kernel.people.models import IdentifierKind
from gongjiang.programmes.mutual_aid import actions, queries
from gongjiang.programmes.mutual_aid.forms import CoverFilters, MatchForm, ReceiptForm, fen
from gongjiang.programmes.mutual_aid.models import MemberCoverage, Receipt, UnitEnrolment
from gongjiang.programmes.mutual_aid.permissions import (
    CASHIER,
    COVER_VIEW,
    ENROLMENT_VIEW,
    HELPER,
    KEEPER,
    STAFF,
)
from gongjiang.programmes.mutual_aid.roster import COLUMNS as ROSTER_COLUMNS
from gongjiang.programmes.mutual_aid.roster import lines
from gongjiang.web.exchange.views import Upload
from gongjiang.web.views import ActionView, DetailView, FormView, ListView, Order, Tab, admits

from .claims import TURNS, tabs

FIRST = 50


class Enrolments(ListView):
    """The batches of units within reach."""

    access = STAFF
    rule = ENROLMENT_VIEW
    prefix = "case__"
    heading = _("Enrolments in mutual aid")
    template_name = "mutual_aid/enrolments.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def rows(self) -> QuerySet[UnitEnrolment]:
        return (
            UnitEnrolment.objects.select_related("case__unit", "case__edition")
            .prefetch_related(TURNS)
            .annotate(listed=Count("lines", filter=~Q(lines__state="void")))
        )

    def context(self, **more: Any) -> dict[str, Any]:
        paths = [g.path for g in self.actor.held("unit_officer")]
        return super().context(
            enrolling=queries.enrolling(paths[0]) if paths else None,
            may_import=admits(KEEPER, self.actor) and bool(paths),
            **more,
        )


class EnrolmentPage(DetailView):
    """One batch: its roster, what it costs, what has come."""

    access = STAFF
    rule = ENROLMENT_VIEW
    prefix = "case__"
    template_name = "mutual_aid/enrolment.html"

    def rows(self) -> QuerySet[UnitEnrolment]:
        return UnitEnrolment.objects.select_related("case__unit", "case__edition__unit")

    def get_heading(self) -> Any:
        return _t("Enrolment of %(unit)s from %(day)s") % {
            "unit": self.row.case.unit.name,
            "day": self.row.begins_on,
        }

    def context(self, **more: Any) -> dict[str, Any]:
        case = self.row.case
        lines = MemberCoverage.objects.filter(enrolment=self.row)
        counts = dict(lines.values_list("state").annotate(n=Count("pk")))
        cases = type(case).objects.filter(pk=case.pk)
        matches = CASHIER.filter(cases, self.actor).exists() and case.state == State.FEE_MATCHING
        return super().context(
            people=list(lines.order_by("-state", "pk")[:FIRST]),
            counts=counts,
            more_people=max(0, sum(counts.values()) - FIRST),
            fees=queries.fees(self.row.pk),
            may_match=matches,
            may_upload=KEEPER.filter(cases, self.actor).exists()
            and case.state in (State.DRAFT, State.RETURNED),
            **more,
        )


class ImportRoster(Upload):
    """Upload the roster of those whom the unit enrols."""

    access = HELPER
    kind_name = "mutual_aid.roster"


class Covers(ListView):
    """Who is on the rosters, and from when until when they are covered."""

    access = COVER_VIEW
    heading = _("Who is covered")
    template_name = "mutual_aid/covers.html"
    filters = CoverFilters
    orders = (Order("place", _("by unit"), "path", "pk"), Order("new", _("newest first"), "-pk"))
    export: Any = (
        (c("roster", "Name"), "name"),
        (c("cover", "Unit"), "unit.name"),
        (c("cover", "Period"), "edition.name"),
        (c("roster", "Medical insurance"), "get_insurance_display"),
        (c("roster", "Shares"), "shares"),
        (c("cover", "State"), "get_state_display"),
        (c("cover", "From"), "since"),
        (c("cover", "Until before"), "until"),
    )

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def rows(self) -> QuerySet[MemberCoverage]:
        return MemberCoverage.objects.select_related("unit", "edition")

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(may_file=bool(self.actor.held("unit_officer")), **more)


class RosterFile(Covers):
    """The same in the columns of an import, with identity numbers: what is exported imports again."""

    access = HELPER
    tier = Tier.T2
    heading = _("Roster with identity numbers")
    export = tuple((column.label, column.name) for column in ROSTER_COLUMNS)

    def sheet(self) -> Sheet:
        return Sheet(
            str(self.heading),
            [str(column.label) for column in ROSTER_COLUMNS],
            lambda: lines(self.in_order()),
            lambda: self.chosen().order_by().count(),
            self.filter_form.words if self.filter_form else "",
            self.tier,
            shows=(IdentifierKind.IDENTITY,),
            persons=True,
        )


class Receipts(ListView):
    """Transfers that reached the fund, and what of them is matched."""

    access = CASHIER
    rule = None
    heading = _("Fees received")
    template_name = "mutual_aid/receipts.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def allowed(self) -> QuerySet[Receipt]:
        units = [g.unit for g in self.actor.held("finance_maker", "finance_checker")]
        return self.rows().filter(fund__unit__in=units)

    def rows(self) -> QuerySet[Receipt]:
        return Receipt.objects.select_related("edition").annotate(used=Sum("matches__fen"))


class NewReceipt(FormView):
    """Write down a transfer."""

    access = CASHIER
    form_class = ReceiptForm
    template_name = "mutual_aid/plain.html"
    heading = c("action", "Record a transfer")
    button = c("action", "Record a transfer")

    def form_kwargs(self) -> dict[str, Any]:
        units = [g.unit for g in self.actor.held("finance_maker")]
        return {"editions": queries.editions().filter(unit__in=units)}

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        edition = queries.editions().get(pk=data["edition"])
        actions.record_receipt(
            edition, reference=data["reference"], remitter=data["remitter"], fen=fen(data["yuan"]),
            received_on=data["received_on"], actor=self.actor,
        )  # fmt: skip
        return reverse("mutual_aid:receipts")

    def done(self, result: Any) -> str:
        return _t("Recorded. Match it to the fee that it pays.")


class Match(ActionView):
    """Let a transfer pay a part of a fee."""

    access = CASHIER
    prefix = "case__"
    form_class = MatchForm
    template_name = "mutual_aid/plain.html"
    heading = c("action", "Match a transfer")
    button = c("action", "Match a transfer")

    def rows(self) -> QuerySet[UnitEnrolment]:
        return UnitEnrolment.objects.select_related("case__unit")

    def get_heading(self) -> Any:
        return self.heading

    def form_kwargs(self) -> dict[str, Any]:
        return {
            "receipts": list(queries.open_receipts(self.row.case.edition_id)),
            "fees": queries.fees(self.row.pk),
        }

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        receipt = Receipt.objects.get(pk=data["receipt"])
        actions.match_fee(self.row, receipt, payer=data["payer"], fen=fen(data["yuan"]), actor=self.actor)
        return reverse("mutual_aid:enrolment", args=[self.row.pk])
