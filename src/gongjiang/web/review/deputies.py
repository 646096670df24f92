"""Who acts for me during leave, and for whom I act."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import Rule, holds
from gongjiang.kernel.review import delegations
from gongjiang.kernel.review.models import Delegation
from gongjiang.kernel.review.models.chain import DELEGATED
from gongjiang.web.views import ActionView, FormView

from .forms import DeputyForm

HOLDER = Rule(lambda a, p: delegations.held_by(a, p), "holder")


class Deputies(FormView):
    """Name a deputy for one of my offices, and see who stands in for whom."""

    access = holds(*DELEGATED)
    heading = _("Deputies during leave")
    template_name = "review/deputies.html"
    form_class = DeputyForm
    button = _("Name the deputy")

    def form_kwargs(self) -> dict[str, Any]:
        today = timezone.localdate()
        mine = (
            Grant.objects.filter(user=self.actor.user, role__in=DELEGATED, since__lte=today)
            .exclude(until__lte=today)
            .select_related("unit")
        )
        return {"posts": [(f"{g.unit_id}:{g.role}", f"{g.unit.name}　{Role(g.role).label}") for g in mine]}

    def perform(self, form: DeputyForm) -> str:
        unit, _sep, role = form.cleaned_data["post"].partition(":")
        delegations.delegate(
            form.cleaned_data["login"],
            actor=self.actor,
            unit=int(unit),
            role=role,
            since=form.cleaned_data["since"],
            until=form.cleaned_data["last"] + timedelta(days=1),
            reason=form.cleaned_data["reason"],
        )
        return self.request.path

    def done(self, result: Any) -> Any:
        return _t(
            "Named. The deputy sees your to-do list in those days, and what is done says in whose name."
        )

    def context(self, **more: Any) -> dict[str, Any]:
        rows = list(Delegation.objects.select_related("unit").order_by("-since", "-pk")[:50])
        for row in rows:
            row.last = row.until - timedelta(days=1)  # type: ignore[attr-defined]
        return super().context(
            mine=[r for r in rows if r.holder_id == self.actor.user],
            theirs=[r for r in rows if r.deputy_id == self.actor.user],
            today=timezone.localdate(),
            **more,
        )


class End(ActionView):
    """Back earlier than planned."""

    access = HOLDER
    form_class = forms.Form
    heading = _("End the delegation")
    button = _("I am back")
    lead = _("From today the deputy acts for you no longer. What was done stays done.")

    def rows(self) -> QuerySet[Any]:
        return Delegation.objects.filter(until__gt=timezone.localdate())

    def perform(self, form: Any) -> str:
        delegations.end(self.row, actor=self.actor)
        return reverse("review:deputies")
