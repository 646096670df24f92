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
    """What has been said can be said otherwise, or taken back."""

    hukou = forms.ChoiceField(
        label=_("Household registration"), required=False, choices=[UNSAID, *Hukou.choices]
    )
    education = forms.ChoiceField(
        label=c("match", "Education"), required=False, choices=[UNSAID, *Education.choices]
    )


class MyParticulars(FormView):
    """Say, or say anew, the own optional facts."""

    access = SIGNED_IN
    face = "my"
    heading = _("About myself")
    lead = _(
        "You may leave these out, and take back what you once said. They help the union to know what workers need, and"
        " nobody must say them."
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
        said, before = form.cleaned_data, self.initial()
        actions.provide(self.person.pk, actions.Particulars(**said), actor=self.actor)
        actions.take_back((name for name in said if before[name] and not said[name]), actor=self.actor)
        return reverse("my-particulars")

    def done(self, result: Any) -> Any:
        return _(
            "Kept. Where an office has said otherwise whose word weighs more, its word stays, and yours is noted."
        )
