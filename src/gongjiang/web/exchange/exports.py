"""The pages of an export: which kind of file, how far it is, and the file itself. Everybody has only their own."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import NOTHING, Rule
from gongjiang.kernel.audit.models import Purpose
from gongjiang.kernel.exchange import exports
from gongjiang.kernel.exchange.models import ExportFormat, ExportJob, ExportState, Tier
from gongjiang.kernel.exchange.sheets import WRITERS
from gongjiang.kernel.exchange.tasks import QUIET
from gongjiang.kernel.files.store import Lost
from gongjiang.web.files.views import POLICY
from gongjiang.web.views import SIGNED_IN, ActionView, DetailView, FormView, ListView, Order

from .exporting import open_sheet

TONES = {
    ExportState.QUEUED: "go",
    ExportState.RUNNING: "go",
    ExportState.READY: "done",
    ExportState.FAILED: "late",
    ExportState.CANCELLED: "",
    ExportState.EXPIRED: "",
}


def _mine(actor: Actor, prefix: str) -> Q:
    return NOTHING if actor.user is None else Q(**{f"{prefix}user": actor.user})


#: A user's own exports.
MINE = Rule(_mine, "one's own exports")


class ExportForm(forms.Form):
    """The kind of file; for sensitive columns also what they are needed for."""

    format = forms.ChoiceField(
        label=c("export", "Kind of file"), choices=ExportFormat, widget=forms.RadioSelect, initial="xlsx"
    )
    purpose = forms.ChoiceField(label=_("What it is needed for"), choices=Purpose)
    note = forms.CharField(
        label=_("In a few words"),
        max_length=200,
        help_text=_(
            "Everybody in the file reads this under “who looked at my data”, and so does the auditor."
        ),
    )

    def __init__(self, *args: Any, tier: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if tier != Tier.T2:
            del self.fields["purpose"], self.fields["note"]


class NewExport(FormView):
    """Have the list of a page written as a file."""

    access = SIGNED_IN
    form_class = ExportForm
    template_name = "exchange/new_export.html"
    heading = c("export", "Export the list")
    button = c("export", "Write the file")

    def prepare(self) -> None:
        """Raises Http404 where the address has no list for the actor."""
        self.face = "desk" if self.actor.is_staff else "my"
        asked = urlsplit(self.request.POST.get("of") or self.request.GET.get("of", ""))
        if asked.scheme or asked.netloc or not asked.path.startswith("/"):
            raise Http404
        self.address, self.query = asked.path, asked.query
        try:
            self.list = open_sheet(self.address, self.query, self.request.LANGUAGE_CODE, self.actor)
        except exports.Gone:
            raise Http404 from None

    def form_kwargs(self) -> dict[str, Any]:
        return {"tier": self.list.tier}

    def perform(self, form: ExportForm) -> str:
        given = form.cleaned_data
        job = exports.ask(
            self.address,
            self.query,
            given["format"],
            actor=self.actor,
            purpose=given.get("purpose", ""),
            note=given.get("note", ""),
        )
        return reverse("exports:job", args=[job.pk])

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(
            list=self.list,
            of=f"{self.address}?{self.query}" if self.query else self.address,
            kept=exports.KEPT.days,
            **more,
        )


class Exports(ListView):
    """One's own exports."""

    access = MINE
    heading = c("export", "My exports")
    template_name = "exchange/exports.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def prepare(self) -> None:
        self.face = "desk" if self.actor.is_staff else "my"

    def rows(self) -> QuerySet[ExportJob]:
        return ExportJob.objects.all()

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        for job in context["page"].rows:
            job.tone = TONES[ExportState(job.state)]
        return context


class OfJob:
    """One of one's own exports."""

    access: Any = MINE
    row: ExportJob

    def rows(self) -> QuerySet[ExportJob]:
        return ExportJob.objects.all()


class ExportPage(OfJob, DetailView):
    """How far an export is, and the way to its file."""

    template_name = "exchange/export.html"

    def context(self, **more: Any) -> dict[str, Any]:
        job = self.row
        self.face = "desk" if self.actor.is_staff else "my"
        return super().context(
            job=job,
            tone=TONES[ExportState(job.state)],
            back=exports.address_of(job),
            is_quiet=job.is_running and timezone.now() - job.touched_at > QUIET,
            purpose=Purpose(job.purpose).label if job.purpose else "",
            **more,
        )


class Command(OfJob, ActionView):
    """One button about an export."""

    template_name = "exchange/not_exported.html"
    form_class = forms.Form

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """There is nothing to see here: back to the export."""
        return redirect("exports:job", pk=self.row.pk)

    def prepare(self) -> None:
        super().prepare()
        self.face = "desk" if self.actor.is_staff else "my"

    def act(self) -> None:
        raise NotImplementedError

    def perform(self, form: Any) -> str:
        self.act()
        return reverse("exports:job", args=[self.row.pk])

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(job=self.row, **more)


class Stop(Command):
    """Stop writing."""

    def act(self) -> None:
        exports.cancel(self.row, actor=self.actor)


class Again(Command):
    """Write it anew."""

    def act(self) -> None:
        exports.again(self.row, actor=self.actor)


class Fetch(OfJob, DetailView):
    """The file, for as long as its owner may still see the list."""

    template_name = "exchange/not_exported.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        job = self.row
        self.face = "desk" if self.actor.is_staff else "my"
        try:
            pieces = exports.fetch(job, actor=self.actor)
        except (exports.Gone, Lost) as wrong:
            return self.show(status=410, said=str(wrong), job=job)
        response = StreamingHttpResponse(pieces, content_type=WRITERS[job.format].media_type)
        stamp = timezone.localtime(job.as_of).strftime("%Y%m%d-%H%M") if job.as_of else ""
        response.headers["Content-Length"] = str(job.bytes)
        name = f"{job.title}-{stamp}.{job.format}"
        response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = POLICY
        return response  # type: ignore[return-value]
