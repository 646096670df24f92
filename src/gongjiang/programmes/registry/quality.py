"""What is missing or wrong in the register: declared checks, each a set of rows that opens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.orgs.models import EntityState, LegalEntity, Level
from gongjiang.kernel.people.models import Employment, IdentifierKind, PersonState, Sex

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


OF_ENTITIES = (
    Check(
        "no_code",
        _("without a credit code"),
        _("Copy the 18 characters from the licence."),
        lambda entities: entities.filter(uscc=None),
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


def found(actor: Actor, path: str, urls: tuple[str, str], place: int | None) -> Sequence[Found]:
    """Every check over what lies within a path, as far as the actor keeps it: one query each."""
    answers = []
    for checks, rows, url in (
        (
            OF_ENTITIES,
            ENTERPRISES.filter(LegalEntity.objects.exclude(state=EntityState.DEREGISTERED), actor),
            urls[0],
        ),
        (OF_EMPLOYMENTS, WORKERS.filter(Employment.objects.filter(until=None), actor), urls[1]),
    ):
        within = rows.filter(path__within=path)
        for check in checks:
            query = f"?check={check.code}" + (f"&place={place}" if place else "")
            answers.append(Found(check, check.rows(within).count(), url + query))
    return answers
