"""Taking in lists of enterprises, and settling what is doubtful in them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.orgs.models import LegalEntity
from gongjiang.kernel.people.identity import BadIdentifier, credit_code, normal
from gongjiang.web.exchange.views import Upload
from gongjiang.web.views import ActionView, ListView, Order

from .. import actions, candidates, queries
from ..enterprises import ENTERPRISES, meant
from ..forms import CandidateFilters, CodeForm, SettleForm
from ..models import Candidate, Settled
from ..permissions import CANDIDATES


class ImportEnterprises(Upload):
    """Take in a list of enterprises."""

    access = CANDIDATES
    kind_name = ENTERPRISES.name
    heading = _("Import a list of enterprises")


class Candidates(ListView):
    """Enterprises that lists state and that are to be verified first."""

    access = CANDIDATES
    heading = _("Enterprises to be verified")
    template_name = "registry/candidates.html"
    filters = CandidateFilters
    orders = (Order("new", _("last stated first"), "-pk"),)
    export = (
        (c("enterprise", "Name"), "name"),
        (c("candidate", "Written as its code"), "written"),
        (c("candidate", "Why"), "get_why_display"),
        (_("Union"), "unit.name"),
        (c("candidate", "State"), "get_state_display"),
        (c("candidate", "Stated"), "stated_at"),
    )

    def rows(self) -> QuerySet[Candidate]:
        rows = Candidate.objects.select_related("unit", "entity")
        return rows if self.request.GET.get("state") else rows.filter(state=Settled.OPEN)

    def filter_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}


class Settle(ActionView):
    """One of them beside what it may be: verify it, call it the same as another, or reject it."""

    access = CANDIDATES
    template_name = "registry/settle.html"
    form_class = SettleForm
    button = c("action", "Settle it")
    row: Candidate

    def rows(self) -> QuerySet[Candidate]:
        return Candidate.objects.select_related("unit", "entity", "batch", "settled_by")

    def get_heading(self) -> Any:
        return self.row.name

    def prepare(self) -> None:
        super().prepare()
        self.alike = candidates.alike(self.row, self.actor)
        self.industries = candidates.choices(self.row)

    def form_kwargs(self) -> dict[str, Any]:
        keys = [entity.pk for entity in self.alike]
        return {"industries": self.industries, "alike": LegalEntity.objects.filter(pk__in=keys)}

    def initial(self) -> dict[str, Any]:
        return {"uscc": self.row.written}

    def perform(self, form: SettleForm) -> str:
        given = form.cleaned_data
        if given["decision"] == Settled.VERIFIED:
            actions.verify(self.row, given["uscc"], industry=given.get("industry", ""), actor=self.actor)
        elif given["decision"] == Settled.SAME:
            actions.same_as(self.row, given["entity"] or self._coded(given["uscc"]), actor=self.actor)
        else:
            actions.reject(self.row, given["note"], actor=self.actor)
        return reverse("registry:candidates")

    def _coded(self, uscc: str) -> LegalEntity:
        found = CANDIDATES.filter(LegalEntity.objects.filter(uscc=normal(uscc)), self.actor).first()
        if found is None:
            raise ValidationError(
                {"uscc": gettext("There is no enterprise with this code on your register.")}
            )
        return found

    def done(self, result: Any) -> str:
        return gettext("Settled. The next list that states it so changes nothing.")

    def context(self, **more: Any) -> dict[str, Any]:
        row = self.row
        return super().context(
            candidate=row,
            alike=self.alike,
            wrong=_what_is_wrong(row.written),
            meant=meant(row.written),
            industry=queries.industry_names([row]).get(row.industry, row.industry),
            industries=self.industries,
            is_open=row.state == Settled.OPEN,
            **more,
        )


def _what_is_wrong(written: str) -> str:
    """The sentence about a code that cannot be right; empty for none, and for one that can."""
    try:
        credit_code(written)
    except BadIdentifier as wrong:
        return str(wrong) if written else ""
    return ""


class GiveCode(ActionView):
    """Say the credit code of an enterprise that was recorded without one."""

    access = CANDIDATES
    heading = _("Enter the credit code")
    form_class = CodeForm
    template_name = "registry/give_code.html"
    button = c("action", "Record the code")
    row: LegalEntity

    def rows(self) -> QuerySet[LegalEntity]:
        return LegalEntity.objects.filter(uscc=None)

    def get_heading(self) -> Any:
        return self.heading

    def perform(self, form: CodeForm) -> str:
        actions.give_code(self.row, form.cleaned_data["uscc"], actor=self.actor)
        return reverse("registry:enterprise", args=[self.row.pk])

    def done(self, result: Any) -> str:
        return gettext("The code is recorded; the enterprise is verified.")
