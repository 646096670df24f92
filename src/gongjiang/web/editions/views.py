"""Every programme's editions: which there are, one of them, preparing it and moving it on."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel import catalogue
from gongjiang.kernel.access.rules import holds
from gongjiang.kernel.lifecycle import editions, quotas
from gongjiang.kernel.lifecycle.models import Edition, EditionState, Quota
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.parameters import read
from gongjiang.kernel.programme import Programme
from gongjiang.web.views import ActionView, DetailView, FormView, ListView, Order
from gongjiang.web.views.listing import Tab

from .forms import EditionForm, QuotaForm, StepForm, initial

TONES = {
    "draft": "",
    "approved": "go",
    "published": "go",
    "settled": "done",
    "archived": "done",
    "cancelled": "done",
}


def programmes_with_editions() -> dict[str, Programme]:
    """Code → programme, of those that declare editions and are shown."""
    return {p.code: p for p in catalogue.programmes() if p.editions and not p.example}


class EditionList(ListView):
    """The editions of my unions, of those above and of those below."""

    access = holds()
    rule = None
    heading = _("Editions")
    template_name = "editions/list.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def allowed(self) -> QuerySet[Any]:
        return self.rows()

    @property
    def tab(self) -> str:
        return "below" if self.request.GET.get("tab") == "below" else "mine"

    def tabs(self) -> list[Tab]:
        path = self.request.path
        return [
            Tab(_("Of my unions"), path, self.tab == "mine"),
            Tab(_("Above and below"), f"{path}?tab=below", self.tab == "below"),
        ]

    def rows(self) -> QuerySet[Edition]:
        found = editions.within_reach(self.actor).select_related("unit", "parent").prefetch_related("windows")
        found = found.filter(programme__in=programmes_with_editions())
        own = [g.unit for g in self.actor.grants]
        return found.filter(unit__in=own) if self.tab == "mine" else found.exclude(unit__in=own)

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        labels = programmes_with_editions()
        for row in context["page"].rows:
            row.programme_label, row.tone = labels[row.programme].label, TONES[row.state]
        may = [p for p in labels.values() if self.actor.held(*editions.RUNNING)]
        return {**context, "may_prepare": may}


class OneEdition:
    """Finds an edition within reach."""

    def rows(self) -> QuerySet[Edition]:
        found = editions.within_reach(self.actor)  # type: ignore[attr-defined]
        return found.filter(programme__in=programmes_with_editions()).select_related(
            "unit", "parent", "created_by", "approved_by"
        )

    def allowed(self) -> QuerySet[Edition]:
        return self.rows()


class EditionPage(OneEdition, DetailView):
    """One edition: its times, its places, what other parts say of it, what can be done and what stands against it."""

    access = holds()
    rule = None
    template_name = "editions/edition.html"

    def context(self, **more: Any) -> dict[str, Any]:
        edition = self.row
        words = {**{s.name: s.label for s in editions.STEPS}, "prepare": c("edition step", "Prepared")}
        history = list(edition.events.select_related("user").order_by("-pk"))
        for event in history:
            event.label = words.get(event.name, event.name)
        slots = catalogue.slots("edition.sections")
        sections = [section for slot in slots for section in slot.render(self.request, edition)]
        return super().context(
            edition=edition,
            programme=programmes_with_editions()[edition.programme],
            tone=TONES[edition.state],
            windows=sorted(edition.windows.all(), key=lambda w: (w.since, w.pk)),
            quotas=edition.quotas.select_related("unit").order_by("unit__path", "stream"),
            possible=editions.possible(edition, self.actor),
            runs=editions.runs(edition, self.actor),
            draft=edition.state == EditionState.DRAFT,
            history=history,
            sections=sections,
            **more,
        )


class Prepare(FormView):
    """A new edition of a programme, as a draft."""

    access = holds(*editions.RUNNING)
    form_class = EditionForm
    button = _("Save the draft")
    template_name = "editions/draft.html"
    lead = _("Nobody else sees it as open before a second person has approved it and it is published.")

    def prepare(self) -> None:
        programme = programmes_with_editions().get(self.kwargs["programme"])
        if programme is None:
            raise Http404
        self.programme: Programme = programme

    def get_heading(self) -> Any:
        return _t("New edition: %s") % self.programme.label

    def form_kwargs(self) -> dict[str, Any]:
        held = Unit.objects.filter(pk__in=[g.unit for g in self.actor.held(*editions.RUNNING)]).order_by(
            "path"
        )
        return {"kinds": self.programme.editions, "units": [(u.pk, u.name) for u in held]}

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(back=reverse("editions"), **more)

    def perform(self, form: Any) -> Any:
        edition = editions.prepare(
            self.programme.code,
            form.cleaned_data["unit"],
            actor=self.actor,
            windows=form.windows(),
            **form.said(),
        )
        return reverse("edition", args=[edition.pk])

    def done(self, result: Any) -> Any:
        return _("The draft is saved. A second person approves it.")


class OfEdition(OneEdition, ActionView):
    """A form about an edition that the actor runs."""

    access = holds(*editions.RUNNING)
    rule = None
    row: Edition

    def prepare(self) -> None:
        super().prepare()
        if not editions.runs(self.row, self.actor):
            raise Http404

    def version(self) -> int | None:
        return self.row.version

    def stale_subject(self) -> Any:
        return self.row

    def changes_since(self, version: int) -> list[Any]:
        return []

    def back(self) -> str:
        return reverse("edition", args=[self.row.pk])

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(back=self.back(), **more)


class Change(OfEdition):
    """Change a draft."""

    form_class = EditionForm
    heading = _("Change the draft")
    button = _("Save the draft")
    template_name = "editions/draft.html"

    def form_kwargs(self) -> dict[str, Any]:
        return {"kinds": editions.kinds_of(self.row.programme)}

    def initial(self) -> dict[str, Any]:
        return initial(self.row)

    def perform(self, form: Any) -> Any:
        editions.change(self.row, actor=self.actor, windows=form.windows(), **form.said())
        return self.back()

    def done(self, result: Any) -> Any:
        return _("The draft is saved.")


class Advance(OfEdition):
    """Approve, publish, settle, archive or cancel."""

    form_class = StepForm
    template_name = "editions/form.html"

    def prepare(self) -> None:
        super().prepare()
        steps = {s.name: s for s in editions.STEPS}
        if self.kwargs["name"] not in steps:
            raise Http404
        self.step = steps[self.kwargs["name"]]
        self.button = self.step.label

    def get_heading(self) -> Any:
        return self.step.label

    def perform(self, form: Any) -> Any:
        editions.advance(self.row, self.step.name, actor=self.actor, note=form.cleaned_data["note"])
        return self.back()

    def done(self, result: Any) -> Any:
        return _t("Done: %(move)s. %(title)s") % {"move": self.step.label, "title": self.row.name}


class Places(OfEdition):
    """How many places each union directly below has."""

    form_class = QuotaForm
    heading = _("Places of each union")
    button = _("Save the places")
    lead = _(
        "Leave empty where there is no limit. What is over the limit becomes a ranked reserve; nothing is cut."
    )
    template_name = "editions/places.html"

    def units(self) -> list[tuple[int, str]]:
        below = Unit.objects.filter(parent=self.row.unit_id, closed_on=None).exclude(level="enterprise")
        return [(u.pk, u.name) for u in below.order_by("code")]

    def form_kwargs(self) -> dict[str, Any]:
        return {"units": self.units()}

    def initial(self) -> dict[str, Any]:
        rows = Quota.objects.filter(edition=self.row, stream="regular")
        there = {f"unit_{q.unit_id}": q.limit for q in rows}
        return there or self.published()

    def published(self) -> dict[str, Any]:
        """Where no place is set yet: what the union has published for each unit, as a proposal."""
        try:
            each = read.value(
                f"{self.row.programme}.quota_per_unit", unit=self.row.unit_id, edition=self.row
            ).value
        except (KeyError, read.Missing):
            return {}
        return {f"unit_{key}": each for key, _name in self.units()}

    def perform(self, form: Any) -> Any:
        quotas.allot(self.row, form.limits(), actor=self.actor)
        return self.back()

    def done(self, result: Any) -> Any:
        return _("The places are saved.")
