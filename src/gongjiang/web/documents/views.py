"""The documents of one's units: list, page, every step, and the files."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.documents import actions, codes, making, queries
from gongjiang.kernel.documents.kinds import kinds, label
from gongjiang.kernel.documents.models import (
    STORE,
    Direction,
    Document,
    DocumentFile,
    DocumentState,
    FileKind,
    NumberWord,
)
from gongjiang.kernel.documents.rules import CLERKS, KEEP, VIEW
from gongjiang.kernel.orgs.models import Unit
from gongjiang.web.files.answers import download
from gongjiang.web.files.uploads import Limits
from gongjiang.web.views import ActionView, DetailView, Filters, FormView, ListView, Order, View
from gongjiang.web.views.access import admits

from .forms import (
    DeliverForm,
    LetterForm,
    MatchForm,
    ReasonForm,
    RegisterForm,
    RewriteForm,
    ScanForm,
    WordForm,
)

S = DocumentState
TONES: dict[str, str] = {
    S.GENERATED: "go", S.PRINTED: "go", S.STAMPED: "you", S.MATCHED: "you", S.ISSUED: "done", S.DELIVERED: "done",
    S.ARCHIVED: "done", S.VOID: "late",
}  # fmt: skip
ONE_FILE = Limits(settings.FILE_MOST_BYTES, settings.FILE_MOST_BYTES + 1024 * 1024)


def address(request: HttpRequest, code: str) -> str:
    """Where strangers check a code: below the installation's public address, or the one that was asked."""
    way = reverse("verified", args=[codes.shown(code)])
    return settings.SITE.rstrip("/") + way if settings.SITE else request.build_absolute_uri(way)


class DocumentFilters(Filters):
    """Documents by direction, kind and state."""

    direction = forms.ChoiceField(
        label=c("document", "Direction"),
        required=False,
        choices=[("", c("document", "both")), *Direction.choices],
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all states")), *S.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("all kinds"))] + [(k, label(k)) for k in kinds()]  # type: ignore[attr-defined]


class Documents(ListView):
    """What one's units and those below have issued and registered."""

    access = VIEW
    heading = _("Documents")
    template_name = "documents/documents.html"
    orders = (Order("new", _("newest first"), "-pk"), Order("date", _("by date"), "-on", "-pk"))
    filters = DocumentFilters

    def rows(self) -> QuerySet[Document]:
        return Document.objects.select_related("unit")

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        for row in context["page"].rows:
            row.kind_said, row.tone = label(row.kind), TONES[row.state]
        return {**context, "may_write": admits(KEEP, self.actor)}


class DocumentPage(DetailView):
    """One document: its text, its files, what happened to it, and the next step."""

    access = VIEW
    template_name = "documents/document.html"
    row: Document

    def rows(self) -> QuerySet[Document]:
        return Document.objects.select_related("unit", "case", "edition", "replaces")

    @property
    def case(self) -> Any:
        return None

    def get_heading(self) -> Any:
        return self.row.title

    def context(self, **more: Any) -> dict[str, Any]:
        row = self.row
        keeps = KEEP.filter(Document.objects.filter(pk=row.pk), self.actor).exists()
        steps = (
            [(name, step.button) for name, step in STEPS.items() if row.state in step.states] if keeps else []
        )
        if row.direction == Direction.REGISTERED:
            steps = [(name, button) for name, button in steps if name == "archive"]
        return super().context(
            document=row,
            kind=label(row.kind),
            tone=TONES[row.state],
            code=codes.shown(row.code),
            fingerprint=bytes(row.digest).hex()[:16],
            blocks=queries.blocks_of(row),
            files=queries.files_of(row),
            events=row.events.select_related("user").order_by("version"),
            steps=steps,
            newer=row.replaced_by.order_by("pk").first(),
            **more,
        )


class Writing(FormView):
    """A form in the name of one of the actor's own units."""

    access = KEEP

    def units(self) -> list[tuple[int, str]]:
        """(key, name) of every unit in whose name the actor may write, the widest first."""
        held = {g.unit for g in self.actor.held(*CLERKS)}
        return list(Unit.objects.filter(pk__in=held).order_by("path").values_list("pk", "name"))

    def form_kwargs(self) -> dict[str, Any]:
        return {"units": self.units()}

    def unit(self, form: Any) -> Unit:
        return Unit.objects.get(pk=form.cleaned_data["unit"])


class New(Writing):
    """Write a letter or a decision; the number is given when it is sent."""

    heading = _("Write a document")
    lead = _(
        "The number is given now and never again; a document that comes to nothing is made void and keeps it."
    )
    button = _("Draw it up")
    form_class = LetterForm

    def perform(self, form: Any) -> Any:
        said = form.cleaned_data
        made = actions.issue(
            said["kind"],
            unit=self.unit(form),
            title=said["title"],
            context={"to": said["to"], "paragraphs": _paragraphs(said["body"])},
            actor=self.actor,
        )
        return reverse("document", args=[made.pk])


class Register(Writing):
    """Put a document from outside on record."""

    heading = _("Register a document")
    lead = _("It keeps its sender's number. Credentials, notices and rules can then point to it.")
    button = _("Register it")
    form_class = RegisterForm
    uploads = ONE_FILE

    def perform(self, form: Any) -> Any:
        said = form.cleaned_data
        made = actions.register(
            "letter",
            unit=self.unit(form),
            issuer_name=said["issuer_name"],
            number=said["number"],
            title=said["title"],
            on=said["on"],
            upload=said["file"][0] if said["file"] else None,
            actor=self.actor,
        )
        return reverse("document", args=[made.pk])


class Numbers(Writing):
    """What the numbers of one's units begin with."""

    heading = _("Numbers of documents")
    lead = _("Nothing is issued before this is set. Year and number follow by themselves, without gaps.")
    button = _("Set it")
    template_name = "documents/numbers.html"
    form_class = WordForm

    def perform(self, form: Any) -> Any:
        said = form.cleaned_data
        actions.set_number_word(self.unit(form), said["word"], kind=said["kind"], actor=self.actor)
        return reverse("document-numbers")

    def done(self, result: Any) -> Any:
        return _t("Set. The next document bears it.")

    def context(self, **more: Any) -> dict[str, Any]:
        held = {g.unit for g in self.actor.held(*CLERKS)}
        words = NumberWord.objects.filter(unit__in=held).select_related("unit").order_by("unit__path", "kind")
        return super().context(words=[(w, label(w.kind) if w.kind else "") for w in words], **more)


class Step(ActionView):
    """One step of a document of one's own unit; `states` are those it starts from."""

    access = KEEP
    states: tuple[str, ...] = ()
    row: Document

    def rows(self) -> QuerySet[Document]:
        return Document.objects.select_related("unit")

    @property
    def case(self) -> Any:
        return None

    def version(self) -> int | None:
        return self.row.version

    def stale_subject(self) -> Any:
        return self.row

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(document=self.row, **more)

    def perform(self, form: Any) -> Any:
        self.take(form)
        return reverse("document", args=[self.row.pk])

    def take(self, form: Any) -> None:
        raise NotImplementedError


class Print(Step):
    states = (S.GENERATED,)
    heading = button = _("Make Word and PDF")
    lead = _("Both are made from the same text and kept. Print one of them and have it stamped.")

    def take(self, form: Any) -> None:
        actions.print_(self.row, address=address(self.request, self.row.code), actor=self.actor)


class Rewrite(Step):
    states = (S.GENERATED, S.PRINTED)
    heading = button = _("Change the text")
    lead = _("The number stays. What was printed before no longer counts.")
    form_class = RewriteForm

    def initial(self) -> dict[str, Any]:
        to, body = queries.parts_of(self.row)
        return {"title": self.row.title, "to": to, "body": body}

    def take(self, form: Any) -> None:
        said = form.cleaned_data
        values = {"to": said["to"], "paragraphs": _paragraphs(said["body"])}
        actions.rewrite(self.row, title=said["title"], context=values, actor=self.actor)


class Scan(Step):
    states = (S.PRINTED,)
    heading = button = _("Upload the stamped scan")
    lead = _("From then on the text is frozen: a change is a new document.")
    form_class = ScanForm
    uploads = ONE_FILE

    def take(self, form: Any) -> None:
        actions.take_scan(self.row, form.cleaned_data["scan"], actor=self.actor)


class Match(Step):
    states = (S.STAMPED,)
    heading = button = _("Compare the scan")
    lead = _("Open the scan and type what stands on it.")
    form_class = MatchForm

    def take(self, form: Any) -> None:
        actions.match(self.row, **form.cleaned_data, actor=self.actor)


class ScanAgain(Step):
    states = (S.STAMPED,)
    heading = button = _("Ask for another scan")
    form_class = ReasonForm

    def take(self, form: Any) -> None:
        actions.scan_again(self.row, reason=form.cleaned_data["reason"], actor=self.actor)


class Release(Step):
    states = (S.MATCHED,)
    heading = button = _("Issue the document")
    lead = _("It counts from now on, and strangers can check its code.")

    def take(self, form: Any) -> None:
        actions.release(self.row, actor=self.actor)


class Deliver(Step):
    states = (S.ISSUED,)
    heading = button = _("Say how it was delivered")
    form_class = DeliverForm
    uploads = ONE_FILE

    def take(self, form: Any) -> None:
        proof = form.cleaned_data["proof"]
        actions.deliver(
            self.row, how=form.cleaned_data["how"], proof=proof[0] if proof else None, actor=self.actor
        )


class Archive(Step):
    states = (S.ISSUED, S.DELIVERED)
    heading = button = _("Archive the document")
    lead = _("The file is closed: the document stays readable here, and nothing is added to it any more.")

    def take(self, form: Any) -> None:
        actions.archive(self.row, actor=self.actor)


class Void(Step):
    states = (S.GENERATED, S.PRINTED, S.STAMPED, S.MATCHED)
    heading = button = _("Make it void")
    lead = _("The number stays in the series with this reason and is not given again.")
    form_class = ReasonForm

    def take(self, form: Any) -> None:
        actions.void(self.row, reason=form.cleaned_data["reason"], actor=self.actor)


STEPS: dict[str, type[Step]] = {
    "print": Print,
    "scan": Scan,
    "match": Match,
    "release": Release,
    "deliver": Deliver,
    "archive": Archive,
    "rewrite": Rewrite,
    "scan-again": ScanAgain,
    "void": Void,
}


class File(View):
    """A kept file of a document, to be saved and not to be shown."""

    access = VIEW

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        file = DocumentFile.objects.filter(pk=kwargs["file"], document=kwargs["pk"]).first()
        if file is None or not VIEW.filter(Document.objects.filter(pk=kwargs["pk"]), self.actor).exists():
            raise Http404
        return download(STORE.fetch, file)


def made(document: Document, form: str, check: str) -> HttpResponse:
    """An issued document as Word or PDF: the kept file, or one made now. Raises ValidationError without a font."""
    kind = FileKind.WORD if form == "docx" else FileKind.PDF
    kept = queries.file_of(document, kind)
    if kept is not None:
        return download(STORE.fetch, kept)
    paper = queries.paper_of(document, document.unit, address=check)
    try:
        content = making.word(paper) if form == "docx" else making.pdf(paper)[0]
    except making.NoFont as none:
        raise ValidationError(str(none)) from none
    response = HttpResponse(content, content_type=actions.WORD_TYPE if form == "docx" else "application/pdf")
    name = f"{document.number} {document.title}.{form}"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _paragraphs(body: str) -> list[str]:
    return [line.strip() for line in body.splitlines() if line.strip()]
