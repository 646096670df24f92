"""What is asked of whom."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.models import File
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.lifecycle.states import Phase, State
from gongjiang.kernel.orgs.models import Unit
from gongjiang.web.files.forms import FilesField, limits_said, measured
from gongjiang.web.views import Filters

from .models import Category, EvidenceKind, Result, Secrecy


class ResultForm(forms.ModelForm):
    """A worker's result with its evidence; every text may stay empty in a draft."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Workplace"), empty_label=None)

    class Meta:
        model = Result
        fields = ("title", "category", "problem", "novelty", "effect", "put_into_use_on", "secrecy")
        labels = {
            "title": _("What is it called"),
            "category": _("Kind"),
            "problem": _("The problem"),
            "novelty": _("What is new"),
            "effect": _("The effect"),
            "put_into_use_on": _("In use since"),
            "secrecy": _("Who may read it"),
        }
        help_texts = {
            "title": _("Name the thing and what it does, e.g. “Quick-change fixture for belt rollers”."),
            "problem": _("What was slow, dangerous or costly before?"),
            "novelty": _("What do you do differently, and since when?"),
            "effect": _("Hours, pieces, accidents, money: what changed? Rough figures will do."),
            "put_into_use_on": _("Leave it empty if it is not in use yet."),
            "secrecy": _("Secret content does not belong on this form."),
        }
        widgets = {
            "title": forms.TextInput(attrs={"maxlength": 80}),
            "category": forms.RadioSelect,
            "problem": forms.Textarea(attrs={"rows": 3}),
            "novelty": forms.Textarea(attrs={"rows": 3}),
            "effect": forms.Textarea(attrs={"rows": 3}),
            "put_into_use_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "secrecy": forms.RadioSelect,
        }

    removed = forms.MultipleChoiceField(
        label=_("Attached; tick what should be removed"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, places: list[Unit], submit: bool, attached: list[File] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = Category.choices  # type: ignore[attr-defined]
        self.fields["secrecy"].choices = Secrecy.choices  # type: ignore[attr-defined]
        self.fields["secrecy"].initial = Secrecy.INTERNAL
        for name in ("problem", "novelty", "effect"):
            self.fields[name].required = submit
        if len(places) > 1:
            self.fields["unit"].queryset = Unit.objects.filter(pk__in=[p.pk for p in places])  # type: ignore[attr-defined]
            self.order_fields(["unit"])
        else:
            del self.fields["unit"]
        if attached:
            self.fields["removed"].choices = [(f.pk, f"{f.name}　{measured(f.bytes)}") for f in attached]  # type: ignore[attr-defined]
        else:
            del self.fields["removed"]
        hints = {
            EvidenceKind.PHOTO: limits_said(),
            EvidenceKind.CERTIFICATE: _("With the seal of the workshop or the unit."),
        }
        for kind in EvidenceKind:
            self.fields[kind.value] = FilesField(kind.value, label=kind.label, help_text=hints.get(kind, ""))

    def evidence(self) -> list[Upload]:
        """The files that were chosen, of every kind."""
        return [upload for kind in EvidenceKind for upload in self.cleaned_data[kind.value]]

    def clean_title(self) -> str:
        title = " ".join(self.cleaned_data["title"].split())
        if len(title) > 80:
            raise forms.ValidationError(
                _t("The name has %(now)s characters; 80 are possible.") % {"now": len(title)}
            )
        return title

    def clean_put_into_use_on(self) -> Any:
        day = self.cleaned_data["put_into_use_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(
                _t("This day is still to come. Leave it empty if it is not in use yet.")
            )
        return day


class RecommendForm(forms.Form):
    """Into which call, and why."""

    edition = forms.ModelChoiceField(Edition.objects.none(), label=_("Call"), empty_label=None)
    note = forms.CharField(
        label=_("Recommendation"), widget=forms.Textarea(attrs={"rows": 3}), required=False,
        help_text=_("The unions above read it."),
    )  # fmt: skip

    def __init__(self, *args: Any, calls: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["edition"].queryset = calls  # type: ignore[attr-defined]


class ResultFilters(Filters):
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[
            ("", _("All states")),
            *[(s.value, s.label) for s in (State.SUBMITTED, State.RETURNED, State.TRIAL, State.CLOSED)],
        ],
    )  # fmt: skip
    category = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *Category.choices]
    )

    def filter_state(self, rows: Any, value: str) -> Any:
        return rows.filter(case__state=value)


class EntryFilters(Filters):
    phase = forms.ChoiceField(
        label=_("Phase"), required=False,
        choices=[("", _("All phases")), *[(p.value, p.label) for p in (Phase.HANDLING, Phase.CLOSED)]],
    )  # fmt: skip
    edition = forms.ModelChoiceField(
        Edition.objects.filter(programme="innovations").order_by("-pk"),
        label=_("Call"),
        required=False,
        empty_label=_("All calls"),
    )

    def filter_phase(self, rows: Any, value: str) -> Any:
        return rows.filter(case__phase=value)

    def filter_edition(self, rows: Any, value: Edition) -> Any:
        return rows.filter(case__edition=value)
