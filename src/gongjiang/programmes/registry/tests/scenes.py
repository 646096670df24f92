"""How the conformance suite plays this programme."""

from datetime import date
from typing import Any

from gongjiang.insight.periods import Period
from gongjiang.kernel.access.actor import Actor, Held, scope
from gongjiang.kernel.exchange.models import ImportBatch
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.orgs.models import LegalEntity, Ownership, SizeClass, Unit
from gongjiang.kernel.people.models import Employment
from gongjiang.programmes.registry import actions
from gongjiang.programmes.registry.models import Absent, Correction
from tests import cast as world
from tests.cast import Cast
from tests.conformance.scenes import Page, Step, of_case

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


def _job(cast: Cast, who: str) -> Employment:
    return Employment.objects.get(person=cast[who].person, until=None)


def _object(cast: Cast, actor: Actor, case: Case | None) -> Case:
    wanted = f"综采维修电工{Correction.objects.count() or ''}"
    reason = "劳动合同上写的是维修电工。"
    return actions.object_to(_job(cast, "applicant"), "post", wanted, reason, actor=actor).case


def _object_oneself(cast: Cast, actor: Actor, case: Case | None) -> Case:
    return actions.object_to(_job(cast, "unit_officer"), "post", "工会干事", "任命文件。", actor=actor).case


def _object_to_what_is_mended_since(cast: Cast, actor: Actor, case: Case | None) -> Case:
    found = _object(cast, actor, case)
    with scope(cast["unit_officer"].actor):
        Employment.objects.filter(person=actor.person).update(post=found.registry_correction.wanted)
    return found


def _taken_up_by_a_colleague(cast: Cast, actor: Actor, case: Case | None) -> Case:
    """Another officer of the same union takes it up."""
    assert case is not None
    member = cast["colleague"]
    grants = (Held("unit_officer", cast.works.pk, cast.works.path),)
    other = Actor(member.user.pk, member.person.pk, grants, (cast.works.path,), "同事")  # type: ignore[union-attr]
    with scope(other):
        return door.transition(case, "take_up", actor=other)


SUBMIT = Step("submit", "applicant", do=_object)
SUBMIT_MENDED = Step("submit", "applicant", do=_object_to_what_is_mended_since)
SUBMIT_ONESELF = Step("submit", "unit_officer", do=_object_oneself)
TAKEN_UP = Step("take_up", "unit_officer", do=_taken_up_by_a_colleague)
TAKE_UP = Step("take_up", "unit_officer")
HAND_UP = Step("hand_up", "unit_officer", {"note": "请县总工会核对合同。"})
GRANT = Step("grant", "unit_officer", {"note": "与劳动合同一致。"})
GRANT_ABOVE = Step("grant", "county_officer", {"note": "与劳动合同一致。"})
REFUSE = Step("refuse", "unit_officer", {"note": "合同上写的是钳工。"})
WITHDRAW = Step("withdraw", "applicant")

WALKS = {
    "registry.correction": (
        (SUBMIT,),
        (SUBMIT, TAKE_UP),
        (SUBMIT, TAKE_UP, GRANT),
        (SUBMIT, TAKE_UP, REFUSE),
        (SUBMIT, TAKE_UP, HAND_UP),
        (SUBMIT, HAND_UP),
        (SUBMIT, HAND_UP, GRANT_ABOVE),
        (SUBMIT, WITHDRAW),
        (SUBMIT, TAKE_UP, WITHDRAW),
    ),
}
REFUSALS = {
    "registry.correction": (
        (SUBMIT_ONESELF, TAKE_UP),
        (SUBMIT_ONESELF, TAKEN_UP, GRANT),
        (SUBMIT_ONESELF, TAKEN_UP, REFUSE),
        (SUBMIT_MENDED, TAKE_UP, GRANT),
    ),
}


def add_corrections(cast: Cast, n: int) -> None:
    """More objections by workers of the works."""
    first = works(cast).employments.count() + 500
    for serial in range(first, first + n):
        person, _number, _phone = world.person(f"周演{serial}", serial, entity=works(cast))
        actor = Actor(cast["applicant"].user.pk, person.pk, (), (cast.works.path,))
        with scope(actor):
            actions.object_to(person.employments.get(), "post", "电工", "合同。", actor=actor)


def absent(cast: Cast, n: int) -> None:
    """Workers of the works who are not in a roster."""
    batch = ImportBatch.objects.create(
        kind="registry.roster", unit=cast.works, uploaded_by=cast["unit_officer"].user, language="zh-hans",
        file_name="花名册.xlsx", digest=b"0" * 32,
    )  # fmt: skip
    first = works(cast).employments.count() + 300
    for serial in range(first, first + n):
        person, _number, _phone = world.person(f"孙演{serial}", serial, entity=works(cast))
        Absent.objects.create(employment=person.employments.get(), batch=batch, unit=cast.works)


def heading(words: str) -> Any:
    """A page that shows nothing but its unit's own counts is told by the name of the unit."""
    return lambda cast, case: [words]


PAGES = {
    "registry:roster": Page("unit_officer", others=ABOVE, tells=worker, rows=add_workers),
    "registry:absent": Page("unit_officer", others=ABOVE, tells=heading("孙演"), rows=absent),
    "registry:answer-absent": Page(
        "unit_officer",
        others=(*ABOVE, "neighbour_officer", "sibling_officer"),
        args=lambda cast, case: {},
        tells=lambda cast, case: [],
    ),
    "registry:structure": Page(
        "unit_officer",
        others=("neighbour_officer", "county_officer", "sibling_officer", "superior", "leader", "auditor"),
        args=lambda cast, case: {},
        tells=lambda cast, case: [],
    ),
    "registry:quality": Page(
        "unit_officer",
        others=("neighbour_officer", "county_officer", "sibling_officer", "superior", "leader", "auditor"),
        args=lambda cast, case: {},
        tells=lambda cast, case: [],
    ),
    "registry:corrections": Page("unit_officer", (SUBMIT,), ABOVE, rows=add_corrections),
    "registry:correction": Page("unit_officer", (SUBMIT,), ABOVE, args=of_case),
    "registry:my-correction": Page("applicant", (SUBMIT,), args=of_case),
    "registry:growth": Page(
        "applicant",
        others=("colleague", "unit_officer", "neighbour_officer", "stranger"),
        args=lambda cast, case: {},
        tells=lambda cast, case: [],
    ),
    "registry:object": Page(
        "applicant",
        args=lambda cast, case: {"pk": cast["applicant"].person.employments.get().pk},  # type: ignore[union-attr]
        tells=lambda cast, case: ["王演甲子"],
    ),
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
