"""What a worker has agreed to: the worker's own pages, and the desk's for what was said on paper or at a counter."""

from functools import cached_property
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel import catalogue
from gongjiang.kernel.people import consent
from gongjiang.kernel.people.models import (
    PAPERS,
    Channel,
    ConsentPaper,
    ConsentText,
    GivenBy,
    Person,
)
from gongjiang.kernel.people.rules import RECORD
from gongjiang.web.files.answers import download
from gongjiang.web.files.forms import FilesField, limits_said
from gongjiang.web.files.uploads import Limits
from gongjiang.web.views import SIGNED_IN, FormView, View
from gongjiang.web.views.access import Access


def worded(text: ConsentText) -> tuple[str, str]:
    """(title, words) of what one is asked to agree to, in the reader's language where there is such."""
    if str(get_language()).startswith("zh"):
        return text.title, text.text
    return text.title_en or text.title, text.text_en or text.text


class OfPerson(View):
    """Whose consents: one's own, and below how to say so. The names are those of the addresses."""

    access: Access = SIGNED_IN
    face = "my"
    give, withdraw, paper = "consent", "consent-withdraw", "consent-paper"

    @cached_property
    def person(self) -> Person | None:
        return Person.objects.filter(pk=self.actor.person or 0).first()

    @property
    def whose(self) -> list[Any]:
        """What stands before the purpose in an address."""
        return []

    @property
    def all_of_them(self) -> str:
        return reverse("my-consents")


class OfWorker(OfPerson):
    """Somebody who works in one's tree."""

    access = RECORD
    face = "desk"
    give, withdraw, paper = "worker-consent", "worker-consent-withdraw", "worker-consent-paper"

    @cached_property
    def person(self) -> Person | None:
        here = Q(employments__until=None) & RECORD.q(self.actor, "employments__")
        found = Person.objects.filter(here, pk=self.kwargs["pk"]).distinct().first()
        if found is None:
            raise Http404
        return found

    def context(self, **more: Any) -> dict[str, Any]:
        slots = catalogue.slots("desk.person")
        pages = [page for slot in slots for page in slot.render(self.request, self.person)]
        return super().context(person_pages=pages, **more)

    @property
    def whose(self) -> list[Any]:
        return [self.kwargs["pk"]]

    @property
    def all_of_them(self) -> str:
        return reverse("worker-consents", args=self.whose)


class Consents(OfPerson):
    """Everything that is asked, what was said and when."""

    template_name = "people/consents.html"

    def context(self, **more: Any) -> dict[str, Any]:
        found = consent.asked(self.person.pk) if self.person else []
        rows = [
            (
                each,
                *worded(each.text),
                reverse(self.give, args=[*self.whose, each.text.purpose]),
                reverse(self.withdraw, args=[*self.whose, each.text.purpose]),
                self._papers(each),
            )
            for each in found
        ]
        return super().context(asked=rows, person=self.person, **more)

    def _papers(self, asked: consent.Asked) -> list[tuple[str, str]]:
        """(name, address) of the scans beside what was said last."""
        papers = asked.last.papers.all() if asked.last else ()
        return [(each.name, reverse(self.paper, args=[*self.whose, each.pk])) for each in papers]


class MyConsents(Consents):
    """Everything I am asked to agree to."""

    heading = _("What I agreed to")


class WorkerConsents(OfWorker, Consents):
    """Everything that a worker is asked, for whoever records it."""

    def get_heading(self) -> Any:
        return _t("What %(name)s agreed to") % {"name": self.person}


class Paper(OfPerson):
    """A scan of the paper on which one agreed, to be saved and not to be shown."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = ConsentPaper.objects.filter(pk=kwargs["paper"], consent__person=self.person).first()
        if self.person is None or found is None:
            raise Http404
        return download(PAPERS.fetch, found)


class WorkerPaper(OfWorker, Paper):
    """The same for whoever may record what a worker agreed to."""


class One(OfPerson, FormView):
    """One purpose, in full."""

    def prepare(self) -> None:
        """Raises Http404 where the person is out of reach, or nobody asks for this purpose."""
        super().prepare()
        if self.person is None:
            raise Http404
        found = [a for a in consent.asked(self.person.pk) if a.text.purpose == self.kwargs["purpose"]]
        if not found:
            raise Http404
        (self.asked,) = found

    def get_heading(self) -> Any:
        return worded(self.asked.text)[0]

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(
            asked=self.asked, words=worded(self.asked.text)[1], guarded=self.guarded, person=self.person,
            back=self.all_of_them, **more,
        )  # fmt: skip

    @property
    def guarded(self) -> bool:
        return self.person is not None and consent.needs_guardian(self.person)


class GuardianForm(forms.Form):
    guardian = forms.CharField(
        label=c("consent", "Guardian"),
        max_length=60,
        help_text=_("Name and relation, for example: 王某，父亲"),
    )


class PaperForm(forms.Form):
    """What was signed."""

    papers = FilesField("papers", label=_("Scan or photo of the signed paper"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["papers"].help_text = limits_said()


class AddPaperForm(PaperForm):
    """The same where nothing else is said."""

    def clean_papers(self) -> Any:
        if not self.cleaned_data["papers"]:
            raise forms.ValidationError(_("Choose the scan of the signed paper."))
        return self.cleaned_data["papers"]


class RecordForm(PaperForm):
    """How somebody said it who did not say it here."""

    field_order = ("channel", "guardian", "papers")

    channel = forms.ChoiceField(
        label=c("consent", "How it was said"),
        choices=[(each.value, each.label) for each in (Channel.PAPER, Channel.COUNTER, Channel.PHONE)],
        widget=forms.RadioSelect,
    )


class RecordGuardianForm(RecordForm, GuardianForm):
    """The same of a child."""


class GiveConsent(One):
    """Agree to the words in force."""

    template_name = "people/consent.html"
    button = c("consent", "Agree")
    plain: type[forms.Form] = forms.Form
    with_guardian: type[forms.Form] = GuardianForm
    given_by: str = GivenBy.SELF

    def build(self, *args: Any, **kwargs: Any) -> Any:
        self.form_class = self.with_guardian if self.guarded else self.plain
        return super().build(*args, **kwargs)

    def perform(self, form: Any) -> str:
        assert self.person is not None
        consent.give(
            self.person,
            self.asked.text.purpose,
            actor=self.actor,
            given_by=GivenBy.GUARDIAN if self.guarded else self.given_by,
            guardian=form.cleaned_data.get("guardian", ""),
            channel=form.cleaned_data.get("channel", Channel.WEB),
            papers=form.cleaned_data.get("papers", ()),
        )
        return self.all_of_them

    def done(self, result: Any) -> Any:
        return _("You have agreed. You may take it back at any time.")


class RecordConsent(OfWorker, GiveConsent):
    """Write down that a worker agreed on paper, at a counter or by phone."""

    button = c("consent", "Record the consent")
    plain, with_guardian = RecordForm, RecordGuardianForm
    given_by = GivenBy.ASSISTED
    uploads = Limits(settings.FILE_MOST_BYTES, settings.CASE_MOST_BYTES)

    def done(self, result: Any) -> Any:
        return _(
            "Recorded with your name. The worker reads it under “What I agreed to” and may take it back."
        )


class AddPaper(OfWorker, One):
    """Lay the scan of the signed paper beside a consent that is recorded already."""

    template_name = "people/consent.html"
    button = c("consent", "Add the scan")
    form_class = AddPaperForm
    uploads = Limits(settings.FILE_MOST_BYTES, settings.CASE_MOST_BYTES)

    def prepare(self) -> None:
        """Raises Http404 where nothing is agreed to now."""
        super().prepare()
        if self.asked.standing is None:
            raise Http404

    def perform(self, form: Any) -> str:
        assert self.asked.standing is not None
        consent.add_papers(self.asked.standing, form.cleaned_data["papers"], actor=self.actor)
        return self.all_of_them

    def done(self, result: Any) -> Any:
        return _("The scan is kept beside the consent; the worker can read it too.")


class WithdrawConsent(One):
    """Take a consent back."""

    template_name = "people/withdraw.html"
    button = c("consent", "Take it back")

    def perform(self, form: Any) -> str:
        assert self.person is not None
        consent.withdraw(self.person, self.asked.text.purpose, actor=self.actor)
        return self.all_of_them

    def done(self, result: Any) -> Any:
        return _("Taken back. Other services go on as before.")


class RecordWithdrawal(OfWorker, WithdrawConsent):
    """Write down that a worker takes it back."""

    button = c("consent", "Record that it is taken back")
