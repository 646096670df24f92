"""Forms about a table of benefit: bringing it, and comparing it with its paper."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.programmes.innovations.actions import Compared
from gongjiang.programmes.innovations.models import BenefitKind, EvidenceKind
from gongjiang.programmes.innovations.reading import Line
from gongjiang.web.files.forms import FilesField, limits_said

from .filing import NOT_SAID, day_input
from .money import BenefitForm, yuan_field

DAY = timedelta(days=1)


class TableForm(forms.Form):
    """The paper, and what a phone, a scanner or a spreadsheet says stands on it."""

    table = FilesField(EvidenceKind.TABLE, label=EvidenceKind.TABLE.label)
    text = forms.CharField(
        label=_("What was read on it"), max_length=5000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Let your phone read the text of the photo, or take the lines of the spreadsheet, and paste them here."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["table"].help_text = limits_said()


class CompareForm(forms.Form):
    """Each line as it was read, to be made what it is on the paper, or left out; and three words for all."""

    method, compared, basis = (BenefitForm.base_fields[name] for name in ("method", "compared", "basis"))

    def __init__(self, *args: Any, lines: list[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for n, line in enumerate(lines):
            fields: dict[str, forms.Field] = {
                "kind": forms.ChoiceField(
                    label=_("What kind of benefit"), choices=[*NOT_SAID, *BenefitKind.choices], required=False,
                    initial=line.kind,
                ),
                "since": forms.DateField(
                    label=_("First day"), widget=day_input(), required=False, initial=line.since
                ),
                "last": forms.DateField(
                    label=_("Last day"), widget=day_input(), required=False,
                    initial=line.until - DAY if line.until else None,
                ),
                "yuan": yuan_field(
                    label=_("Amount in yuan"), required=False,
                    initial=None if line.fen is None else Decimal(line.fen) / 100,
                ),
                "same": forms.ChoiceField(
                    label=_("Is it so on the paper?"), widget=forms.RadioSelect,
                    choices=[("yes", _("It stands so on the paper")), ("no", _("Leave this line out"))],
                ),
            }  # fmt: skip
            self.fields |= {f"{name}_{n}": each for name, each in fields.items()}

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """Each line with its fields, as the page shows them."""
        names = ("kind", "since", "last", "yuan", "same")
        return [
            {"number": n + 1, "line": line, "fields": [self[f"{name}_{n}"] for name in names]}
            for n, line in enumerate(self.lines)
        ]

    @property
    def words(self) -> list[Any]:
        return [self[name] for name in ("method", "compared", "basis")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in range(len(self.lines)):
            if data.get(f"same_{n}") != "yes":
                continue
            for name in ("kind", "since", "last", "yuan"):
                if data.get(f"{name}_{n}") in (None, "") and f"{name}_{n}" not in self.errors:
                    self.add_error(
                        f"{name}_{n}", _t("Enter what stands on the paper, or leave the line out.")
                    )
        if all(data.get(f"same_{n}") == "no" for n in range(len(self.lines))):
            for name in ("method", "compared", "basis"):
                self.errors.pop(name, None)
        return data

    def taken(self) -> list[Compared]:
        """The lines that stand so on the paper."""
        data = self.cleaned_data
        return [
            Compared(
                data[f"kind_{n}"], data[f"since_{n}"], data[f"last_{n}"] + DAY, int(data[f"yuan_{n}"] * 100)
            )
            for n in range(len(self.lines))
            if data[f"same_{n}"] == "yes"
        ]

    def said(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in ("method", "compared", "basis")}
