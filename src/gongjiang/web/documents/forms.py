"""What is asked when a document is written, registered, stamped or delivered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.documents.kinds import DECISION, LETTER, kinds, label
from gongjiang.web.files.forms import FilesField, limits_said


class UnitField(forms.TypedChoiceField):
    """One of the units in whose name the actor may write."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, **kwargs)


class LetterForm(forms.Form):
    """A letter or a decision in one's own words."""

    unit = UnitField(label=_("Issued by"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[(k.code, k.label) for k in (LETTER, DECISION)])
    title = forms.CharField(label=c("document", "Title"), max_length=200)
    to = forms.CharField(
        label=_("To"), required=False, max_length=200, help_text=_("For example: all county unions.")
    )
    body = forms.CharField(
        label=_("Text"),
        help_text=_("Each line becomes a paragraph."),
        widget=forms.Textarea(attrs={"rows": 10}),
    )

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]


class RewriteForm(forms.Form):
    """Another text for a document that nobody has stamped."""

    title = forms.CharField(label=c("document", "Title"), max_length=200)
    to = forms.CharField(label=_("To"), required=False, max_length=200)
    body = forms.CharField(
        label=_("Text"),
        help_text=_("Each line becomes a paragraph."),
        widget=forms.Textarea(attrs={"rows": 10}),
    )


class RegisterForm(forms.Form):
    """A document that came from outside."""

    unit = UnitField(label=_("Registered by"))
    issuer_name = forms.CharField(label=_("Who issued it"), max_length=120)
    number = forms.CharField(label=_("Its number"), max_length=80)
    title = forms.CharField(label=c("document", "Title"), max_length=200)
    on = forms.DateField(
        label=_("Its date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    file = FilesField("file", label=_("Scan"))

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        self.fields["file"].help_text = limits_said()


class WordForm(forms.Form):
    """What the numbers of a kind begin with."""

    unit = UnitField(label=_("Unit"))
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    word = forms.CharField(
        label=_("Numbers begin with"),
        max_length=20,
        help_text=_(
            "For example 长工发, which gives 长工发〔2026〕1号. A new word begins a new series at 1."
        ),
    )

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", c("document", "every kind without its own"))] + [  # type: ignore[attr-defined]
            (code, label(code)) for code in kinds()
        ]


class ScanForm(forms.Form):
    """The stamped paper."""

    scan = FilesField("scan", label=_("Stamped scan"))

    def clean_scan(self) -> Any:
        files = self.cleaned_data["scan"]
        if len(files) != 1:
            raise forms.ValidationError(_("Choose one file: the scan of the stamped paper, all pages in it."))
        return files[0]


class MatchForm(forms.Form):
    """What stands on the stamped paper."""

    number = forms.CharField(label=_("Number on the paper"), max_length=80)
    pages = forms.IntegerField(label=_("Pages of the paper"), min_value=1, max_value=2000)


class DeliverForm(forms.Form):
    """How it was delivered."""

    how = forms.CharField(label=_("How it was delivered"), max_length=200)
    proof = FilesField("proof", label=_("Proof of delivery"))


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
