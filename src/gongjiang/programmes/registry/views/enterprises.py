"""The enterprises of a tree, and one of them."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.credentials.models import Credential, CredentialKind
from gongjiang.kernel.credentials.queries import standing as standing_of
from gongjiang.kernel.exchange.models import Tier
from gongjiang.kernel.orgs.models import LegalEntity, Level, Unit, UnitKind
from gongjiang.kernel.people.models import Employment
from gongjiang.web.views import DetailView, ListView, Order

from .. import queries
from ..forms import EnterpriseFilters
from ..permissions import CANDIDATES, ENTERPRISES, REGISTRARS
from ..roster import ROSTER

FIRST = 10


class Enterprises(ListView):
    """The enterprises of one's tree."""

    access = ENTERPRISES
    heading = _("Enterprises")
    template_name = "registry/enterprises.html"
    filters = EnterpriseFilters
    orders = (Order("place", _("by union"), "path", "pk"),)
    #: In the columns of the import, and the union besides: what is exported imports again.
    export = (
        (c("enterprise", "Name"), "name"),
        (_("Unified social credit code"), "uscc"),
        (c("enterprise", "Ownership"), "get_ownership_display"),
        (c("enterprise", "Legal form"), "get_legal_form_display"),
        (c("enterprise", "Size"), "get_size_class_display"),
        (c("enterprise", "Industry"), "industry"),
        (c("enterprise", "Industrial chains"), "chains"),
        (_("Township or area"), "region"),
        (c("enterprise", "Park"), "park"),
        (_("Workers declared"), "declared_workers"),
        (_("Workers declared as of"), "declared_on"),
        (c("enterprise", "Opened"), "opened_on"),
        (c("entity", "State"), "get_state_display"),
        (_("Union"), "unit.name"),
        (_("Reports to"), "unit.parent.name"),
    )
    tier = Tier.T0

    def rows(self) -> QuerySet[LegalEntity]:
        return LegalEntity.objects.select_related("unit__parent")

    def filter_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(
            may_import=bool(self.actor.held(*ROSTER.roles)),
            may_register=bool(self.actor.held(*REGISTRARS)),
            **more,
        )
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
        structure = queries.structure(jobs, exact=keeps)
        return super().context(
            entity=entity,
            industry=queries.industry_names([entity]).get(entity.industry, entity.industry),
            structure=structure,
            fewest=queries.FEWEST,
            keeps=keeps,
            may_give_code=self._may_give_code(),
            teams=list(
                Unit.objects.filter(parent=entity.unit, kind=UnitKind.TEAM, closed_on=None).order_by(
                    "name", "pk"
                )
            )
            if entity.unit.level == Level.ENTERPRISE
            else [],
            faces=list(entity.faces.order_by("-until")),
            titles=[
                (title, standing_of(title))
                for title in Credential.objects.filter(holder=entity.unit, kind=CredentialKind.DESIGNATION)
                .select_related("unit")
                .order_by("-on", "pk")
            ]
            if entity.unit.level == Level.ENTERPRISE
            else [],
            peers=queries.peers(entity, structure) if keeps and structure.total else None,
            jobs=list(jobs.select_related("person").order_by("path", "pk")[:FIRST]) if keeps else [],
            workers_url=f"{reverse('registry:workers')}?entity={entity.pk}",
            **more,
        )

    def _may_give_code(self) -> bool:
        without = LegalEntity.objects.filter(pk=self.row.pk, uscc=None)
        return bool(self.row.uscc is None and CANDIDATES.filter(without, self.actor).exists())
