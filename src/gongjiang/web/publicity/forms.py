"""What is asked of whoever objects, looks an objection up, or rules on one."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.audit.models import Purpose
from gongjiang.kernel.publicity.models import Publicity
from gongjiang.web.files.forms import FilesField, limits_said


def contact() -> forms.CharField:
    """How to reach whoever objects or appeals."""
    return forms.CharField(
        label=_("How to reach you"),
        help_text=_("A phone number or an e-mail address."),
        min_length=5,
        max_length=120,
    )


class AppealForm(forms.Form):
    """An appeal of whoever is signed in: the name is known."""

    matter = forms.CharField(
        label=_("What is not right about the decision"),
        help_text=_("Say which facts, and how one can check them."),
        min_length=10,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    contact = contact()
    evidence = FilesField("evidence", label=_("Evidence"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].help_text = limits_said()


class ObjectForm(forms.Form):
    """An objection of anybody, with name and contact."""

    position = forms.TypedChoiceField(label=_("Which entry"), required=False, coerce=int, empty_value=None)
    matter = forms.CharField(
        label=_("What is not right"),
        help_text=_("Say which facts, since when, and how one can check them."),
        min_length=10,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    author = forms.CharField(
        label=_("Your name"),
        help_text=_(
            "Kept sealed. Only the officer who deals with it by name can open it, and every look is written down."
        ),
        max_length=60,
    )
    contact = contact()
    evidence = FilesField("evidence", label=_("Evidence"))

    def __init__(self, *args: Any, notice: Publicity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        snapshot = notice.snapshot
        rows = [(n, f"{n}. {snapshot.named(n)}") for n in range(1, len(snapshot.rows) + 1)]
        self.fields["position"].choices = [("", _t("the whole list")), *rows]  # type: ignore[attr-defined]
        self.fields["evidence"].help_text = limits_said()


class CodeForm(forms.Form):
    """A code as somebody types it."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Twelve letters and digits; hyphens, spaces and case make no difference."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class ReceiptForm(CodeForm):
    """The code that was given with an objection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Receipt code")


class AuthorForm(forms.Form):
    """What the author of an objection is needed for."""

    purpose = forms.ChoiceField(label=c("disclosure", "What for"), choices=Purpose.choices)
    note = forms.CharField(
        label=_("In words"), help_text=_("The auditor reads it. No numbers of persons."), max_length=200
    )


class RuleForm(forms.Form):
    """A ruling and its reasons."""

    result = forms.ChoiceField(label=_("Ruling"), widget=forms.RadioSelect)
    reasons = forms.CharField(
        label=_("Reasons"),
        help_text=_("Whoever objected reads them: which facts were checked, and what follows."),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].choices = choices  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ProlongForm(forms.Form):
    """How many more working days."""

    days = forms.IntegerField(label=_("More working days"), min_value=1, max_value=60)
