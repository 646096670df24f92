"""Who started, and who may rise a grade."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.programmes.competitions import actions
from gongjiang.programmes.competitions.forms import AnswerForm, SendForm, StartFilters, UpgradeFilters
from gongjiang.programmes.competitions.models import Entrant, Upgrade
from gongjiang.programmes.competitions.permissions import ORGANISER, STAFF, STARTS, VIEW
from gongjiang.web.views import ActionView, ListView, Order, Tab

from .tabs import tabs


class Starts(ListView):
    """Everybody within reach who is registered or has started, in selections and finals."""

    access = STAFF
    rule = STARTS
    heading = _("Contests")
    template_name = "competitions/starts.html"
    orders = (Order("new", _("newest first"), "-pk"),)
    filters = StartFilters
    tier = "T1"
    export = (
        (_("Name"), "person.name"),
        (_("Unit"), "unit.name"),
        (c("contest", "Event"), "event.contest_event.trade"),
        (_("Stage"), "get_stage_display"),
        (_("Started on"), "started_on"),
    )

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def rows(self) -> QuerySet[Entrant]:
        rows = Entrant.objects.select_related("person", "unit", "event__contest_event", "event__parent")
        return rows.filter(live=True)


class Upgrades(ListView):
    """Who may rise a grade by a rank, and what the authority for skills answered."""

    access = STAFF
    rule = VIEW
    prefix = "case__"
    heading = _("Contests")
    template_name = "competitions/upgrades.html"
    orders = (Order("new", _("newest first"), "-pk"),)
    filters = UpgradeFilters
    tier = "T1"
    export = (
        (_("Name"), "person.name"),
        (_("Unit"), "unit.name"),
        (_("Grade held"), "get_held_display"),
        (_("May rise to"), "get_rises_to_display"),
        (_("By which rule"), "rule"),
        (_("State"), "get_state_display"),
        (_("Number of the certificate"), "certificate"),
    )

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def rows(self) -> QuerySet[Upgrade]:
        return Upgrade.objects.select_related(
            "person", "unit", "case__edition__contest_event", "case__edition__unit"
        )

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(runs={g.unit for g in self.actor.held("officer")}, **more)


class _OfUpgrade(ActionView):
    access = ORGANISER
    prefix = "case__"
    template_name = "competitions/upgrade_form.html"

    def rows(self) -> QuerySet[Upgrade]:
        return Upgrade.objects.select_related("person", "unit", "case__edition__unit")

    def get_lead(self) -> str:
        return f"{self.row.person.name}　{self.row.unit.name}　{self.row.get_rises_to_display()}"

    def initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}


class SendUpgrade(_OfUpgrade):
    form_class = SendForm
    heading = _("Sent to the authority for skills")
    button = c("grade upgrade", "Record it")

    def perform(self, form: Any) -> str:
        actions.send([self.row], on=form.cleaned_data["on"], actor=self.actor)
        return reverse("competitions:upgrades")


class AnswerUpgrade(_OfUpgrade):
    form_class = AnswerForm
    heading = _("Answer of the authority for skills")
    button = c("grade upgrade", "Record it")

    def perform(self, form: Any) -> str:
        actions.answer(self.row, actor=self.actor, **form.cleaned_data)
        return reverse("competitions:upgrades")

    def done(self, result: Any) -> str:
        return _t("Recorded. Prize and title stay as they are.")
