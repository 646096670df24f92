"""For whoever runs a panel, and its chair: rules, criteria, seats, items, progress, the lock, the standing."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import SeatRole
from gongjiang.kernel.access.rules import holds
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.parameters import read
from gongjiang.kernel.review import panels, queries, scoring
from gongjiang.kernel.review.models import Panel, PanelState, Seat, Standing, TieKind
from gongjiang.kernel.review.rules import LEAD, ORGANISERS, RUN, RUN_EDITION, VIEW
from gongjiang.web.views import ActionView, DetailView, FormView, ListView, Order
from gongjiang.web.views.access import Access

from .forms import (
    MOST_CRITERIA,
    MOST_TIES,
    CriteriaForm,
    EnterForm,
    LockForm,
    PanelForm,
    ReasonForm,
    RulesForm,
    SeatForm,
    TiesForm,
    TimesForm,
)

TONES = {PanelState.PREPARING: "", PanelState.OPEN: "go", PanelState.LOCKED: "done"}


class Panels(ListView):
    """Every panel of the own union and of those below."""

    access = holds(*ORGANISERS)
    rule = VIEW
    heading = c("panel", "Panels")
    template_name = "review/panels.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def rows(self) -> QuerySet[Any]:
        return Panel.objects.select_related("edition", "unit")

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(tones=TONES, **more)


class NewPanel(FormView):
    """A panel for one edition (`?edition=`) of a union that I work for."""

    access = holds(*ORGANISERS)
    heading = _("Set up a panel")
    template_name = "review/new.html"
    form_class = PanelForm
    button = _("Set up the panel")

    def prepare(self) -> None:
        editions = RUN_EDITION.filter(Edition.objects.select_related("unit"), self.actor)
        asked = self.request.GET.get("edition", "")
        self.choices = list(editions.exclude(state__in=("draft", "cancelled")).order_by("-pk")[:50])
        self.edition = editions.filter(pk=int(asked)).first() if asked.isdigit() else None
        if asked and self.edition is None:
            raise Http404

    def form_kwargs(self) -> dict[str, Any]:
        return {"edition": self.edition}

    def perform(self, form: PanelForm) -> str:
        if self.edition is None:
            raise Http404
        made = panels.create_panel(self.edition, self.edition.unit, actor=self.actor, **form.cleaned_data)
        return reverse("review:panel", args=[made.pk])

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(edition=self.edition, editions=self.choices, **more)


class OfPanel:
    """What every page about one panel knows."""

    access: Access = VIEW
    row: Panel
    actor: Any
    kwargs: dict[str, Any]

    def rows(self) -> QuerySet[Any]:
        return Panel.objects.select_related("edition__unit", "unit", "earlier", "replaces", "locked_by")

    def prepare(self) -> None:
        self.face = "desk" if self.actor.is_staff else "my"
        super().prepare()  # type: ignore[misc]

    @cached_property
    def runs(self) -> bool:
        return RUN.filter(Panel.objects.filter(pk=self.row.pk), self.actor).exists()

    def context(self, **more: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().context(  # type: ignore[misc]
            panel=self.row, runs=self.runs, tone=TONES[PanelState(self.row.state)], **more
        )
        return found


class PanelPage(OfPanel, DetailView):
    """All that decides a standing on one page, what is missing, and how far everybody is."""

    template_name = "review/panel.html"

    def context(self, **more: Any) -> dict[str, Any]:
        panel = self.row
        items = list(panel.items.order_by("position"))
        behind = queries.titles_behind(items) if self.runs else {}
        given = queries.progress(panel)
        recused: dict[int, int] = {}
        for item in panels.Recusal.objects.filter(item__panel=panel).values_list("item", flat=True):
            recused[item] = recused.get(item, 0) + 1
        weights = sum(each.weight for each in panel.criteria.all())
        return super().context(
            criteria=list(panel.criteria.order_by("position")),
            weights=weights,
            ties=queries.tie_order(panel),
            timed=panel.tie_steps.filter(kind=TieKind.TIME).exists(),
            progress=given,
            scrutineers=list(panel.seats.filter(role=SeatRole.SCRUTINEER, until=None)),
            items=[(i, behind.get(i.pk), recused.get(i.pk, 0)) for i in items],
            missing=panels.missing(panel) if panel.state == PanelState.PREPARING else [],
            draws=list(panel.draws.order_by("pk")),
            preparing=panel.state == PanelState.PREPARING,
            opened=panel.state == PanelState.OPEN,
            locked=panel.state == PanelState.LOCKED,
            done=sum(p.done for p in given if p.seat.until is None),
            asked=sum(p.asked for p in given if p.seat.until is None),
            **more,
        )


class Change(OfPanel, ActionView):
    """A form about a panel that only those who run it may use."""

    access = RUN
    template_name = "review/form.html"

    def url(self) -> str:
        return reverse("review:panel", args=[self.row.pk])


def published(panel: Panel) -> dict[str, Any]:
    """What the edition runs under, by the names of its programme's parameters: proposals where nothing is set yet."""
    return read.plain(read.values(panel.edition.programme, edition=panel.edition))


class Rules(Change):
    heading = _("How the panel judges")
    form_class = RulesForm
    button = c("panel", "Save the rules")

    def form_kwargs(self) -> dict[str, Any]:
        return {"panel": self.row}

    def initial(self) -> dict[str, Any]:
        found = {name: getattr(self.row, name) for name in panels.RULES}
        found["blind"] = {True: "1", False: "0", None: ""}[self.row.blind]
        if found["drop"] is None:
            found["drop"] = published(self.row).get("drop_extremes")
        return found

    def perform(self, form: RulesForm) -> str:
        panels.configure(self.row, actor=self.actor, **form.cleaned_data)
        return self.url()


class Criteria(Change):
    heading = _("Criteria and weights")
    template_name = "review/criteria.html"
    form_class = CriteriaForm
    button = c("panel", "Save the criteria")
    lead = _("The weights add up to 100 %. Leave rows that you don't need empty.")

    def initial(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for n, each in enumerate(self.row.criteria.order_by("position")[:MOST_CRITERIA], start=1):
            found |= {
                f"name_{n}": each.name,
                f"name_en_{n}": each.name_en,
                f"weight_{n}": f"{each.weight.normalize():f}",
                f"maximum_{n}": f"{each.maximum.normalize():f}",
            }
        return found or self.proposed()

    def proposed(self) -> dict[str, Any]:
        """The criteria and weights that the edition runs under; each is given points up to 100."""
        said = published(self.row)
        names, weights = said.get("criteria_names"), said.get("criteria_weights")
        found: dict[str, Any] = {}
        if names and weights:
            for n, name in enumerate(names[:MOST_CRITERIA], start=1):
                weight = f"{Decimal(weights.get(name, 0)).normalize():f}"
                found |= {f"name_{n}": name, f"weight_{n}": weight, f"maximum_{n}": "100"}
        return found

    def perform(self, form: CriteriaForm) -> str:
        panels.set_criteria(self.row, form.rows(), actor=self.actor)
        return self.url()


class Ties(Change):
    heading = _("When totals are equal")
    form_class = TiesForm
    button = _("Save the order")
    lead = _("Asked one after the other. Without an end, equals at the cut cannot be locked.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"panel": self.row}

    def initial(self) -> dict[str, Any]:
        steps = queries.tie_order(self.row)[:MOST_TIES]
        return {
            f"step_{n}": f"c{s.criterion_id}" if s.kind == TieKind.CRITERION else s.kind
            for n, s in enumerate(steps, start=1)
        }

    def perform(self, form: TiesForm) -> str:
        panels.set_ties(self.row, form.steps(), actor=self.actor)
        return self.url()


class Times(Change):
    """The time used by each item, while scoring is open."""

    heading = _("Times used")
    form_class = TimesForm
    button = _("Save the times")
    lead = _("As the timekeepers wrote it down, by code. An empty line is not known yet.")

    def form_kwargs(self) -> dict[str, Any]:
        items = self.row.items.filter(withdrawn_at=None, calibration=False)
        return {"codes": list(items.order_by("code").values_list("code", flat=True))}

    def initial(self) -> dict[str, Any]:
        known = self.row.items.exclude(seconds=None).values_list("code", "seconds")
        return {f"time_{code}": f"{used // 60}:{used % 60:02d}" for code, used in known if used is not None}

    def perform(self, form: TimesForm) -> str:
        scoring.clock(self.row, form.seconds(), actor=self.actor)
        return self.url()


class NewSeat(Change):
    heading = _("Give a seat")
    form_class = SeatForm
    button = _("Give the seat")

    def get_lead(self) -> Any:
        rule = _t(
            "Whoever takes part in an item, works where it comes from or recommended it does not judge it."
        )
        wanted = published(self.row).get("panel_size")
        if wanted is None:
            return rule
        there = self.row.seats.filter(until=None).exclude(role=SeatRole.SCRUTINEER).count()
        said = _t("%(wanted)s experts are to judge; %(there)s have a seat.")
        return f"{rule} {said % {'wanted': wanted, 'there': there}}"

    def perform(self, form: SeatForm) -> str:
        panels.seat(self.row, form.cleaned_data["login"], form.cleaned_data["role"], actor=self.actor)
        return self.url()


class EndSeat(Change):
    heading = _("End a seat")
    button = _("End the seat")
    lead = _("Complete sheets stay and count. What is not complete is dropped.")

    def prepare(self) -> None:
        super().prepare()
        self.seat = self.row.seats.filter(pk=self.kwargs["seat"], until=None).first()
        if self.seat is None:
            raise Http404

    def get_heading(self) -> Any:
        return _t("End the seat of %s") % self.seat.name  # type: ignore[union-attr]

    def perform(self, form: Any) -> str:
        if isinstance(self.seat, Seat):
            panels.unseat(self.seat, actor=self.actor)
        return self.url()


class Enter(Change):
    heading = _("Enter entries")
    form_class = EnterForm
    button = _("Put them before the panel")
    lead = _("Each gets a code by chance, and what judges read of it is frozen now.")
    template_name = "review/enter.html"

    @cached_property
    def choices(self) -> list[tuple[int, str]]:
        cases = list(panels.waiting(self.row).select_related("unit").order_by("unit__path", "pk")[:2000])
        names: dict[int, str] = {}
        for flow in {each.flow for each in cases}:
            title = flows()[flow].title
            if title:
                names |= title([each.pk for each in cases if each.flow == flow])
        return [(each.pk, f"{names.get(each.pk, each.number)}　{each.unit.name}") for each in cases]

    def form_kwargs(self) -> dict[str, Any]:
        return {"choices": self.choices}

    def initial(self) -> dict[str, Any]:
        return {"cases": [key for key, _label in self.choices]}

    def perform(self, form: EnterForm) -> str:
        keys = [int(key) for key in form.cleaned_data["cases"]]
        panels.enter(self.row, keys, actor=self.actor, calibration=form.cleaned_data["calibration"])
        return self.url()

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(choices=self.choices, **more)


class TakeOut(Change):
    """Before it opens an item is taken out as if it had never been in; afterwards it withdraws for a reason."""

    form_class = ReasonForm
    button = _("Take it out")

    def prepare(self) -> None:
        super().prepare()
        self.item = self.row.items.filter(code=self.kwargs["code"], withdrawn_at=None).first()
        if self.item is None or self.row.state == PanelState.LOCKED:
            raise Http404

    def get_heading(self) -> Any:
        return _t("Take out item %s") % self.item  # type: ignore[union-attr]

    def perform(self, form: ReasonForm) -> str:
        if self.item is not None and self.row.state == PanelState.PREPARING:
            panels.take_out(self.item, actor=self.actor)
        elif self.item is not None:
            panels.withdraw_item(self.item, form.cleaned_data["reason"], actor=self.actor)
        return self.url()


class Open(Change):
    heading = _("Open the panel")
    form_class = forms.Form
    button = _("Open scoring")
    lead = _("From then on rules, criteria and items are frozen; only seats can still be given and ended.")

    def perform(self, form: Any) -> str:
        panels.open_panel(self.row, actor=self.actor)
        return self.url()


class Lock(OfPanel, ActionView):
    """What the lock would write, what stands against it, and the lock. There is no unlock."""

    access = LEAD
    heading = _("Lock the panel")
    template_name = "review/lock.html"
    form_class = LockForm
    button = _("Lock and write the standing")

    def prepare(self) -> None:
        super().prepare()
        if self.row.state != PanelState.OPEN and self.request.method == "GET":  # type: ignore[attr-defined]
            raise Http404

    @cached_property
    def preview(self) -> scoring.Preview:
        return scoring.preview(self.row, actor=self.actor)

    @cached_property
    def tied(self) -> list[tuple[int, str]]:
        """The equals at the cut, for the chair alone."""
        mine = self.row.seats.filter(user=self.actor.user, role=SeatRole.PANEL_CHAIR, until=None).exists()
        if not (mine and self.preview.chair and self.preview.tied):
            return []
        items = self.row.items.filter(code__in=self.preview.tied).order_by("code")
        return [(item.pk, item.code) for item in items]

    def form_kwargs(self) -> dict[str, Any]:
        return {"tied": self.tied}

    def initial(self) -> dict[str, Any]:
        return {"fingerprint": self.preview.fingerprint}

    def perform(self, form: LockForm) -> str:
        scoring.lock(
            self.row,
            actor=self.actor,
            fingerprint=form.cleaned_data["fingerprint"],
            decided=form.decided(),
            reason=form.cleaned_data.get("reason", ""),
        )
        return reverse("review:standing", args=[self.row.pk])

    def done(self, result: Any) -> Any:
        return _t("Locked. The standing stands as it is below.")

    def context(self, **more: Any) -> dict[str, Any]:
        found = self.preview
        codes = {i.pk: i.code for i in self.row.items.all()}
        precision = self.row.precision or 0
        lines = [(p, codes[p.key], f"{p.total / 10**precision:.{precision}f}") for p in found.places]
        against = scoring.against(found)
        if self.tied:
            against = [text for text in against if not found.tied] or []
        return super().context(preview=found, lines=lines, against=against, tied=self.tied, **more)


class Standings(ListView):
    """The standing of a locked panel, to be exported. Whoever runs it reads names beside the codes."""

    access = VIEW
    heading = c("panel", "Standing")
    template_name = "review/standing.html"
    orders = (
        Order("rank", _("best first"), "rank", "pk"),
        Order("code", _("by code"), "item__code", "pk"),
    )
    page_size = 100
    export = (
        (c("standing", "Rank"), "rank"),
        (c("standing", "Code"), "item.code"),
        (c("standing", "Total"), "total"),
        (c("standing", "Result"), "get_result_display"),
        (c("standing", "Judges"), "judges"),
        (c("standing", "What settled it"), "settled"),
    )

    def prepare(self) -> None:
        self.face = "desk" if self.actor.is_staff else "my"
        found = VIEW.filter(Panel.objects.select_related("edition", "unit", "locked_by"), self.actor).filter(
            pk=self.kwargs["pk"], state=PanelState.LOCKED
        )
        panel = found.first()
        if panel is None:
            raise Http404
        self.panel: Panel = panel

    def rows(self) -> QuerySet[Any]:
        return Standing.objects.filter(panel=self.panel).select_related("item")

    def allowed(self) -> QuerySet[Any]:
        """The panel has been found through the rule."""
        return self.rows()

    def get_heading(self) -> Any:
        return _t("Standing: %s") % self.panel.name

    def context(self, **more: Any) -> dict[str, Any]:
        found = super().context(panel=self.panel, **more)
        rows = found["page"].rows
        runs = RUN.filter(Panel.objects.filter(pk=self.panel.pk), self.actor).exists()
        behind = queries.titles_behind([row.item for row in rows]) if runs else {}
        precision = self.panel.precision or 0
        for row in rows:
            row.shown, row.behind = f"{row.total:.{precision}f}", behind.get(row.item_id)
        found["runs"] = runs
        return found


def sections(request: Any, edition: Edition) -> list[dict[str, Any]]:
    """Panels of the edition whose page it is."""
    rows = list(VIEW.filter(queries.editions_panels(edition.pk, request.actor), request.actor))
    runs = RUN_EDITION.filter(Edition.objects.filter(pk=edition.pk), request.actor).exists()
    held = Unit.objects.filter(pk__in=[g.unit for g in request.actor.held(*ORGANISERS)])
    ranks = [unit for unit in held if unit.pk != edition.unit_id]
    if not rows and not runs and not ranks:
        return []
    return [
        {
            "title": pgettext("panel", "Panels"),
            "template": "review/edition.html",
            "panels": rows,
            "tones": TONES,
            "runs": runs,
            "edition": edition,
            "ranks": ranks,
        }
    ]
