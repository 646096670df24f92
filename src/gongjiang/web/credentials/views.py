"""What I hold, what one's people hold, and the page on which a stranger checks a code."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.credentials import actions, queries
from gongjiang.kernel.credentials.models import Credential, CredentialKind, CredentialState, PublicCredential
from gongjiang.kernel.credentials.rules import KEEP, MINE, VIEW
from gongjiang.kernel.documents import codes
from gongjiang.kernel.documents import queries as documents
from gongjiang.kernel.documents.kinds import label
from gongjiang.kernel.documents.models import IN_FORCE, Document
from gongjiang.web.documents.views import address, made
from gongjiang.web.publicity.forms import CodeForm
from gongjiang.web.throttle import counted, too_many
from gongjiang.web.views import PUBLIC, SIGNED_IN, ActionView, DetailView, Filters, ListView, Order, View

from .forms import ReasonForm, RevokeForm

TONES = {
    CredentialState.VALID: "done",
    CredentialState.SUSPENDED: "soon",
    CredentialState.EXPIRED: "",
    CredentialState.REVOKED: "late",
}
#: Codes tried from one address in an hour.
MOST_CODES, HOUR = 60, 3600


def dressed(row: Any) -> Any:
    """Give a credential what its pages say of it: `standing`, `tone`, `said`, `code_shown`."""
    row.standing = queries.standing(row)
    row.tone = TONES[row.standing]
    english = "" if str(get_language()).startswith("zh") else row.name_en
    row.said = english or row.name
    row.code_shown = codes.shown(row.code)
    return row


class Mine(View):
    """What the signed-in person holds or held."""

    access = SIGNED_IN
    face = "my"
    heading = _("My certificates")
    template_name = "credentials/mine.html"

    def context(self, **more: Any) -> dict[str, Any]:
        rows = [dressed(row) for row in queries.mine(self.actor.person)[:200]]
        for row in rows:
            row.why = row.events.order_by("-version").first() if row.state != CredentialState.VALID else None
        return super().context(rows=rows, **more)


class Certificate(View):
    """The holder's certificate as PDF or Word."""

    access = SIGNED_IN
    face = "my"
    template_name = "credentials/no_pdf.html"
    heading = _("No PDF could be made")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        held = MINE.filter(Credential.objects.all(), self.actor) | VIEW.filter(
            Credential.objects.all(), self.actor
        )
        row = held.filter(pk=kwargs["pk"]).exclude(certificate=None).first()
        if row is None:
            raise Http404
        document = Document.objects.select_related("unit").filter(certifies=row).first()
        if document is None or kwargs["form"] not in ("pdf", "docx"):
            raise Http404
        try:
            return made(document, kwargs["form"], address(request, row.code))
        except ValidationError as none:
            return self.show(
                said=none.messages[0], word=reverse("certificate", args=[row.pk, "docx"]), status=503
            )


class CredentialFilters(Filters):
    """Credentials by kind and by what they are today."""

    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("all kinds")), *CredentialKind.choices]
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all states")), *CredentialState.choices]
    )

    def filter_state(self, rows: QuerySet[Credential], value: str) -> QuerySet[Credential]:
        today = timezone.localdate()
        if value == CredentialState.VALID:
            return rows.filter(state=value).exclude(valid_to__lte=today)
        if value == CredentialState.EXPIRED:
            return rows.filter(state__in=(value, CredentialState.VALID), valid_to__lte=today)
        return rows.filter(state=value)


class Credentials(ListView):
    """What one's units have issued and what their people hold."""

    access = VIEW
    heading = _("Credentials")
    template_name = "credentials/credentials.html"
    orders = (Order("new", _("newest first"), "-pk"), Order("date", _("by date"), "-on", "-pk"))
    filters = CredentialFilters

    def rows(self) -> QuerySet[Credential]:
        return Credential.objects.select_related("unit", "person", "holder", "holder_unit")

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        for row in context["page"].rows:
            dressed(row)
        return context


class CredentialPage(DetailView):
    """One credential and its history."""

    access = VIEW
    template_name = "credentials/credential.html"
    row: Credential

    def rows(self) -> QuerySet[Credential]:
        return Credential.objects.select_related(
            "unit", "person", "holder", "holder_unit", "document", "certificate", "case"
        )

    @property
    def case(self) -> Any:
        return None

    def get_heading(self) -> Any:
        return dressed(self.row).said

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(
            credential=dressed(self.row),
            events=self.row.events.select_related("user", "document").order_by("version"),
            keeps=KEEP.filter(Credential.objects.filter(pk=self.row.pk), self.actor).exists(),
            **more,
        )


class Change(ActionView):
    """A step of a credential that one's own unit has issued."""

    access = KEEP
    form_class: type[forms.BaseForm] = ReasonForm
    states: tuple[str, ...] = ()
    row: Credential

    def rows(self) -> QuerySet[Credential]:
        return Credential.objects.select_related("unit")

    @property
    def case(self) -> Any:
        return None

    def version(self) -> int | None:
        return self.row.version

    def stale_subject(self) -> Any:
        return self.row

    def perform(self, form: Any) -> Any:
        self.take(form)
        return reverse("credential", args=[self.row.pk])

    def take(self, form: Any) -> None:
        raise NotImplementedError


class Suspend(Change):
    heading = button = _("Suspend it")
    lead = _("Whoever checks its code reads that it is suspended, until it is restored.")

    def take(self, form: Any) -> None:
        actions.suspend([self.row], reason=form.cleaned_data["reason"], actor=self.actor)


class Restore(Change):
    heading = button = _("Restore it")

    def take(self, form: Any) -> None:
        actions.restore([self.row], reason=form.cleaned_data["reason"], actor=self.actor)


class Revoke(Change):
    heading = button = _("Revoke it")
    lead = _("For good, by a document in force. Whoever checks its code reads the day and the number.")
    form_class = RevokeForm

    def form_kwargs(self) -> dict[str, Any]:
        mine = Document.objects.filter(unit=self.row.unit_id, state__in=IN_FORCE).exclude(
            certifies__isnull=False
        )
        return {"documents": mine.order_by("-on", "-pk")}

    def take(self, form: Any) -> None:
        said = form.cleaned_data
        actions.revoke([self.row], document=said["document"], reason=said["reason"], actor=self.actor)


class Verify(View):
    """Where a stranger types a code; without scripts it is a plain question."""

    access = PUBLIC
    face = "public"
    heading = _("Check a certificate")
    template_name = "credentials/verify.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("code", "")
        if not asked:
            return self.show(form=CodeForm())
        code = codes.typed(asked)
        if not codes.is_code(code):
            form = CodeForm({"code": asked[:40]})
            form.add_error(
                "code",
                _t("This is no code of ours: a character is missing or mistyped. Compare it with the paper."),
            )
            return self.show(form=form, status=422)
        return redirect("verified", code=codes.shown(code))


class Verified(View):
    """What belongs to a code: who (masked), what, by whom, when, and whether it holds today."""

    access = PUBLIC
    face = "public"
    heading = _("Check a certificate")
    template_name = "credentials/verified.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        code = codes.typed(self.kwargs["code"])
        if too_many(request, "verify", most=MOST_CODES, seconds=HOUR):
            return counted(self.show(busy=True, status=429))
        credential: PublicCredential | None = queries.checked(code) if codes.is_code(code) else None
        document = documents.checked(code) if codes.is_code(code) and credential is None else None
        if credential is not None:
            return self.show(credential=dressed(credential), today=timezone.localdate())
        if document is not None:
            return self.show(document=document, kind=label(document.kind), code_shown=codes.shown(code))
        return counted(self.show(asked=self.kwargs["code"][:40], status=404))
