"""Entries: a result put forward in a call."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.credentials.models import Credential
from gongjiang.kernel.files.queries import files_of
from gongjiang.kernel.lifecycle.editions import runs
from gongjiang.kernel.lifecycle.states import State
from gongjiang.kernel.publicity.models import PublicityCase
from gongjiang.kernel.review.endorsement import chain
from gongjiang.kernel.review.models import Endorsement
from gongjiang.kernel.tasks.models import Visit
from gongjiang.programmes.innovations import actions, queries
from gongjiang.programmes.innovations.forms import EntryFilters, RecommendForm
from gongjiang.programmes.innovations.models import Entry, EvidenceKind, Result, UnionAward
from gongjiang.programmes.innovations.permissions import RECOMMENDER, STAFF, VIEW, VIEW_OWN
from gongjiang.web.views import ActionView, DetailView, ListView, Order, Tab

from .results import TURNS, tabs


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
        return queries.calls_for(self.row.case)

    def form_kwargs(self) -> dict[str, Any]:
        return {"calls": self.calls, "result": self.row}

    def perform(self, form: Any) -> str:
        entry = actions.recommend(
            self.row, form.cleaned_data["edition"], actor=self.actor, details=form.details()
        )
        self.sent = actions.send_up(entry, actor=self.actor, note=form.cleaned_data["note"])
        return reverse("innovations:entry", args=[entry.pk])

    def done(self, result: Any) -> str:
        if self.sent:
            return _t("Recommended. The union above reads it next.")
        return _t(
            "Put forward. It stays with you as ranked reserve: your quota is used up, or you decide yourself."
        )


class Entries(ListView):
    """The entries within reach."""

    access = STAFF
    rule = VIEW
    prefix = "case__"
    heading = _("Small innovations")
    orders = (Order("new", _("newest first"), "-pk"), Order("old", _("oldest first"), "pk"))
    template_name = "innovations/entries.html"
    filters = EntryFilters

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def rows(self) -> QuerySet[Entry]:
        return Entry.objects.select_related("case__unit", "case__edition", "result").prefetch_related(TURNS)


class _EntryPage(DetailView):
    prefix = "case__"
    template_name = "innovations/entry.html"

    def rows(self) -> QuerySet[Entry]:
        return Entry.objects.select_related(
            "case__unit",
            "case__applicant",
            "case__edition__unit",
            "result__case",
            "result__team",
            "prize",
            "document",
        )

    def get_heading(self) -> Any:
        return self.row.result.title

    @property
    def tells_of_roadshow(self) -> bool:
        """Whether the roadshow is still of interest to the entry: it is on the way, or on the list."""
        return self.row.case.state in (State.SCORING, State.PUBLICISED)

    def context(self, **more: Any) -> dict[str, Any]:
        endorsements = Endorsement.objects.filter(case=self.row.pk).select_related("unit").order_by("step")
        case = self.row.case
        return super().context(
            endorsements=endorsements,
            notices=PublicityCase.objects.filter(case=self.row.pk).select_related("publicity").order_by("pk"),
            credentials=Credential.objects.filter(case=self.row.pk).select_related("person").order_by("pk"),
            checks=Visit.objects.filter(case=self.row.pk).prefetch_related("visitors").order_by("pk"),
            may_check=case.state == State.VERIFYING and runs(case.edition, self.actor),
            may_name=case.phase != "closed" and self.face == "desk",
            authors=queries.makers(self.row.pk),
            kinds=dict(EvidenceKind.choices),
            roadshow=queries.roadshow_of(case.edition) if self.tells_of_roadshow else None,
            added=UnionAward.objects.filter(entry=self.row.pk).first(),
            slides=files_of(self.row.pk).exists(),
            may_add_slides=case.state == State.SCORING and runs(case.edition, self.actor),
            **more,
        )


class EntryPage(_EntryPage):
    """An entry on the desk."""

    access = STAFF
    rule = VIEW


class EntryForm(DetailView):
    """The entry form (申报表) to be printed: what the entry says, its benefit by year, and room for the seals."""

    access = STAFF
    rule = VIEW
    prefix = "case__"
    template_name = "innovations/entry_form.html"

    def rows(self) -> QuerySet[Entry]:
        return Entry.objects.select_related("case__unit", "case__edition__unit", "result__case__unit")

    def get_heading(self) -> Any:
        return _t("Entry form of an innovation")

    def context(self, **more: Any) -> dict[str, Any]:
        result = self.row.result
        return super().context(
            result=result,
            authors=queries.makers(self.row.pk),
            lines=queries.benefit(result).select_related("target", "confirmed_by").order_by("since", "pk"),
            patents=result.patents.order_by("pk"),
            seals=chain(self.row.case),
            **more,
        )


class MyEntry(_EntryPage):
    """An entry, as its author sees it."""

    access = VIEW_OWN
    face = "my"
