"""Who works in a tree, one of them, and the roster as a file both ways."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.exchange.exports import Sheet
from gongjiang.kernel.exchange.models import Tier
from gongjiang.kernel.orgs.models import LegalEntity
from gongjiang.kernel.people.crypto import reveal
from gongjiang.kernel.people.flags import reading
from gongjiang.kernel.people.models import DerivedFlag, Employment, IdentifierKind, Person
from gongjiang.kernel.people.queries import STANDING, overlapping, standing
from gongjiang.web.audit.views import Reveal
from gongjiang.web.components.wording import day
from gongjiang.web.exchange.views import Upload
from gongjiang.web.views import DetailView, ListView, Order, Tab
from gongjiang.web.views.detail import OneRow

from ..forms import WorkerFilters
from ..permissions import ENTERPRISES, WORKERS
from ..roster import ROSTER, lines
from ..timeline import timeline


class Workers(ListView):
    """Everybody who works in one's tree, once for each employment."""

    access = WORKERS
    heading = _("Workers")
    template_name = "registry/workers.html"
    filters = WorkerFilters
    orders = (
        Order("place", _("by enterprise"), "path", "pk"),
        Order("new", _("last recorded first"), "-pk"),
    )
    export: tuple[tuple[Any, str], ...] = (
        (c("roster", "Name"), "person.name"),
        (c("employment", "Enterprise"), "entity.name"),
        (c("roster", "Credit code of the enterprise"), "entity.uscc"),
        (c("roster", "Post"), "post"),
        (c("roster", "Post class"), "get_post_class_display"),
        (c("roster", "Sex"), "person.get_sex_display"),
        (c("person", "Born"), "person.born_on"),
        (c("roster", "Working here since"), "since"),
    )

    def rows(self) -> QuerySet[Employment]:
        return Employment.objects.filter(until=None).select_related("person", "entity")

    def filter_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def tabs(self) -> list[Tab]:
        return [Tab(o.label, self.url(order=o.code), o is self.order) for o in self.orders]

    @cached_property
    def entity(self) -> LegalEntity | None:
        """The enterprise that the list is narrowed to."""
        asked = (
            self.filter_form.cleaned_data.get("entity")
            if self.filter_form and self.filter_form.is_valid()
            else None
        )
        return ENTERPRISES.filter(LegalEntity.objects.filter(pk=asked), self.actor).first() if asked else None

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(entity=self.entity, roster_url=self._roster_url(), **more)

    def _roster_url(self) -> str:
        """The export in the columns of an import, with the numbers, of what is listed."""
        query = self.request.GET.urlencode()
        address = reverse("registry:roster") + (f"?{query}" if query else "")
        return reverse("exports:new") + "?" + urlencode({"of": address})


class OnePerson(OneRow):
    """Somebody who works in the actor's tree."""

    access = WORKERS
    prefix = "employments__"

    def rows(self) -> QuerySet[Person]:
        return Person.objects.all()

    def allowed(self) -> QuerySet[Person]:
        """Through an open employment: the same one must be open and within."""
        return self.rows().filter(Q(employments__until=None) & WORKERS.q(self.actor, self.prefix))


class WorkerPage(OnePerson, DetailView):
    """One person, as far as this actor's tree employs them."""

    template_name = "registry/worker.html"

    def context(self, **more: Any) -> dict[str, Any]:
        person: Person = self.row
        jobs = list(
            WORKERS.filter(Employment.objects.filter(person=person), self.actor)
            .select_related("entity", "unit")
            .order_by("until", "since", "pk")
        )
        numbers = {i.kind: reveal(bytes(i.cipher)) for i in person.identifiers.all()}
        open_jobs = [job for job in jobs if job.until is None]
        return super().context(
            record=timeline(person, self.actor, "desk"),
            person=person,
            jobs=jobs,
            open_jobs=open_jobs,
            several=len(open_jobs) > 1,
            standing=STANDING[standing([person.pk])[person.pk][0]],
            overlapping={job for pair in overlapping([person.pk]).get(person.pk, []) for job in pair},
            flags=_flags(person),
            numbers=numbers,
            **more,
        )


def _flags(person: Person) -> str:
    """What is derived of the person now, each with the rule by which and since when."""
    found = DerivedFlag.objects.filter(person=person, until=None).order_by("flag")
    return "、".join(f"{f.get_flag_display()} ({reading(f.flag, f.rule)}, {day(f.since)})" for f in found)  # type: ignore[attr-defined]


class RevealNumber(OnePerson, Reveal):
    """A worker's identity or phone number in full: asked with the purpose, shown once, written down."""

    def back(self) -> str:
        return reverse("registry:worker", args=[self.row.pk])


class ImportRoster(Upload):
    """Take in a roster."""

    access = WORKERS
    kind_name = ROSTER.name
    heading = _("Import a roster")


class Roster(Workers):
    """The same list in the columns of a roster, as a file: what is exported imports again. It holds numbers."""

    tier = Tier.T2
    heading = _("Roster with identity numbers")
    export = tuple((column.label, column.name) for column in ROSTER.columns)

    def sheet(self) -> Sheet:
        """Each row begins with the person's key, under which the hand-over of their numbers is written down."""
        return Sheet(
            str(self.heading),
            [str(column.label) for column in ROSTER.columns],
            lambda: lines(self.in_order()),
            lambda: self.chosen().order_by().count(),
            self.filter_form.words if self.filter_form else "",
            self.tier,
            shows=(IdentifierKind.IDENTITY, IdentifierKind.PHONE),
            persons=True,
        )
