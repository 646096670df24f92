"""Whom the newest roster leaves out."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.web.views import FormView, ListView, Order

from .. import actions
from ..forms import AbsentFilters, AnswerForm
from ..models import Absent, Answer
from ..permissions import WORKERS


def called(row: Absent) -> str:
    """The person's name; in its place, of who has left and is no longer seen, that this is so."""
    person = getattr(row.employment, "person", None)
    return person.name if person is not None else gettext("has left your area")


class AbsentList(ListView):
    """Who works at an enterprise by the register and is not in its newest roster; who has left, a person says."""

    access = WORKERS
    heading = _("Not in the newest roster")
    template_name = "registry/absent.html"
    filters = AbsentFilters
    orders = (Order("new", _("last asked first"), "-pk"),)
    export: tuple[tuple[Any, Any], ...] = (
        (c("roster", "Name"), called),
        (c("employment", "Enterprise"), "employment.entity.name"),
        (c("employment", "Since"), "employment.since"),
        (c("absent", "Asked"), "asked_at"),
        (c("absent", "Answer"), "get_answer_display"),
        (c("absent", "Left on"), "left_on"),
    )

    def rows(self) -> QuerySet[Absent]:
        rows = Absent.objects.select_related("employment__entity").prefetch_related("employment__person")
        return rows if self.request.GET.get("answer") else rows.filter(answer=Answer.OPEN)

    def filter_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(today=timezone.localdate(), **more)
        for row in context["page"].rows:
            row.name = called(row)
        return context


class AnswerAbsent(FormView):
    """Say of the people picked that they have left, or still work there."""

    access = WORKERS
    heading = _("Not in the newest roster")
    form_class = AnswerForm
    template_name = "registry/answer.html"

    def perform(self, form: AnswerForm) -> str:
        given = form.cleaned_data
        self.given = actions.answer_absent(
            given["picked"], given["answer"], actor=self.actor, left_on=given["left_on"]
        )
        return reverse("registry:absent")

    def done(self, result: Any) -> str:
        return ngettext("%(n)s answer is recorded.", "%(n)s answers are recorded.", self.given) % {
            "n": self.given
        }
