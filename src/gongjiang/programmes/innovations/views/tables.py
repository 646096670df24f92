"""A table of benefit that a machine has read: brought with its paper, and compared with it line by line."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as c

from gongjiang.programmes.innovations import actions
from gongjiang.programmes.innovations.forms import CompareForm, TableForm
from gongjiang.programmes.innovations.models import BenefitTable, Result
from gongjiang.programmes.innovations.permissions import CLAIMANT
from gongjiang.programmes.innovations.reading import Read, read_table
from gongjiang.web.files.links import link_to
from gongjiang.web.views import ActionView

from .results import UPLOADS


class BringTable(ActionView):
    """Bring a table of benefit that a phone or a scanner has read, with its paper."""

    access = CLAIMANT
    prefix = "case__"
    face = "my"
    form_class = TableForm
    uploads = UPLOADS
    template_name = "innovations/step.html"
    heading = c("action", "Take over a table")
    lead = _("Nothing of it counts until you have compared each line with the paper, on the next page.")
    button = c("action", "Read the table")

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related("case__unit")

    def get_heading(self) -> Any:
        return self.heading

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        table = actions.bring_table(self.row, data["text"], data["table"], actor=self.actor)
        return reverse("innovations:compare", args=[table.pk])


class CompareTable(ActionView):
    """Compare what a machine has read of a table with its paper, line by line."""

    access = CLAIMANT
    prefix = "result__case__"
    face = "my"
    form_class = CompareForm
    template_name = "innovations/compare.html"
    heading = _("Compare with the paper")
    button = c("action", "Take over what agrees")

    def rows(self) -> QuerySet[BenefitTable]:
        return BenefitTable.objects.filter(compared_at=None).select_related("result__case__unit", "image")

    @property
    def case(self) -> Any:
        return self.row.result.case

    def get_heading(self) -> Any:
        return self.heading

    @cached_property
    def read(self) -> Read:
        return read_table(self.row.text)

    def form_kwargs(self) -> dict[str, Any]:
        return {"lines": self.read.lines}

    def context(self, **more: Any) -> dict[str, Any]:
        image = self.row.image
        return super().context(
            image=image, link=link_to(image, self.actor), shown=image.media_type.startswith("image/"),
            doubts=self.read.doubts, **more,
        )  # fmt: skip

    def perform(self, form: Any) -> str:
        self.taken = actions.compare_table(self.row, form.taken(), form.said(), actor=self.actor).taken
        mine = self.case.applicant_id == self.actor.person
        return reverse("innovations:my-result" if mine else "innovations:result", args=[self.case.pk])

    def done(self, result: Any) -> str:
        if not self.taken:
            return _t("Nothing was taken over; the paper stays with the result.")
        said = ngettext(
            "%d line is taken over; finance signs it later.",
            "%d lines are taken over; finance signs them later.",
            self.taken,
        )
        return said % self.taken
