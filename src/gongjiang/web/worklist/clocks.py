"""More time for a case: its clock extended, stopped with a reason, or let run on, by whom its rule names."""

from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.rules import holds
from gongjiang.kernel.lifecycle import clocks
from gongjiang.kernel.lifecycle.clocks import by_hand
from gongjiang.kernel.lifecycle.models import Case, Clock
from gongjiang.web.components import cases
from gongjiang.web.views import FormView


class WhyForm(forms.Form):
    """Why the time is given."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who sees the case reads it."),
    )


class ExtendForm(WhyForm):
    """By how much, and why."""

    days = forms.IntegerField(min_value=1, widget=forms.NumberInput(attrs={"class": "input short"}))
    field_order = ("days", "reason")

    def __init__(self, *args: Any, label: str, left: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].label = label
        self.fields["days"].help_text = _t("At most %(left)d.") % {"left": left}


class OnClock(FormView):
    """A form about one clock of a case that the actor sees and may give time to."""

    access = holds()
    template_name = "worklist/clock.html"

    def prepare(self) -> None:
        found = Clock.objects.filter(pk=self.kwargs["clock"], case=self.kwargs["pk"])
        clock = found.select_related("rule", "case__unit").first()
        if (
            clock is None
            or not clocks.gives_time(clock, self.actor)
            or not cases.sees(self.case_of(clock), self.actor)
        ):
            raise Http404
        self.clock, self.row = clock, self.case_of(clock)

    @staticmethod
    def case_of(clock: Clock) -> Case:
        assert clock.case is not None
        return clock.case

    def back(self) -> str:
        return cases.url_of(self.row) or reverse("desk")

    def context(self, **more: Any) -> dict[str, Any]:
        title = cases.title_of(self.row)
        return super().context(case=self.row, clock=self.clock, title=title, back=self.back(), **more)


class Extend(OnClock):
    """More days."""

    form_class = ExtendForm
    heading = _("Extend the deadline")
    button = _("Extend the deadline")

    @cached_property
    def left(self) -> int:
        found = [r.left for r in by_hand.running(self.row, self.actor) if r.clock.pk == self.clock.pk]
        return found[0] if found else 0

    def form_kwargs(self) -> dict[str, Any]:
        rule = self.clock.rule
        working = rule is not None and rule.counted_in == "working_day"
        label = _t("More working days") if working else _t("More calendar days")
        return {"label": label, "left": self.left}

    def perform(self, form: Any) -> str:
        said = form.cleaned_data
        clocks.extend(self.clock, said["days"], reason=said["reason"], actor=self.actor)
        return self.back()

    def done(self, result: Any) -> Any:
        return _("The deadline is extended.")


class Hold(OnClock):
    """Let it stand still."""

    form_class = WhyForm
    heading = _("Stop the clock")
    lead = _("The time stands still until it is let run on; the days in between are added to the deadline.")
    button = _("Stop the clock")

    def perform(self, form: Any) -> str:
        by_hand.stand(self.clock, reason=form.cleaned_data["reason"], actor=self.actor)
        return self.back()

    def done(self, result: Any) -> Any:
        return _("The clock stands still.")


class LetRun(OnClock):
    """Let it run on."""

    heading = _("Let the clock run on")
    lead = _("The days it stood still are added to the deadline.")
    button = _("Let the clock run on")

    def perform(self, form: Any) -> str:
        by_hand.let_run(self.clock, actor=self.actor)
        return self.back()

    def done(self, result: Any) -> Any:
        return _("The clock runs on.")
