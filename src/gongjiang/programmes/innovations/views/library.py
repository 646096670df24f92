"""The library (知识库): what others may read, who asks for it, who took it over, and what it brought them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import Rule
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.targets.models import Reading
from gongjiang.programmes.innovations import actions, queries
from gongjiang.programmes.innovations.forms import (
    AskForm,
    ConversionForm,
    LibraryFilters,
    PaybackForm,
    SignPaybackForm,
    WordsForm,
)
from gongjiang.programmes.innovations.models import Card, Conversion, Interest, Result
from gongjiang.programmes.innovations.permissions import KEEPER, PAYBACK_SIGNER, STAFF, VIEW
from gongjiang.programmes.innovations.templatetags.innovations import yuan_of
from gongjiang.web.views import PUBLIC, ActionView, DetailView, FormView, ListView, Order, Tab

from .results import UPLOADS, tabs

DAY = timedelta(days=1)


def _told(reading: Reading) -> str:
    """What it brought, and how sure that is."""
    return f"{yuan_of(reading.value)} ({reading.get_level_display()})"


def _parties(*columns: str) -> Rule:
    """Requests that one of the actor's workplaces made, or has to answer."""

    def ask(actor: Any, prefix: str) -> Q:
        units = sorted({g.unit for g in actor.held(Role.UNIT_OFFICER)})
        q = Q(pk__in=[])
        for column in columns:
            q |= Q(**{f"{prefix}{column}__in": units})
        return q

    return Rule(ask, f"{' or '.join(columns)} is held by unit_officer")


PARTIES = _parties("owner", "unit")
OWNERS = _parties("owner")


class _Cards(ListView):
    prefix = ""
    filters = LibraryFilters
    orders = (Order("new", _("newest first"), "-since", "-pk"),)
    template_name = "innovations/library.html"
    heading = _("Library of innovations")

    def rows(self) -> QuerySet[Card]:
        return Card.objects.all()


class PublicLibrary(_Cards):
    """What the makers and their enterprises share with everybody."""

    access = PUBLIC
    face = "public"

    def rows(self) -> QuerySet[Card]:
        return Card.objects.filter(is_open=True)


class PublicCard(DetailView):
    """One result that is shared with everybody."""

    access = PUBLIC
    face = "public"
    template_name = "innovations/card.html"

    def rows(self) -> QuerySet[Card]:
        return Card.objects.filter(is_open=True)

    @property
    def case(self) -> None:
        return None


class Library(_Cards):
    """What the organisation shares, for its staff."""

    access = STAFF
    rule = None

    def allowed(self) -> QuerySet[Card]:
        return self.rows()

    def tabs(self) -> list[Tab]:
        return tabs(self)


class CardPage(FormView):
    """One result of the library; a workplace may ask for it."""

    access = STAFF
    form_class = AskForm
    template_name = "innovations/card.html"
    button = c("action", "Ask for it")

    def prepare(self) -> None:
        row = Card.objects.filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise Http404
        self.row = row

    @cached_property
    def unit(self) -> Unit | None:
        """The workplace that may ask."""
        held = [g.unit for g in self.actor.held(Role.UNIT_OFFICER) if g.unit != self.row.unit_id]
        return Unit.objects.filter(pk__in=held).order_by("pk").first()

    def form_kwargs(self) -> dict[str, Any]:
        return {
            "label": _("What do you want to use it for?"),
            "hint": _("Its unit reads this and answers you."),
        }

    def get_heading(self) -> Any:
        return self.row.title

    def context(self, **more: Any) -> dict[str, Any]:
        mine = PARTIES.filter(Interest.objects.filter(card=self.row), self.actor)
        shown = list(mine.order_by("-pk"))
        waits = self.unit is not None and any(
            each.unit_id == self.unit.pk and each.answered_at is None for each in shown
        )
        answers = {g.unit for g in self.actor.held(Role.UNIT_OFFICER)}
        return super().context(row=self.row, interests=shown, waits=waits, answers=answers, **more)

    def perform(self, form: Any) -> str:
        if self.unit is None:
            raise Http404
        said = form.cleaned_data
        actions.ask_for(self.row, self.unit, said["words"], said["by"], actor=self.actor)
        return reverse("innovations:card", args=[self.row.pk])

    def done(self, result: Any) -> str:
        return _t("Sent. %(unit)s answers you here.") % {"unit": self.row.unit_name}


class Interests(ListView):
    """Requests to and from one's workplaces."""

    access = PARTIES
    heading = _("Requests for results")
    template_name = "innovations/interests.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def rows(self) -> QuerySet[Interest]:
        return Interest.objects.select_related("card")

    def context(self, **more: Any) -> dict[str, Any]:
        held = {g.unit for g in self.actor.held(Role.UNIT_OFFICER)}
        return super().context(held=held, **more)


class AnswerInterest(ActionView):
    """Answer a workplace that asks for a result of one's unit."""

    access = OWNERS
    form_class = WordsForm
    template_name = "innovations/answer.html"
    button = c("action", "Answer")

    def rows(self) -> QuerySet[Interest]:
        return Interest.objects.filter(answered_at=None).select_related("card")

    @property
    def case(self) -> None:
        return None

    def get_heading(self) -> Any:
        return _t("%(unit)s asks for “%(title)s”") % {
            "unit": self.row.unit_name,
            "title": self.row.card.title,
        }

    def form_kwargs(self) -> dict[str, Any]:
        return {"label": _("Your answer"), "hint": _("Whom to call, and what comes next.")}

    def perform(self, form: Any) -> str:
        actions.answer(self.row, form.cleaned_data["words"], actor=self.actor)
        return reverse("innovations:interests")


class Convert(ActionView):
    """Record that a workplace took a result over."""

    access = KEEPER
    prefix = "case__"
    form_class = ConversionForm
    uploads = UPLOADS
    template_name = "innovations/step.html"
    heading = c("action", "Record a conversion")
    button = c("action", "Record a conversion")

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related("case__unit")

    def get_heading(self) -> Any:
        return self.heading

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        actions.convert(
            self.row, licensee_name=data["licensee_name"], mode=data["mode"], on=data["on"],
            fen=None if data["yuan"] is None else int(data["yuan"] * 100), contract=data["contract"], actor=self.actor,
        )  # fmt: skip
        return reverse("innovations:result", args=[self.row.pk])


class Conversions(ListView):
    """Results that other workplaces took over, and what they brought there."""

    access = STAFF
    rule = VIEW
    prefix = "result__case__"
    heading = _("Conversions")
    template_name = "innovations/conversions.html"
    orders = (Order("new", _("newest first"), "-on", "-pk"),)
    export = (
        (_("Innovation"), "result.title"),
        (_("Number"), "result.case.number"),
        (_("Unit"), "result.case.unit.name"),
        (_("Used by"), "licensee_name"),
        (_("How"), "get_mode_display"),
        (_("On"), "on"),
        (_("Paid for it, in yuan"), lambda row: None if row.fen is None else Decimal(row.fen) / 100),
        (_("What it brought"), lambda row: "；".join(map(_told, row.benefit.standing))),
    )

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def rows(self) -> QuerySet[Conversion]:
        return Conversion.objects.select_related("result__case__unit").prefetch_related(queries.PAYBACKS)


class Payback(ActionView):
    """Record what a conversion brought, a year on."""

    access = KEEPER
    prefix = "result__case__"
    form_class = PaybackForm
    template_name = "innovations/money.html"
    heading = c("action", "Record what it brought")
    button = c("action", "Record what it brought")
    lead = _("What the workplace that took it over has seen. Finance confirms it afterwards.")

    @property
    def case(self) -> Any:
        return self.row.result.case

    def rows(self) -> QuerySet[Conversion]:
        return Conversion.objects.select_related("result__case__unit", "benefit")

    def get_heading(self) -> Any:
        return self.heading

    def perform(self, form: Any) -> str:
        data = form.cleaned_data
        actions.read_payback(
            self.row,
            since=data["since"],
            until=data["last"] + DAY,
            fen=data["fen"],
            basis=data["basis"],
            actor=self.actor,
        )
        return reverse("innovations:result", args=[self.row.result_id])


class SignPayback(ActionView):
    """Finance confirms what a conversion brought."""

    access = PAYBACK_SIGNER
    prefix = "result__case__"
    form_class = SignPaybackForm
    template_name = "innovations/payback.html"
    heading = c("action", "Confirm what it brought")
    button = c("action", "Confirm what it brought")

    @property
    def case(self) -> Any:
        return self.row.result.case

    def rows(self) -> QuerySet[Conversion]:
        return queries.paybacks_to_sign()

    def get_heading(self) -> Any:
        return self.heading

    @cached_property
    def reading(self) -> Reading:
        found = Reading.objects.filter(
            target=self.row.benefit_id, superseded_by=None, confirmed_by=None
        ).first()
        if found is None:
            raise Http404
        return found

    def initial(self) -> dict[str, Any]:
        return {"yuan": Decimal(self.reading.value) / 100}

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(reading=self.reading, last=self.reading.until - DAY, **more)

    def perform(self, form: Any) -> str:
        actions.sign_payback(
            self.row,
            fen=int(form.cleaned_data["yuan"] * 100),
            note=form.cleaned_data["note"],
            actor=self.actor,
        )
        return reverse("innovations:finance")
