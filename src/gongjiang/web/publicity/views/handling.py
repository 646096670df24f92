"""Objections and appeals on the desk: taken on by name, looked into, ruled on."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.publicity import actions, queries
from gongjiang.kernel.publicity.models import STORE, AuthorDisclosure, Objection, ObjectionFile, RulingResult
from gongjiang.kernel.publicity.rules import HANDLE
from gongjiang.web.components import cases
from gongjiang.web.files.answers import download
from gongjiang.web.publicity.forms import AuthorForm, RuleForm
from gongjiang.web.views import ActionView, DetailView, Filters, ListView, Order, View

from .words import ruled


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

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        for row in context["page"].rows:
            row.result = ruled(row.kind, getattr(getattr(row, "ruling", None), "result", ""))
        return context


def place_of(objection: Objection) -> str:
    """What an objection is about, as the notice calls it."""
    if objection.publicity is None:
        return cases.title_of(objection.case) if objection.case else ""
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
                "result": ruled(self.row.kind, getattr(getattr(self.row, "ruling", None), "result", "")),
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

    def form_kwargs(self) -> dict[str, Any]:
        return {"choices": [(each.value, ruled(self.row.kind, each)) for each in RulingResult]}

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
