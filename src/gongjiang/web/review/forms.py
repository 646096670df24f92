"""What judges and organisers are asked."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import SeatRole
from gongjiang.kernel.orgs.models import Level
from gongjiang.kernel.review.models import Criterion, Panel, PanelState, Rounding, TieKind
from gongjiang.kernel.review.packs import packs

MOST_CRITERIA = 10
MOST_TIES = 4


class SheetForm(forms.Form):
    """Points by criterion; a sheet may be left half filled and finished later."""

    def __init__(self, *args: Any, criteria: list[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in criteria:
            most = f"{each.maximum.normalize():f}"
            self.fields[f"points_{each.pk}"] = forms.DecimalField(
                label=each.name,
                required=False,
                min_value=Decimal(0),
                max_value=each.maximum,
                max_digits=6,
                decimal_places=2,
                help_text=_t("0 to %(most)s points, counts %(weight)s %%")
                % {"most": most, "weight": f"{each.weight.normalize():f}"},
                widget=forms.NumberInput(
                    attrs={"inputmode": "decimal", "step": "any", "min": 0, "max": most}
                ),
                error_messages={
                    "min_value": _t("From 0 to %s points.") % most,
                    "max_value": _t("From 0 to %s points.") % most,
                    "invalid": _t("Enter a number, for example 85 or 85.5."),
                    "max_decimal_places": _t("At most two decimal places."),
                },
            )

    def points(self) -> dict[int, Decimal | None]:
        return {int(name.removeprefix("points_")): value for name, value in self.cleaned_data.items()}


class PanelForm(forms.Form):
    name = forms.CharField(
        label=c("panel", "Name"),
        max_length=80,
        help_text=_("As judges see it, for example: First round on paper"),
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    stage = forms.SlugField(
        label=c("panel", "Stage"),
        max_length=30,
        help_text=_("A short code that the programme knows the stage by, for example paper or roadshow"),
    )
    replaces = forms.ModelChoiceField(
        Panel.objects.none(), label=_("Corrects"), required=False, empty_label=_("no other panel")
    )
    reason = forms.CharField(
        label=_("Why it is corrected"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, edition: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = [s for pack in packs(edition.programme).values() for s in pack.stages] if edition else []
        if stages:
            self.fields["stage"] = forms.ChoiceField(label=self.fields["stage"].label, choices=stages)
        locked = Panel.objects.filter(edition=edition, state=PanelState.LOCKED)
        self.fields["replaces"].queryset = locked  # type: ignore[attr-defined]
        if not locked.exists():
            del self.fields["replaces"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("replaces") and not (data.get("reason") or "").strip():
            self.add_error("reason", _t("Say why the locked panel is corrected."))
        return data


class RulesForm(forms.Form):
    blind = forms.TypedChoiceField(
        label=_("What judges see"),
        required=False,
        coerce=lambda v: {"1": True, "0": False}.get(v),
        empty_value=None,
        choices=[
            ("", _("not decided")),
            ("1", _("codes and masked packs only")),
            ("0", _("names and units")),
        ],
    )
    minimum = forms.IntegerField(
        label=_("Judges an item needs at least"), required=False, min_value=1, max_value=99
    )
    drop = forms.IntegerField(
        label=_("Highest and lowest sheets left out"), required=False, min_value=0, max_value=9,
        help_text=_("How many of each; 0 for none"),
    )  # fmt: skip
    precision = forms.IntegerField(
        label=_("Decimal places of a total"), required=False, min_value=0, max_value=6
    )
    rounding = forms.ChoiceField(
        label=_("How totals are rounded"), required=False, choices=[("", _("not decided")), *Rounding.choices]
    )
    passes = forms.IntegerField(
        label=_("How many pass"), required=False, min_value=0, help_text=_("0 where nothing is cut")
    )
    reserves = forms.IntegerField(label=_("How many reserves"), required=False, min_value=0)
    earlier = forms.ModelChoiceField(
        Panel.objects.none(), label=_("Earlier stage"), required=False, empty_label=_("none")
    )
    earlier_share = forms.DecimalField(
        label=_("Share of the earlier stage in per cent"), required=False, max_digits=5, decimal_places=2,
        min_value=Decimal("0.01"), max_value=Decimal("99.99"),
    )  # fmt: skip

    def __init__(self, *args: Any, panel: Panel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Panel.objects.filter(edition=panel.edition_id, unit=panel.unit_id).exclude(pk=panel.pk)
        self.fields["earlier"].queryset = others  # type: ignore[attr-defined]


class CriteriaForm(forms.Form):
    """Rows of name, English name, weight and maximum; empty rows are left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, MOST_CRITERIA + 1):
            self.fields[f"name_{n}"] = forms.CharField(
                label=_t("Criterion %d") % n, required=False, max_length=40
            )
            self.fields[f"name_en_{n}"] = forms.CharField(
                label=_t("Name in English"), required=False, max_length=80
            )
            self.fields[f"weight_{n}"] = forms.DecimalField(
                label=_t("Weight in per cent"), required=False, max_digits=5, decimal_places=2,
                min_value=Decimal("0.01"), max_value=Decimal(100),
            )  # fmt: skip
            self.fields[f"maximum_{n}"] = forms.DecimalField(
                label=_t("Most points"),
                required=False,
                max_digits=6,
                decimal_places=2,
                min_value=Decimal("0.01"),
            )

    def groups(self) -> list[list[Any]]:
        names = ("name", "weight", "maximum", "name_en")
        return [[self[f"{name}_{n}"] for name in names] for n in range(1, MOST_CRITERIA + 1)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in range(1, MOST_CRITERIA + 1):
            row = {name: data.get(f"{name}_{n}") for name in ("name", "weight", "maximum")}
            if any(row.values()):
                for name, value in row.items():
                    if not value and f"{name}_{n}" not in self.errors:
                        self.add_error(f"{name}_{n}", _t("Please fill this in."))
        return data

    def rows(self) -> list[dict[str, Any]]:
        return [
            {name: self.cleaned_data[f"{name}_{n}"] for name in ("name", "name_en", "weight", "maximum")}
            for n in range(1, MOST_CRITERIA + 1)
            if self.cleaned_data.get(f"name_{n}")
        ]


class TiesForm(forms.Form):
    """What is asked first, second … when totals are equal."""

    def __init__(self, *args: Any, panel: Panel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [("", _("nothing more"))]
        choices += [
            (f"c{each.pk}", _t("higher points in “%s”") % each.name)
            for each in panel.criteria.order_by("position")
        ]
        choices += [(kind.value, kind.label) for kind in TieKind if kind != TieKind.CRITERION]
        for n in range(1, MOST_TIES + 1):
            self.fields[f"step_{n}"] = forms.ChoiceField(
                label=_t("Step %d") % n, choices=choices, required=False
            )

    def steps(self) -> list[tuple[str, int | None]]:
        chosen = [self.cleaned_data.get(f"step_{n}") for n in range(1, MOST_TIES + 1)]
        return [
            (TieKind.CRITERION.value, int(each[1:]))
            if each.startswith("c") and each[1:].isdigit()
            else (each, None)
            for each in chosen
            if each
        ]


class TimesForm(forms.Form):
    """The time used by each item, as minutes and seconds; an empty line is not known yet."""

    def __init__(self, *args: Any, codes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in codes:
            self.fields[f"time_{code}"] = forms.RegexField(
                r"^\d{1,3}[:：][0-5]\d$",
                label=_t("Item %s") % code,
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "text", "placeholder": "95:30"}),
                error_messages={"invalid": _t("Minutes and seconds, for example 95:30.")},
            )

    def seconds(self) -> dict[str, int | None]:
        found: dict[str, int | None] = {}
        for name, said in self.cleaned_data.items():
            minutes, _colon, rest = said.replace("：", ":").partition(":")
            found[name.removeprefix("time_")] = int(minutes) * 60 + int(rest) if said else None
        return found


class SeatForm(forms.Form):
    login = forms.CharField(
        label=_("Sign-in name"), max_length=80, help_text=_("The account under which the judge signs in")
    )
    role = forms.ChoiceField(label=c("panel", "Role"), choices=SeatRole.choices, initial=SeatRole.PANELIST)


class EnterForm(forms.Form):
    cases = forms.MultipleChoiceField(
        label=_("Entries"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one entry.")},
    )
    calibration = forms.BooleanField(
        label=_("For calibration only: everybody scores it, it has no place in the standing"), required=False
    )

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cases"].choices = choices  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class RecuseForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=400, required=False)


class LockForm(forms.Form):
    """The fingerprint of what was looked at; where the chair settles a tie, a place for each."""

    fingerprint = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, tied: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tied = tied
        for key, code in tied:
            self.fields[f"place_{key}"] = forms.IntegerField(
                label=_t("Place of %s among the equals") % code, min_value=1, max_value=len(tied)
            )
        if tied:
            self.fields["reason"] = forms.CharField(
                label=_t("Why in this order"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        places = [data.get(f"place_{key}") for key, _code in self.tied]
        if None not in places and len(set(places)) != len(places):
            self.add_error(None, _t("Give every place once."))
        return data

    def decided(self) -> dict[int, int]:
        return {key: self.cleaned_data[f"place_{key}"] for key, _code in self.tied}


class DrawForm(forms.Form):
    title = forms.CharField(label=c("draw", "Title"), max_length=80)
    source = forms.CharField(
        label=_("Which public value will be used"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "So exactly that no choice is left, for example: all numbers of the double-colour-ball lottery,"
            " drawing 2026135, ascending, separated by single spaces"
        ),
    )
    public_at = forms.DateTimeField(
        label=_("When this value becomes known"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )


class RevealForm(forms.Form):
    public_value = forms.CharField(label=_("The public value"), max_length=300)
    supervised_by = forms.CharField(label=_("Who supervised"), max_length=120, required=False)


class DropForm(forms.Form):
    token = forms.ChoiceField(label=c("draw", "Ticket"))
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, tokens: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].choices = [(t, t) for t in tokens]  # type: ignore[attr-defined]


class LevelsForm(forms.Form):
    levels = forms.MultipleChoiceField(
        label=_("Unions of these levels endorse"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(v, lab) for v, lab in reversed(Level.choices) if v != Level.NATION],
        help_text=_(
            "With none ticked: enterprise, county, city, province. Whoever made the call decides in any case."
        ),
    )


class SwapForm(forms.Form):
    out = forms.ChoiceField(label=_("Call back"))
    into = forms.ChoiceField(label=_("Send in its place"))
    reason = forms.CharField(label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self, *args: Any, out: list[tuple[int, str]], into: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["out"].choices, self.fields["into"].choices = out, into  # type: ignore[attr-defined]


class DeputyForm(forms.Form):
    post = forms.ChoiceField(label=_("For which office"))
    login = forms.CharField(
        label=_("The deputy's sign-in name"), max_length=80,
        help_text=_("Somebody who holds an office of the same union or works there"),
    )  # fmt: skip
    since = forms.DateField(label=c("delegation", "From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, posts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].choices = posts  # type: ignore[attr-defined]
