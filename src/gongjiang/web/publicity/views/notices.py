"""Notices on the desk: of one's own unit and of those below, prolonged or taken back by whoever made them."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.calendar.deadlines import ZONE, EndsAt
from gongjiang.kernel.publicity import actions, queries
from gongjiang.kernel.publicity.models import Publicity, PublicityState
from gongjiang.kernel.publicity.rules import HANDLE, KEEP, VIEW
from gongjiang.web.publicity.forms import ProlongForm, ReasonForm
from gongjiang.web.views import ActionView, DetailView, ListView

from .public import StandingFilter
from .words import NEWEST, dressed, titled


class DeskNotices(ListView):
    """Notices of one's own unit and of those below."""

    access = VIEW
    heading = _("Notices")
    template_name = "publicity/desk_notices.html"
    orders = (NEWEST,)
    filters = StandingFilter

    def rows(self) -> QuerySet[Publicity]:
        return queries.counted(Publicity.objects.select_related("unit"))

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        for row in context["page"].rows:
            dressed(row)
        return context


class DeskNotice(DetailView):
    """One notice with its cases."""

    access = VIEW
    template_name = "publicity/desk_notice.html"
    row: Publicity

    def rows(self) -> QuerySet[Publicity]:
        return Publicity.objects.select_related("unit", "document", "edition")

    def get_heading(self) -> Any:
        return titled(self.row)

    def context(self, **more: Any) -> dict[str, Any]:
        snapshot = self.row.snapshot
        behind = {p.position: p.case for p in self.row.cases.select_related("case")}
        held = queries.with_open_objection(case.pk for case in behind.values())
        rows = [
            {
                "place": n,
                "named": snapshot.named(n),
                "case": behind.get(n),
                "held": n in behind and behind[n].pk in held,
            }
            for n in range(1, len(snapshot.rows) + 1)
        ]
        objections = HANDLE.filter(queries.objections().filter(publicity=self.row), self.actor)
        may = KEEP.filter(Publicity.objects.filter(pk=self.row.pk), self.actor).exists()
        return super().context(
            notice=dressed(self.row),
            entries=rows,
            objections=list(objections.order_by("received_at", "pk")),
            may_change=may and self.row.state() == PublicityState.OPEN,
            **more,
        )


class Change(ActionView):
    """A form about a notice that is open and of one's own unit."""

    access = KEEP
    row: Publicity

    def rows(self) -> QuerySet[Publicity]:
        return Publicity.objects.select_related("unit").filter(
            cancelled_at=None, closes_at__gte=timezone.now()
        )


class Cancel(Change):
    """Take a notice back."""

    heading = _("Take the notice back")
    lead = _(
        "The page stays and says that it was taken back, when and why. Its cases count as not publicised."
    )
    button = _("Withdraw the notice")
    form_class = ReasonForm

    def perform(self, form: Any) -> Any:
        actions.cancel(self.row, reason=form.cleaned_data["reason"], actor=self.actor)
        return reverse("desk-notice", args=[self.row.pk])


class Prolong(Change):
    """More working days."""

    heading = _("Prolong the notice")
    lead = _(
        "Counted after the present last day, to the end of the same office hours. A notice is never shortened."
    )
    button = _("Prolong it")
    form_class = ProlongForm

    def perform(self, form: Any) -> Any:
        office = timezone.localtime(self.row.closes_at, ZONE).hour == 18
        actions.prolong(
            self.row,
            days=form.cleaned_data["days"],
            ends_at=EndsAt.OFFICE if office else EndsAt.MIDNIGHT,
            actor=self.actor,
        )
        return reverse("desk-notice", args=[self.row.pk])
