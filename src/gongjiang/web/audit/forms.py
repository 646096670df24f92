"""What is asked of whoever wants an identifier in full, and how disclosures are filtered."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.audit.actions import explained
from gongjiang.kernel.audit.models import Disclosure, Purpose
from gongjiang.kernel.people.models import IdentifierKind
from gongjiang.web.views import Filters


class RevealForm(forms.Form):
    """The purpose, as one of a few and in words."""

    purpose = forms.ChoiceField(
        label=_("What it is needed for"), choices=Purpose.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Which matter"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=_("In a few words, without any number of a person. The person reads them, word for word."),
    )

    def clean_note(self) -> str:
        return explained(self.cleaned_data["note"])


class LogFilters(Filters):
    """What was shown, what for, and in which days."""

    what = forms.ChoiceField(
        label=c("disclosure", "Shown"),
        required=False,
        choices=[("", c("disclosure", "everything")), *IdentifierKind.choices],
    )
    purpose = forms.ChoiceField(
        label=c("disclosure", "What for"),
        required=False,
        choices=[("", _("all purposes")), *Purpose.choices],
    )
    since = forms.DateField(
        label=c("filter", "From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=c("filter", "To"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def filter_since(self, rows: QuerySet[Disclosure], day: date) -> QuerySet[Disclosure]:
        return rows.filter(at__gte=_begins(day))

    def filter_until(self, rows: QuerySet[Disclosure], day: date) -> QuerySet[Disclosure]:
        return rows.filter(at__lt=_begins(day + timedelta(days=1))) if day < date.max else rows


def _begins(day: date) -> Any:
    return timezone.make_aware(datetime.combine(day, time.min))
