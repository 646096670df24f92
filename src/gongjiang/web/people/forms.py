"""What a steward chooses about a pair."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.web.views import Filters

from .sides import Line


class MergeForm(forms.Form):
    """Which record stays, and for each field in which they differ, whose value."""

    survivor = forms.ChoiceField(label=_("The record that stays"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("How do you know that it is one person"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For whoever confirms or undoes it. Without any number of a person."),
    )

    def __init__(self, *args: Any, sides: Any, lines: list[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sides, self.lines = sides, [line for line in lines if line.differs]
        choices = [
            (str(side.person), label)
            for side, label in zip(sides, (c("match", "left"), c("match", "right")), strict=True)
        ]
        self.fields["survivor"].choices = choices  # type: ignore[attr-defined]
        for line in self.lines:
            self.fields[f"take_{line.field}"] = forms.ChoiceField(
                label=line.label, choices=choices, widget=forms.RadioSelect
            )

    def taken(self) -> list[str]:
        """The fields that the survivor takes from the other record."""
        stays = self.cleaned_data["survivor"]
        return [line.field for line in self.lines if self.cleaned_data[f"take_{line.field}"] != stays]


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("How do you know that they are two persons"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("They will not be proposed again. Without any number of a person."),
    )


class PairFilters(Filters):
    like = forms.ChoiceField(
        label=c("match", "Alike in"),
        required=False,
        choices=[
            ("", c("match", "anything")),
            ("identity", _("identity number")),
            ("name", c("match", "name and birthday")),
            ("phone", _("phone number")),
        ],
    )

    def filter_like(self, rows: Any, value: str) -> Any:
        kinds = {
            "identity": {"same_identity": True},
            "name": {"same_name": True, "same_birth": True},
            "phone": {"same_phone": True},
        }
        return rows.filter(**kinds[value])
