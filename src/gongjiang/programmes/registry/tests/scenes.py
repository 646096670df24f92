"""How the conformance suite plays this programme: it has no flow, only pages over the kernel's tables."""

from typing import Any

from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.orgs.models import LegalEntity
from gongjiang.kernel.people.models import Person
from tests.cast import SINCE, Cast, credit_code, person
from tests.conformance.scenes import Page


def works(cast: Cast) -> LegalEntity:
    """The enterprise that the pages are about."""
    return cast.works.entities.get()


def of_works(cast: Cast, case: Case | None) -> dict[str, Any]:
    return {"pk": works(cast).pk}


def of_applicant(cast: Cast, case: Case | None) -> dict[str, Any]:
    return {"pk": cast["applicant"].person.pk}


def works_name(cast: Cast, case: Case | None) -> list[str]:
    return [works(cast).name]


def applicant_name(cast: Cast, case: Case | None) -> list[str]:
    return [cast["applicant"].person.name]


def more_enterprises(cast: Cast, count: int) -> None:
    """Further enterprises of the county's own union."""
    first = 100 + LegalEntity.objects.count()
    for serial in range(first, first + count):
        LegalEntity.objects.create(
            uscc=credit_code(serial),
            name=f"襄垣县示例{serial}厂",
            ownership="private",
            industry="0610",
            size_class="small",
            region="140423",
            unit=cast.county,
            opened_on=SINCE,
        )


def more_workers(cast: Cast, count: int) -> None:
    """Further people at the works."""
    first = 100 + Person.objects.count()
    for serial in range(first, first + count):
        person(f"赵演{serial}", serial, entity=works(cast))


KEEPERS = ("county_officer", "superior")
PAGES = {
    "registry:enterprises": Page(
        "county_officer",
        others=("unit_officer", "superior", "leader", "auditor"),
        tells=works_name,
        rows=more_enterprises,
    ),
    "registry:enterprise": Page(
        "unit_officer",
        others=("county_officer", "superior", "leader", "auditor"),
        args=of_works,
        tells=works_name,
    ),
    "registry:workers": Page("unit_officer", others=KEEPERS, tells=applicant_name, rows=more_workers),
    "registry:worker": Page("unit_officer", others=KEEPERS, args=of_applicant, tells=applicant_name),
    "registry:import": Page(
        "unit_officer",
        others=("neighbour_officer", "sibling_officer", *KEEPERS),
        tells=lambda cast, case: ['type="file"'],
    ),
}
