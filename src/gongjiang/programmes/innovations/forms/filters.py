"""What lists are narrowed by."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.lifecycle.states import Outcome, Phase, State
from gongjiang.programmes.innovations.models import (
    Category,
    Topic,
)
from gongjiang.web.views import Filters


class ResultFilters(Filters):
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[
            ("", _("All states")),
            *[
                (s.value, s.label)
                for s in (
                    State.SUBMITTED, State.RETURNED, State.TRIAL, State.VERIFYING, State.AWARDED, State.FOLLOWING,
                    State.CLOSED,
                )
            ],
        ],
    )  # fmt: skip
    category = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *Category.choices]
    )
    topic = forms.ChoiceField(
        label=_("Topic"), required=False, choices=[("", _("All topics")), *Topic.choices]
    )

    def filter_state(self, rows: Any, value: str) -> Any:
        return rows.filter(case__state=value)


class LibraryFilters(Filters):
    q = forms.CharField(label=_("Words in the title"), required=False, max_length=40)
    category = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *Category.choices]
    )

    def filter_q(self, rows: Any, value: str) -> Any:
        return rows.filter(title__contains=value.strip())


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
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[
            ("", _("All states")),
            *[
                (s.value, s.label)
                for s in (
                    State.UNDER_REVIEW, State.SCORING, State.VERIFYING, State.PUBLICISED, State.SUSPENDED,
                    State.AWARDED, State.CLOSED,
                )
            ],
        ],
    )  # fmt: skip
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("All outcomes")), *Outcome.choices]
    )

    def filter_state(self, rows: Any, value: str) -> Any:
        return rows.filter(case__state=value)

    def filter_outcome(self, rows: Any, value: str) -> Any:
        return rows.filter(case__outcome=value)

    def filter_phase(self, rows: Any, value: str) -> Any:
        return rows.filter(case__phase=value)

    def filter_edition(self, rows: Any, value: Edition) -> Any:
        return rows.filter(case__edition=value)
