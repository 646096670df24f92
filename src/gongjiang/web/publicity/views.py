"""Notices for everybody, objections from anybody, and what the publishing unit does with both."""

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.calendar.deadlines import ZONE, EndsAt
from gongjiang.kernel.documents import codes
from gongjiang.kernel.files.store import Lost
from gongjiang.kernel.publicity import actions, queries
from gongjiang.kernel.publicity.actions import Author
from gongjiang.kernel.publicity.models import (
    STORE,
    AuthorDisclosure,
    Objection,
    ObjectionFile,
    Publicity,
    PublicityState,
    RulingResult,
)
from gongjiang.kernel.publicity.rules import HANDLE, KEEP, VIEW
from gongjiang.web.files.uploads import Limits
from gongjiang.web.models import Receipt
from gongjiang.web.throttle import counted, too_many
from gongjiang.web.views import PUBLIC, ActionView, DetailView, Filters, FormView, ListView, Order, View

from .forms import AuthorForm, ObjectForm, ProlongForm, ReasonForm, ReceiptForm, RuleForm

MEGABYTE = 1024 * 1024
#: Objections, and codes tried, from one address in an hour.
MOST_OBJECTIONS, MOST_CODES, HOUR = 10, 30, 3600
TONES = {PublicityState.OPEN: "go", PublicityState.OVER: "done", PublicityState.CANCELLED: "late"}
NEWEST = Order("new", _("newest first"), "-opened_at", "-pk")


def titled(notice: Publicity) -> str:
    """A notice's title in the reader's language, where it has one."""
    english = "" if str(get_language()).startswith("zh") else notice.title_en
    return english or notice.title


def dressed(notice: Publicity) -> Publicity:
    """Give a notice what its pages say of it: `standing`, `tone`, `said`."""
    notice.standing = notice.state()  # type: ignore[attr-defined]
    notice.tone = TONES[notice.state()]  # type: ignore[attr-defined]
    notice.said = titled(notice)  # type: ignore[attr-defined]
    return notice


class StandingFilter(Filters):
    """Notices by whether they take objections."""

    standing = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("all notices")),
            ("open", PublicityState.OPEN.label),
            ("over", PublicityState.OVER.label),
            ("cancelled", PublicityState.CANCELLED.label),
        ],
    )

    def filter_standing(self, rows: QuerySet[Publicity], value: str) -> QuerySet[Publicity]:
        now = timezone.now()
        if value == "cancelled":
            return rows.exclude(cancelled_at=None)
        rows = rows.filter(cancelled_at=None)
        return rows.filter(closes_at__gte=now) if value == "open" else rows.filter(closes_at__lt=now)


class Notices(ListView):
    """All notices, for everybody."""

    access = PUBLIC
    face = "public"
    heading = _("Notices")
    template_name = "publicity/notices.html"
    orders = (NEWEST,)
    filters = StandingFilter

    def rows(self) -> QuerySet[Publicity]:
        return Publicity.objects.select_related("unit")

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        for row in context["page"].rows:
            dressed(row)
        return context


class Notice(DetailView):
    """One notice as it is published and printed: the list, until when one may object, how the list came about."""

    access = PUBLIC
    face = "public"
    key = "number"
    template_name = "publicity/notice.html"
    row: Publicity

    def rows(self) -> QuerySet[Publicity]:
        return Publicity.objects.select_related("unit")

    def get_heading(self) -> Any:
        return titled(self.row)

    def context(self, **more: Any) -> dict[str, Any]:
        english = not str(get_language()).startswith("zh")
        snapshot = self.row.snapshot
        columns = [
            {
                "label": c.label_en if english and c.label_en else c.label,
                "number": c.number,
                "lead": n == snapshot.lead,
            }
            for n, c in enumerate(snapshot.columns)
        ]
        rows = [list(zip(columns, row, strict=True)) for row in snapshot.rows]
        steps = [(s.label_en if english and s.label_en else s.label, s.note) for s in snapshot.steps]
        digest = bytes(self.row.digest).hex()[:16]
        return super().context(
            notice=dressed(self.row),
            columns=columns,
            table=rows,
            steps=steps,
            check=" ".join(digest[n : n + 4] for n in range(0, 16, 4)),
            printed_at=timezone.now(),
            paragraphs=[p for p in self.row.text.split("\n") if p.strip()],
            **more,
        )


class Object(ActionView):
    """The form by which anybody objects. What is typed waits nowhere."""

    access = PUBLIC
    face = "public"
    key = "number"
    template_name = "publicity/object.html"
    form_class = ObjectForm
    keeps_typed = False
    uploads = Limits(20 * MEGABYTE, 40 * MEGABYTE)
    heading = _("Object to this notice")
    button = _("Send the objection")
    row: Publicity

    def rows(self) -> QuerySet[Publicity]:
        return Publicity.objects.select_related("unit")

    @property
    def case(self) -> Any:
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {"notice": self.row}

    def initial(self) -> dict[str, Any]:
        return {"position": self.request.GET.get("row", "")}

    def answered(self) -> HttpResponse | None:
        """A second click shows the same code again, instead of losing the only one there is."""
        once = self.once()
        if self.request.method != "POST" or once is None:
            return None
        code = actions.receipt_of(once)
        if queries.told(code) is None:
            return None
        self.prepare()
        return self.receipt(code)

    def once(self) -> uuid.UUID | None:
        try:
            return uuid.UUID(self.request.POST.get("once", ""))
        except ValueError:
            return None

    def perform(self, form: Any) -> HttpResponse:
        if too_many(self.request, "objection", most=MOST_OBJECTIONS, seconds=HOUR):
            raise forms.ValidationError(
                _t(
                    "Many objections came from your connection within an hour. Try again later, or call the unit."
                )
            )
        said = form.cleaned_data
        once = self.once() or uuid.uuid4()
        code = actions.object_to(
            self.row,
            author=Author(said["author"], said["contact"]),
            matter=said["matter"],
            position=said["position"],
            uploads=said["evidence"],
            request=once,
        )
        Receipt.objects.filter(once=once).delete()  # the code itself is remembered by its digest alone
        return self.receipt(code)

    def receipt(self, code: str) -> HttpResponse:
        self.template_name = "publicity/received.html"
        response = self.show(code=codes.shown(code), heading=_t("Your objection has arrived"))
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def context(self, **more: Any) -> dict[str, Any]:
        closed = "" if self.row.state() == PublicityState.OPEN else actions.closed_sentence(self.row)
        return super().context(**{"notice": dressed(self.row), "closed": closed, **more})


class Told(FormView):
    """What has become of an objection, for whoever has its code."""

    access = PUBLIC
    face = "public"
    template_name = "publicity/told.html"
    form_class = ReceiptForm
    keeps_typed = False
    heading = _("What became of my objection")
    button = _("Show the ruling")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.build(request.POST)
        if not form.is_valid():
            return self.show(form=form, status=422)
        if too_many(request, "objection code", most=MOST_CODES, seconds=HOUR):
            form.add_error(
                "code", _t("Many codes were tried from your connection. Please try again in an hour.")
            )
            return counted(self.show(form=form, status=429))
        found = queries.told(codes.typed(form.cleaned_data["code"]))
        if found is None:
            form.add_error(
                "code",
                _t(
                    "No objection has this code. Compare it with what you wrote down, character by character."
                ),
            )
            return counted(self.show(form=form, status=422))
        response = self.show(
            form=form, told=found, result=RulingResult(found.result).label if found.result else ""
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response


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


class OpenFilter(Filters):
    """Objections by whether they are ruled on."""

    ruled = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all objections")), ("open", _("waiting for a ruling")), ("ruled", _("ruled on"))],
    )

    def filter_ruled(self, rows: QuerySet[Objection], value: str) -> QuerySet[Objection]:
        return rows.filter(ruling__isnull=value == "open")


class Objections(ListView):
    """What has been said against the own unit's notices."""

    access = HANDLE
    heading = _("Objections")
    template_name = "publicity/objections.html"
    orders = (Order("new", _("newest first"), "-received_at", "-pk"),)
    filters = OpenFilter

    def rows(self) -> QuerySet[Objection]:
        return queries.objections().prefetch_related("handlers__user")


def place_of(objection: Objection) -> str:
    """What an objection is about, as the notice calls it."""
    if objection.publicity is None:
        return str(objection.case)
    if objection.position is None:
        return _t("the whole list")
    return f"{objection.position}. {objection.publicity.snapshot.named(objection.position)}"


class ObjectionPage(DetailView):
    """One objection: what is said, by whom it is dealt with, who opened its author, and the ruling."""

    access = HANDLE
    heading = _("Objection")
    template_name = "publicity/objection.html"
    row: Objection

    def rows(self) -> QuerySet[Objection]:
        return queries.objections()

    @property
    def case(self) -> Any:
        return None

    def context(self, **more: Any) -> dict[str, Any]:
        handlers = list(self.row.handlers.select_related("user").order_by("since", "pk"))
        return super().context(
            **{
                "objection": self.row,
                "about": place_of(self.row),
                "matter": actions.matter_of(self.row, actor=self.actor),
                "handlers": handlers,
                "is_handler": any(h.user_id == self.actor.user for h in handlers),
                "had_part": actions.had_part_in(self.row, self.actor),
                "ruling": getattr(self.row, "ruling", None),
                "looks": AuthorDisclosure.objects.filter(objection=self.row)
                .select_related("user")
                .order_by("at"),
                **more,
            }
        )


class OnObjection(ActionView):
    """A form about one objection."""

    access = HANDLE
    row: Objection

    def rows(self) -> QuerySet[Objection]:
        return queries.objections()

    @property
    def case(self) -> Any:
        return None

    def back(self) -> str:
        return reverse("objection", args=[self.row.pk])


class TakeOn(OnObjection):
    """Become its handler."""

    heading = _("Take this objection on")
    lead = _("You will stand as its handler by name, and can then open who wrote it, saying what for.")
    button = _("Take it on")

    def perform(self, form: Any) -> Any:
        actions.take_on(self.row, actor=self.actor)
        return self.back()


class OpenAuthor(OnObjection):
    """Who wrote it, for one answer and not for the next."""

    heading = _("See who objects")
    lead = _(
        "Written down with your name and what it is for; the auditor reads it. The page is kept nowhere."
    )
    button = _("See who objects")
    form_class = AuthorForm
    keeps_typed = False

    def rows(self) -> QuerySet[Objection]:
        return super().rows().filter(handlers__user=self.actor.user)

    def perform(self, form: Any) -> HttpResponse:
        author = actions.reveal_author(self.row, **form.cleaned_data, actor=self.actor)
        self.template_name = "publicity/author.html"
        return self.show(author=author, back=self.back())


class RuleOn(OnObjection):
    """Decide it."""

    heading = _("Rule on this objection")
    lead = _("A ruling is final. Whoever acted on the case or made the notice does not rule on it.")
    button = _("Give the ruling")
    form_class = RuleForm

    def rows(self) -> QuerySet[Objection]:
        return super().rows().filter(ruling=None)

    def perform(self, form: Any) -> Any:
        actions.rule_on(self.row, **form.cleaned_data, actor=self.actor)
        return self.back()


class SayTold(OnObjection):
    """The author has been told by other means than the code."""

    heading = _("The author has been told")
    lead = _("By phone or letter. Whoever looks the ruling up by the code is told by that alone.")
    button = _("Write it down")

    def rows(self) -> QuerySet[Objection]:
        return super().rows().filter(ruling__told_at=None, ruling__isnull=False)

    def perform(self, form: Any) -> Any:
        actions.told(self.row, actor=self.actor)
        return self.back()


class Evidence(View):
    """A file of an objection, to be saved and not to be shown."""

    access = HANDLE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        file = ObjectionFile.objects.filter(pk=kwargs["file"], objection=kwargs["pk"]).first()
        allowed = HANDLE.filter(Objection.objects.filter(pk=kwargs["pk"]), self.actor).exists()
        if file is None or not allowed:
            raise Http404
        return download(STORE.fetch, file)


def download(fetch: Any, file: Any) -> HttpResponse:
    """A stored file as an answer. Raises Http404 where it is lost."""
    try:
        content = fetch(file.stored)
    except Lost as lost:
        raise Http404 from lost
    response = HttpResponse(content, content_type=file.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
