"""A result as its maker files and mends it."""

from typing import Any

from django.db.models import QuerySet
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
from gongjiang.kernel.lifecycle.states import State
from gongjiang.kernel.orgs.models import Unit
from gongjiang.programmes.innovations import actions, queries
from gongjiang.programmes.innovations.actions.results import MORE
from gongjiang.programmes.innovations.forms import (
    ResultForm,
)
from gongjiang.programmes.innovations.models import Result
from gongjiang.programmes.innovations.permissions import (
    APPLICANT,
    TEAM_LEADER,
    VIEW_OWN,
)
from gongjiang.web.drafts import keeper
from gongjiang.web.views import (
    PUBLIC,
    SIGNED_IN,
    ActionView,
    FormView,
    ListView,
    Order,
    View,
)

from .results import TURNS, UPLOADS


class Public(View):
    """What the collection is, and which calls are open."""

    access = PUBLIC
    face = "public"
    heading = _("Small innovations by workers")
    template_name = "innovations/public.html"

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(
            calls=queries.open_calls().prefetch_related("windows"), roadshows=queries.roadshows(), **more
        )


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
