"""What a worker says about themselves: facts that one may leave out."""

from functools import cached_property
from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.people import actions
from gongjiang.kernel.people.models import Education, Hukou, Person
from gongjiang.web.views import SIGNED_IN, FormView

UNSAID = ("", c("particulars", "not said"))


class ParticularsForm(forms.Form):
    """What has been said can be said otherwise; only what nobody has said may be left out."""

    hukou = forms.ChoiceField(
        label=_("Household registration"), required=False, choices=[UNSAID, *Hukou.choices]
    )
    education = forms.ChoiceField(
        label=c("match", "Education"), required=False, choices=[UNSAID, *Education.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (name for name in self.fields if self.initial.get(name)):
            self.fields[name].choices = self.fields[name].choices[1:]  # type: ignore[attr-defined]


class MyParticulars(FormView):
    """Say, or say anew, the own optional facts."""

    access = SIGNED_IN
    face = "my"
    heading = _("About myself")
    lead = _(
        "You may leave these out. They help the union to know what workers need, and nobody must say them."
    )
    template_name = "people/particulars.html"
    form_class = ParticularsForm
    button = c("particulars", "Keep what I said")

    @cached_property
    def person(self) -> Person:
        found = Person.objects.filter(pk=self.actor.person or 0).first()
        if found is None:
            raise Http404
        return found

    def prepare(self) -> None:
        """Raises Http404 where the account is no worker's."""
        super().prepare()
        assert self.person

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.person, name) for name in ParticularsForm.base_fields}

    def perform(self, form: Any) -> str:
        actions.provide(self.person.pk, actions.Particulars(**form.cleaned_data), actor=self.actor)
        return reverse("my-particulars")

    def done(self, result: Any) -> Any:
        return _(
            "Kept. Where an office has said otherwise whose word weighs more, its word stays, and yours is noted."
        )
