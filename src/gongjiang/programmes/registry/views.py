"""The pages: enterprises, workers, and taking in a roster."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.orgs.models import LegalEntity
from gongjiang.kernel.people.crypto import reveal
from gongjiang.kernel.people.models import Employment, Person
from gongjiang.web.audit.views import Reveal
from gongjiang.web.exchange.views import Upload
from gongjiang.web.views import DetailView, ListView, Order, Tab
from gongjiang.web.views.detail import OneRow

from . import queries
from .forms import EnterpriseFilters, WorkerFilters
from .permissions import ENTERPRISES, WORKERS
from .roster import ROSTER

FIRST = 10


class Enterprises(ListView):
    """The enterprises of one's tree."""

    access = ENTERPRISES
    heading = _("Enterprises")
    template_name = "registry/enterprises.html"
    filters = EnterpriseFilters
    orders = (Order("place", _("by union"), "path", "pk"),)

    def rows(self) -> QuerySet[LegalEntity]:
        return LegalEntity.objects.select_related("unit__parent")

    def filter_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(may_import=bool(self.actor.held(*ROSTER.roles)), **more)
        names = queries.industry_names(context["page"].rows)
        for entity in context["page"].rows:
            entity.industry_name = names.get(entity.industry, entity.industry)
        return context


class EnterprisePage(DetailView):
    """One enterprise: what is recorded, how its workforce is made up, and who works there."""

    access = ENTERPRISES
    template_name = "registry/enterprise.html"

    def rows(self) -> QuerySet[LegalEntity]:
        return LegalEntity.objects.select_related("unit__parent", "branch_of")

    def context(self, **more: Any) -> dict[str, Any]:
        entity: LegalEntity = self.row
        jobs = Employment.objects.filter(entity=entity, until=None, path__within=entity.path)
        keeps = queries.keeps(self.actor, entity.path)
        return super().context(
            entity=entity,
            industry=queries.industry_names([entity]).get(entity.industry, entity.industry),
            structure=queries.structure(jobs, exact=keeps),
            fewest=queries.FEWEST,
            keeps=keeps,
            jobs=list(jobs.select_related("person").order_by("path", "pk")[:FIRST]) if keeps else [],
            workers_url=f"{reverse('registry:workers')}?entity={entity.pk}",
            **more,
        )


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
        return super().context(entity=self.entity, **more)


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
            person=person, jobs=jobs, open_jobs=open_jobs, several=len(open_jobs) > 1, numbers=numbers, **more
        )


class RevealNumber(OnePerson, Reveal):
    """A worker's identity or phone number in full: asked with the purpose, shown once, written down."""

    def back(self) -> str:
        return reverse("registry:worker", args=[self.row.pk])


class ImportRoster(Upload):
    """Take in a roster."""

    access = WORKERS
    kind_name = ROSTER.name
    heading = _("Import a roster")
