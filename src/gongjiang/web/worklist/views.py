"""The desk's work list, the worker's own cases, and the one page for every simple move of a flow."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongjiang.kernel import catalogue
from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import holds
from gongjiang.kernel.lifecycle.door import possible, transition
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.flow import Forbidden, Stale
from gongjiang.kernel.lifecycle.models import Case, Turn
from gongjiang.kernel.lifecycle.queries import visible
from gongjiang.kernel.tasks.models import Task
from gongjiang.web.components import cases
from gongjiang.web.components.course import courses
from gongjiang.web.todo.views import TONES as TASK_TONES
from gongjiang.web.views import SIGNED_IN, ActionView, Filters, ListView, Order, Tab, View
from gongjiang.web.views.listing import COUNT_TO, ListPage

from . import merged, queries
from .together import offers

MOST_FOUND = 20
MERGED = ("mine", "soon", "late")  # tabs where tasks stand among the cases


def programme_choices() -> list[tuple[str, Any]]:
    """Installed programmes that have flows."""
    with_flows = {f.programme for f in flows().values()}
    own = [(p.code, p.label) for p in catalogue.programmes() if p.name in with_flows and not p.example]
    return [("", _("All programmes")), *own]


class WorkFilters(Filters):
    what = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[("", _("Cases and tasks")), ("cases", _("Cases only")), ("tasks", _("Tasks only"))],
    )
    who = forms.ChoiceField(
        label=_("Who sees to it"),
        required=False,
        choices=[("", _("Everybody of the office")), ("me", _("I do")), ("nobody", _("Nobody yet"))],
    )
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    number = forms.CharField(label=_("Number"), required=False, max_length=40)

    def __init__(self, *args: Any, user: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["programme"].choices = programme_choices()  # type: ignore[attr-defined]

    def filter_what(self, rows: QuerySet[Turn], value: str) -> QuerySet[Turn]:
        return rows.none() if value == "tasks" else rows

    def filter_who(self, rows: QuerySet[Turn], value: str) -> QuerySet[Turn]:
        return rows.filter(claimed_by=self.user if value == "me" else None)

    @property
    def wants_tasks(self) -> bool:
        """Whether tasks stand in the list: no filter is set that speaks of cases only."""
        self.is_valid()
        found = self.cleaned_data
        return found.get("what") != "cases" and not any(found.get(n) for n in ("who", "programme", "number"))

    def filter_programme(self, rows: QuerySet[Turn], value: str) -> QuerySet[Turn]:
        return rows.filter(flow__in=[f.name for f in flows().values() if f.programme == value])

    def filter_number(self, rows: QuerySet[Turn], value: str) -> QuerySet[Turn]:
        return rows.filter(queries.numbered(value, "case__"))


class WorkList(ListView):
    """Whose turn it is, for an office: mine, due soon, overdue, waiting for others, handled."""

    access = holds()
    rule = None
    heading = _("To do")
    template_name = "worklist/desk.html"
    filters = WorkFilters
    orders = (
        Order("due", _("nearest deadline first"), "due_at", "pk"),
        Order("new", _("newest first"), "-since", "-pk"),
        Order("done", _("last handled first"), "-until", "-pk", filled=True),
    )
    tab_labels = {
        "mine": pgettext_lazy("work list", "Your turn"),
        "soon": _("Due soon"),
        "late": _("Overdue"),
        "waiting": _("Waiting for others"),
        "handled": _("Handled"),
    }

    @cached_property
    def tab(self) -> str:
        asked = self.request.GET.get("tab", "")
        return asked if asked in self.tab_labels else "mine"

    @cached_property
    def order(self) -> Order:
        """What was handled has an order of its own, the only one that an index serves."""
        if self.tab in ("waiting", "handled"):
            return self.orders[2]
        return self.orders[1] if self.request.GET.get("order") == "new" else self.orders[0]

    def allowed(self) -> QuerySet[Any]:
        return self.rows()

    def rows(self) -> QuerySet[Turn]:
        own = queries.my_turns(self.actor)
        found = {
            "mine": lambda: own,
            "soon": lambda: queries.soon(own),
            "late": lambda: queries.late(own),
            "waiting": lambda: queries.waiting(self.actor),
            "handled": lambda: queries.handled(self.actor),
        }[self.tab]()
        found = found.select_related("case__unit", "case__applicant", "claimed_by")
        if self.tab == "waiting":
            live = Turn.objects.filter(until=None).select_related("unit")
            return found.prefetch_related(Prefetch("case__turns", live, to_attr="live_turns"))
        return found

    def tabs(self) -> list[Tab]:
        counts = queries.count_pressing(self.actor)
        path = self.request.path
        return [
            Tab(label, path if code == "mine" else f"{path}?tab={code}", code == self.tab, counts.get(code))
            for code, label in self.tab_labels.items()
        ]

    def filter_kwargs(self) -> dict[str, Any]:
        return {"user": self.actor.user}

    @property
    def merges(self) -> bool:
        """Whether tasks stand among the cases: where both wait, by deadline."""
        return self.tab in MERGED and self.order.code == "due"

    def tasks(self) -> QuerySet[Task]:
        """The tasks of this tab."""
        own = queries.my_tasks(self.actor).select_related("asked_by", "owner", "person")
        narrowed = {"soon": queries.soon, "late": queries.late}.get(self.tab)
        found = narrowed(own) if narrowed else own
        return found if self.filter_form is None or self.filter_form.wants_tasks else found.none()  # type: ignore[attr-defined]

    def page(self) -> ListPage:
        if not self.merges:
            return super().page()
        streams = {merged.TASK: self.tasks(), merged.TURN: self.chosen()}
        after, before = self.request.GET.get("after"), self.request.GET.get("before")
        forward = not before
        place = merged.decode((after if forward else before) or "")
        found = merged.read(streams, place, self.page_size + 1, forward=forward)
        more, found = len(found) > self.page_size, found[: self.page_size]
        if not forward:
            found.reverse()
        has_next = more if forward else place is not None
        has_previous = place is not None if forward else more
        return ListPage(
            rows=found,
            counted=sum(rows.order_by()[: COUNT_TO + 1].count() for rows in streams.values()),
            previous_url=self.url(before=merged.encode(found[0])) if has_previous and found else "",
            next_url=self.url(after=merged.encode(found[-1])) if has_next and found else "",
        )

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        turns: Any
        tasks: Any
        turns, tasks = merged.split(context["page"].rows)
        lent = queries.lent(self.actor, {t.unit_id for t in turns if t.unit_id})
        names = cases.titles(turn.case for turn in turns)
        past = self.tab in ("waiting", "handled")
        opens = queries.opening(self.actor, {turn.case_id for turn in turns}) if past else None
        for turn in turns:
            turn.title = names[turn.case_id]
            turn.url = cases.url_of(turn.case) if opens is None or turn.case_id in opens else ""
            flow = flows().get(turn.flow)
            turn.flow_label = flow.label if flow else turn.flow
            turn.for_whom = lent.get(turn.unit_id or 0, "")
        for task in tasks:
            task.is_task, task.title, task.url = True, task.subject, reverse("task", args=[task.pk])
            task.tone = TASK_TONES[task.state]
        return {
            **context,
            "tab": self.tab,
            "past": past,
            "offers": offers(turns) if self.tab in MERGED else [],
            "takes": self.tab in MERGED and bool(turns),
            "order": self.order,
        }


class MyCases(ListView):
    """Everything the person has applied for, and whose turn it is in each."""

    access = SIGNED_IN
    face = "my"
    heading = _("My applications")
    template_name = "worklist/my_cases.html"
    orders = (Order("new", _("newest first"), "-opened_at", "-pk"),)
    page_size = 20

    def rows(self) -> QuerySet[Case]:
        return (
            queries.my_cases(self.actor).select_related("unit", "edition").prefetch_related(cases.LIVE_TURNS)
        )

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        return {**context, "applications": described(context["page"].rows, self.actor)}


def described(found: Sequence[Case], actor: Actor) -> list[dict[str, Any]]:
    """Each case with its title, its steps and its page in the worker's face: constant queries."""
    names, steps = cases.titles(found), courses(found, actor)
    return [
        {"case": case, "title": names[case.pk], "steps": steps[case.pk], "url": cases.url_of(case, "my")}
        for case in found
    ]


class FindCase(View):
    """A case by its number: straight to its page; otherwise what to check."""

    access = holds()
    heading = _("Find by number")
    template_name = "worklist/find.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("q", "").strip()[:40]
        rows = visible(self.actor).filter(queries.numbered(asked)).select_related("unit").order_by("number")
        found = list(rows[:MOST_FOUND]) if asked else []
        if len(found) == 1 and cases.url_of(found[0]):
            return redirect(cases.url_of(found[0]))
        names = cases.titles(found)
        shown = [{"case": c, "title": names[c.pk], "url": cases.url_of(c)} for c in found]
        return self.show(searched=asked, found=shown)


class NoteForm(forms.Form):
    """What is said with a move."""

    note = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The applicant reads this, word for word."),
    )

    def __init__(self, *args: Any, needs: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "note" in needs:
            self.fields["note"].required = True
            self.fields["note"].error_messages["required"] = _(
                "Say why, so that the applicant knows what to do next."
            )


class Act(ActionView):
    """One move of a flow: a bare button posts here; a move that needs words shows its form first."""

    access = SIGNED_IN
    template_name = "worklist/act.html"
    form_class = NoteForm

    def rows(self) -> QuerySet[Case]:
        return Case.objects.select_related("unit", "edition", "applicant")

    def prepare(self) -> None:
        super().prepare()
        flow = cases.flow_of(self.row)
        if flow is None or not cases.sees(self.row, self.actor):
            raise Http404
        if self.kwargs["name"] not in {t.name for t in flow.transitions if t.sources}:
            raise Http404
        self.flow, self.move = flow, flow.transition(self.kwargs["name"])
        self.button = self.move.label
        if not self.actor.is_staff:
            self.face = "my"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        offered = {move.name: reasons for move, reasons in possible(self.row, actor=self.actor)}
        if self.move.name not in offered:
            if self.row.state in self.move.sources:
                raise Http404
            return redirect(self.back())
        self.refused_now = offered[self.move.name]
        return super().get(request, *args, **kwargs)

    def form_kwargs(self) -> dict[str, Any]:
        return {"needs": self.move.needs}

    def get_heading(self) -> Any:
        return self.move.label

    def context(self, **more: Any) -> dict[str, Any]:
        more.setdefault("refused", getattr(self, "refused_now", None))
        return super().context(move=self.move, title=cases.title_of(self.row), back=self.back(), **more)

    def perform(self, form: Any) -> Any:
        try:
            note = form.cleaned_data["note"]
            transition(self.row, self.move.name, actor=self.actor, version=self._stated(), note=note)
        except Forbidden:
            self.row.refresh_from_db()
            if self.row.state not in self.move.sources:
                raise Stale(self.row) from None
            raise
        return self.after()

    def done(self, result: Any) -> Any:
        said = {"move": self.move.label, "title": cases.title_of(self.row)}
        return _t("Done: %(move)s. %(title)s") % said

    def after(self) -> str:
        """The case's page while it is still the actor's to see; else the work list."""
        seen = cases.sees(self.row, self.actor)
        return self.back() if seen else reverse("desk" if self.actor.is_staff else "my")

    def back(self) -> str:
        """The page of the case, in the face it was opened from."""
        return cases.url_of(self.row, self.face) or reverse("desk" if self.actor.is_staff else "my")

    def _stated(self) -> int | None:
        text = self.request.POST.get("version", "")
        return int(text) if text.isdigit() else None
