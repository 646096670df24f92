"""The short forms of the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.programmes.innovations.models import (
    EvidenceKind,
    Judgement,
    Ownership,
    Result,
    SecondClass,
    Topic,
)
from gongjiang.web.files.forms import FilesField, limits_said

from .filing import NOT_SAID, clean_industry, day_input

#: Asked when it is put forward, where it was not said before.
ASKED_LAST = (
    "done_from", "done_to", "put_into_use_on", "second_class", "topic", "industry", "ownership", "gov_plan",
    "gov_award", "disputed",
)  # fmt: skip

#: What the enterprise's union adds, the most asked for first.
KEPT_PAPERS = (
    EvidenceKind.SHEET, EvidenceKind.AGREEMENT, EvidenceKind.CERTIFICATE, EvidenceKind.PHOTO, EvidenceKind.PAPER,
    EvidenceKind.FORM,
)  # fmt: skip


def _yes_no(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[*NOT_SAID, ("true", _("Yes")), ("false", _("No"))],
        coerce=lambda text: text == "true",
    )


class RecommendForm(forms.Form):
    """Into which call, and why; what was not known when it was filed is asked here, once."""

    edition = forms.ModelChoiceField(Edition.objects.none(), label=_("Call"), empty_label=None)
    note = forms.CharField(
        label=_("Recommendation"), widget=forms.Textarea(attrs={"rows": 3}), required=False,
        help_text=_("The unions above read it."),
    )  # fmt: skip
    done_from = forms.DateField(label=_("Worked on from"), widget=day_input())
    done_to = forms.DateField(label=_("Worked on until"), widget=day_input())
    put_into_use_on = forms.DateField(label=_("In use since"), widget=day_input())
    second_class = forms.ChoiceField(label=_("Field"), choices=[*NOT_SAID, *SecondClass.choices])
    topic = forms.ChoiceField(label=_("Topic"), choices=[*NOT_SAID, *Topic.choices])
    industry = forms.CharField(label=_("Industry code"), max_length=5, help_text=_("GB/T 4754, e.g. 0610."))
    ownership = forms.ChoiceField(label=_("Whose is it"), choices=[*NOT_SAID, *Ownership.choices])
    gov_plan = _yes_no(_("In a science plan of the government?"))
    gov_award = _yes_no(_("Awarded by a government already?"))
    disputed = _yes_no(_("May somebody dispute whose it is?"))

    def __init__(self, *args: Any, calls: Any, result: Result, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.result = result
        self.fields["edition"].queryset = calls  # type: ignore[attr-defined]
        for name in ASKED_LAST:
            if getattr(result, name) not in (None, ""):
                del self.fields[name]

    def clean_industry(self) -> str:
        return clean_industry(self.cleaned_data["industry"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        began = data.get("done_from") or self.result.done_from
        ended = data.get("done_to") or self.result.done_to
        if began and ended and ended < began:
            field = "done_to" if "done_to" in self.fields else "done_from"
            self.add_error(field, _t("The end lies before the beginning."))
        return data

    def details(self) -> dict[str, Any]:
        """What was asked beside the call."""
        return {n: v for n, v in self.cleaned_data.items() if n not in ("edition", "note")}


class PapersForm(forms.Form):
    """Papers that the enterprise's union adds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in KEPT_PAPERS:
            self.fields[kind.value] = FilesField(kind.value, label=kind.label, help_text=limits_said())

    def uploads(self) -> list[Upload]:
        return [upload for uploads in self.cleaned_data.values() for upload in uploads]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(data.values()):
            raise forms.ValidationError(_t("No file is chosen yet."))
        return data


class RevokeForm(forms.Form):
    document = forms.CharField(
        label=_("Number of the document"),
        max_length=80,
        help_text=_("By which it is revoked, e.g. 示例工发〔2026〕3号."),
    )
    note = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class JudgeForm(forms.Form):
    judgement = forms.ChoiceField(
        label=_("Is it the same?"), choices=Judgement.choices[1:], widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))


class WordsForm(forms.Form):
    """One sentence or two."""

    def __init__(self, *args: Any, label: Any, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"] = forms.CharField(
            label=label, help_text=hint, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
        )


class AskForm(WordsForm):
    """What somebody wants of another, and by when they hope for the answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["by"] = forms.DateField(label=_("Hoping for an answer by"), widget=day_input())


class GrantedForm(forms.Form):
    granted_on = forms.DateField(label=_("Granted on"), widget=day_input())
