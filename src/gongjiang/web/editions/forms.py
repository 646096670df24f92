"""What is asked of whoever prepares an edition or moves it on."""

from datetime import datetime
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.lifecycle.models import Edition, WindowKind
from gongjiang.kernel.orgs.models import Channel

DAY = "%Y-%m-%dT%H:%M"


class Moment(forms.DateTimeField):
    """A day and a time of day, by the browser's own control."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=DAY)
        super().__init__(required=False, widget=widget, input_formats=[DAY, "%Y-%m-%d %H:%M"], **more)


class EditionForm(forms.Form):
    """The names, and the times from each window that the programme has."""

    name = forms.CharField(label=_("Name of the edition"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    brand = forms.CharField(
        label=_("What the place calls it"),
        max_length=40,
        required=False,
        help_text=_("A local brand, if there is one."),
    )
    brand_en = forms.CharField(label=_("The brand in English"), max_length=80, required=False)
    channel = forms.ChoiceField(
        label=_("Reported along"), choices=Channel.choices, initial=Channel.TERRITORIAL
    )

    def __init__(
        self, *args: Any, kinds: tuple[str, ...], units: list[tuple[int, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        if units:
            unit = forms.TypedChoiceField(label=_("Run by"), choices=units, coerce=int)
            self.fields = {"unit": unit, **self.fields}
        for kind in kinds:
            label = WindowKind(kind).label
            self.fields[f"{kind}_since"] = Moment(label=c("window", "%s: from") % label)
            self.fields[f"{kind}_until"] = Moment(label=c("window", "%s: until") % label)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for kind in self.kinds:
            since, until = data.get(f"{kind}_since"), data.get(f"{kind}_until")
            if (since is None) != (until is None) and not self.errors:
                self.add_error(
                    f"{kind}_{'since' if since is None else 'until'}", _("Give both moments, or none.")
                )
        return data

    def pairs(self) -> list[tuple[BoundField, BoundField]]:
        """From and until of each window, side by side."""
        return [(self[f"{kind}_since"], self[f"{kind}_until"]) for kind in self.kinds]

    def windows(self) -> dict[str, tuple[datetime, datetime]]:
        """The windows that were filled in."""
        data = self.cleaned_data
        return {k: (data[f"{k}_since"], data[f"{k}_until"]) for k in self.kinds if data.get(f"{k}_since")}

    def said(self) -> dict[str, Any]:
        """The edition's own columns."""
        return {name: self.cleaned_data[name] for name in ("name", "name_en", "brand", "brand_en", "channel")}


def initial(edition: Edition) -> dict[str, Any]:
    """What the form of this edition holds at first."""
    found: dict[str, Any] = {
        name: getattr(edition, name) for name in ("name", "name_en", "brand", "brand_en", "channel")
    }
    for window in edition.windows.all():
        found[f"{window.kind}_since"] = timezone.localtime(window.since)
        found[f"{window.kind}_until"] = timezone.localtime(window.until)
    return found


class StepForm(forms.Form):
    """Why, where a step asks for it."""

    note = forms.CharField(
        label=c("edition", "Reason or note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class QuotaForm(forms.Form):
    """One number for each unit directly below the one that runs it; empty: no limit."""

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, name in units:
            self.fields[f"unit_{key}"] = forms.IntegerField(
                label=name, min_value=0, max_value=100_000, required=False
            )

    def limits(self) -> dict[int, int]:
        return {
            int(name.removeprefix("unit_")): value or 0
            for name, value in self.cleaned_data.items()
            if name.startswith("unit_")
        }
