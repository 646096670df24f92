"""Benefit, claimed by the makers and signed by finance; rewards paid by the enterprise."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.lifecycle.models import Participant
from gongjiang.kernel.lifecycle.states import State
from gongjiang.kernel.orgs.models import LegalEntity
from gongjiang.kernel.parameters import read
from gongjiang.kernel.parameters.kinds import said
from gongjiang.kernel.targets import queries as targets
from gongjiang.kernel.targets.models import EvidenceLevel, Reading
from gongjiang.programmes.innovations import actions, queries, rules
from gongjiang.programmes.innovations.forms import BenefitForm, RewardForm, SignForm, VoidForm
from gongjiang.programmes.innovations.models import BenefitKind, PatentStatus, Result, Reward, RewardShare
from gongjiang.programmes.innovations.permissions import (
    CLAIMANT,
    KEEPER,
    PAYBACK_SIGNER,
    SIGNER,
    STAFF,
    VIEW,
)
from gongjiang.web.components.wording import yuan
from gongjiang.web.views import ActionView, ListView, Order, Tab

from .results import TURNS, UPLOADS, tabs

DAY = timedelta(days=1)


class ClaimBenefit(ActionView):
    """Add a line of benefit."""

    access = CLAIMANT
    prefix = "case__"
    face = "my"
    form_class = BenefitForm
    template_name = "innovations/money.html"
    heading = c("action", "Add a line of benefit")
    lead = _("Finance of your enterprise signs it later. Until then it counts as self-reported.")
    button = c("action", "Add a line of benefit")

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related("case__unit")

    def get_heading(self) -> Any:
        return self.heading

    def page(self, key: int) -> str:
        """The result's page in the face of whoever claims."""
        mine = self.row.case.applicant_id == self.actor.person
        return reverse("innovations:my-result" if mine else "innovations:result", args=[key])

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        actions.claim(
            self.row, data["kind"], since=data["since"], until=data["last"] + DAY, fen=data["fen"],
            method=data["method"], compared=data["compared"], basis=data["basis"], actor=self.actor,
        )  # fmt: skip
        return self.page(self.row.pk)


class MendBenefit(ActionView):
    """Change a line of benefit, or take it back."""

    access = CLAIMANT
    prefix = "target__case__"
    face = "my"
    form_class = BenefitForm
    template_name = "innovations/money.html"
    heading = c("action", "Change the line of benefit")
    button = c("action", "Change the line of benefit")

    def rows(self) -> QuerySet[Reading]:
        return Reading.objects.filter(
            target__kind__in=BenefitKind.values, superseded_by=None, value__gt=0
        ).select_related("target__case__unit")

    @property
    def case(self) -> Any:
        return self.row.target.case

    def get_heading(self) -> Any:
        return self.heading

    def form_kwargs(self) -> dict[str, Any]:
        return {"reading": self.row}

    def initial(self) -> dict[str, Any]:
        row = self.row
        return {
            "since": row.since, "last": row.until - DAY, "yuan": Decimal(row.value) / 100,
            "method": row.method, "compared": row.compared, "basis": row.basis,
        }  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("then") == "take_back":
            self.form_class = _Nothing
        return super().post(request, *args, **kwargs)

    def perform(self, form: Any) -> str:
        if self.form_class is _Nothing:
            actions.take_back(self.row, actor=self.actor)
        else:
            data = form.cleaned_data
            actions.mend_claim(
                self.row, since=data["since"], until=data["last"] + DAY, fen=data["fen"],
                method=data["method"], compared=data["compared"], basis=data["basis"], actor=self.actor,
            )  # fmt: skip
        mine = self.case.applicant_id == self.actor.person
        return reverse("innovations:my-result" if mine else "innovations:result", args=[self.case.pk])


class _Nothing(BenefitForm):
    """A line that is taken back needs no words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.clear()


class Finance(ListView):
    """What finance has to sign: benefits of results, and what conversions brought."""

    access = SIGNER
    prefix = "case__"
    heading = _("Benefit to sign")
    template_name = "innovations/finance.html"
    orders = (Order("old", _("oldest first"), "pk"),)

    def rows(self) -> QuerySet[Result]:
        return (
            Result.objects.filter(case__state=State.VERIFYING)
            .select_related("case__unit")
            .prefetch_related(TURNS)
        )

    def context(self, **more: Any) -> dict[str, Any]:
        paybacks = PAYBACK_SIGNER.filter(queries.paybacks_to_sign(), self.actor, "result__case__")
        return super().context(paybacks=paybacks, **more)


class Sign(ActionView):
    """Finance signs or corrects each line of a result's benefit."""

    access = SIGNER
    prefix = "case__"
    form_class = SignForm
    uploads = UPLOADS
    template_name = "innovations/sign.html"
    button = c("action", "Sign the benefit")

    def rows(self) -> QuerySet[Result]:
        return Result.objects.filter(case__state=State.VERIFYING).select_related(
            "case__unit", "case__applicant"
        )

    def get_heading(self) -> Any:
        return _t("Benefit of “%(title)s”") % {"title": self.row.title}

    @cached_property
    def lines(self) -> list[Reading]:
        return list(queries.benefit(self.row).filter(confirmed_by=None))

    def form_kwargs(self) -> dict[str, Any]:
        return {"readings": self.lines}

    def context(self, **more: Any) -> dict[str, Any]:
        for line in self.lines:
            line.last = line.until - DAY  # type: ignore[attr-defined]
        return super().context(lines=self.lines, authors=queries.makers(self.row.pk), **more)

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        actions.sign(
            self.row, form.decisions(), seal=data["seal"], audited=form.audited(), reports=data["report"],
            actor=self.actor,
        )  # fmt: skip
        return reverse("innovations:finance")

    def done(self, result: Any) -> str:
        return _t("Signed. The enterprise's union goes on from here.")


class PayReward(ActionView):
    """Record what the enterprise paid for a result."""

    access = KEEPER
    prefix = "case__"
    form_class = RewardForm
    template_name = "innovations/reward.html"
    heading = c("action", "Record a reward")
    button = c("action", "Record a reward")

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related("case__unit")

    def get_heading(self) -> Any:
        return self.heading

    @cached_property
    def makers(self) -> list[Participant]:
        return list(queries.makers(self.row.pk))

    def form_kwargs(self) -> dict[str, Any]:
        return {"payers": LegalEntity.objects.filter(unit=self.row.case.unit_id), "makers": self.makers}

    @cached_property
    def by_rule(self) -> read.Value:
        """What the enterprise's union has published."""
        return read.value("innovations.enterprise_reward", unit=self.row.case.unit_id)

    @cached_property
    def proposed(self) -> list[rules.Proposed]:
        """What its lines give for this result, from what finance has signed and what is granted."""
        signed = targets.totals(queries.benefit(self.row))[EvidenceLevel.FINANCE_CONFIRMED]
        granted = self.row.patents.filter(status=PatentStatus.GRANTED).count()
        return rules.rewards_proposed(
            self.by_rule.value, confirmed_fen=signed, granted=granted, adopted=self.row.adopted_on is not None
        )

    def initial(self) -> dict[str, Any]:
        row = self.by_rule.provision
        clause = f"{row.document} {row.clause}".strip() if row else ""
        first: dict[str, Any] = {
            "payer": LegalEntity.objects.filter(unit=self.row.case.unit_id).order_by("pk").first()
        }
        if len(self.proposed) == 1 and self.proposed[0].least == self.proposed[0].most:
            first["yuan"] = Decimal(self.proposed[0].least or 0) / 100
        return {**first, "clause": clause} if clause else first

    def context(self, **more: Any) -> dict[str, Any]:
        names = self.by_rule.parameter.kind.columns["basis"].kind.options  # type: ignore[attr-defined]
        lines = [
            {"basis": said(names[line.basis]), "least": line.least, "most": line.most}
            for line in self.proposed
        ]
        return super().context(rule=self.by_rule, lines=lines, **more)

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        actions.pay_reward(
            self.row, payer=data["payer"], fen=data["fen"], clause=data["clause"], paid_on=data["paid_on"],
            shares=form.shares(), actor=self.actor,
        )  # fmt: skip
        return reverse("innovations:result", args=[self.row.pk])


class VoidReward(ActionView):
    """A reward that was recorded wrongly counts no longer; it stays readable with the reason."""

    access = KEEPER
    prefix = "result__case__"
    form_class = VoidForm
    template_name = "innovations/step.html"
    heading = c("action", "Void the reward")
    button = c("action", "Void the reward")

    @property
    def case(self) -> Any:
        return self.row.result.case

    def rows(self) -> QuerySet[Reward]:
        return Reward.objects.filter(voided="").select_related("result__case__unit", "payer")

    def get_heading(self) -> Any:
        return self.heading

    def get_lead(self) -> str:
        return f"{yuan(self.row.fen)}　{self.row.payer.name}　{self.row.clause}"

    def perform(self, form: Any) -> str:
        actions.void_reward(self.row, form.cleaned_data["why"], actor=self.actor)
        return reverse("innovations:result", args=[self.row.result_id])


class Rewards(ListView):
    """Rewards that enterprises paid, with who got them."""

    access = STAFF
    rule = VIEW
    prefix = "result__case__"
    heading = _("Rewards by enterprises")
    template_name = "innovations/rewards.html"
    orders = (Order("new", _("newest first"), "-paid_on", "-pk"),)
    export = (
        (_("Innovation"), "result.title"),
        (_("Number"), "result.case.number"),
        (_("Unit"), "result.case.unit.name"),
        (_("Paid by"), "payer.name"),
        (_("Amount in yuan"), lambda row: Decimal(row.fen) / 100),
        (_("Who got it"), lambda row: "；".join(f"{s.person.name} {yuan(s.fen)}" for s in row.shares.all())),
        (_("Rule and clause"), "clause"),
        (_("Paid on"), "paid_on"),
        (_("Void"), "voided"),
    )

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def rows(self) -> QuerySet[Reward]:
        shares = Prefetch("shares", queryset=RewardShare.objects.select_related("person").order_by("pk"))
        return Reward.objects.select_related("result__case__unit", "payer").prefetch_related(shares)
