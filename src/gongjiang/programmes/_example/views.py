"""The pages. Answering, returning and withdrawing have the shell's page; the buttons come from the flow."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.lifecycle.states import State
from gongjiang.web.views import ActionView, DetailView, FormView, ListView, Order

from . import actions, queries
from .forms import AskForm, QuestionForm
from .models import Question
from .permissions import ASKER, STAFF, VIEW


class _Questions(ListView):
    prefix = "case__"
    template_name = "example/questions.html"
    orders = (Order("new", lazy("newest first"), "-pk"),)

    def rows(self) -> QuerySet[Question]:
        return queries.questions()


class Mine(_Questions):
    """What I asked."""

    access = ASKER
    face = "my"
    heading = lazy("My questions")


class Desk(_Questions):
    """The questions within reach."""

    access = STAFF
    rule = VIEW
    heading = lazy("Questions")


class _Question(DetailView):
    prefix = "case__"
    template_name = "example/question.html"

    def rows(self) -> QuerySet[Question]:
        return queries.questions()


class MyQuestion(_Question):
    """A question, as its asker sees it."""

    access = ASKER
    face = "my"


class QuestionPage(_Question):
    """A question on the desk."""

    access = STAFF
    rule = VIEW


class Ask(FormView):
    """Ask the union of the workplace."""

    access = ASKER
    face = "my"
    form_class = AskForm
    template_name = "example/ask.html"
    heading = c("action", "Ask the union")
    button = c("action", "Send the question")

    def form_kwargs(self) -> dict[str, Any]:
        return {"places": queries.workplaces(self.actor)}

    def perform(self, form: Any) -> str:
        question = actions.ask(form.cleaned_data, actor=self.actor, unit=form.cleaned_data["unit"])
        return reverse("example:my-question", args=[question.pk])

    def done(self, result: Any) -> str:
        return _("Sent. The union of your workplace answers it.")


class Mend(ActionView):
    """Make a returned question clearer and send it again."""

    access = ASKER
    prefix = "case__"
    face = "my"
    form_class = QuestionForm
    button = c("action", "Mend and send again")

    def rows(self) -> QuerySet[Question]:
        return queries.questions().filter(case__state=State.RETURNED)

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.row, name) for name in actions.FIELDS}

    def perform(self, form: Any) -> str:
        actions.mend(self.row, form.cleaned_data, actor=self.actor)
        return reverse("example:my-question", args=[self.row.pk])

    def done(self, result: Any) -> str:
        return _("Sent again. The union of your workplace answers it.")
