"""What is asked of whom."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.orgs.models import Unit


class QuestionForm(forms.Form):
    """The words of a question."""

    subject = forms.CharField(label=_("What it is about"), max_length=80)
    details = forms.CharField(
        label=_("Your question"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )


class AskForm(QuestionForm):
    """A new question, and whose union it goes to."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Workplace"), empty_label=None)

    def __init__(self, *args: Any, places: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = places  # type: ignore[attr-defined]
