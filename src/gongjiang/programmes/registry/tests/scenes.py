"""How the conformance suite plays this programme: it has pages, and no case yet."""

from datetime import date

from gongjiang.insight.periods import Period
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.orgs.models import LegalEntity, Ownership, SizeClass, Unit
from gongjiang.kernel.people.models import Employment
from tests import cast as world
from tests.cast import Cast
from tests.conformance.scenes import Page

ABOVE = ("county_officer", "superior")


def works(cast: Cast) -> LegalEntity:
    return cast.works.entities.earliest("pk")


def enterprise(cast: Cast, case: Case | None) -> list[str]:
    """What only those see who may see the works."""
    return [str(works(cast).uscc)]


def worker(cast: Cast, case: Case | None) -> list[str]:
    return ["李演乙丑"]


def add_entities(cast: Cast, n: int) -> None:
    """More legal entities in the care of the works' union."""
    first = LegalEntity.objects.count() + 100
    for serial in range(first, first + n):
        LegalEntity.objects.create(
            uscc=world.credit_code(serial),
            name=f"示例{serial}号厂",
            ownership=Ownership.PRIVATE,
            industry="C35",
            size_class=SizeClass.SMALL,
            region="140423100",
            unit=cast.works,
            opened_on=world.SINCE,
        )


def add_workers(cast: Cast, n: int) -> None:
    """More workers at the works."""
    first = works(cast).employments.count() + 100
    for serial in range(first, first + n):
        world.person(f"赵演{serial}", serial, entity=works(cast))


PAGES = {
    "registry:enterprises": Page(
        "unit_officer", others=(*ABOVE, "leader", "auditor"), tells=enterprise, rows=add_entities
    ),
    "registry:enterprise": Page(
        "unit_officer",
        others=(*ABOVE, "leader", "auditor"),
        args=lambda cast, case: {"pk": works(cast).pk},
        tells=enterprise,
    ),
    "registry:workers": Page("unit_officer", others=ABOVE, tells=worker, rows=add_workers),
    "registry:worker": Page(
        "unit_officer",
        others=ABOVE,
        args=lambda cast, case: {"pk": cast["colleague"].person.pk},  # type: ignore[union-attr]
        tells=worker,
    ),
    "registry:reveal": Page(
        "unit_officer",
        others=ABOVE,
        args=lambda cast, case: {"pk": cast["colleague"].person.pk, "what": "identity"},  # type: ignore[union-attr]
        tells=worker,
    ),
    "registry:import": Page(
        "unit_officer",
        others=(*ABOVE, "neighbour_officer", "sibling_officer"),
        tells=lambda cast, case: ['name="file"'],
    ),
}


def _enterprises(unit: Unit, period: Period, day: date) -> int:
    entities = LegalEntity.objects.filter(path__startswith=unit.path, branch_of=None, opened_on__lte=day)
    standing = [e for e in entities if e.closed_on is None or e.closed_on > day]
    return sum(
        e.state == "active" or (e.state == "deregistered" and e.closed_on is not None) for e in standing
    )


def _workers(unit: Unit, period: Period, day: date) -> int:
    jobs = Employment.objects.filter(path__startswith=unit.path, since__lte=day)
    return len({j.person_id for j in jobs.only("person_id", "until") if j.until is None or j.until > day})


FIGURES = {"registry.enterprises": _enterprises, "registry.workers": _workers}
