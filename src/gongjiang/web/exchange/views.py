"""The pages of an import. A programme gives the first of them its own address by subclassing `Upload`."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.exchange import actions, writing
from gongjiang.kernel.exchange.kinds import VIEW, ImportKind, kinds
from gongjiang.kernel.exchange.models import STORE, BatchState, ImportBatch, ImportLine, LineStatus
from gongjiang.kernel.exchange.reading import MOST_TEXT_BYTES
from gongjiang.kernel.exchange.tasks import QUIET
from gongjiang.kernel.files.store import Lost
from gongjiang.kernel.orgs.models import Unit
from gongjiang.web.components.course import Step
from gongjiang.web.files.uploads import Limits
from gongjiang.web.views import ActionView, DetailView, FormView, ListView, Order, Tab, View, admits
from gongjiang.web.views.access import SIGNED_IN, Access
from gongjiang.web.views.listing import ListPage

from .forms import ColumnsForm, UploadForm

SHOWN = 10
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TONES = {
    BatchState.UPLOADED: "",
    BatchState.MAPPED: "go",
    BatchState.CHECKED: "you",
    BatchState.CONFIRMED: "go",
    BatchState.APPLIED: "done",
    BatchState.FAILED: "late",
    BatchState.CANCELLED: "",
    BatchState.UNDOING: "go",
    BatchState.UNDONE: "",
}


def workbook_response(content: bytes, name: str) -> HttpResponse:
    """An .xlsx to be saved under that name."""
    response = HttpResponse(content, content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


class Upload(FormView):
    """Choose a file. Subclasses name the kind and declare `access`."""

    kind_name: str
    template_name = "exchange/upload.html"
    form_class = UploadForm
    uploads = Limits(MOST_TEXT_BYTES, MOST_TEXT_BYTES)
    button = gettext_lazy("Upload the file")

    @property
    def kind(self) -> ImportKind:
        return kinds()[self.kind_name]

    def get_lead(self) -> Any:
        return self.kind.lead

    def get_heading(self) -> Any:
        return self.heading or self.kind.label

    def units(self) -> list[int]:
        """Units for which this actor may import, the widest first."""
        held = sorted(self.actor.held(*self.kind.roles), key=lambda g: g.path.count("/"))
        return list(dict.fromkeys(g.unit for g in held))

    def form_kwargs(self) -> dict[str, Any]:
        return {"units": self.units()}

    def perform(self, form: UploadForm) -> str:
        unit = form.cleaned_data.get("unit") or Unit.objects.get(pk=self.units()[0])
        file = form.cleaned_data["file"]
        batch = actions.upload(self.kind, unit, file.read(), file.name, actor=self.actor)
        return reverse("exchange:columns", args=[batch.pk])

    def context(self, **more: Any) -> dict[str, Any]:
        widest = ImportBatch(unit=Unit.objects.get(pk=self.units()[0]))
        last = ImportBatch.objects.filter(kind=self.kind_name, uploaded_by=self.actor.user).order_by("-pk")[
            :5
        ]
        return super().context(
            kind=self.kind,
            required={column.name for column in self.kind.required(widest)},
            template_url=reverse("exchange:template", args=[self.kind_name]),
            batches=[Card(b) for b in last],
            **more,
        )


class Card:
    """A batch with what a list says of it."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.pk = batch.pk

    @property
    def state(self) -> str:
        return str(self.batch.get_state_display())  # type: ignore[attr-defined]

    @property
    def tone(self) -> str:
        return TONES[BatchState(self.batch.state)]

    @property
    def url(self) -> str:
        name = "exchange:columns" if self.batch.state == BatchState.UPLOADED else "exchange:batch"
        return reverse(name, args=[self.batch.pk])


class Template(View):
    """The empty file of a kind."""

    access = SIGNED_IN

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = kinds().get(kwargs["kind"])
        if kind is None or not admits(kind.access, self.actor):
            raise Http404
        return workbook_response(writing.template(kind), f"{kind.label}.xlsx")


class Batches(ListView):
    """Every import that the actor may see."""

    access = VIEW
    heading = c("import", "Imports")
    template_name = "exchange/batches.html"
    orders = (Order("new", gettext_lazy("newest first"), "-pk"),)
    export = (
        (c("import", "File"), "file_name"),
        (c("import", "Unit"), "unit.name"),
        (c("import", "Uploaded"), "uploaded_at"),
        (c("import", "Rows"), "total"),
        (c("import", "New"), "new"),
        (c("import", "Changed"), "changed"),
        (gettext_lazy("To be mended"), "error"),
        (c("import", "State"), "get_state_display"),
    )

    def rows(self) -> QuerySet[Any]:
        return ImportBatch.objects.select_related("unit")

    def page(self) -> ListPage:
        found = super().page()
        return replace(found, rows=[Card(batch) for batch in found.rows])


class OfBatch:
    """What every page about one batch knows of it."""

    access: Access = VIEW
    row: ImportBatch

    def rows(self) -> QuerySet[Any]:
        return ImportBatch.objects.select_related("unit")

    @property
    def kind(self) -> ImportKind:
        return kinds()[self.row.kind]

    @property
    def is_mine(self) -> bool:
        return self.row.uploaded_by_id == self.actor.user  # type: ignore[attr-defined, no-any-return]


class BatchPage(OfBatch, DetailView):
    """One import: what was found, how far it is, what became of it."""

    template_name = "exchange/batch.html"

    def context(self, **more: Any) -> dict[str, Any]:
        batch = self.row
        samples = {} if batch.is_running else self._samples()
        return super().context(
            batch=batch,
            card=Card(batch),
            kind=self.kind,
            is_mine=self.is_mine,
            is_quiet=batch.is_running and timezone.now() - batch.touched_at > QUIET,
            steps=_course(batch),
            upload_url=reverse(self.kind.upload_url),
            done_url=reverse(self.kind.done_url),
            wrong=samples.get(LineStatus.ERROR, []),
            changed=samples.get(LineStatus.CHANGED, []),
            fresh=samples.get(LineStatus.NEW, []),
            has_file=bool(batch.errors_file),
            may_go_on=bool(batch.file),
            may_undo=self.kind.undo is not None,
            absent_url=reverse(self.kind.absent_url) if self.kind.absent_url else "",
            as_of=batch.finished_at or batch.checked_at,
            **more,
        )

    def _samples(self) -> dict[str, list[ImportLine]]:
        return {
            status: list(self.row.lines.filter(status=status).order_by("row")[:SHOWN])
            for status in (LineStatus.ERROR, LineStatus.CHANGED, LineStatus.NEW)
        }


def _course(batch: ImportBatch) -> list[Step]:
    labels = [
        pgettext("import", "Upload"),
        pgettext("import", "Columns"),
        pgettext("import", "Check"),
        pgettext("import", "Confirm"),
        pgettext("import", "Take in"),
    ]
    at = {
        BatchState.UPLOADED: 1,
        BatchState.MAPPED: 2,
        BatchState.CHECKED: 3,
        BatchState.CONFIRMED: 4,
        BatchState.APPLIED: 5,
        BatchState.UNDOING: 5,
        BatchState.UNDONE: 5,
    }.get(BatchState(batch.state), 4 if batch.confirmed_at else 3 if batch.checked_at else 2)
    return [Step(label, "", "done" if n < at else "now" if n == at else "") for n, label in enumerate(labels)]


class Lines(OfBatch, ListView):
    """All rows of a batch, by what became of them."""

    template_name = "exchange/lines.html"
    orders = (Order("row", gettext_lazy("in the order of the file"), "row", "pk"),)
    page_size = 50
    export = (
        (c("import", "Row"), "row"),
        (c("import", "Who"), "who"),
        (gettext_lazy("What was found"), "note"),
    )

    def prepare(self) -> None:
        found = VIEW.filter(OfBatch.rows(self), self.actor).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        self.row = found

    def get_heading(self) -> Any:
        return self.row.file_name

    @property
    def status(self) -> str:
        asked = self.request.GET.get("tab", "")
        return asked if asked in LineStatus.values else LineStatus.ERROR

    def allowed(self) -> QuerySet[Any]:
        return self.row.lines.filter(status=self.status)

    def tabs(self) -> list[Tab]:
        return [
            Tab(LineStatus(s).label, self.url(tab=s), s == self.status, f"{getattr(self.row, s):,}")
            for s in (LineStatus.ERROR, LineStatus.NEW, LineStatus.CHANGED, LineStatus.SAME)
        ]

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(batch=self.row, **more)


class Columns(OfBatch, ActionView):
    """Say which column holds what."""

    template_name = "exchange/columns.html"
    form_class = ColumnsForm
    heading = gettext_lazy("Which column holds what")
    button = gettext_lazy("Check the file")

    def prepare(self) -> None:
        super().prepare()
        if not self.is_mine:
            raise Http404

    def form_kwargs(self) -> dict[str, Any]:
        return {"batch": self.row, "kind": self.kind}

    def initial(self) -> dict[str, Any]:
        return {name: str(index) for name, index in self.row.mapping.columns.items()}

    def perform(self, form: ColumnsForm) -> str:
        actions.set_columns(self.row, form.columns(), actor=self.actor)
        return reverse("exchange:batch", args=[self.row.pk])

    def context(self, **more: Any) -> dict[str, Any]:
        used = set(self.row.mapping.columns.values())
        return super().context(
            batch=self.row,
            kind=self.kind,
            steps=_course(self.row),
            missing=self.kind.missing(self.row),
            missing_names=_listed(each.label for each in self.kind.missing(self.row)),
            unused=_listed(h for i, h in enumerate(self.row.mapping.headers) if h and i not in used),
            upload_url=reverse(self.kind.upload_url),
            **more,
        )


def _listed(names: Iterable[Any]) -> str:
    return pgettext("between listed names", ", ").join(str(name) for name in names)


class Command(OfBatch, ActionView):
    """One button about a batch; only its sender has it."""

    template_name = "exchange/refused.html"
    form_class = forms.Form

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """There is nothing to see here: back to the batch."""
        return redirect("exchange:batch", pk=self.row.pk)

    def prepare(self) -> None:
        super().prepare()
        if not self.is_mine:
            raise Http404

    def act(self) -> None:
        raise NotImplementedError

    def perform(self, form: Any) -> str:
        self.act()
        return reverse("exchange:batch", args=[self.row.pk])

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(batch=self.row, **more)


class Confirm(Command):
    """Take in what the check found."""

    def act(self) -> None:
        actions.confirm(self.row, actor=self.actor)


class Stop(Command):
    """Stop checking or taking in."""

    def act(self) -> None:
        actions.cancel(self.row, actor=self.actor)


class Continue(Command):
    """Go on with a stopped or interrupted import."""

    def act(self) -> None:
        actions.resume(self.row, actor=self.actor)


class Undo(Command):
    """Put back what an import wrote."""

    def act(self) -> None:
        actions.undo(self.row, actor=self.actor)


class Errors(OfBatch, DetailView):
    """The rows to be mended, as a workbook."""

    template_name = "exchange/refused.html"
    heading = c("import", "Rows to be mended")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.row.error:
            raise Http404
        try:
            content = STORE.fetch(self.row.errors_file)
        except Lost as wrong:
            return self.show(status=410, said=str(wrong), batch=self.row)
        return workbook_response(
            content, _("To be mended, %(name)s") % {"name": self.row.file_name.rsplit(".", 1)[0]} + ".xlsx"
        )
