"""The pages: a worker's own results, the desk's results and entries, and what the public may know."""

from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.files.models import File
from gongjiang.kernel.files.queries import files_of
from gongjiang.kernel.lifecycle.models import Participant
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.review.models import Endorsement
from gongjiang.web.components.cases import LIVE_TURNS
from gongjiang.web.files.uploads import Limits
from gongjiang.web.views import (
    PUBLIC,
    SIGNED_IN,
    ActionView,
    DetailView,
    FormView,
    ListView,
    Order,
    Tab,
    View,
)

from . import actions, queries
from .forms import EntryFilters, RecommendForm, ResultFilters, ResultForm
from .models import Entry, EvidenceKind, Result
from .permissions import APPLICANT, RECOMMENDER, STAFF, VIEW, VIEW_OWN

TURNS = Prefetch("case__turns", queryset=LIVE_TURNS.queryset, to_attr="live_turns")


class Public(View):
    """What the collection is, and which calls are open."""

    access = PUBLIC
    face = "public"
    heading = _("Small innovations by workers")
    template_name = "innovations/public.html"

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(calls=queries.open_calls().prefetch_related("windows"), **more)


class Mine(ListView):
    """My results, with where each stands."""

    access = SIGNED_IN
    rule = VIEW_OWN
    prefix = "case__"
    face = "my"
    heading = _("My innovations")
    template_name = "innovations/mine.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related("case", "case__unit", "case__applicant").prefetch_related(TURNS)


class _ResultFormView(FormView):
    form_class = ResultForm
    uploads = Limits(settings.FILE_MOST_BYTES, settings.CASE_MOST_BYTES)
    template_name = "innovations/result_form.html"
    face = "my"
    lead = _("One matter on one form. You can save it as a draft and go on later.")

    @property
    def submit(self) -> bool:
        return self.request.POST.get("then") != "draft"

    @cached_property
    def places(self) -> list[Unit]:
        return queries.workplaces(self.actor.workplaces)

    def form_kwargs(self) -> dict[str, Any]:
        return {"places": self.places, "submit": self.submit}

    def content(self, form: ResultForm) -> dict[str, Any]:
        return {name: form.cleaned_data[name] for name in actions.FIELDS}

    def shown(self, filed: Result) -> str:
        """The page that follows."""
        self.filed = filed
        return reverse("innovations:my-result", args=[filed.pk])

    def done(self, result: Any) -> str:
        case = self.filed.case
        if case.state == State.DRAFT:
            return _t("Draft saved. Nobody else sees it until you submit it.")
        return _t("Submitted, number %(number)s. Your enterprise's union reads it next.") % {
            "number": case.number
        }


class NewResult(_ResultFormView):
    """File a result."""

    access = SIGNED_IN
    heading = c("action", "File an innovation")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.places:
            return self.show(form=None)
        return super().get(request, *args, **kwargs)

    def perform(self, form: Any) -> str:
        unit = form.cleaned_data.get("unit") or self.places[0]
        return self.shown(
            actions.file_result(
                self.content(form),
                actor=self.actor,
                unit=unit,
                submit=self.submit,
                evidence=form.evidence(),
            )
        )


class EditResult(ActionView, _ResultFormView):
    """Go on with a draft, or mend what was returned."""

    access = APPLICANT
    prefix = "case__"
    heading = c("action", "Change the innovation")

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related("case__unit")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.row.case.state not in actions.OPEN:
            return redirect("innovations:my-result", self.row.pk)
        return super().get(request, *args, **kwargs)

    def form_kwargs(self) -> dict[str, Any]:
        return {
            "places": [self.row.case.unit],
            "submit": self.submit,
            "instance": self.row,
            "attached": self.attached,
        }

    @cached_property
    def attached(self) -> list[File]:
        return list(files_of(self.row.pk))

    def get_heading(self) -> Any:
        return self.heading

    def perform(self, form: Any) -> str:
        return self.shown(
            actions.revise(
                self.row,
                self.content(form),
                actor=self.actor,
                submit=self.submit,
                evidence=form.evidence(),
                removed=[int(key) for key in form.cleaned_data.get("removed", ())],
            )
        )


class _ResultPage(DetailView):
    prefix = "case__"
    template_name = "innovations/result.html"

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related("case__unit", "case__applicant", "case__edition")

    def context(self, **more: Any) -> dict[str, Any]:
        authors = (
            Participant.objects.filter(case=self.row.pk).select_related("person", "unit").order_by("position")
        )
        entries = queries.entries_of(self.row).prefetch_related(TURNS)
        return super().context(authors=authors, entries=entries, kinds=dict(EvidenceKind.choices), **more)


class MyResult(_ResultPage):
    """A result, as its author sees it."""

    access = VIEW_OWN
    face = "my"
    template_name = "innovations/my_result.html"


class ResultPage(_ResultPage):
    """A result on the desk."""

    access = STAFF
    rule = VIEW

    def context(self, **more: Any) -> dict[str, Any]:
        case = self.row.case
        ready = case.state == State.TRIAL or case.outcome == Outcome.COMPLETED
        may = ready and RECOMMENDER.filter(type(case).objects.filter(pk=case.pk), self.actor).exists()
        return super().context(may_recommend=may, **more)


class Recommend(ActionView):
    """Put an accepted result forward in a call."""

    access = RECOMMENDER
    prefix = "case__"
    form_class = RecommendForm
    template_name = "innovations/recommend.html"
    button = c("action", "Recommend")

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related("case__unit")

    def get_heading(self) -> Any:
        return _t("Recommend “%(title)s”") % {"title": self.row.title}

    @cached_property
    def calls(self) -> Any:
        return queries.open_calls(self.row.case.path)

    def form_kwargs(self) -> dict[str, Any]:
        return {"calls": self.calls}

    def perform(self, form: Any) -> str:
        entry = actions.recommend(
            self.row, form.cleaned_data["edition"], actor=self.actor, note=form.cleaned_data["note"]
        )
        return reverse("innovations:entry", args=[entry.pk])

    def done(self, result: Any) -> str:
        return _t("Recommended. The union above reads it next.")


class _DeskList(ListView):
    access = STAFF
    rule = VIEW
    prefix = "case__"
    heading = _("Small innovations")
    orders = (
        Order("new", _("newest first"), "-pk"),
        Order("old", _("oldest first"), "pk"),
    )

    def tabs(self) -> list[Tab]:
        name = self.request.resolver_match.url_name if self.request.resolver_match else ""
        return [
            Tab(c("innovation", "Results"), reverse("innovations:desk"), name == "desk"),
            Tab(c("innovation", "Entries"), reverse("innovations:entries"), name == "entries"),
        ]


class Results(_DeskList):
    """The results within reach."""

    template_name = "innovations/results.html"
    filters = ResultFilters

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related("case__unit").prefetch_related(TURNS)


class Entries(_DeskList):
    """The entries within reach."""

    template_name = "innovations/entries.html"
    filters = EntryFilters

    def rows(self) -> QuerySet[Entry]:
        return Entry.objects.select_related("case__unit", "case__edition", "result").prefetch_related(TURNS)


class _EntryPage(DetailView):
    prefix = "case__"
    template_name = "innovations/entry.html"

    def rows(self) -> QuerySet[Entry]:
        return Entry.objects.select_related("case__unit", "case__applicant", "case__edition", "result__case")

    def get_heading(self) -> Any:
        return self.row.result.title

    def context(self, **more: Any) -> dict[str, Any]:
        endorsements = Endorsement.objects.filter(case=self.row.pk).select_related("unit").order_by("step")
        authors = (
            Participant.objects.filter(case=self.row.pk).select_related("person", "unit").order_by("position")
        )
        return super().context(
            endorsements=endorsements, authors=authors, kinds=dict(EvidenceKind.choices), **more
        )


class EntryPage(_EntryPage):
    """An entry on the desk."""

    access = STAFF
    rule = VIEW


class MyEntry(_EntryPage):
    """An entry, as its author sees it."""

    access = VIEW_OWN
    face = "my"
