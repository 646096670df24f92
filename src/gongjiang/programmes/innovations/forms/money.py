"""Forms about money: benefit, signatures, rewards, conversions; and patents."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.lifecycle.models import Participant
from gongjiang.kernel.orgs.models import LegalEntity
from gongjiang.kernel.targets.models import EvidenceLevel, Reading
from gongjiang.programmes.innovations.actions.benefit import BASIS_MOST
from gongjiang.programmes.innovations.models import BenefitKind, EvidenceKind, Mode, PatentKind
from gongjiang.programmes.innovations.rules import Unclear, fen
from gongjiang.web.components.wording import yuan
from gongjiang.web.files.forms import FilesField, limits_said

from .filing import day_input


def yuan_field(**more: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, widget=widget, localize=False, **more
    )


class _Money(forms.Form):
    """A form with an amount in yuan; one that is most likely a slip is asked about once and may then be sent again."""

    sure = forms.BooleanField(label=_("The amount is right, in yuan"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        amount = data.get("yuan")
        if amount is not None:
            try:
                data["fen"] = fen(amount)
            except Unclear as question:
                data["fen"] = int(amount * 100)
                self.asked = True
                if not data.get("sure"):
                    self.add_error("yuan", str(question))
        return data

    @property
    def shown(self) -> list[Any]:
        """The fields, the question only after it was raised."""
        return [bound for bound in self if bound.name != "sure" or self.asked]


class BenefitForm(_Money):
    """One line of benefit."""

    kind = forms.ChoiceField(
        label=_("What kind of benefit"), choices=BenefitKind.choices, widget=forms.RadioSelect,
        help_text=_("Output is not profit: choose what the books show."),
    )  # fmt: skip
    since = forms.DateField(label=_("First day"), widget=day_input())
    last = forms.DateField(
        label=_("Last day"), widget=day_input(),
        help_text=_("Only what has come in. Ten months are ten months; nothing is worked up to a year."),
    )  # fmt: skip
    yuan = yuan_field(label=_("Amount in yuan"), help_text=_("In yuan, not in 万元."))
    method = forms.CharField(
        label=_("How it was worked out"), widget=forms.Textarea(attrs={"rows": 2}), max_length=500
    )
    compared = forms.CharField(
        label=_("Compared with what"), widget=forms.Textarea(attrs={"rows": 2}), max_length=300,
        help_text=_("What it cost, took or yielded before."),
    )  # fmt: skip
    basis = forms.CharField(
        label=_("On which records"), widget=forms.Textarea(attrs={"rows": 2}), max_length=BASIS_MOST
    )

    field_order = ("kind", "since", "last", "yuan", "sure", "method", "compared", "basis")

    def __init__(self, *args: Any, reading: Reading | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reading is not None:
            del self.fields["kind"]


class SignForm(forms.Form):
    """Each line of benefit as finance finds it, and the sealed sheet."""

    def __init__(self, *args: Any, readings: list[Reading], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.readings = readings
        for reading in readings:
            kind = BenefitKind(reading.target.kind).label
            words = {"kind": kind, "year": reading.since.year}
            self.fields[f"yuan_{reading.pk}"] = yuan_field(
                label=_t("%(kind)s %(year)s as finance finds it, in yuan") % words,
                initial=Decimal(reading.value) / 100,
            )
            self.fields[f"note_{reading.pk}"] = forms.CharField(
                label=_t("%(kind)s %(year)s: reason, where it differs") % words,
                required=False,
                max_length=200,
            )
            self.fields[f"level_{reading.pk}"] = forms.ChoiceField(
                label=_t("%(kind)s %(year)s: who found it") % words,
                choices=[
                    (EvidenceLevel.FINANCE_CONFIRMED.value, _("Our finance, from the books")),
                    (EvidenceLevel.THIRD_PARTY.value, _("A third party, in its report")),
                ],
                initial=EvidenceLevel.FINANCE_CONFIRMED,
                widget=forms.RadioSelect,
            )
        for paper in (EvidenceKind.SEAL, EvidenceKind.REPORT):
            self.fields[paper.value] = FilesField(paper.value, label=paper.label)
        self.fields[EvidenceKind.REPORT.value].help_text = limits_said()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for reading in self.readings:
            amount = data.get(f"yuan_{reading.pk}")
            if (
                amount is not None
                and int(amount * 100) != reading.value
                and not data.get(f"note_{reading.pk}")
            ):
                self.add_error(
                    f"note_{reading.pk}",
                    _t("Reported were %(yuan)s yuan. Say why finance finds another amount.")
                    % {"yuan": yuan(reading.value)},
                )
        return data

    def decisions(self) -> dict[int, tuple[int | None, str]]:
        """Reading -> (fen, reason)."""
        return {
            r.pk: (int(self.cleaned_data[f"yuan_{r.pk}"] * 100), self.cleaned_data[f"note_{r.pk}"])
            for r in self.readings
        }

    def audited(self) -> list[int]:
        """The readings that a third party found."""
        return [
            r.pk for r in self.readings if self.cleaned_data[f"level_{r.pk}"] == EvidenceLevel.THIRD_PARTY
        ]


class SignPaybackForm(forms.Form):
    """What a conversion brought, as finance finds it."""

    yuan = yuan_field(label=_("As finance finds it, in yuan"))
    note = forms.CharField(label=_("Reason, where it differs"), required=False, max_length=200)


class PaybackForm(_Money):
    """What the workplace that took it over says it brought."""

    since = forms.DateField(label=_("First day"), widget=day_input())
    last = forms.DateField(label=_("Last day"), widget=day_input())
    yuan = yuan_field(label=_("What it brought, in yuan"))
    basis = forms.CharField(
        label=_("On which records"), widget=forms.Textarea(attrs={"rows": 2}), max_length=BASIS_MOST
    )

    field_order = ("since", "last", "yuan", "sure", "basis")


class RewardForm(_Money):
    """What the enterprise has paid, and to whom."""

    payer = forms.ModelChoiceField(LegalEntity.objects.none(), label=_("Paid by"), empty_label=None)
    yuan = yuan_field(
        label=_("Whole amount in yuan"), help_text=_("The enterprise's own money; union funds are elsewhere.")
    )
    clause = forms.CharField(label=_("Rule and clause"), max_length=200, help_text=_("By which it was paid."))
    paid_on = forms.DateField(label=_("Paid on"), widget=day_input())

    def __init__(self, *args: Any, payers: Any, makers: list[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.makers = makers
        self.fields["payer"].queryset = payers  # type: ignore[attr-defined]
        for maker in makers:
            self.fields[f"to_{maker.person_id}"] = yuan_field(
                label=_t("%(name)s got, in yuan") % {"name": maker.person.name}, required=False
            )
        self.order_fields(["payer", "yuan", "sure", "clause", "paid_on"])

    def shares(self) -> dict[int, int]:
        """Person -> fen."""
        return {
            m.person_id: int(amount * 100)
            for m in self.makers
            if (amount := self.cleaned_data[f"to_{m.person_id}"])
        }


class VoidForm(forms.Form):
    """Why a reward was recorded wrongly."""

    why = forms.CharField(
        label=_("Why it is wrong"), widget=forms.Textarea(attrs={"rows": 2}), max_length=200
    )


class PatentForm(forms.Form):
    """A patent as its certificate, or its application, says."""

    kind = forms.CharField(label=_("Kind of right"), widget=forms.RadioSelect(choices=PatentKind.choices))
    number = forms.CharField(
        label=_("Number"), max_length=40, help_text=_("As on the certificate, e.g. ZL 2023 1 0123456.6")
    )
    owner = forms.CharField(label=_("Owner"), max_length=120)
    granted_on = forms.DateField(
        label=_("Granted on"), widget=day_input(), required=False,
        help_text=_("Empty while it is only applied for; an application is not counted."),
    )  # fmt: skip
    inventors = forms.MultipleChoiceField(label=_("Inventors"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, makers: list[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inventors"].choices = [(m.person_id, m.person.name) for m in makers]  # type: ignore[attr-defined]


class ConversionForm(forms.Form):
    """Who took the result over, and how."""

    licensee_name = forms.CharField(label=_("Workplace that took it over"), max_length=120)
    mode = forms.ChoiceField(label=_("How"), choices=Mode.choices, widget=forms.RadioSelect)
    on = forms.DateField(label=_("On"), widget=day_input())
    yuan = yuan_field(label=_("Paid for it, in yuan"), required=False)
    contract = FilesField(EvidenceKind.CONTRACT, label=EvidenceKind.CONTRACT.label)
