"""A result: filed by its maker, read on the desk, judged against earlier ones, revoked."""

from datetime import timedelta
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

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.files.models import File
from gongjiang.kernel.files.queries import files_of
from gongjiang.kernel.lifecycle.models import Participant
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.targets import queries as targets
from gongjiang.programmes.innovations import actions, queries
from gongjiang.programmes.innovations.actions.benefit import CLAIMED_IN
from gongjiang.programmes.innovations.actions.results import KEPT, MORE
from gongjiang.programmes.innovations.forms import (
    JudgeForm,
    PapersForm,
    ResultFilters,
    ResultForm,
    RevokeForm,
)
from gongjiang.programmes.innovations.models import EvidenceKind, Judgement, Likeness, Result
from gongjiang.programmes.innovations.permissions import (
    APPLICANT,
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
from gongjiang.web.views.access import admits

TURNS = Prefetch("case__turns", queryset=LIVE_TURNS.queryset, to_attr="live_turns")
UPLOADS = Limits(settings.FILE_MOST_BYTES, settings.CASE_MOST_BYTES)


class Public(View):
    """What the collection is, and which calls are open."""

    access = PUBLIC
    face = "public"
    heading = _("Small innovations by workers")
    template_name = "innovations/public.html"

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(calls=queries.open_calls().prefetch_related("windows"), **more)


class Mine(ListView):
    """My results, with where each stands, and those of a team that wait for me as its leader."""

    access = SIGNED_IN
    rule = VIEW_OWN | TEAM_LEADER
    prefix = "case__"
    face = "my"
    heading = _("My innovations")
    template_name = "innovations/mine.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related("case", "case__unit", "case__applicant").prefetch_related(TURNS)


class _ResultFormView(FormView):
    form_class = ResultForm
    uploads = UPLOADS
    template_name = "innovations/result_form.html"
    face = "my"
    lead = _("One matter on one form. You can save it as a draft and go on later.")

    @property
    def submit(self) -> bool:
        return self.request.POST.get("then", "submit") == "submit"

    @cached_property
    def places(self) -> list[Unit]:
        return queries.workplaces(self.actor.workplaces)

    @property
    def more_rows(self) -> int:
        """Lines for further colleagues: as many as there were or are restored, and one more where that was asked."""
        stated = self.request.POST.get("rows") or self.request.GET.get("rows", "")
        rows = min(int(stated), 20) if stated.isascii() and stated.isdigit() else 0
        return rows + (self.request.POST.get("then") == "row")

    def form_kwargs(self) -> dict[str, Any]:
        return {
            "places": self.places,
            "submit": self.submit,
            "categories": queries.categories(self.places),
            "rows": self.more_rows,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("then") != "row":
            return super().post(request, *args, **kwargs)
        blank = self.build()
        typed = {
            name: field.widget.value_from_datadict(request.POST, {}, name)
            for name, field in blank.fields.items()
            if name in request.POST
        }
        longer = self.build(initial=typed)
        longer.goes_on = True  # what the device keeps is older than what was typed
        return self.show(form=longer)

    def content(self, form: ResultForm) -> dict[str, Any]:
        asked = (*actions.FIELDS, *MORE, "team")
        return {name: form.cleaned_data[name] for name in asked if name in form.cleaned_data}

    def shown(self, filed: Result) -> str:
        """The page that follows."""
        self.filed = filed
        return reverse("innovations:my-result", args=[filed.pk])

    def done(self, result: Any) -> str:
        case = self.filed.case
        if case.state == State.DRAFT:
            return _t("Draft saved. Nobody else sees it until you submit it.")
        if case.turns.filter(until=None, role=Role.TEAM_LEADER).exists():
            return _t("Submitted, number %(number)s. The leader of your team confirms it next.") % {
                "number": case.number
            }
        return _t("Submitted, number %(number)s. Your enterprise's union reads it next.") % {
            "number": case.number
        }

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(keeper=keeper(self.request), rows=self.more_rows, **more)


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
                team=form.makers(self.actor.person),
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
            "categories": queries.categories([self.row.case.unit]),
            "instance": self.row,
            "attached": self.attached,
            "team": self.team,
            "rows": self.more_rows,
        }

    @cached_property
    def attached(self) -> list[File]:
        return list(files_of(self.row.pk))

    @cached_property
    def team(self) -> list[Participant]:
        return list(queries.makers(self.row.pk))

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
                team=form.makers(self.actor.person),
            )
        )


class _ResultPage(DetailView):
    prefix = "case__"
    template_name = "innovations/result.html"

    def rows(self) -> QuerySet[Result]:
        return Result.objects.select_related("case__unit", "case__applicant", "case__edition", "revocation")

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
