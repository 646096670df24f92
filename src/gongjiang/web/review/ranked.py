"""What a union sends up: its ranking with quota and reserve, a swap with its reason, and which levels endorse."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.rules import holds
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.models import Edition, Quota
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.review import endorsement, recommending
from gongjiang.kernel.review.models import EndorsingLevel, Swap
from gongjiang.kernel.review.rules import ORGANISERS, RUN_EDITION
from gongjiang.web.components.cases import url_of
from gongjiang.web.views import ActionView, FormView
from gongjiang.web.views.access import Access

from .forms import LevelsForm, SwapForm


class OfUnit:
    """One edition, and one unit that I work for."""

    access: Access = holds(*ORGANISERS)
    actor: Any
    kwargs: dict[str, Any]

    def prepare(self) -> None:
        super().prepare()  # type: ignore[misc]
        if not any(g.unit == self.kwargs["unit"] for g in self.actor.held(*ORGANISERS)):
            raise Http404
        edition = Edition.objects.select_related("unit").filter(pk=self.kwargs["edition"]).first()
        if edition is None:
            raise Http404
        self.edition: Edition = edition
        self.unit = Unit.objects.get(pk=self.kwargs["unit"])

    @cached_property
    def lines(self) -> list[Any]:
        found = recommending.ranking_of(self.edition, self.unit)
        names: dict[int, str] = {}
        for flow in {r.case.flow for r in found}:
            title = flows()[flow].title
            if title:
                names |= title([r.case.pk for r in found if r.case.flow == flow])
        return [(r, names.get(r.case.pk, str(r.case)), url_of(r.case, "desk")) for r in found]

    def here(self) -> str:
        return reverse("review:ranking", args=[self.edition.pk, self.unit.pk])


class Ranking(OfUnit, FormView):
    """The order in which a union sends up; each press moves one entry by one place."""

    template_name = "review/ranking.html"
    form_class = forms.Form

    def get_heading(self) -> Any:
        return _t("Our ranking: %s") % self.edition.name

    def perform(self, form: Any) -> str:
        asked = self.request.POST.get("move", "")
        key, _sep, way = asked.partition(":")
        if not key.isdigit() or way not in ("up", "down"):
            raise Http404
        recommending.move(self.edition, self.unit, int(key), -1 if way == "up" else 1, actor=self.actor)
        return self.here()

    def context(self, **more: Any) -> dict[str, Any]:
        quota = Quota.objects.filter(edition=self.edition, unit=self.unit, stream="regular").first()
        sent = [line for line in self.lines if line[0].sent]
        return super().context(
            edition=self.edition,
            unit=self.unit,
            quota=quota,
            sent=sent,
            waiting=[line for line in self.lines if not line[0].sent],
            swaps=Swap.objects.filter(edition=self.edition, unit=self.unit)
            .select_related("out", "into")
            .order_by("-pk"),
            can_swap=bool(sent) and any(not line[0].sent for line in self.lines),
            **more,
        )


class SwapPage(OfUnit, FormView):
    """A reserve for what was sent, with the reason."""

    template_name = "review/swap.html"
    form_class = SwapForm
    heading = _("Swap for a reserve")
    button = _("Swap them")

    def form_kwargs(self) -> dict[str, Any]:
        def choice(wanted: bool) -> list[tuple[int, str]]:
            return [(r.case.pk, f"{r.place}. {title}") for r, title, _url in self.lines if r.sent == wanted]

        return {"out": choice(True), "into": choice(False)}

    def perform(self, form: SwapForm) -> str:
        by_key = {r.case.pk: r.case for r, _title, _url in self.lines}
        recommending.swap(
            by_key[int(form.cleaned_data["out"])],
            by_key[int(form.cleaned_data["into"])],
            form.cleaned_data["reason"],
            actor=self.actor,
        )
        return self.here()

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(edition=self.edition, unit=self.unit, back=self.here(), **more)


class Levels(ActionView):
    """Which levels endorse in an edition."""

    access = RUN_EDITION
    heading = _("Who endorses")
    template_name = "review/levels.html"
    form_class = LevelsForm
    button = _("Save who endorses")

    def rows(self) -> QuerySet[Any]:
        return Edition.objects.select_related("unit")

    def initial(self) -> dict[str, Any]:
        rows = EndorsingLevel.objects.filter(edition=self.row.pk)
        return {"levels": list(rows.values_list("level", flat=True))}

    def perform(self, form: LevelsForm) -> str:
        endorsement.endorse_by(self.row, form.cleaned_data["levels"], actor=self.actor)
        return self.request.path

    def done(self, result: Any) -> Any:
        return _t("Saved.")

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(edition=self.row, **more)
