"""A result on its page: read, judged against earlier ones, revoked; and the list of the desk."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.targets import queries as targets
from gongjiang.programmes.innovations import actions, queries
from gongjiang.programmes.innovations.actions.benefit import CLAIMED_IN
from gongjiang.programmes.innovations.actions.results import KEPT
from gongjiang.programmes.innovations.forms import (
    JudgeForm,
    PapersForm,
    ResultFilters,
    RevokeForm,
)
from gongjiang.programmes.innovations.models import EvidenceKind, Judgement, Likeness, Result
from gongjiang.programmes.innovations.permissions import (
    CASE_STAFF,
    CLAIMANT,
    KEEPER,
    RECOMMENDER,
    REVOKER,
    TEAM_LEADER,
    VIEW,
    VIEW_OWN,
)
from gongjiang.web.components.cases import LIVE_TURNS
from gongjiang.web.drafts import keeper
from gongjiang.web.files.uploads import Limits
from gongjiang.web.views import (
    ActionView,
    DetailView,
    ListView,
    Order,
    Tab,
    View,
)
from gongjiang.web.views.access import admits

TURNS = Prefetch("case__turns", queryset=LIVE_TURNS.queryset, to_attr="live_turns")
UPLOADS = Limits(settings.FILE_MOST_BYTES, settings.CASE_MOST_BYTES)


class _ResultPage(DetailView):
    prefix = "case__"
    template_name = "innovations/result.html"

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related(
            "case__unit", "case__applicant", "case__edition", "revocation", "team"
        )

    def context(self, **more: Any) -> dict[str, Any]:
        case = self.row.case
        entries = queries.entries_of(self.row).prefetch_related(TURNS)
        benefit = list(queries.benefit(self.row))
        for line in benefit:
            line.last = line.until - timedelta(days=1)  # type: ignore[attr-defined]
        claims = CLAIMANT.filter(type(case).objects.filter(pk=case.pk), self.actor).exists()
        return super().context(
            authors=queries.makers(self.row.pk),
            entries=entries,
            kinds=dict(EvidenceKind.choices),
            benefit=benefit,
            totals=[(level, fen) for level, fen in targets.totals(queries.benefit(self.row)).items() if fen],
            tables=self.row.tables.filter(compared_at=None).order_by("pk"),
            may_claim=claims and case.state in CLAIMED_IN,
            may_mend=claims and case.state in CLAIMED_IN,
            patents=self.row.patents.prefetch_related("inventors__person").order_by("pk"),
            rewards=self.row.rewards.select_related("payer")
            .prefetch_related("shares__person")
            .order_by("pk"),
            conversions=queries.conversions(self.row),
            alike=queries.alike(self.row, self.actor),
            **more,
        )


class MyResult(_ResultPage):
    """A result, as its author sees it, and the leader of its team while it waits there."""

    access = VIEW_OWN | TEAM_LEADER
    face = "my"
    template_name = "innovations/my_result.html"

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(keeper=keeper(self.request), **more)


class ResultPage(_ResultPage):
    """A result on the desk."""

    access = CASE_STAFF
    rule = VIEW

    def context(self, **more: Any) -> dict[str, Any]:
        case = self.row.case
        cases = type(case).objects.filter(pk=case.pk)
        keeps = KEEPER.filter(cases, self.actor).exists()
        accepted = (
            case.state in (State.TRIAL, State.AWARDED, State.FOLLOWING) or case.outcome == Outcome.COMPLETED
        )
        adopted = self.row.adopted_on is not None and case.outcome != Outcome.REVOKED
        return super().context(
            keeps=keeps,
            may_recommend=accepted and RECOMMENDER.filter(cases, self.actor).exists(),
            may_reward=keeps and adopted,
            may_convert=keeps and (case.state == State.FOLLOWING or case.outcome == Outcome.COMPLETED),
            may_add=keeps and case.state in KEPT,
            **more,
        )


class Papers(ActionView):
    """Add papers: the operation sheet above all."""

    access = KEEPER
    prefix = "case__"
    form_class = PapersForm
    uploads = UPLOADS
    template_name = "innovations/step.html"
    heading = c("action", "Add papers")
    button = c("action", "Add papers")

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related("case__unit")

    def get_heading(self) -> Any:
        return self.heading

    def perform(self, form: Any) -> str:
        actions.add_papers(self.row, form.uploads(), actor=self.actor)
        return reverse("innovations:result", args=[self.row.pk])


class Revoke(ActionView):
    """Take back what was awarded, by a document."""

    access = REVOKER
    prefix = "case__"
    form_class = RevokeForm
    template_name = "innovations/step.html"
    lead = _("It counts no longer, in no figure, and leaves the library. What happened stays readable.")
    heading = c("action", "Revoke")
    button = c("action", "Revoke")

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related("case__unit")

    def get_heading(self) -> Any:
        return _t("Revoke “%(title)s”") % {"title": self.row.title}

    def perform(self, form: Any) -> str:
        actions.revoke(self.row, **form.cleaned_data, actor=self.actor)
        return reverse("innovations:result", args=[self.row.pk])


class Judge(ActionView):
    """Say whether a result is the same as an earlier one."""

    access = KEEPER
    prefix = "result__case__"
    form_class = JudgeForm
    template_name = "innovations/judge.html"
    heading = _("Is it the same?")
    button = c("action", "Record the judgement")

    @property
    def case(self) -> Any:
        return self.row.result.case

    def rows(self) -> QuerySet[Likeness]:
        return Likeness.objects.select_related("result__case__unit")

    def get_heading(self) -> Any:
        return self.heading

    def context(self, **more: Any) -> dict[str, Any]:
        found = [a for a in queries.alike(self.row.result, self.actor) if a.likeness.pk == self.row.pk]
        return super().context(result=self.row.result, earlier=found[0] if found else None, **more)

    def initial(self) -> dict[str, Any]:
        judged = self.row.judgement != Judgement.OPEN
        return {"judgement": self.row.judgement if judged else "", "reason": self.row.reason}

    def perform(self, form: Any) -> str:
        actions.judge(self.row, **form.cleaned_data, actor=self.actor)
        return reverse("innovations:result", args=[self.row.result_id])


def tabs(view: View) -> list[Tab]:
    """The registers of the programme on the desk; requests for those who can be asked or have asked."""
    from .library import PARTIES

    match = view.request.resolver_match
    here = match.url_name if match else ""
    return [
        Tab(label, reverse(f"innovations:{name}"), name == here)
        for name, label in (
            ("desk", c("innovation", "Results")),
            ("entries", c("innovation", "Entries")),
            ("calls", c("innovation", "Calls")),
            ("patents", c("innovation", "Patents")),
            ("rewards", c("innovation", "Rewards")),
            ("conversions", c("innovation", "Conversions")),
            ("library", c("innovation", "Library")),
            ("interests", c("innovation", "Requests")),
        )
        if name != "interests" or admits(PARTIES, view.actor)
    ]


class Results(ListView):
    """The results within reach."""

    access = CASE_STAFF
    rule = VIEW
    prefix = "case__"
    heading = _("Small innovations")
    orders = (Order("new", _("newest first"), "-pk"), Order("old", _("oldest first"), "pk"))
    template_name = "innovations/results.html"
    filters = ResultFilters

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related("case__unit").prefetch_related(TURNS)
