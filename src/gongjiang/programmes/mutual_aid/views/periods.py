"""Periods with their figures, the rehearsal of other values, and what everybody may read."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import at
from gongjiang.kernel.lifecycle import editions
from gongjiang.kernel.lifecycle.models import Edition, EditionState, WindowKind
from gongjiang.programmes.mutual_aid import actions, queries, rehearsal
from gongjiang.programmes.mutual_aid.forms import PeriodForm, RelativeForm
from gongjiang.programmes.mutual_aid.models import Payer, Relative
from gongjiang.programmes.mutual_aid.permissions import REVIEWERS, STAFF
from gongjiang.web.views import PUBLIC, ActionView, DetailView, FormView, ListView, Order, Tab, View

from .claims import tabs


class Public(View):
    """What mutual aid is, and which periods run."""

    access = PUBLIC
    face = "public"
    heading = _("Mutual aid in serious illness")
    template_name = "mutual_aid/public.html"

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(periods=queries.editions().prefetch_related("windows")[:10], **more)


class _OfEditions:
    def rows(self) -> QuerySet[Edition]:
        return Edition.objects.filter(programme="mutual_aid").select_related(
            "unit", "mutual_aid_period__fund"
        )

    def allowed(self) -> QuerySet[Edition]:
        reach = editions.within_reach(self.actor)  # type: ignore[attr-defined]
        return self.rows().filter(pk__in=reach.values("pk"))


class Periods(_OfEditions, ListView):
    """Every period within reach."""

    access = STAFF
    heading = _("Periods of mutual aid")
    template_name = "mutual_aid/periods.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def tabs(self) -> list[Tab]:
        return tabs(self)


class PeriodPage(_OfEditions, DetailView):
    """One period: people, payments and money as they stand now, of one's own part where one does not run it."""

    access = STAFF
    template_name = "mutual_aid/period.html"

    def context(self, **more: Any) -> dict[str, Any]:
        edition: Edition = self.row
        runs = any(g.unit == edition.unit_id for g in self.actor.grants)
        paths = [] if runs else [g.path for g in self.actor.grants if g.path.startswith(edition.unit.path)]
        summary = queries.summary(edition, min(paths, key=len) if paths else "")
        return super().context(
            summary=summary,
            raised=[(Payer(payer).label, fen) for payer, fen in summary.raised.items()],
            part=not runs and bool(paths),
            windows=[(w, WindowKind(w.kind).label) for w in edition.windows.order_by("since")],
            may_set=editions.runs(edition, self.actor) and edition.state == EditionState.DRAFT,
            may_rehearse=editions.runs(edition, self.actor),
            period=getattr(edition, "mutual_aid_period", None),
            **more,
        )


class SetPeriod(_OfEditions, ActionView):
    """Number and fund of a period in preparation."""

    access = at("unit", Role.OFFICER, Role.APPROVER)
    form_class = PeriodForm
    template_name = "mutual_aid/plain.html"
    heading = c("action", "Set number and fund")
    button = c("action", "Set number and fund")

    def allowed(self) -> QuerySet[Edition]:
        return self.access.filter(self.rows().filter(state=EditionState.DRAFT), self.actor)

    def version(self) -> int | None:
        return None

    def get_heading(self) -> Any:
        return self.heading

    def initial(self) -> dict[str, Any]:
        period = getattr(self.row, "mutual_aid_period", None)
        return {"number": period.number, "fund": period.fund.name} if period else {}

    def perform(self, form: Any) -> str:
        actions.set_period(self.row, **form.cleaned_data, actor=self.actor)
        return reverse("mutual_aid:period", args=[self.row.pk])


class Rehearsal(_OfEditions, DetailView):
    """What other values would cost, and who would gain or lose, over the live claims of a period."""

    access = at("unit", Role.OFFICER, Role.APPROVER)
    template_name = "mutual_aid/rehearsal.html"
    heading = _("Rehearsal")

    def allowed(self) -> QuerySet[Edition]:
        rows = self.rows().filter(mutual_aid_period__isnull=False)
        return self.access.filter(rows, self.actor)

    def get_heading(self) -> Any:
        return _t("Rehearsal over %(period)s") % {"period": self.row.name}

    @cached_property
    def played(self) -> rehearsal.Rehearsed:
        return rehearsal.rehearse(self.row, queries.terms(self.row), rehearsal.proposed(self.row))

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(
            played=self.played, changed=rehearsal.changed(self.row), now=timezone.now(), **more
        )

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show()


class Relatives(ListView):
    """The relatives whom I have declared."""

    access = REVIEWERS
    rule = None
    heading = _("My relatives")
    template_name = "mutual_aid/relatives.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def rows(self) -> QuerySet[Relative]:
        return Relative.objects.filter(user=self.actor.user)

    def allowed(self) -> QuerySet[Relative]:
        return self.rows()


class Declare(FormView):
    """Declare a relative."""

    access = REVIEWERS
    form_class = RelativeForm
    template_name = "mutual_aid/plain.html"
    heading = c("action", "Declare a relative")
    button = c("action", "Declare a relative")
    lead = _("No claim of this person will come before you. Only you see the list.")

    def perform(self, form: Any) -> str:
        actions.declare(**form.cleaned_data, actor=self.actor)
        return reverse("mutual_aid:relatives")


class TakeBack(ActionView):
    """It was a mistake."""

    access = REVIEWERS
    template_name = "mutual_aid/plain.html"
    heading = c("action", "Take the declaration back")
    button = c("action", "Take the declaration back")

    def rows(self) -> QuerySet[Relative]:
        return Relative.objects.filter(user=self.actor.user)

    def allowed(self) -> QuerySet[Relative]:
        return self.rows()

    def get_heading(self) -> Any:
        return self.heading

    def perform(self, form: Any) -> str:
        actions.take_back(self.row, actor=self.actor)
        return reverse("mutual_aid:relatives")
