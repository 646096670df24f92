"""Payment batches: put together, released by a second person, fetched for the bank, answered."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.rules import at, within
from gongjiang.kernel.ledger import batches, books
from gongjiang.kernel.ledger.models import PaymentBatch
from gongjiang.kernel.ledger.rules import CHECKERS, MAKERS, READERS
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.lifecycle.states import State
from gongjiang.programmes.mutual_aid import actions
from gongjiang.programmes.mutual_aid.forms import AnswerForm, BatchFilters, BatchForm
from gongjiang.programmes.mutual_aid.models import Claim
from gongjiang.web.files.uploads import Limits
from gongjiang.web.views import ActionView, DetailView, ListView, Order, Tab

from .claims import tabs

READ = within("fund__path", *(r for r in READERS if r not in ("leader",)))
MAKE = at("fund__unit", *MAKERS)
CHECK = at("fund__unit", *CHECKERS)
BANK = Limits(5 * 1024 * 1024, 5 * 1024 * 1024)


class Batches(ListView):
    """The batches of the funds within reach."""

    access = READ
    heading = _("Payment batches")
    template_name = "mutual_aid/batches.html"
    filters = BatchFilters
    orders = (Order("new", _("newest first"), "-pk"),)
    export = (
        (c("batch", "Number"), "number"),
        (c("batch", "Period"), "edition.name"),
        (c("batch", "State"), "get_state_display"),
        (c("batch", "Payments"), "lines"),
        (c("batch", "Amount in fen"), "fen"),
    )

    def rows(self) -> QuerySet[PaymentBatch]:
        return PaymentBatch.objects.filter(fund__programme="mutual_aid").select_related("fund", "edition")

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def context(self, **more: Any) -> dict[str, Any]:
        units = [g.unit for g in self.actor.held(*MAKERS)]
        editions = Edition.objects.filter(
            programme="mutual_aid",
            unit__in=units,
            cases__flow="mutual_aid.claim",
            cases__state=State.APPROVED,
        ).distinct()
        return super().context(ready=list(editions), **more)


class NewBatch(ActionView):
    """Choose approved claims of a period for a batch."""

    access = at("unit", *MAKERS)
    form_class = BatchForm
    template_name = "mutual_aid/plain.html"
    heading = c("action", "Make a payment batch")
    button = c("action", "Make a payment batch")

    def rows(self) -> QuerySet[Edition]:
        return Edition.objects.filter(programme="mutual_aid", mutual_aid_period__isnull=False)

    def get_heading(self) -> Any:
        return self.heading

    def get_lead(self) -> Any:
        waiting = self._approved().filter(account_tail="").count()
        said = ngettext(
            "%(n)s approved claim is not here: nobody has said yet where its money goes.",
            "%(n)s approved claims are not here: nobody has said yet where their money goes.",
            waiting,
        )
        return said % {"n": waiting} if waiting else self.lead

    def version(self) -> int | None:
        return None

    def _approved(self) -> QuerySet[Claim]:
        return Claim.objects.filter(case__edition=self.row, case__state=State.APPROVED)

    def form_kwargs(self) -> dict[str, Any]:
        claims = list(
            self._approved()
            .exclude(account_tail="")
            .select_related("case__applicant")
            .order_by("case__number")[:1000]
        )
        commitments = books.open_commitments([claim.pk for claim in claims])
        ready = [claim for claim in claims if claim.pk in commitments]
        for claim in ready:
            claim.open_fen = commitments[claim.pk].fen  # type: ignore[attr-defined]
        return {"claims": ready}

    def perform(self, form: Any) -> str:
        made = actions.make_batch(self.row, [int(k) for k in form.cleaned_data["pick"]], actor=self.actor)
        return reverse("mutual_aid:batch", args=[made.pk])

    def done(self, result: Any) -> str:
        return _t("The batch is made. Somebody else of finance has to release it.")


class BatchPage(DetailView):
    """One batch, line by line."""

    access = READ
    template_name = "mutual_aid/batch.html"

    def rows(self) -> QuerySet[PaymentBatch]:
        return PaymentBatch.objects.filter(fund__programme="mutual_aid").select_related(
            "fund__unit", "edition", "made_by", "released_by"
        )

    def context(self, **more: Any) -> dict[str, Any]:
        held = {g.unit: g.role for g in self.actor.held(*MAKERS, *CHECKERS)}
        lines = list(self.row.payments.select_related("case", "person").order_by("position"))
        unit = self.row.fund.unit_id
        return super().context(
            lines=lines,
            total=sum(line.fen for line in lines),
            may_release=any(g.unit == unit for g in self.actor.held(*CHECKERS))
            and self.row.state == "making"
            and self.row.made_by_id != self.actor.user,
            may_cancel=any(g.unit == unit for g in self.actor.held(*MAKERS)) and self.row.state == "making",
            may_fetch=unit in held and self.row.state in ("released", "settled"),
            may_answer=unit in held and self.row.state == "released",
            answers=list(self.row.answers.order_by("pk")),
            **more,
        )


class _OnBatch(ActionView):
    access = MAKE
    template_name = "mutual_aid/plain.html"

    def rows(self) -> QuerySet[PaymentBatch]:
        return PaymentBatch.objects.filter(fund__programme="mutual_aid").select_related(
            "fund__unit", "edition"
        )

    def get_heading(self) -> Any:
        return self.heading

    @property
    def case(self) -> Any:
        return None

    def version(self) -> int | None:
        return self.row.version

    def page(self) -> str:
        return reverse("mutual_aid:batch", args=[self.row.pk])


class Release(_OnBatch):
    """A second person lets it go to the bank."""

    access = CHECK
    heading = c("action", "Release the batch")
    button = c("action", "Release the batch")
    lead = _("From now on nothing in it changes. Whoever put it together cannot release it.")

    def perform(self, form: Any) -> str:
        actions.release_batch(self.row, actor=self.actor)
        return self.page()


class CancelBatch(_OnBatch):
    """Give it up; its claims wait for the next one."""

    heading = c("action", "Give up the batch")
    button = c("action", "Give up the batch")

    def perform(self, form: Any) -> str:
        actions.cancel_batch(self.row, actor=self.actor)
        return reverse("mutual_aid:batches")


class BatchFile(_OnBatch):
    """The file for the bank. That it was fetched is written down."""

    access = MAKE | CHECK
    heading = c("action", "Fetch the file for the bank")
    button = c("action", "Fetch the file for the bank")
    lead = _("It names accounts and amounts. Who fetched it is recorded.")

    def rows(self) -> QuerySet[PaymentBatch]:
        return super().rows().filter(state__in=("released", "settled"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        written = batches.fetch(self.row, actor=self.actor)
        response = HttpResponse(written, content_type="text/csv; charset=utf-8")
        name = batches.file_name(self.row)
        response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        return response


class Answer(_OnBatch):
    """Take in what the bank says."""

    access = MAKE | CHECK
    form_class = AnswerForm
    uploads = BANK
    heading = c("action", "Take in the bank's answer")
    button = c("action", "Take in the bank's answer")
    lead = _("The same file twice changes nothing. A line that came back waits for another account.")

    def perform(self, form: Any) -> str:
        file = form.cleaned_data["file"]
        self.result = actions.answer(self.row, file.read(), file.name, actor=self.actor)
        return self.page()

    def done(self, result: Any) -> str:
        return _t("Paid: %(paid)s. Sent back: %(bounced)s. Known before: %(known)s.") % {
            "paid": len(self.result.paid),
            "bounced": len(self.result.bounced),
            "known": self.result.known,
        }
