"""What is asked: a claim, an account, fees, batches, corrections."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.ledger.models import BatchState
from gongjiang.kernel.lifecycle.states import State
from gongjiang.web.files.forms import FilesField, limits_said
from gongjiang.web.views import Filters

from .actions.claims import AMOUNTS
from .models import Claim, CoverState, Payer, PlanCode
from .papers import MORE, PAPERS
from .queries import unsealed

AMOUNT_LABELS = {
    "total": _("Total cost, in yuan"),
    "pooled": _("Paid by the pool"),
    "deductible": _("Deductible"),
    "copay": _("Own share within the pool"),
    "class_b": _("First share of class B"),
    "over_limit": _("Above the price limit"),
    "above_cap": _("Above the ceiling of the pool"),
    "self_funded": _("Wholly self-paid"),
    "other": _("Paid by other insurers"),
}


def day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def yuan(**more: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(
        max_digits=12, decimal_places=2, min_value=0, widget=widget, localize=False, **more
    )


def fen(value: Decimal | None) -> int:
    return int((value or Decimal(0)) * 100)


class AccountForm(forms.Form):
    """Where the money goes."""

    payee = forms.CharField(label=_("Name of the account's owner"), max_length=60)
    account = forms.CharField(
        label=_("Account number"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("Kept encrypted; only finance reads it in full."),
    )  # fmt: skip
    bank = forms.CharField(label=_("Bank and branch"), max_length=80)


class ClaimForm(AccountForm):
    """One claim, in the order in which the settlement sheet has it."""

    plan = forms.ChoiceField(label=_("Kind of event"), choices=PlanCode.choices)
    admitted_on = forms.DateField(label=_("Admitted or treated on"), widget=day())
    discharged_on = forms.DateField(label=_("Discharged on"), widget=day())
    settled_on = forms.DateField(
        label=_("Settled on"), widget=day(), help_text=_("The day on the settlement sheet.")
    )
    hospital = forms.CharField(label=_("Hospital"), max_length=100, required=False)
    diagnosis = forms.CharField(
        label=_("Diagnosis"),
        max_length=100,
        required=False,
        help_text=_("Kept encrypted; your employer never sees it."),
    )
    settlement = forms.CharField(label=_("Number of the settlement"), max_length=60, required=False)
    invoices = forms.CharField(
        label=_("Numbers of the invoices, one a line"), widget=forms.Textarea(attrs={"rows": 2}), max_length=400,
        required=False,
    )  # fmt: skip
    total = yuan(label=AMOUNT_LABELS["total"], required=False)
    pooled = yuan(label=AMOUNT_LABELS["pooled"], required=False)
    deductible = yuan(label=AMOUNT_LABELS["deductible"], required=False)
    copay = yuan(label=AMOUNT_LABELS["copay"], required=False)
    class_b = yuan(label=AMOUNT_LABELS["class_b"], required=False)
    over_limit = yuan(label=AMOUNT_LABELS["over_limit"], required=False)
    above_cap = yuan(label=AMOUNT_LABELS["above_cap"], required=False)
    self_funded = yuan(label=AMOUNT_LABELS["self_funded"], required=False)
    other = yuan(label=AMOUNT_LABELS["other"], required=False)

    EVENT = ("plan", "admitted_on", "discharged_on", "settled_on", "hospital", "diagnosis")
    SHEET = ("settlement", *AMOUNTS[:4])
    RARE = ("invoices", *AMOUNTS[4:])
    PAYMENT = ("payee", "account", "bank")

    def __init__(
        self,
        *args: Any,
        submit: bool = True,
        plans: Any = None,
        wanted: Any = (),
        attached: Any = (),
        kept_account: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if plans:
            self.fields["plan"].choices = [(p, label) for p, label in PlanCode.choices if p in plans]  # type: ignore[attr-defined]
        self.wanted = [kind for kind in (*PAPERS, *MORE) if kind in wanted]
        for kind, label in (*PAPERS.items(), *MORE.items()):
            self.fields[kind] = FilesField(
                kind, label=label, help_text=limits_said() if kind == (self.wanted or ["sheet"])[0] else ""
            )
        if attached:
            self.fields["removed"] = forms.MultipleChoiceField(
                label=_("Take these papers off"), required=False, widget=forms.CheckboxSelectMultiple,
                choices=[(f.pk, f.name) for f in attached],
            )  # fmt: skip
        for name in self.PAYMENT:
            self.fields[name].required = False  # a draft need not know; submission asks
        if kept_account:
            self.fields["account"].help_text = _t("Ends in %(tail)s. Leave it empty to keep it.") % {
                "tail": kept_account
            }

    def of(self, names: Any) -> list[Any]:
        return [self[name] for name in names]

    @property
    def event(self) -> list[Any]:
        return self.of(self.EVENT)

    @property
    def sheet_lines(self) -> list[Any]:
        return self.of(self.SHEET)

    @property
    def payment(self) -> list[Any]:
        return self.of(self.PAYMENT)

    @property
    def papers(self) -> list[Any]:
        return self.of([*self.wanted, *(["removed"] if "removed" in self.fields else [])])

    @property
    def rare(self) -> list[Any]:
        return self.of(self.RARE)

    @property
    def more_papers(self) -> list[Any]:
        return self.of(kind for kind in (*PAPERS, *MORE) if kind not in self.wanted)

    @property
    def said_more(self) -> bool:
        """Whether what is folded away holds something, or something wrong."""
        return any(bound.value() or bound.errors for bound in (*self.rare, *self.more_papers))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("admitted_on"), data.get("discharged_on")
        if first and last and last < first:
            self.add_error("discharged_on", _t("It lies before the admission."))
        return data

    def content(self) -> dict[str, Any]:
        """The values for the action: amounts in fen."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in (*self.EVENT, "settlement", "invoices", *self.PAYMENT)},
            **{name: fen(data.get(name)) for name in AMOUNTS},
        }

    def uploads(self) -> list[Any]:
        return [u for kind in (*PAPERS, *MORE) for u in self.cleaned_data.get(kind) or ()]


def initial_of(claim: Claim) -> dict[str, Any]:
    """What the form of a claim holds at first; the account is not shown again."""
    return {
        "plan": claim.plan,
        "admitted_on": claim.admitted_on,
        "discharged_on": claim.discharged_on,
        "settled_on": claim.settled_on,
        "payee": claim.payee,
        "bank": claim.bank,
        **{n: unsealed(getattr(claim, n)) for n in ("hospital", "diagnosis", "settlement", "invoices")},
        **{n: Decimal(getattr(claim, n)) / 100 if getattr(claim, n) else None for n in AMOUNTS},
    }


class CorrectForm(forms.Form):
    """The amounts of a corrected settlement, and by which document."""

    reason = forms.CharField(label=_("What was wrong"), max_length=300)
    document = forms.CharField(label=_("Document"), max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in AMOUNTS:
            self.fields[name] = yuan(label=AMOUNT_LABELS[name], required=False)
        self.order_fields([*AMOUNTS, "reason", "document"])

    def amounts(self) -> dict[str, int]:
        return {name: fen(self.cleaned_data.get(name)) for name in AMOUNTS}


class AskBackForm(forms.Form):
    """How much of a payment has to come back, and why."""

    yuan = yuan(label=_("To be paid back, in yuan"))
    reason = forms.CharField(label=_("Why"), max_length=300)
    document = forms.CharField(label=_("Document"), max_length=100)


class ReceiptForm(forms.Form):
    """A transfer out of the bank's statement."""

    reference = forms.CharField(label=_("Reference of the bank"), max_length=60)
    remitter = forms.CharField(label=_("Remitter"), max_length=100)
    yuan = yuan(label=_("Amount in yuan"))
    received_on = forms.DateField(label=_("Received on"), widget=day())

    def __init__(self, *args: Any, editions: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["edition"] = forms.ChoiceField(
            label=_("Period"), choices=[(e.pk, e.name) for e in editions]
        )


class MatchForm(forms.Form):
    """Which transfer pays which part of a fee."""

    def __init__(self, *args: Any, receipts: Any, fees: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receipt"] = forms.ChoiceField(
            label=_("Transfer"),
            choices=[
                (r.pk, f"{r.reference} · {r.remitter} · {(r.fen - (r.used or 0)) / 100:,.2f}")
                for r in receipts
            ],
        )
        self.fields["payer"] = forms.ChoiceField(
            label=_("Part of the fee"),
            choices=[
                (f.fee.payer, f"{Payer(f.fee.payer).label} · {f.open / 100:,.2f}") for f in fees if f.open
            ],
        )
        self.fields["yuan"] = yuan(label=_("Amount in yuan"))


class PeriodForm(forms.Form):
    """What makes an edition a period."""

    number = forms.IntegerField(label=_("Number of the period"), min_value=1, max_value=999)
    fund = forms.CharField(label=_("Fund that pays"), max_length=80)


class BatchForm(forms.Form):
    """Which approved claims go into a batch."""

    def __init__(self, *args: Any, claims: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pick"] = forms.MultipleChoiceField(
            label=_("Claims to be paid"), widget=forms.CheckboxSelectMultiple,
            choices=[
                (claim.pk, f"{claim.case.number} · {claim.case.applicant.name} · {claim.open_fen / 100:,.2f}")
                for claim in claims
            ],
            initial=[claim.pk for claim in claims],
        )  # fmt: skip


class AnswerForm(forms.Form):
    """The bank's file."""

    file = forms.FileField(
        label=_("File of the bank"), help_text=_("CSV or Excel, with the line number and the result.")
    )


class RelativeForm(forms.Form):
    """A relative, by name and identity number together."""

    name = forms.CharField(label=_("Name"), max_length=60)
    identity = forms.CharField(
        label=_("Identity number"), max_length=20, help_text=_("It is looked up and not kept.")
    )


class ClaimFilters(Filters):
    state = forms.ChoiceField(
        label=c("list", "State"), required=False,
        choices=[("", _("all states")), *[(s.value, s.label) for s in (
            State.SUBMITTED, State.RETURNED, State.COMPUTED, State.UNDER_REVIEW, State.PUBLICISED, State.APPROVED,
            State.IN_BATCH, State.BOUNCED, State.RECOVERING, State.CLOSED)]],
    )  # fmt: skip
    plan = forms.ChoiceField(
        label=c("list", "Event"), required=False, choices=[("", _("all events")), *PlanCode.choices]
    )

    def filter_state(self, rows: Any, value: str) -> Any:
        return rows.filter(case__state=value)


class CoverFilters(Filters):
    name = forms.CharField(label=c("list", "Name"), required=False)
    state = forms.ChoiceField(
        label=c("list", "State"), required=False, choices=[("", _("all states")), *CoverState.choices]
    )

    def filter_name(self, rows: Any, value: str) -> Any:
        return rows.filter(name=value.strip())


class BatchFilters(Filters):
    state = forms.ChoiceField(label=c("list", "State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("all states")), *BatchState.choices]  # type: ignore[attr-defined]


__all__ = [
    "AccountForm", "AnswerForm", "AskBackForm", "BatchForm", "ClaimForm", "CorrectForm", "MatchForm", "PeriodForm",
    "ReceiptForm", "RelativeForm", "ValidationError", "fen", "initial_of",
]  # fmt: skip
