"""What is missing or wrong in the register: declared checks, each a set of rows that opens."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.exchange.models import BatchState, ImportLine, LineStatus
from gongjiang.kernel.orgs.models import EntityState, LegalEntity, Level, Ownership, Unit
from gongjiang.kernel.parameters import read
from gongjiang.kernel.people.models import (
    Employment,
    FieldSource,
    Identifier,
    IdentifierKind,
    MatchPair,
    PairState,
    PersonState,
    Sex,
)
from gongjiang.kernel.tasks.models import TaskState

from .models import Mending
from .permissions import ENTERPRISES, WORKERS


@dataclass(frozen=True)
class Check:
    """One thing that may be wrong.

    rows    narrows a queryset of the things checked to those that are wrong
    mends   how it is mended, as one sentence for the union that keeps them
    """

    code: str
    label: Any
    mends: Any
    rows: Callable[[QuerySet[Any]], QuerySet[Any]]


def _without_identity(jobs: QuerySet[Any]) -> QuerySet[Any]:
    return jobs.exclude(person__identifiers__kind=IdentifierKind.IDENTITY)


def _without_phone(jobs: QuerySet[Any]) -> QuerySet[Any]:
    return jobs.exclude(person__identifiers__kind=IdentifierKind.PHONE)


def _with_another(jobs: QuerySet[Any]) -> QuerySet[Any]:
    others = Employment.objects.filter(person=OuterRef("person"), until=None).exclude(pk=OuterRef("pk"))
    return jobs.filter(Exists(others))


def _alike(jobs: QuerySet[Any]) -> QuerySet[Any]:
    pairs = MatchPair.objects.filter(Q(a=OuterRef("person")) | Q(b=OuterRef("person")), state=PairState.OPEN)
    return jobs.filter(Exists(pairs))


EVERYBODY = Q()


@dataclass(frozen=True)
class Aging:
    """A fact that grows old: the published value that says when, where it is known of, and the column that renews it.

    field    of `FieldSource`; empty for the workplace itself, of which every source speaks
    column   of a roster; every roster speaks of the workplace
    known    narrows employments to those of whose person it is known
    """

    code: str
    label: Any
    value: str
    mends: Any
    field: str = ""
    known: Q = EVERYBODY


AGING = (
    Aging("stale", _("workplace not confirmed for too long"), "stale_after",
          _("Upload a new roster, also where nothing has changed.")),
    Aging("stale_phone", _("phone number not confirmed for too long"), "stale_after_phone",
          _("Upload a roster with this column."), "phone",
          Q(Exists(Identifier.objects.filter(person=OuterRef("person"), kind=IdentifierKind.PHONE)))),
    Aging("stale_hukou", _("household registration not confirmed for too long"), "stale_after_hukou",
          _("Upload a roster with this column."), "hukou", ~Q(person__hukou="")),
    Aging("stale_education", _("schooling not confirmed for too long"), "stale_after_education",
          _("Upload a roster with this column."), "education", ~Q(person__education="")),
)  # fmt: skip


def aging(unit: Unit | int) -> list[tuple[Aging, dt.date]]:
    """What grows old where it is published how long, each with the day before which it must have been heard of."""
    values = read.values("registry", unit=unit)
    today = timezone.localdate()
    return [
        (each, today - dt.timedelta(days=int(values[each.value].value)))
        for each in AGING
        if values[each.value].value is not None
    ]


def stale(before: dt.date, what: Aging = AGING[0]) -> Check:
    """Employments of which neither a roster nor any other source has said this since that day.

    A roster confirms what it leaves as it is, whether or not something else in it was there to be taken in.
    """
    said = ImportLine.objects.filter(
        Q(batch__state=BatchState.APPLIED, batch__finished_at__date__gte=before)
        | Q(batch__state=BatchState.CHECKED, batch__checked_at__date__gte=before, status=LineStatus.SAME),
        subject=OuterRef("pk"),
        batch__kind="registry.roster",
    ).exclude(status=LineStatus.ERROR)
    heard = FieldSource.objects.filter(person=OuterRef("person"), seen_at__date__gte=before)
    if what.field:
        said = said.filter(batch__mapping__columns__has_key=what.field)
        heard = heard.filter(field=what.field)
    return Check(
        what.code,
        what.label,
        what.mends,
        lambda jobs: jobs.filter(what.known, ~Exists(said), ~Exists(heard), since__lt=before),
    )


@dataclass(frozen=True)
class Freshness:
    """Of how many employments a fact is known, and of how many of these it was heard of in time."""

    label: Any
    fresh: int
    known: int

    @property
    def percent(self) -> float | None:
        return round(100 * self.fresh / self.known, 1) if self.known else None


FACT_WORDS = {
    "stale": c("freshness", "Workplace"),
    "stale_phone": c("freshness", "Phone number"),
    "stale_hukou": c("structure", "Household registration"),
    "stale_education": c("structure", "Schooling"),
}


def freshness(actor: Actor, unit: Unit) -> list[Freshness]:
    """更新及时率, by fact: where it is published how long one stays fresh. Two queries for each."""
    jobs = _employments(actor).filter(path__within=unit.path).order_by()
    found = []
    for what, before in aging(unit):
        known = jobs.filter(what.known).count()
        found.append(Freshness(FACT_WORDS[what.code], known - stale(before, what).rows(jobs).count(), known))
    return found


OF_EMPLOYMENTS = (
    Check(
        "no_identity",
        _("without an identity number"),
        _("Upload a roster with the numbers; the person stays provisional until then."),
        _without_identity,
    ),
    Check("no_phone", _("without a phone number"), _("Add the column to the next roster."), _without_phone),
    Check(
        "no_post",
        _("without a post"),
        _("Add the column to the next roster."),
        lambda jobs: jobs.filter(post=""),
    ),
    Check(
        "no_birth",
        _("without a date of birth or sex"),
        _("Both follow from the identity number."),
        lambda jobs: jobs.filter(Q(person__born_on=None) | Q(person__sex=Sex.UNKNOWN)),
    ),
    Check(
        "several",
        _("with several employments at once"),
        _("Ask the enterprises which of them have ended; both may be right."),
        _with_another,
    ),
    Check(
        "alike",
        _("in a pair of likely duplicates"),
        _("The data steward merges them, or keeps them apart."),
        _alike,
    ),
    Check(
        "deceased",
        _("recorded as deceased and still employed"),
        _("End the employment."),
        lambda jobs: jobs.filter(person__state=PersonState.DECEASED),
    ),
)


def _more_than_declared(entities: QuerySet[Any]) -> QuerySet[Any]:
    jobs = Employment.objects.filter(entity=OuterRef("pk"), until=None).order_by().values("entity")
    here = Coalesce(Subquery(jobs.annotate(n=Count("pk")).values("n")), 0)
    return (
        entities.filter(declared_workers__isnull=False)
        .annotate(here=here)
        .filter(here__gt=F("declared_workers"))
    )


#: GB 32100: the characters of a credit code, whose places are their values, and the weights 3**n modulo 31.
CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _with_wrong_code(entities: QuerySet[Any]) -> QuerySet[Any]:
    """Those whose code has another length, letter or check digit than GB 32100 allows."""
    code = '"orgs_legalentity"."uscc"'
    values = [f"strpos('{CHARACTERS}', substr({code}, {n + 1}, 1)) - 1" for n in range(18)]
    total = " + ".join(f"({value}) * {pow(3, n, 31)}" for n, value in enumerate(values[:17]))
    least = f"LEAST({', '.join(values)})"
    right = f"length({code}) = 18 AND {least} >= 0 AND (31 - ({total}) %% 31) %% 31 = {values[17]}"
    return (
        entities.filter(uscc__isnull=False)
        .annotate(
            is_right=RawSQL(right, [], BooleanField())  # noqa: S611 - made of constants
        )
        .filter(is_right=False)
    )


OF_ENTITIES = (
    Check(
        "no_code",
        _("without a credit code"),
        _("Take the 18 characters from the licence."),
        lambda entities: entities.filter(uscc=None),
    ),
    Check(
        "wrong_code",
        _("with a credit code that cannot be right"),
        _("Compare each character with the licence; a code has no letters I, O, S, V and Z."),
        _with_wrong_code,
    ),
    Check(
        "unverified",
        _("to be verified"),
        _("Compare name and code with the licence."),
        lambda entities: entities.filter(state=EntityState.CANDIDATE),
    ),
    Check(
        "no_industry",
        _("without an industry of the present list"),
        _("Choose the industry by GB/T 4754-2017."),
        lambda entities: entities.filter(industry=""),
    ),
    Check(
        "no_legal_form",
        _("without a legal form"),
        _("Take it from the licence; public institutions and social organisations have none."),
        lambda entities: entities.filter(legal_form="").exclude(
            ownership__in=(Ownership.PUBLIC, Ownership.SOCIAL)
        ),
    ),
    Check(
        "no_union",
        _("without a union of their own"),
        _("Visit them: the union above answers for them until they have one."),
        lambda entities: entities.exclude(unit__level=Level.ENTERPRISE),
    ),
    Check(
        "no_declared",
        _("without a declared number of workers"),
        _("Ask the enterprise for the number and its date."),
        lambda entities: entities.filter(declared_workers=None),
    ),
    Check(
        "no_declared_on",
        _("with a declared number of workers of no known day"),
        _("Ask of which day the number is true."),
        lambda entities: entities.filter(declared_workers__isnull=False, declared_on=None),
    ),
    Check(
        "more_than_declared",
        _("with more people on the roster than workers declared"),
        _("Ask which is right: has somebody left, or is the declared number old?"),
        _more_than_declared,
    ),
    Check(
        "nobody",
        _("active, with nobody on the roster"),
        _("Ask for the first roster."),
        lambda entities: entities.filter(state=EntityState.ACTIVE).exclude(
            Exists(Employment.objects.filter(entity=OuterRef("pk"), until=None))
        ),
    ),
)


@dataclass(frozen=True)
class Found:
    """How many rows a check found."""

    check: Check
    count: int
    url: str


def of_employments(unit: Unit | int) -> tuple[Check, ...]:
    """The checks of employments as they stand for a unit: staleness of what it is published for how long."""
    return (*OF_EMPLOYMENTS, *(stale(before, what) for what, before in aging(unit)))


def found(actor: Actor, unit: Unit, urls: tuple[str, str], place: int | None) -> Sequence[Found]:
    """Every check over what lies within a unit, as far as the actor keeps it: one query each."""
    answers = []
    for checks, rows, url in (
        (OF_ENTITIES, _entities(actor), urls[0]),
        (of_employments(unit), _employments(actor), urls[1]),
    ):
        within = rows.filter(path__within=unit.path)
        for check in checks:
            query = f"?check={check.code}" + (f"&place={place}" if place else "")
            answers.append(Found(check, check.rows(within).count(), url + query))
    return answers


def _entities(actor: Actor) -> QuerySet[Any]:
    return ENTERPRISES.filter(LegalEntity.objects.exclude(state=EntityState.DEREGISTERED), actor)


def _employments(actor: Actor) -> QuerySet[Any]:
    return WORKERS.filter(Employment.objects.filter(until=None), actor)


def check_of(code: str, unit: Unit | int) -> Check | None:
    """The check of that code, as it stands for the unit."""
    return next((check for check in (*OF_ENTITIES, *of_employments(unit)) if check.code == code), None)


def by_unit(check: Check, actor: Actor, unit: Unit) -> dict[int, int]:
    """key of the union that keeps them -> how many rows within `unit` are wrong, the most first."""
    rows = _entities(actor) if check in OF_ENTITIES else _employments(actor)
    wrong = check.rows(rows.filter(path__within=unit.path)).order_by()
    counted = wrong.values_list("unit").annotate(n=Count("pk", distinct=True)).order_by("-n", "unit")
    return dict(counted[:MOST])


#: Unions shown at once where one is asked to mend.
MOST = 50
#: What was asked and has not ended.
UNDER_WAY = (TaskState.OPEN, TaskState.RETURNED, TaskState.DONE)


def asked(unit: Unit) -> QuerySet[Mending]:
    """What unions within a unit were asked to mend and what has not ended, the nearest deadline first."""
    rows = Mending.objects.filter(unit__path__within=unit.path, task__state__in=UNDER_WAY)
    return rows.select_related("task", "unit").order_by("task__due_at", "pk")


def completeness(actor: Actor, unit: Unit) -> tuple[int, int]:
    """(persons at work whose required facts are all on record, persons at work) within a unit."""
    jobs = _employments(actor).filter(path__within=unit.path).order_by()
    whole = jobs.aggregate(n=Count("person", distinct=True))["n"]
    wanting = jobs.filter(
        Q(person__state=PersonState.PROVISIONAL) | Q(person__born_on=None) | Q(person__sex=Sex.UNKNOWN)
    )
    return whole - wanting.aggregate(n=Count("person", distinct=True))["n"], whole
