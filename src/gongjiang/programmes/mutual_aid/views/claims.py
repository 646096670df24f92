"""A claim: by the worker, by the union for them, out of the insurance's settlements; what the desk does with it."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.exchange.exports import Sheet
from gongjiang.kernel.exchange.models import Tier
from gongjiang.kernel.files.models import File
from gongjiang.kernel.files.queries import files_of
from gongjiang.kernel.ledger import books
from gongjiang.kernel.ledger.models import PaymentBatch
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.parameters.models import DecisionRecord
from gongjiang.kernel.people.models import IdentifierKind
from gongjiang.programmes.mutual_aid import actions, queries
from gongjiang.programmes.mutual_aid.forms import (
    AccountForm,
    AskBackForm,
    ClaimFilters,
    ClaimForm,
    CorrectForm,
    fen,
    initial_of,
)
from gongjiang.programmes.mutual_aid.models import Adjustment, Channel, Claim, MemberCoverage
from gongjiang.programmes.mutual_aid.papers import MORE, PAPERS
from gongjiang.programmes.mutual_aid.permissions import (
    APPLICANT,
    CASHIER,
    CLAIM_STAFF,
    CLAIM_VIEW,
    FILED,
    HELPER,
    INSURER,
    MY_COVER,
    ORGANISER,
)
from gongjiang.programmes.mutual_aid.settlements import COLUMNS as SHEET_COLUMNS
from gongjiang.programmes.mutual_aid.settlements import lines
from gongjiang.web.components.cases import LIVE_TURNS
from gongjiang.web.drafts import keeper
from gongjiang.web.exchange.views import Upload
from gongjiang.web.files.uploads import Limits
from gongjiang.web.views import (
    SIGNED_IN,
    ActionView,
    DetailView,
    FormView,
    ListView,
    Order,
    Tab,
    View,
    admits,
)

TURNS = Prefetch("case__turns", queryset=LIVE_TURNS.queryset, to_attr="live_turns")
#: The batch of a payment line, for those who may see batches; the claimant sees the line alone.
BATCH = Subquery(PaymentBatch.objects.filter(pk=OuterRef("batch")).values("number"))
UPLOADS = Limits(settings.FILE_MOST_BYTES, settings.CASE_MOST_BYTES)


class Mine(ListView):
    """What covers me, and what I have claimed."""

    access = SIGNED_IN
    rule = APPLICANT
    prefix = "case__"
    face = "my"
    heading = _("My mutual aid")
    template_name = "mutual_aid/mine.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def rows(self) -> QuerySet[Claim]:
        return Claim.objects.select_related("case__unit", "case__applicant").prefetch_related(TURNS)

    def context(self, **more: Any) -> dict[str, Any]:
        covers = MY_COVER.filter(MemberCoverage.objects.select_related("edition"), self.actor)
        today = timezone.localdate()
        held = list(covers.exclude(state="void").order_by("-since", "-pk")[:6])
        for cover in held:
            cover.now = bool(cover.since and cover.until and cover.since <= today < cover.until)  # type: ignore[attr-defined]
            cover.waits = bool(cover.waits_until and today < cover.waits_until)  # type: ignore[attr-defined]
        return super().context(
            covers=held, covered=any(getattr(cover, "now", False) for cover in held), **more
        )


def wanted(*covers: MemberCoverage) -> set[str]:
    """The papers that the periods of these covers ask for."""
    return {kind for cover in covers for kind in queries.values(cover.edition)["papers"]}


class _Filing(FormView):
    form_class = ClaimForm
    uploads = UPLOADS
    template_name = "mutual_aid/claim_form.html"
    face = "my"
    lead = _("Have the settlement sheet of the hospital at hand. You can save a draft and go on later.")

    @property
    def submit(self) -> bool:
        return self.request.POST.get("then", "submit") == "submit"

    def claim_url(self, claim: Claim) -> str:
        return reverse("mutual_aid:my-claim", args=[claim.pk])

    def done(self, result: Any) -> str:
        case = self.filed.case
        if case.state == State.DRAFT:
            return _t("Draft saved. Nobody else sees it until you submit it.")
        return _t("Submitted, number %(number)s. The union checks it and the rule computes the amount.") % {
            "number": case.number
        }

    def shown(self, claim: Claim) -> str:
        self.filed = claim
        return self.claim_url(claim)

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(keeper=keeper(self.request), **more)


class NewClaim(_Filing):
    """File a claim for myself."""

    access = SIGNED_IN
    heading = c("action", "Claim mutual aid")

    @cached_property
    def covers(self) -> list[MemberCoverage]:
        rows = MY_COVER.filter(MemberCoverage.objects.filter(state="covered"), self.actor)
        return list(rows.select_related("edition").order_by("-since")[:3])

    def form_kwargs(self) -> dict[str, Any]:
        plans = {p for cover in self.covers for p in queries.terms(cover.edition).plans}
        return {"submit": self.submit, "plans": plans, "wanted": wanted(*self.covers)}

    def initial(self) -> dict[str, Any]:
        return {"payee": self.actor.name}

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(covers=self.covers, **more)

    def perform(self, form: Any) -> str:
        return self.shown(
            actions.file_claim(form.content(), actor=self.actor, submit=self.submit, papers=form.uploads())
        )


class FileFor(ActionView, _Filing):
    """The union of the workplace claims for somebody who cannot."""

    access = HELPER
    rule = HELPER
    face = "desk"
    heading = c("action", "File for a worker")
    lead = _(
        "For somebody who cannot claim by themselves. They are the claimant, and read everything you write."
    )

    def rows(self) -> QuerySet[MemberCoverage]:
        return MemberCoverage.objects.filter(state="covered").select_related("edition")

    def get_heading(self) -> Any:
        return _t("Claim for %(name)s") % {"name": self.row.name}

    def form_kwargs(self) -> dict[str, Any]:
        return {
            "submit": self.submit,
            "plans": set(queries.terms(self.row.edition).plans),
            "wanted": wanted(self.row),
        }

    def initial(self) -> dict[str, Any]:
        return {"payee": self.row.name}

    def claim_url(self, claim: Claim) -> str:
        return reverse("mutual_aid:claim", args=[claim.pk])

    def perform(self, form: Any) -> str:
        return self.shown(
            actions.file_for(
                self.row.person_id,
                form.content(),
                actor=self.actor,
                submit=self.submit,
                papers=form.uploads(),
            )
        )


class EditClaim(ActionView, _Filing):
    """Go on with a draft, or mend what was returned."""

    access = APPLICANT
    prefix = "case__"
    heading = c("action", "Change the claim")

    def rows(self) -> QuerySet[Claim]:
        return Claim.objects.select_related("case__unit", "coverage__edition")

    def get_heading(self) -> Any:
        return self.heading

    @cached_property
    def attached(self) -> list[File]:
        return list(files_of(self.row.pk))

    def form_kwargs(self) -> dict[str, Any]:
        return {
            "submit": self.submit,
            "plans": set(queries.terms(self.row.coverage.edition).plans),
            "wanted": wanted(self.row.coverage),
            "attached": self.attached,
            "kept_account": self.row.account_tail,
        }

    def initial(self) -> dict[str, Any]:
        return initial_of(self.row)

    def perform(self, form: Any) -> str:
        return self.shown(
            actions.revise(
                self.row,
                form.content(),
                actor=self.actor,
                submit=self.submit,
                papers=form.uploads(),
                removed=[int(key) for key in form.cleaned_data.get("removed", ())],
            )
        )


class EditFor(EditClaim):
    """The same by whoever filed it for somebody."""

    access = FILED
    face = "desk"

    def claim_url(self, claim: Claim) -> str:
        return reverse("mutual_aid:claim", args=[claim.pk])


class _ClaimPage(DetailView):
    prefix = "case__"
    template_name = "mutual_aid/claim.html"

    def rows(self) -> QuerySet[Claim]:
        return Claim.objects.select_related(
            "case__unit", "case__applicant", "case__edition__unit", "coverage__unit", "coverage__edition"
        )

    def context(self, **more: Any) -> dict[str, Any]:
        claim: Claim = self.row
        record = DecisionRecord.objects.filter(case=claim.pk).order_by("-pk").first()
        return super().context(
            words={
                n: queries.unsealed(getattr(claim, n))
                for n in ("hospital", "diagnosis", "settlement", "invoices")
            },
            record=record,
            reasons=[
                {**reason, "yuan": reason.get("amount")} for reason in (record.reasons if record else ())
            ],
            payments=list(claim.case.payment_lines.annotate(number=BATCH).order_by("pk")),
            adjustments=list(claim.adjustments.order_by("pk")),
            paid=books.paid_for(claim.pk),
            kinds={**PAPERS, **MORE},
            **more,
        )


class MyClaim(_ClaimPage):
    """A claim, as the claimant sees it: every line of the calculation with its clause."""

    access = APPLICANT
    face = "my"
    template_name = "mutual_aid/my_claim.html"

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(may_account=actions.asks_account(self.row), **more)


class ClaimPage(_ClaimPage):
    """A claim on the desk."""

    access = CLAIM_STAFF
    rule = CLAIM_VIEW

    def context(self, **more: Any) -> dict[str, Any]:
        case = self.row.case
        cases = type(case).objects.filter(pk=case.pk)
        runs = ORGANISER.filter(cases, self.actor).exists()
        granted = case.state == State.CLOSED and case.outcome == Outcome.GRANTED
        filed = FILED.filter(cases, self.actor).exists()
        cashier = CASHIER.filter(cases, self.actor).exists()
        return super().context(
            may_correct=runs and granted,
            may_edit=filed and case.state in actions.OPEN,
            may_account=(filed or cashier) and actions.asks_account(self.row),
            may_take_back=cashier and case.state == State.RECOVERING,
            **more,
        )


class MyAccount(ActionView):
    """Where the money goes: no account is known, or a payment came back."""

    access = APPLICANT
    prefix = "case__"
    face = "my"
    form_class = AccountForm
    template_name = "mutual_aid/step.html"
    heading = c("action", "Say where the money goes")
    button = c("action", "Pay to this account")

    def rows(self) -> QuerySet[Claim]:
        return Claim.objects.select_related("case__unit")

    def get_heading(self) -> Any:
        return self.heading

    def initial(self) -> dict[str, Any]:
        return {"payee": self.row.payee, "bank": self.row.bank}

    def page(self) -> str:
        return reverse("mutual_aid:my-claim", args=[self.row.pk])

    def perform(self, form: Any) -> str:
        actions.say_account(self.row, **form.cleaned_data, actor=self.actor)
        return self.page()


class Account(MyAccount):
    """The same on the desk, by finance or by whoever filed it."""

    access = FILED | CASHIER
    face = "desk"

    def page(self) -> str:
        return reverse("mutual_aid:claim", args=[self.row.pk])


class _OnPaid(ActionView):
    access = ORGANISER
    prefix = "case__"
    template_name = "mutual_aid/step.html"

    def rows(self) -> QuerySet[Claim]:
        return Claim.objects.select_related("case__unit", "coverage__edition")

    def get_heading(self) -> Any:
        return self.heading


class Correct(_OnPaid):
    """The settlement of a paid claim was corrected."""

    form_class = CorrectForm
    heading = c("action", "Correct the settlement")
    button = c("action", "Compute the difference")
    lead = _("The paid line stays as it is; more is paid in addition after both reviews, less is asked back.")

    def initial(self) -> dict[str, Any]:
        return {name: Decimal(getattr(self.row, name)) / 100 for name in actions.AMOUNTS}

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        actions.correct(
            self.row, form.amounts(), reason=data["reason"], document=data["document"], actor=self.actor
        )
        return reverse("mutual_aid:claim", args=[self.row.pk])


class AskBack(_OnPaid):
    """Part of a payment has to come back."""

    form_class = AskBackForm
    heading = c("action", "Ask for it back")
    button = c("action", "Ask for it back")

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        actions.ask_back(
            self.row,
            fen=fen(data["yuan"]),
            reason=data["reason"],
            document=data["document"],
            actor=self.actor,
        )
        return reverse("mutual_aid:claim", args=[self.row.pk])


class MoneyBack(ActionView):
    """The money that was asked back has reached the fund."""

    access = CASHIER
    prefix = "claim__case__"
    template_name = "mutual_aid/step.html"
    heading = c("action", "Record that it is back")
    button = c("action", "Record that it is back")

    def rows(self) -> QuerySet[Adjustment]:
        return Adjustment.objects.filter(kind="recovery").select_related("claim__case__unit")

    @property
    def case(self) -> Any:
        return self.row.claim.case

    def get_heading(self) -> Any:
        return self.heading

    def perform(self, form: Any) -> str:
        actions.money_back(self.row, actor=self.actor)
        return reverse("mutual_aid:claim", args=[self.row.claim_id])


def tabs(view: View) -> list[Tab]:
    """The registers of the programme on the desk, those that the actor may open."""
    from . import enrolment, money, periods

    match = view.request.resolver_match
    here = match.url_name if match else ""
    return [
        Tab(label, reverse(f"mutual_aid:{name}"), name == here)
        for name, label, page in (
            ("desk", c("mutual aid", "Claims"), Claims),
            ("enrolments", c("mutual aid", "Enrolments"), enrolment.Enrolments),
            ("covers", c("mutual aid", "Who is covered"), enrolment.Covers),
            ("receipts", c("mutual aid", "Fees received"), enrolment.Receipts),
            ("batches", c("mutual aid", "Payment batches"), money.Batches),
            ("settlements", c("mutual aid", "Settlements"), Settlements),
            ("periods", c("mutual aid", "Periods"), periods.Periods),
            ("relatives", c("mutual aid", "My relatives"), periods.Relatives),
        )
        if admits(page.access, view.actor)
    ]


class Claims(ListView):
    """The claims within reach."""

    access = CLAIM_STAFF
    rule = CLAIM_VIEW
    prefix = "case__"
    heading = _("Mutual aid claims")
    template_name = "mutual_aid/claims.html"
    filters = ClaimFilters
    orders = (Order("new", _("newest first"), "-pk"), Order("old", _("oldest first"), "pk"))

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def rows(self) -> QuerySet[Claim]:
        return Claim.objects.select_related("case__unit", "case__applicant").prefetch_related(TURNS)


class ImportSettlements(Upload):
    """Upload settlements of the medical insurance."""

    access = INSURER
    kind_name = "mutual_aid.settlements"


class Settlements(ListView):
    """What the insurance has sent in, in the columns in which it came; a file of it holds everything in full."""

    access = INSURER
    rule = INSURER
    prefix = "case__"
    heading = _("Settlements of the medical insurance")
    template_name = "mutual_aid/settlements.html"
    orders = (Order("new", _("newest first"), "-pk"),)
    export = tuple((column.label, column.name) for column in SHEET_COLUMNS)
    tier = Tier.T2

    def rows(self) -> QuerySet[Claim]:
        return Claim.objects.filter(channel=Channel.INSURER).select_related("case__unit", "case__applicant")

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def sheet(self) -> Sheet:
        return Sheet(
            str(self.heading),
            [str(column.label) for column in SHEET_COLUMNS],
            lambda: lines(self.in_order()),
            lambda: self.chosen().order_by().count(),
            "",
            self.tier,
            shows=(IdentifierKind.IDENTITY,),
            persons=True,
        )
