"""Tasks on the desk and on the worker's own page."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel import catalogue
from gongjiang.kernel.access.rules import holds
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.tasks import actions, queries
from gongjiang.kernel.tasks.models import STORE, WAITING, Task, TaskFile, TaskState
from gongjiang.kernel.tasks.rules import ASKING, VIEW, acts_as_asker, acts_as_owner
from gongjiang.web.files.answers import download
from gongjiang.web.files.uploads import Limits
from gongjiang.web.views import SIGNED_IN, ActionView, DetailView, FormView, ListView, Order, View
from gongjiang.web.views.listing import Tab

from .forms import AskForm, LaterForm, NoteForm, ReplyForm, TaskFilters

TONES = {"open": "go", "done": "soon", "returned": "late", "verified": "done", "cancelled": "done"}


class TaskList(ListView):
    """Tasks of an office: to do, to verify, asked of others."""

    access = holds()
    rule = None
    heading = _("Tasks")
    template_name = "todo/list.html"
    filters = TaskFilters
    orders = (Order("due", _("nearest deadline first"), "due_at", "pk", filled=True),)

    def allowed(self) -> QuerySet[Any]:
        return self.rows()

    @property
    def tab(self) -> str:
        asked = self.request.GET.get("tab", "")
        return asked if asked in ("verify", "asked") else "mine"

    def tabs(self) -> list[Tab]:
        path, tab = self.request.path, self.tab
        return [
            Tab(c("tasks", "To do"), path, tab == "mine"),
            Tab(c("tasks", "To verify"), f"{path}?tab=verify", tab == "verify"),
            Tab(c("tasks", "Asked of others"), f"{path}?tab=asked", tab == "asked"),
        ]

    def rows(self) -> QuerySet[Task]:
        found = {"mine": queries.to_do, "verify": queries.to_verify, "asked": queries.asked}[self.tab](
            self.actor
        )
        return found.order_by().select_related("owner", "person", "asked_by")

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        for row in context["page"].rows:
            row.tone = TONES[row.state]
        return {**context, "may_ask": bool(self.actor.held(*ASKING)), "tab": self.tab}


class MyTasks(ListView):
    """What was asked of me, as a person."""

    access = SIGNED_IN
    face = "my"
    heading = _("My tasks")
    template_name = "todo/my_list.html"
    orders = (Order("due", _("nearest deadline first"), "due_at", "pk", filled=True),)

    def rows(self) -> QuerySet[Task]:
        if self.actor.person is None:
            return Task.objects.none()
        return Task.objects.filter(person=self.actor.person).select_related("asked_by", "owner", "person")

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        for row in context["page"].rows:
            row.tone = TONES[row.state]
        return context


class TaskPage(DetailView):
    """One task: what, by when, what was answered, and what can be done."""

    access = VIEW
    template_name = "todo/task.html"

    def rows(self) -> QuerySet[Task]:
        found = Task.objects.select_related("asked_by", "owner", "person", "done_by", "verified_by", "user")
        return found.distinct()

    @property
    def case(self) -> Any:
        """Whoever sees the task learns nothing of its case by it."""
        return None

    def prepare(self) -> None:
        super().prepare()
        if not self.actor.is_staff:
            self.face = "my"

    def context(self, **more: Any) -> dict[str, Any]:
        task = self.row
        steps, place = [], ""
        if acts_as_owner(task, self.actor) and task.state in WAITING:
            place = place_of(task)
            steps.append(("reply", STEPS["reply"].button, not place))
        if acts_as_asker(task, self.actor):
            if task.state == TaskState.DONE:
                steps += [("verify", STEPS["verify"].button, True), ("return", STEPS["return"].button, False)]
            if task.state in WAITING:
                steps.append(("postpone", STEPS["postpone"].button, False))
            if task.ended_at is None:
                steps.append(("cancel", STEPS["cancel"].button, False))
        return super().context(
            task=task,
            tone=TONES[task.state],
            steps=steps,
            place=place,
            clock=task.clocks.order_by("-pk").first(),
            waiting=task.state in WAITING,
            files=task.files.order_by("at", "name"),
            helpers=[h.unit for h in task.helpers.select_related("unit")],
            history=task.events.select_related("user", "unit").order_by("-pk"),
            **more,
        )


def place_of(task: Task) -> str:
    """The address of the page where it is done, and so answered; empty where it is answered in words."""
    subject = queries.subject_of(task)
    pages = {name: url for programme in catalogue.programmes() for name, url in programme.tasks}
    return reverse(pages[subject[0]], args=[subject[1]]) if subject and subject[0] in pages else ""


class Evidence(View):
    """A file that proves that a task was done, to be saved and not to be shown."""

    access = VIEW

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        seen = VIEW.filter(Task.objects.filter(pk=kwargs["pk"]), self.actor)
        file = TaskFile.objects.filter(pk=kwargs["file"], task__in=seen.values("pk")).first()
        if file is None:
            raise Http404
        return download(STORE.fetch, file)


class Ask(FormView):
    """Ask another union to do something."""

    access = holds(*ASKING)
    form_class = AskForm
    heading = _("Ask somebody to do something")
    button = _("Send the task")

    def form_kwargs(self) -> dict[str, Any]:
        held = Unit.objects.filter(pk__in=[g.unit for g in self.actor.held(*ASKING)]).order_by("path")
        return {"units": [(u.pk, u.name) for u in held]}

    def perform(self, form: Any) -> Any:
        said = dict(form.cleaned_data)
        named = said.pop("owner").strip()
        owners = list(Unit.objects.filter(Q(name=named) | Q(code=named), closed_on=None)[:2])
        if len(owners) != 1:
            raise ValidationError(
                {"owner": _t("There is no union of that name or code, or there are several.")}
            )
        task = actions.ask(**said, owner=owners[0].pk, actor=self.actor)
        return reverse("task", args=[task.pk])

    def done(self, result: Any) -> Any:
        return _("The task is sent; it is on their work list now.")


class Step(ActionView):
    """One step of a task."""

    access = VIEW
    template_name = "todo/step.html"
    form_class: type[forms.Form] = NoteForm
    row: Task

    def rows(self) -> QuerySet[Task]:
        return Task.objects.select_related("asked_by", "owner", "person").distinct()

    @property
    def case(self) -> Any:
        return None

    def prepare(self) -> None:
        super().prepare()
        if not (acts_as_owner(self.row, self.actor) or acts_as_asker(self.row, self.actor)):
            raise Http404
        if not self.actor.is_staff:
            self.face = "my"

    def get_heading(self) -> Any:
        return self.button

    def version(self) -> int | None:
        return self.row.version

    def stale_subject(self) -> Any:
        return self.row

    def changes_since(self, version: int) -> list[Any]:
        return []

    def back(self) -> str:
        return reverse("task", args=[self.row.pk])

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(back=self.back(), **more)

    def act(self, **said: Any) -> Any:
        raise NotImplementedError

    def perform(self, form: Any) -> Any:
        self.act(**form.cleaned_data, actor=self.actor, version=self.row.version)
        return self.back()

    def done(self, result: Any) -> Any:
        return _t("Done: %(move)s. %(title)s") % {"move": self.button, "title": self.row.subject}


class Reply(Step):
    form_class = ReplyForm
    uploads = Limits(settings.FILE_MOST_BYTES, settings.CASE_MOST_BYTES)
    button = c("task step", "Say it is done")

    def form_kwargs(self) -> dict[str, Any]:
        return {"task": self.row}

    def act(self, **said: Any) -> Any:
        return actions.reply(self.row, files=said.pop("proofs", ()), **said)


class Verify(Step):
    button = c("task step", "Verify it")

    def act(self, **said: Any) -> Any:
        return actions.verify(self.row, **said)


class Return(Step):
    form_class = LaterForm
    button = c("task step", "Send it back")

    def act(self, **said: Any) -> Any:
        return actions.return_(self.row, **said)


class Postpone(Step):
    form_class = LaterForm
    button = c("task step", "Give more time")

    def act(self, **said: Any) -> Any:
        return actions.postpone(self.row, **said)


class Cancel(Step):
    button = c("task step", "Cancel it")

    def act(self, **said: Any) -> Any:
        return actions.cancel(self.row, **said)


STEPS: dict[str, type[Step]] = {
    "reply": Reply,
    "verify": Verify,
    "return": Return,
    "postpone": Postpone,
    "cancel": Cancel,
}
