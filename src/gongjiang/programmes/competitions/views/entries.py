"""Entries: found and filed by a worker, registered and checked on the desk."""

from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.credentials.models import Credential
from gongjiang.kernel.lifecycle.editions import open_windows
from gongjiang.kernel.lifecycle.states import State
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.publicity.models import PublicityCase
from gongjiang.kernel.review.models import Endorsement
from gongjiang.programmes.competitions import actions, queries
from gongjiang.programmes.competitions.flow import entry_titles
from gongjiang.programmes.competitions.forms import PAPERS, EntryFilters, EntryForm
from gongjiang.programmes.competitions.models import ContestEvent, Entry
from gongjiang.programmes.competitions.permissions import (
    APPLICANT,
    ENTERPRISE,
    REGISTRAR,
    STAFF,
    VIEW,
    VIEW_OWN,
)
from gongjiang.web.components.cases import LIVE_TURNS
from gongjiang.web.drafts import keeper
from gongjiang.web.files.uploads import Limits
from gongjiang.web.views import SIGNED_IN, ActionView, DetailView, FormView, ListView, Order, Tab, View

from .events import OfEvent, people_of
from .tabs import tabs

TURNS = Prefetch("case__turns", queryset=LIVE_TURNS.queryset, to_attr="live_turns")
UPLOADS = Limits(settings.FILE_MOST_BYTES, settings.CASE_MOST_BYTES)
RELATED = (
    "case__unit",
    "case__applicant",
    "case__edition__parent",
    "case__edition__contest_event",
    "prize",
    "title",
)


class Mine(ListView):
    """My entries, with where each stands and what came of it."""

    access = SIGNED_IN
    rule = VIEW_OWN
    prefix = "case__"
    face = "my"
    heading = _("My contests")
    template_name = "competitions/mine.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def rows(self) -> QuerySet[Entry]:
        return Entry.objects.select_related(*RELATED).prefetch_related(TURNS)


class Events(View):
    """The events that somebody of my workplace can enter now, each with until when."""

    access = SIGNED_IN
    face = "my"
    heading = _("Events that take registrations")
    template_name = "competitions/events.html"

    def context(self, **more: Any) -> dict[str, Any]:
        paths = self.actor.workplaces
        found: dict[Any, list[ContestEvent]] = {}
        for event in queries.open_events(*paths) if paths else ():
            event.until = queries.until(event.edition)  # type: ignore[attr-defined]
            event.on = queries.until(event.edition, "review")  # type: ignore[attr-defined]
            found.setdefault(event.edition.parent, []).append(event)
        return super().context(contests=list(found.items()), works=bool(paths), **more)


class _EntryFormView(FormView):
    form_class = EntryForm
    uploads = UPLOADS
    template_name = "competitions/entry_form.html"
    filed: Entry

    @property
    def submit(self) -> bool:
        return self.request.POST.get("then", "submit") == "submit"

    @property
    def event_of_form(self) -> ContestEvent:
        raise NotImplementedError

    def done(self, result: Any) -> str:
        case = self.filed.case
        if case.state == State.DRAFT:
            return _t("Draft saved. Nobody else sees it until it is registered.")
        return _t("Registered, number %(number)s. The union of the workplace checks it next.") % {
            "number": case.number
        }

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(keeper=keeper(self.request), event=self.event_of_form, **more)


class Enter(_EntryFormView):
    """A worker registers in one event."""

    access = SIGNED_IN
    face = "my"
    button = c("action", "Register")

    def prepare(self) -> None:
        super().prepare()
        self.found = queries.open_events(*self.actor.workplaces).filter(pk=self.kwargs["pk"]).first()
        if self.found is None or not self.actor.workplaces:
            raise Http404

    @property
    def event_of_form(self) -> ContestEvent:
        assert self.found is not None
        return self.found

    def get_heading(self) -> Any:
        return _t("Register: %s") % self.event_of_form.trade

    @cached_property
    def places(self) -> list[Unit]:
        return queries.workplaces(self.actor.workplaces)

    def form_kwargs(self) -> dict[str, Any]:
        return {"event": self.event_of_form, "places": self.places}

    def initial(self) -> dict[str, Any]:
        return {"group": self.event_of_form.group}

    def context(self, **more: Any) -> dict[str, Any]:
        against = queries.first_look(self.event_of_form, self.actor.person)
        return super().context(against=against, alone=self.event_of_form.size == 1, **more)

    def perform(self, form: Any) -> str:
        unit = form.cleaned_data.get("unit") or self.places[0]
        self.filed = actions.enter(
            self.event_of_form, form.content(), actor=self.actor, unit=unit, submit=self.submit,
            evidence=form.uploads(),
        )  # fmt: skip
        return reverse("competitions:my-entry", args=[self.filed.pk])


class Register(OfEvent, ActionView, _EntryFormView):
    """The union of a workplace registers somebody, or a team."""

    access = REGISTRAR
    template_name = "competitions/entry_form.html"
    button = c("action", "Register")

    @property
    def event_of_form(self) -> ContestEvent:
        return self.event

    def prepare(self) -> None:
        super().prepare()
        if self.unit is None or not open_windows([self.row], "apply"):
            raise Http404

    @cached_property
    def unit(self) -> Unit | None:
        held = [g.unit for g in self.actor.held(Role.UNIT_OFFICER)]
        return Unit.objects.filter(pk__in=held, path__within=self.row.unit.path).order_by("path").first()

    def get_heading(self) -> Any:
        return _t("Register: %s") % self.event.trade

    def form_kwargs(self) -> dict[str, Any]:
        return {"event": self.event, "places": [], "people": people_of(self.unit)}

    def initial(self) -> dict[str, Any]:
        return {"group": self.event.group}

    def perform(self, form: Any) -> str:
        people = [p.pk for p in form.cleaned_data["members"]]
        self.filed = actions.register_for(
            self.event, people, form.content(), actor=self.actor, unit=self.unit, submit=self.submit,  # type: ignore[arg-type]
            evidence=form.uploads(),
        )  # fmt: skip
        return reverse("competitions:entry", args=[self.filed.pk])


class EditEntry(ActionView, _EntryFormView):
    """Go on with a draft, or mend what was returned."""

    access = APPLICANT
    prefix = "case__"
    face = "my"
    template_name = "competitions/entry_form.html"
    page = "competitions:my-entry"
    button = c("action", "Register")

    @property
    def event_of_form(self) -> ContestEvent:
        found: ContestEvent = self.row.case.edition.contest_event
        return found

    def rows(self) -> QuerySet[Entry]:
        return Entry.objects.select_related(*RELATED)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.row.case.state not in actions.OPEN:
            return redirect(self.page, self.row.pk)
        return super().get(request, *args, **kwargs)

    def get_heading(self) -> Any:
        return _t("Register: %s") % self.event_of_form.trade

    def form_kwargs(self) -> dict[str, Any]:
        return {"event": self.event_of_form, "places": [self.row.case.unit]}

    def initial(self) -> dict[str, Any]:
        return {n: getattr(self.row, n) for n in ("group", "grade", "certificate", "years", "team")}

    def perform(self, form: Any) -> str:
        self.filed = actions.revise(
            self.row, form.content(), actor=self.actor, submit=self.submit, evidence=form.uploads()
        )
        return reverse(self.page, args=[self.row.pk])


class DeskEdit(EditEntry):
    """The same for the union that registered it."""

    access = ENTERPRISE
    face = "desk"
    page = "competitions:entry"


class Entries(ListView):
    """The entries within reach."""

    access = STAFF
    rule = VIEW
    prefix = "case__"
    heading = _("Contests")
    orders = (Order("new", _("newest first"), "-pk"), Order("old", _("oldest first"), "pk"))
    template_name = "competitions/entries.html"
    filters = EntryFilters

    def tabs(self) -> list[Tab]:
        return tabs(self)

    def rows(self) -> QuerySet[Entry]:
        return Entry.objects.select_related(*RELATED).prefetch_related(TURNS)


class _EntryPage(DetailView):
    prefix = "case__"
    template_name = "competitions/entry.html"

    def rows(self) -> QuerySet[Entry]:
        return Entry.objects.select_related(*RELATED, "document")

    def get_heading(self) -> Any:
        return entry_titles([self.row.pk])[self.row.pk]

    def context(self, **more: Any) -> dict[str, Any]:
        key = self.row.pk
        everybody = list(queries.entrants_of(key))
        return super().context(
            event=self.row.case.edition.contest_event,
            everybody=everybody,
            started=self.row.case.entrants.filter(started_on__isnull=False).first(),
            endorsements=Endorsement.objects.filter(case=key).select_related("unit").order_by("step"),
            notices=PublicityCase.objects.filter(case=key).select_related("publicity").order_by("pk"),
            credentials=Credential.objects.filter(case=key).select_related("person").order_by("pk"),
            upgrades=self.row.case.contest_upgrades.select_related("person").order_by("pk"),
            kinds=PAPERS,
            **more,
        )


class EntryPage(_EntryPage):
    """An entry on the desk."""

    access = STAFF
    rule = VIEW


class MyEntry(_EntryPage):
    """An entry, as its entrants see it."""

    access = VIEW_OWN
    face = "my"
    template_name = "competitions/my_entry.html"

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(keeper=keeper(self.request), **more)
