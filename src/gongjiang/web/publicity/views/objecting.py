"""Objections from anybody, without an account; and what became of one, for whoever has its code."""

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.documents import codes
from gongjiang.kernel.publicity import actions, queries
from gongjiang.kernel.publicity.actions import Author
from gongjiang.kernel.publicity.models import Publicity, PublicityState
from gongjiang.web.files.uploads import Limits
from gongjiang.web.models import Receipt
from gongjiang.web.publicity.forms import ObjectForm, ReceiptForm
from gongjiang.web.throttle import counted, too_many
from gongjiang.web.views import PUBLIC, ActionView, FormView

from .words import dressed, ruled

MEGABYTE = 1024 * 1024
#: Objections, and codes tried, from one address in an hour.
MOST_OBJECTIONS, MOST_CODES, HOUR = 10, 30, 3600


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
        response = self.show(form=form, told=found, result=ruled(found.kind, found.result))
        response.headers["Cache-Control"] = "private, no-store"
        return response
