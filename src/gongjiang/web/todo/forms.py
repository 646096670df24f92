"""What is asked of whoever asks, answers, verifies or sends back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.tasks.models import EVIDENCE, Task, TaskKind, Verdict
from gongjiang.web.editions.forms import Moment
from gongjiang.web.files.forms import FilesField, limits_said
from gongjiang.web.views import Filters


class TaskFilters(Filters):
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", c("task", "all kinds")), *TaskKind.choices]
    )


class AskForm(forms.Form):
    """Something to do, for a union below or beside."""

    unit = forms.TypedChoiceField(label=_("Asked by"), coerce=int)
    kind = forms.ChoiceField(label=_("Kind"), choices=TaskKind.choices)
    subject = forms.CharField(label=_("What is to be done"), max_length=120)
    detail = forms.CharField(
        label=_("In detail"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    owner = forms.CharField(
        label=_("Who is to do it"),
        max_length=120,
        help_text=_("The name of the union, or its code, in full."),
    )
    due_at = Moment(label=_("Deadline"))

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        self.fields["due_at"].required = True


class ReplyForm(forms.Form):
    """What was done, and what proves it."""

    text = forms.CharField(
        label=_("What was done"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    verdict = forms.ChoiceField(
        label=c("task", "Your opinion"),
        choices=[v for v in Verdict.choices if v[0]],
        widget=forms.RadioSelect,
    )
    valid_to = forms.DateField(
        label=_("It holds until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    evidence = forms.CharField(
        label=_("What proves it"),
        max_length=500,
        required=False,
        help_text=_("The number of a document, the record of a visit; or attach it below."),
    )
    proofs = FilesField("proofs", label=_("Files that prove it"))

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if task.kind not in EVIDENCE:
            del self.fields["evidence"], self.fields["proofs"]
        else:
            self.fields["proofs"].help_text = limits_said()
        if task.kind != TaskKind.CONSULT:
            del self.fields["verdict"], self.fields["valid_to"]


class NoteForm(forms.Form):
    """A word with a step."""

    note = forms.CharField(
        label=c("task", "Reason or note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LaterForm(NoteForm):
    """A word, and a new deadline."""

    due_at = Moment(label=_("New deadline"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_at"].required = True
        self.fields["note"].required = True
