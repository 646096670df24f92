"""Patents on results."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.lifecycle.models import Participant
from gongjiang.programmes.innovations import actions, queries
from gongjiang.programmes.innovations.forms import GrantedForm, PatentForm
from gongjiang.programmes.innovations.models import Patent, PatentStatus, Result
from gongjiang.programmes.innovations.permissions import APPLICANT, KEEPER, STAFF, VIEW
from gongjiang.web.views import ActionView, ListView, Order, Tab

from .results import tabs


class AddPatent(ActionView):
    """Add a patent to one's own result."""

    access = APPLICANT
    prefix = "case__"
    face = "my"
    form_class = PatentForm
    template_name = "innovations/step.html"
    heading = c("action", "Add a patent")
    button = c("action", "Add a patent")

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related("case__unit")

    def get_heading(self) -> Any:
        return self.heading

    @cached_property
    def makers(self) -> list[Participant]:
        return list(queries.makers(self.row.pk))

    def form_kwargs(self) -> dict[str, Any]:
        return {"makers": self.makers}

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        inventors = [int(key) for key in data.pop("inventors")]
        actions.add_patent(self.row, **data, inventors=inventors, actor=self.actor)
        page = "innovations:my-result" if self.face == "my" else "innovations:result"
        return reverse(page, args=[self.row.pk])


class DeskPatent(AddPatent):
    """Add a patent to a result of one's unit."""

    access = KEEPER
    face = "desk"


class Granted(ActionView):
    """What was applied for is granted."""

    access = KEEPER
    prefix = "result__case__"
    form_class = GrantedForm
    template_name = "innovations/step.html"
    heading = c("action", "Record the grant")
    button = c("action", "Record the grant")

    @property
    def case(self) -> Any:
        return self.row.result.case

    def rows(self) -> QuerySet[Patent]:
        return Patent.objects.filter(status=PatentStatus.APPLIED).select_related("result__case__unit")

    def get_heading(self) -> Any:
        return self.heading

    def perform(self, form: Any) -> str:
        actions.grant_patent(self.row, form.cleaned_data["granted_on"], actor=self.actor)
        return reverse("innovations:result", args=[self.row.result_id])


class Patents(ListView):
    """The patents on results within reach."""

    access = STAFF
    rule = VIEW
    prefix = "result__case__"
    heading = _("Patents")
    template_name = "innovations/patents.html"
    orders = (Order("new", _("newest first"), "-pk"),)
    export = (
        (_("Number"), "number"),
        (_("Kind"), "get_kind_display"),
        (_("State"), "get_status_display"),
        (_("Granted on"), "granted_on"),
        (_("Owner"), "owner"),
        (_("Inventors"), lambda row: "、".join(each.person.name for each in row.inventors.all())),
        (_("Innovation"), "result.title"),
        (_("Number of the innovation"), "result.case.number"),
        (_("Unit"), "result.case.unit.name"),
    )

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def rows(self) -> QuerySet[Patent]:
        return Patent.objects.select_related("result__case__unit").prefetch_related("inventors__person")
