"""One's own record, what one objects to in it, and who decides."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.exchange.exports import Sheet
from gongjiang.kernel.exchange.models import Tier
from gongjiang.kernel.people.models import Employment, Person
from gongjiang.web.views import ActionView, DetailView, ListView, Order, View

from .. import actions, queries
from ..forms import ObjectForm
from ..models import Correction, Fact
from ..permissions import CORRECTIONS, MINE, OBJECTOR, STAFF
from ..timeline import timeline


class GrowthRecord(View):
    """成长档案: one's own course, each entry a pointer to its record; as a file for oneself."""

    access = MINE
    face = "my"
    heading = _("My growth record")
    template_name = "registry/growth.html"

    def prepare(self) -> None:
        found = Person.objects.filter(pk=self.actor.person or 0).first()
        if found is None:
            raise Http404
        self.person: Person = found

    def sheet(self) -> Sheet:
        """The record as a file, for the person it is about."""
        entries = timeline(self.person, self.actor, "my")
        return Sheet(
            str(self.heading),
            [str(_("Day")), str(_("Kind")), str(_("What happened")), str(_("Details"))],
            lambda: ((e.on, str(e.kind), e.title, e.note) for e in entries),
            lambda: len(entries),
            tier=Tier.T1,
        )

    def context(self, **more: Any) -> dict[str, Any]:
        jobs = MINE.filter(Employment.objects.filter(until=None), self.actor).select_related("entity")
        return super().context(
            person=self.person,
            record=timeline(self.person, self.actor, "my"),
            jobs=list(jobs.order_by("since", "pk")),
            corrections=list(
                OBJECTOR.filter(queries.corrections(), self.actor, "case__").order_by("-pk")[:20]
            ),
            export_url=reverse("exports:new") + "?" + urlencode({"of": reverse("registry:growth")}),
            **more,
        )


class ObjectTo(ActionView):
    """Say that a fact about oneself at a workplace is wrong."""

    access = MINE
    face = "my"
    heading = _("Say what is wrong")
    button = c("action", "Send it to the union")
    form_class = ObjectForm
    template_name = "registry/object.html"

    def rows(self) -> QuerySet[Employment]:
        return Employment.objects.filter(until=None).select_related("entity", "person", "unit")

    def get_heading(self) -> Any:
        return self.heading

    def perform(self, form: ObjectForm) -> str:
        correction = actions.object_to(self.row, **form.cleaned_data, actor=self.actor)
        return reverse("registry:my-correction", args=[correction.pk])

    def done(self, result: Any) -> str:
        return gettext("Sent. The union of your workplace decides, and gives its reasons.")

    def context(self, **more: Any) -> dict[str, Any]:
        facts = [
            (Fact(code).label, queries.said(code, actions.stated_now(self.row, code))) for code in Fact.values
        ]
        return super().context(facts=facts, job=self.row, **more)


class Corrections(ListView):
    """What people have objected to within reach."""

    access = STAFF
    rule = CORRECTIONS
    prefix = "case__"
    heading = _("Corrections of the register")
    template_name = "registry/corrections.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def rows(self) -> QuerySet[Correction]:
        return queries.corrections()


class CorrectionPage(DetailView):
    """One objection on the desk."""

    access = STAFF
    rule: Any = CORRECTIONS
    prefix = "case__"
    template_name = "registry/correction.html"

    def rows(self) -> QuerySet[Correction]:
        return queries.corrections()

    def context(self, **more: Any) -> dict[str, Any]:
        row: Correction = self.row
        return super().context(
            fact=Fact(row.fact).label,
            stated=queries.said(row.fact, row.stated),
            wanted=queries.said(row.fact, row.wanted),
            **more,
        )


class MyCorrection(CorrectionPage):
    """One's own objection."""

    access = OBJECTOR  # type: ignore[assignment]
    rule = None
    face = "my"
