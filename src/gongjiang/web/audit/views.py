"""An identifier in full, once; who looked at mine; who looked at what in my tree."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.audit.actions import reveal
from gongjiang.kernel.audit.models import Disclosure
from gongjiang.kernel.audit.queries import Names, names
from gongjiang.kernel.audit.rules import ABOUT_ME, LOG
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people.models import Identifier, IdentifierKind, Person
from gongjiang.web import kept
from gongjiang.web.components.wording import mask_name
from gongjiang.web.context import named
from gongjiang.web.models import Receipt
from gongjiang.web.views import SIGNED_IN, ActionView, ListView, Order

from .forms import LogFilters, RevealForm

NEWEST = (Order("new", _("newest first"), "-pk"),)


class Reveal(ActionView):
    """One identifier of a person, for one answer and not for the next: sent twice, it is not shown twice.

    Subclasses declare `access` and `rows()`, find the person, and lead `back()`; the address names `what`.
    """

    template_name = "audit/reveal.html"
    form_class = RevealForm
    row: Person
    words = {
        IdentifierKind.IDENTITY: (_("Show the identity number"), _("Identity number in full")),
        IdentifierKind.PHONE: (_("Show the phone number"), _("Phone number in full")),
    }

    def prepare(self) -> None:
        """Raises Http404 where the person is out of sight or has no such identifier."""
        super().prepare()
        if not Identifier.objects.filter(person=self.row, kind=self.kwargs["what"]).exists():
            raise Http404
        self.what = IdentifierKind(self.kwargs["what"])
        self.button, self.shown = self.words[self.what]

    def get_heading(self) -> Any:
        return self.button

    def back(self) -> str:
        """The address of the page that the person was found on."""
        raise NotImplementedError

    def perform(self, form: Any) -> HttpResponse:
        once = self.once()
        number = reveal(self.row, self.what, **form.cleaned_data, actor=self.actor, request=once)
        if once is not None:
            Receipt.objects.filter(once=once).update(
                location=self.request.get_full_path(),
                said=_t("It has been shown once already. To see it again, say again what it is needed for."),
            )
        kept.drop(self.request)
        self.template_name = "audit/revealed.html"
        return self.show(number=number, heading=self.shown)

    def once(self) -> UUID | None:
        """The once-key of the form that was sent."""
        try:
            return UUID(self.request.POST.get("once", ""))
        except ValueError:
            return None

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(**{"person": self.row, "back": self.back(), **more})


def described(found: Sequence[Disclosure], user: int | None) -> None:
    """Give each disclosure what a list says of it: `looked_by`, `officer`, `whom`. One query.

    A person is named in full to who looked, and masked to an auditor.
    """
    known = names(found)
    for row in found:
        said = known.get(row.pk, Names())
        own = row.user_id == user
        row.looked_by = named(Unit(name=said.unit, name_en=said.unit_en))  # type: ignore[attr-defined]
        row.officer = said.officer  # type: ignore[attr-defined]
        row.whom = said.person if own else mask_name(said.person)  # type: ignore[attr-defined]


class Disclosures(ListView):
    """A list of disclosures."""

    orders = NEWEST

    def rows(self) -> QuerySet[Disclosure]:
        return Disclosure.objects.all()

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        described(context["page"].rows, self.actor.user)
        return context


class WhoLooked(Disclosures):
    """Who was shown what is mine: the unit and the role, when, what, and what for."""

    access = SIGNED_IN
    rule = ABOUT_ME
    face = "my"
    heading = _("Who looked at my data")
    template_name = "audit/who_looked.html"


class AccessLog(Disclosures):
    """What was shown within one's tree, for an auditor; what one had shown oneself, for those who keep a register."""

    access = LOG
    heading = _("Access log")
    template_name = "audit/log.html"
    filters = LogFilters
