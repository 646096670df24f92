"""What lies within a place: how its workforce is made up, what is missing or wrong, and having it mended."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.parameters import read
from gongjiang.kernel.people.merging.queries import rule_at
from gongjiang.kernel.people.models import Employment
from gongjiang.kernel.tasks.rules import ASKING
from gongjiang.web.components.wording import thousands, uom
from gongjiang.web.context import named
from gongjiang.web.views import FormView, View

from .. import actions, quality, queries
from ..comparators import SURVEY
from ..forms import MendForm
from ..permissions import ENTERPRISES, WORKERS


class OfPlace(View):
    """A page about what lies within a place of the actor's tree; without one, their whole tree."""

    access = ENTERPRISES

    def prepare(self) -> None:
        asked = self.request.GET.get("place", "")
        units = ENTERPRISES.filter(Unit.objects.all(), self.actor)
        if asked:
            known = units.filter(pk=int(asked)).first() if asked.isdigit() and len(asked) < 18 else None
            if known is None:
                raise Http404
            self.unit = known
        else:
            widest = min(self.actor.grants, key=lambda grant: (grant.path.count("/"), grant.unit))
            self.unit = units.get(pk=widest.unit)
        self.places = queries.places(self.actor, self.unit.pk)

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(
            unit=self.unit,
            places=[(unit, "\u3000" * depth, unit.pk == self.unit.pk) for unit, depth in self.places],
            keeps=queries.keeps(self.actor, self.unit.path),
            as_of=timezone.now(),
            **more,
        )


class StructurePage(OfPlace):
    """How the workforce of a place is made up; every number opens where its persons may be seen."""

    heading = _("Structure of the workforce")
    template_name = "registry/structure.html"

    def context(self, **more: Any) -> dict[str, Any]:
        keeps = queries.keeps(self.actor, self.unit.path)
        jobs = Employment.objects.filter(until=None, path__within=self.unit.path)
        total, parts, skill = queries.distributions(jobs, exact=keeps)
        return super().context(
            total=total,
            skill=skill,
            parts=parts,
            fewest=queries.FEWEST,
            workers_url=f"{reverse('registry:workers')}?place={self.unit.pk}" if keeps else "",
            survey=SURVEY,
            **more,
        )


class QualityPage(OfPlace):
    """What is missing or wrong in a place's registers, each with its rows."""

    heading = _("Quality of the register")
    template_name = "registry/quality.html"

    def context(self, **more: Any) -> dict[str, Any]:
        urls = (reverse("registry:enterprises"), reverse("registry:workers"))
        found = quality.found(self.actor, self.unit, urls, self.unit.pk)
        complete, whole = quality.completeness(self.actor, self.unit)
        keeps = queries.keeps(self.actor, self.unit.path)
        return super().context(
            of_entities=[f for f in found if f.check in quality.OF_ENTITIES],
            of_workers=[f for f in found if f.check not in quality.OF_ENTITIES],
            missing=read.missing_reasons("registry", unit=self.unit),
            rule=rule_at(self.unit.path),
            complete=complete,
            whole=whole,
            percent=round(100 * complete / whole, 1) if whole else None,
            freshness=quality.freshness(self.actor, self.unit) if keeps else [],
            asks=may_ask(self.actor, self.unit) if keeps else False,
            asked=list(quality.asked(self.unit)[: quality.MOST]) if keeps else [],
            **more,
        )


def may_ask(actor: Actor, unit: Unit) -> bool:
    """Whether the actor asks others in the name of this very unit."""
    return any(grant.unit == unit.pk for grant in actor.held(*ASKING))


class AskToMend(OfPlace, FormView):
    """Ask the unions that keep what is wrong to put it right by a day."""

    access = WORKERS
    heading = _("Have it mended")
    form_class = MendForm
    template_name = "registry/mend.html"
    button = c("action", "Send the tasks")

    def prepare(self) -> None:
        super().prepare()
        check = quality.check_of(self.kwargs["check"], self.unit)
        if check is None or not may_ask(self.actor, self.unit):
            raise Http404
        self.check: quality.Check = check
        waiting = set(quality.asked(self.unit).filter(check_code=check.code).values_list("unit", flat=True))
        wrong = quality.by_unit(check, self.actor, self.unit)
        names = Unit.objects.in_bulk(wrong)
        what = uom("entity" if check in quality.OF_ENTITIES else "person")
        self.offered = [
            (key, _("%(unit)s: %(n)s") % {"unit": named(names[key]), "n": f"{thousands(n)} {what}"})
            for key, n in wrong.items()
            if key != self.unit.pk and key not in waiting and key in names
        ]

    def form_kwargs(self) -> dict[str, Any]:
        return {"units": self.offered}

    def perform(self, form: MendForm) -> str:
        given = form.cleaned_data
        self.sent = len(
            actions.ask_to_mend(
                self.check,
                given["units"],
                at=self.unit,
                due=given["due"],
                note=given["note"],
                actor=self.actor,
            )
        )
        return f"{reverse('registry:quality')}?place={self.unit.pk}"

    def done(self, result: Any) -> str:
        return ngettext("%(n)s task is sent.", "%(n)s tasks are sent.", self.sent) % {"n": self.sent}

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(check=self.check, offered=self.offered, **more)
