"""For whoever has a seat: my panels, the items of one, one score sheet. Nothing here reads a case of a blind panel."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import SeatRole
from gongjiang.kernel.files.models import STORE
from gongjiang.kernel.files.store import Lost
from gongjiang.kernel.review import queries, scoring
from gongjiang.kernel.review.models import Decoding, Item, PanelState, Part, Recusal, Score, Seat
from gongjiang.kernel.review.rules import MINE
from gongjiang.web.components.cases import url_of
from gongjiang.web.files.forms import measured
from gongjiang.web.files.views import POLICY
from gongjiang.web.views import SIGNED_IN, ActionView, DetailView, View
from gongjiang.web.views.access import Access

from .forms import RecuseForm, SheetForm


class MySeats(View):
    """Every panel that I sit on, with what is left to do."""

    access = SIGNED_IN
    face = "my"
    heading = _("My scoring")
    template_name = "review/mine.html"

    def context(self, **more: Any) -> dict[str, Any]:
        seats = []
        for seat in queries.my_seats(self.actor):
            tasks = queries.tasks_of(seat)
            asked = [t for t in tasks if not t.recused]
            seats.append((seat, sum(t.done for t in asked), len(asked)))
        return super().context(seats=seats, **more)


class OfSeat:
    """What every page about one seat knows: it is mine, and its panel is open or locked."""

    access: Access = MINE
    face = "my"
    row: Seat

    def rows(self) -> QuerySet[Any]:
        return Seat.objects.select_related("panel__edition", "panel__unit").exclude(
            panel__state=PanelState.PREPARING
        )

    def get_heading(self) -> Any:
        return self.row.panel.name


class SeatPage(OfSeat, DetailView):
    """The items before my seat, how far I am, and first of all the undertaking."""

    template_name = "review/seat.html"

    def context(self, **more: Any) -> dict[str, Any]:
        seat, panel = self.row, self.row.panel
        tasks = queries.tasks_of(seat)
        asked = [t for t in tasks if not t.recused]
        standing = {}
        if panel.state == PanelState.LOCKED:
            standing = {s.item_id: s for s in panel.standings.all()}
        return super().context(
            seat=seat,
            panel=panel,
            tasks=[(t, standing.get(t.item.pk)) for t in tasks],
            done=sum(t.done for t in asked),
            asked=len(asked),
            next=next((t for t in asked if not t.done), None),
            scores=seat.role != SeatRole.SCRUTINEER,
            leads=seat.role == SeatRole.PANEL_CHAIR,
            draws=panel.draws.all(),
            **more,
        )


class Oath(OfSeat, ActionView):
    """The undertaking, one touch."""

    template_name = "review/oath.html"
    button = _("I undertake it")

    def perform(self, form: Any) -> str:
        scoring.swear(self.row, actor=self.actor)
        return reverse("review:seat", args=[self.row.pk])


class OfItem(OfSeat):
    """One item before my seat, by its code."""

    kwargs: dict[str, Any]

    def prepare(self) -> None:
        super().prepare()  # type: ignore[misc]
        if self.row.role == SeatRole.SCRUTINEER:
            raise Http404
        found = self.row.panel.items.filter(code=self.kwargs["code"], withdrawn_at=None).first()
        if found is None or found.pk in queries.gone_from(self.row.panel):
            raise Http404
        self.item: Item = found

    @cached_property
    def recused(self) -> bool:
        return Recusal.objects.filter(seat=self.row, item=self.item).exists()

    def get_heading(self) -> Any:
        return _t("Item %s") % self.item.code


class SheetPage(OfItem, ActionView):
    """The pack and all criteria on one page; saved in parts, changed until the lock."""

    template_name = "review/sheet.html"
    form_class = SheetForm
    button = c("score sheet", "Save")

    @cached_property
    def criteria(self) -> list[Any]:
        return list(self.row.panel.criteria.order_by("position"))

    def form_kwargs(self) -> dict[str, Any]:
        return {"criteria": self.criteria}

    def initial(self) -> dict[str, Any]:
        given = queries.sheet(self.row, self.item)
        return {f"points_{key}": f"{points.normalize():f}" for key, points in given.items()}

    def perform(self, form: SheetForm) -> str:
        scoring.score(self.row, self.item, form.points(), actor=self.actor)
        tasks = [t for t in queries.tasks_of(self.row) if not t.recused]
        after = [t for t in tasks if t.item.position > self.item.position and not t.done]
        first = [t for t in tasks if not t.done]
        if "next" in self.request.POST and (after or first):
            return reverse("review:sheet", args=[self.row.pk, (after or first)[0].item.code])
        return reverse("review:seat", args=[self.row.pk])

    def done(self, result: Any) -> Any:
        given = Score.objects.filter(seat=self.row, item=self.item).count()
        if given == len(self.criteria):
            return _t("Saved: %s is complete.") % self.item.code
        return _t("Saved: %(code)s, %(given)d of %(asked)d criteria.") % {
            "code": self.item.code, "given": given, "asked": len(self.criteria),
        }  # fmt: skip

    def context(self, **more: Any) -> dict[str, Any]:
        panel = self.row.panel
        parts = [] if self.recused else list(Part.objects.filter(item=self.item).order_by("position"))
        tasks = [t for t in queries.tasks_of(self.row) if not t.recused]
        return super().context(
            seat=self.row,
            panel=panel,
            item=self.item,
            parts=[(p, measured(p.bytes) if p.stored else "") for p in parts],
            recused=self.recused,
            writable=panel.state == PanelState.OPEN and not self.recused and self.row.oath_at is not None,
            given=queries.sheet(self.row, self.item) if panel.state == PanelState.LOCKED else {},
            done=sum(t.done for t in tasks),
            asked=len(tasks),
            case_url=self._case_url(),
            **more,
        )

    def _case_url(self) -> str:
        """The case's own page, where names are open to judges."""
        if self.row.panel.blind is not False or self.recused:
            return ""
        found = Decoding.objects.filter(item=self.item).select_related("case").first()
        return url_of(found.case, "desk" if self.actor.is_staff else "my") if found else ""


class Recuse(OfItem, ActionView):
    """Step back from one item: one touch, a reason if you like."""

    template_name = "review/recuse.html"
    form_class = RecuseForm
    button = _("Step back from this item")

    def perform(self, form: RecuseForm) -> str:
        scoring.recuse(self.row, self.item, actor=self.actor, reason=form.cleaned_data["reason"])
        return reverse("review:seat", args=[self.row.pk])

    def done(self, result: Any) -> Any:
        return (
            _t("You do not judge %s. The organiser sees it and seats somebody else if needed.")
            % self.item.code
        )

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(seat=self.row, item=self.item, panel=self.row.panel, **more)


class PartFile(OfItem, DetailView):
    """One file of the pack, under the item's code and never under the name that it was sent with."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        part = Part.objects.filter(item=self.item, position=self.kwargs["part"]).exclude(stored="").first()
        if part is None or self.recused:
            raise Http404
        try:
            STORE.check(part.stored, bytes(part.digest or b""))
        except Lost as lost:
            raise Http404 from lost
        name = f"{self.item.code}-{part.position}{part.ending}"
        response = StreamingHttpResponse(STORE.pieces(part.stored), content_type=part.media_type)
        response.headers["Content-Length"] = str(part.bytes)
        response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = POLICY
        return response  # type: ignore[return-value]
