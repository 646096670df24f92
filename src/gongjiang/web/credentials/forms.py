"""What is asked when a credential is suspended, restored or revoked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.documents.models import Document


class ReasonForm(forms.Form):
    """Why; the holder reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The holder reads it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RevokeForm(ReasonForm):
    """By which document, and why."""

    document = forms.ModelChoiceField(label=_("By which document"), queryset=Document.objects.none())
    field_order = ("document", "reason")

    def __init__(self, *args: Any, documents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].queryset = documents  # type: ignore[attr-defined]
