"""What is asked of whoever closes days or sets how long something may take."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.calendar.deadlines import CountedIn, EndsAt
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.states import State


class Day(forms.DateField):
    """A day, by the browser's own control."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


class CloseForm(forms.Form):
    """Days on which the offices of one division are closed."""

    region = forms.ChoiceField(label=_("Where"))
    first = Day(label=_("First day"))
    last = Day(label=_("Last day"))
    name = forms.CharField(label=_("What for"), max_length=60, help_text=_("For example: heavy snow."))
    document = forms.CharField(label=_("Document number"), max_length=80)

    def __init__(self, *args: Any, regions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = regions  # type: ignore[attr-defined]


class RuleForm(forms.Form):
    """Who has how long, in which state, and where that is published."""

    unit = forms.TypedChoiceField(label=_("In the name of"), coerce=int)
    step = forms.ChoiceField(label=_("In which state"))
    amount = forms.IntegerField(label=_("How long"), min_value=1, max_value=400)
    counted_in = forms.ChoiceField(
        label=_("Counted in"),
        choices=[
            (CountedIn.WORKING_DAY.value, _("working days")),
            (CountedIn.CALENDAR_DAY.value, _("calendar days")),
        ],
    )
    ends_at = forms.ChoiceField(
        label=_("The last day ends at"),
        choices=[(e.value, e.value) for e in EndsAt],
        initial=EndsAt.OFFICE.value,
    )
    rolls_forward = forms.BooleanField(
        label=_("Ending on a day that is not worked, it ends on the next one that is"), required=False
    )
    extension_limit = forms.IntegerField(
        label=_("It may be extended by at most"),
        min_value=1,
        max_value=400,
        required=False,
        help_text=_("In the same days. Empty: it cannot be extended."),
    )
    extension_role = forms.ChoiceField(
        label=_("Who approves an extension"),
        required=False,
        choices=[
            ("", c("role", "nobody")),
            (Role.APPROVER, Role.APPROVER.label),
            (Role.LEADER, Role.LEADER.label),
        ],
    )
    since = Day(label=_("In force from"))
    document = forms.CharField(
        label=_("Document number and clause"),
        max_length=120,
        help_text=_("Where this time limit is published."),
    )

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        self.fields["step"].choices = steps()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("extension_limit")) != bool(data.get("extension_role")) and not self.errors:
            self.add_error("extension_role", _("Name both: by how many days, and who approves it."))
        return data

    def said(self) -> dict[str, Any]:
        """The columns of the rule."""
        data = dict(self.cleaned_data)
        flow, state = data.pop("step").split(":")
        unit = data.pop("unit")
        return {**data, "flow": flow, "state": state, "unit_id": unit}


def steps() -> list[tuple[str, str]]:
    """Every state of every flow in which somebody has a turn."""
    return [
        (f"{flow.name}:{state}", f"{flow.label}：{State(state).label}")
        for flow in flows().values()
        if not flow.name.startswith("example.")
        for state in flow.states
        if state in State.values and state not in (State.CLOSED, State.DRAFT)
    ]


class EndForm(forms.Form):
    """From when on it binds nothing new."""

    on = Day(label=_("Ends on"))
