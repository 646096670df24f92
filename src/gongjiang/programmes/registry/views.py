"""The pages: enterprises, workers, taking in a roster, who was left out, what is missing, what is objected to."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.credentials.models import Credential, CredentialKind
from gongjiang.kernel.credentials.queries import standing as standing_of
from gongjiang.kernel.exchange.exports import Sheet
from gongjiang.kernel.exchange.models import Tier
from gongjiang.kernel.orgs.models import LegalEntity, Level, Unit
from gongjiang.kernel.parameters import read
from gongjiang.kernel.people.crypto import reveal
from gongjiang.kernel.people.flags import reading
from gongjiang.kernel.people.merging.queries import rule_at
from gongjiang.kernel.people.models import DerivedFlag, Employment, IdentifierKind, Person
from gongjiang.kernel.people.queries import STANDING, overlapping, standing
from gongjiang.kernel.tasks.rules import ASKING
from gongjiang.web.audit.views import Reveal
from gongjiang.web.components.wording import day
from gongjiang.web.context import named
from gongjiang.web.exchange.views import Upload
from gongjiang.web.views import ActionView, DetailView, FormView, ListView, Order, Tab, View
from gongjiang.web.views.detail import OneRow

from . import actions, quality, queries
from .comparators import SURVEY
from .forms import AbsentFilters, AnswerForm, EnterpriseFilters, MendForm, ObjectForm, WorkerFilters
from .models import Absent, Answer, Correction, Fact
from .permissions import CORRECTIONS, ENTERPRISES, MINE, OBJECTOR, STAFF, WORKERS
from .roster import ROSTER, lines
from .timeline import timeline

FIRST = 10


class Enterprises(ListView):
    """The enterprises of one's tree."""

    access = ENTERPRISES
    heading = _("Enterprises")
    template_name = "registry/enterprises.html"
    filters = EnterpriseFilters
    orders = (Order("place", _("by union"), "path", "pk"),)
    export = (
        (c("enterprise", "Name"), "name"),
        (_("Unified social credit code"), "uscc"),
        (c("entity", "State"), "get_state_display"),
        (c("enterprise", "Industry"), "industry"),
        (c("enterprise", "Ownership"), "get_ownership_display"),
        (c("enterprise", "Size"), "get_size_class_display"),
        (_("Workers declared"), "declared_workers"),
        (_("Union"), "unit.name"),
        (_("Reports to"), "unit.parent.name"),
    )
    tier = Tier.T0

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
        structure = queries.structure(jobs, exact=keeps)
        return super().context(
            entity=entity,
            industry=queries.industry_names([entity]).get(entity.industry, entity.industry),
            structure=structure,
            fewest=queries.FEWEST,
            keeps=keeps,
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


class AbsentList(ListView):
    """Who works at an enterprise by the register and is not in its newest roster; who has left, a person says."""

    access = WORKERS
    heading = _("Not in the newest roster")
    template_name = "registry/absent.html"
    filters = AbsentFilters
    orders = (Order("new", _("last asked first"), "-pk"),)
    export = (
        (c("roster", "Name"), "employment.person.name"),
        (c("employment", "Enterprise"), "employment.entity.name"),
        (c("employment", "Since"), "employment.since"),
        (c("absent", "Asked"), "asked_at"),
        (c("absent", "Answer"), "get_answer_display"),
        (c("absent", "Left on"), "left_on"),
    )

    def rows(self) -> QuerySet[Absent]:
        rows = Absent.objects.select_related("employment__person", "employment__entity")
        return rows if self.request.GET.get("answer") else rows.filter(answer=Answer.OPEN)

    def filter_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(today=timezone.localdate(), **more)


class AnswerAbsent(FormView):
    """Say of the people picked that they have left, or still work there."""

    access = WORKERS
    heading = _("Not in the newest roster")
    form_class = AnswerForm
    template_name = "registry/answer.html"

    def perform(self, form: AnswerForm) -> str:
        given = form.cleaned_data
        self.given = actions.answer_absent(
            given["picked"], given["answer"], actor=self.actor, left_on=given["left_on"]
        )
        return reverse("registry:absent")

    def done(self, result: Any) -> str:
        return ngettext("%(n)s answer is recorded.", "%(n)s answers are recorded.", self.given) % {
            "n": self.given
        }


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
        self.offered = [
            (key, _("%(unit)s: %(n)s") % {"unit": named(names[key]), "n": n})
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


class GrowthRecord(View):
    """成长档案: one's own course, each entry a pointer to its record; as a file for oneself."""

    access = MINE
    face = "my"
    heading = _("My growth record")
    template_name = "registry/growth.html"

    def prepare(self) -> None:
        found = Person.objects.filter(pk=self.actor.person or 0).first()
        if found is None:
            raise Http404
        self.person: Person = found

    def sheet(self) -> Sheet:
        """The record as a file, for the person it is about."""
        entries = timeline(self.person, self.actor, "my")
        return Sheet(
            str(self.heading),
            [str(_("Day")), str(_("Kind")), str(_("What happened")), str(_("Details"))],
            lambda: ((e.on, str(e.kind), e.title, e.note) for e in entries),
            lambda: len(entries),
            tier=Tier.T1,
        )

    def context(self, **more: Any) -> dict[str, Any]:
        jobs = MINE.filter(Employment.objects.filter(until=None), self.actor).select_related("entity")
        return super().context(
            person=self.person,
            record=timeline(self.person, self.actor, "my"),
            jobs=list(jobs.order_by("since", "pk")),
            corrections=list(
                OBJECTOR.filter(queries.corrections(), self.actor, "case__").order_by("-pk")[:20]
            ),
            export_url=reverse("exports:new") + "?" + urlencode({"of": reverse("registry:growth")}),
            **more,
        )


class ObjectTo(ActionView):
    """Say that a fact about oneself at a workplace is wrong."""

    access = MINE
    face = "my"
    heading = _("Say what is wrong")
    button = c("action", "Send it to the union")
    form_class = ObjectForm
    template_name = "registry/object.html"

    def rows(self) -> QuerySet[Employment]:
        return Employment.objects.filter(until=None).select_related("entity", "person", "unit")

    def get_heading(self) -> Any:
        return self.heading

    def perform(self, form: ObjectForm) -> str:
        correction = actions.object_to(self.row, **form.cleaned_data, actor=self.actor)
        return reverse("registry:my-correction", args=[correction.pk])

    def done(self, result: Any) -> str:
        return gettext("Sent. The union of your workplace decides, and gives its reasons.")

    def context(self, **more: Any) -> dict[str, Any]:
        facts = [
            (Fact(code).label, queries.said(code, actions.stated_now(self.row, code))) for code in Fact.values
        ]
        return super().context(facts=facts, job=self.row, **more)


class Corrections(ListView):
    """What people have objected to within reach."""

    access = STAFF
    rule = CORRECTIONS
    prefix = "case__"
    heading = _("Corrections of the register")
    template_name = "registry/corrections.html"
    orders = (Order("new", _("newest first"), "-pk"),)

    def rows(self) -> QuerySet[Correction]:
        return queries.corrections()


class CorrectionPage(DetailView):
    """One objection on the desk."""

    access = STAFF
    rule: Any = CORRECTIONS
    prefix = "case__"
    template_name = "registry/correction.html"

    def rows(self) -> QuerySet[Correction]:
        return queries.corrections()

    def context(self, **more: Any) -> dict[str, Any]:
        row: Correction = self.row
        return super().context(
            fact=Fact(row.fact).label,
            stated=queries.said(row.fact, row.stated),
            wanted=queries.said(row.fact, row.wanted),
            **more,
        )


class MyCorrection(CorrectionPage):
    """One's own objection."""

    access = OBJECTOR  # type: ignore[assignment]
    rule = None
    face = "my"
