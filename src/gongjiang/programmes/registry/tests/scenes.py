"""How the conformance suite plays this programme."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from gongjiang.insight.periods import Period
from gongjiang.kernel.access.actor import Actor, Held, scope
from gongjiang.kernel.codes import tables
from gongjiang.kernel.exchange.models import ImportBatch
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.orgs.models import LegalEntity, Ownership, SizeClass, Unit
from gongjiang.kernel.people.models import DerivedFlag, Education, Employment, Hukou, MatchPair
from gongjiang.programmes.registry import actions
from gongjiang.programmes.registry.models import Absent, Candidate, Correction, PostChange, Why
from tests import cast as world
from tests.cast import Cast
from tests.conformance.scenes import Brute, Page, Spreadsheet, Step, of_case

from . import lists, rosters

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


def candidates(cast: Cast, n: int) -> None:
    """Enterprises of a list of the county whose codes cannot be right."""
    batch = ImportBatch.objects.create(
        kind="registry.enterprises", unit=cast.county, uploaded_by=cast["county_officer"].user,
        language="zh-hans", file_name="企业名单.xlsx", digest=b"0" * 32,
    )  # fmt: skip
    first = Candidate.objects.count() + 1
    for serial in range(first, first + n):
        Candidate.objects.create(
            unit=cast.township, batch=batch, why=Why.WRONG_CODE, name=f"张村铸造{serial}号厂",
            written=f"91140423I{serial}",
            ownership=Ownership.PRIVATE, size_class=SizeClass.SMALL, region="140423100", opened_on=world.SINCE,
        )  # fmt: skip


def a_candidate(cast: Cast, case: Case | None) -> dict[str, Any]:
    candidates(cast, 1)
    return {"pk": Candidate.objects.latest("pk").pk}


def without_code(cast: Cast, case: Case | None) -> dict[str, Any]:
    LegalEntity.objects.filter(pk=works(cast).pk).update(
        uscc=None, uscc_missing_reason="执照待补", state="candidate"
    )
    return {"pk": works(cast).pk}


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
    "registry:mend": Page(
        "unit_officer",
        others=("neighbour_officer", "county_officer", "sibling_officer", "superior"),
        args=lambda cast, case: {"check": "no_post"},
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
    "registry:import-enterprises": Page(
        "county_officer",
        others=("sibling_officer", "superior"),
        args=lambda cast, case: {},
        tells=lambda cast, case: ['name="file"'],
    ),
    "registry:candidates": Page(
        "county_officer", others=("superior",), tells=heading("张村铸造"), rows=candidates
    ),
    "registry:settle": Page(
        "county_officer", others=("superior",), args=a_candidate, tells=heading("张村铸造")
    ),
    "registry:give-code": Page(
        "county_officer", others=("superior",), args=without_code, tells=heading("执照待补")
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


def _jobs(unit: Unit, day: date) -> QuerySet[Employment]:
    standing = Q(until=None) | Q(until__gt=day)
    return Employment.objects.filter(standing, path__startswith=unit.path, since__lte=day)


def _known(belongs: Callable[[date], Q]) -> Brute:
    """Persons at work on the day of whom this holds."""
    return lambda unit, period, day: _jobs(unit, day).filter(belongs(day)).values("person").distinct().count()


def _aged(least: int, most: int) -> Brute:
    def belongs(day: date) -> Q:
        return Q(
            person__born_on__lte=day.replace(year=day.year - least),
            person__born_on__gt=day.replace(year=day.year - most),
        )

    return _known(belongs)


def _is(**facts: Any) -> Brute:
    return _known(lambda day: Q(**{f"person__{name}": value for name, value in facts.items()}))


def _is_complete(day: date) -> Q:
    return ~Q(person__state="provisional") & ~Q(person__sex="unknown") & Q(person__born_on__isnull=False)


def _industrial(unit: Unit, period: Period, day: date) -> int:
    flags = DerivedFlag.objects.filter(flag="industrial_worker", since__lte=day)
    flagged = {f.person_id for f in flags if f.until is None or f.until > day}
    return len(set(_jobs(unit, day).values_list("person", flat=True)) & flagged)


RANKS = {"production": 0, "service": 0, "technical": 1, "management": 2}


def _promoted(unit: Unit, period: Period, day: date) -> int:
    rows = PostChange.objects.filter(employment__path__startswith=unit.path).select_related("employment")
    return len(
        {
            h.employment.person_id
            for h in rows
            if period.start <= h.on < period.until and RANKS[h.post_class] > RANKS[h.was_post_class]
        }
    )


def _duplicates(unit: Unit, period: Period, day: date) -> int:
    pairs = MatchPair.objects.filter(path__startswith=unit.path)
    return sum(localdate(p.found_at) <= day and (p.at is None or localdate(p.at) > day) for p in pairs)


FIGURES: dict[str, Brute] = {
    "registry.enterprises": _enterprises,
    "registry.workers": _workers,
    "registry.industrial": _industrial,
    "registry.promoted": _promoted,
    "registry.complete": _known(_is_complete),
    "registry.duplicates": _duplicates,
    "registry.age_under_30": _aged(0, 30),
    "registry.age_30_to_39": _aged(30, 40),
    "registry.age_40_to_49": _aged(40, 50),
    "registry.age_50_and_over": _aged(50, 150),
    "registry.age_unknown": _is(born_on=None),
    **{f"registry.education_{code or 'unknown'}": _is(education=code) for code in (*Education.values, "")},
    **{f"registry.hukou_{code or 'unknown'}": _is(hukou=code) for code in (*Hukou.values, "")},
}


def enterprise_list(cast: Cast) -> tuple[Sequence[str], list[list[Any]]]:
    """Four right rows and one that has to wait."""
    tables.load(tables.INDUSTRIES)
    return lists.HEADERS, [*(lists.line(n) for n in range(4)), lists.line(5, 统一社会信用代码="")]


IMPORTS = {
    "registry.roster": Spreadsheet(
        "unit_officer",
        unit=lambda cast: cast.works,
        rows=lambda cast: (rosters.HEADERS, [rosters.line(n) for n in range(5)]),
        export="/desk/registry/workers/roster/",
    ),
    "registry.enterprises": Spreadsheet(
        "county_officer",
        unit=lambda cast: cast.county,
        rows=enterprise_list,
        export="/desk/registry/enterprises/",
    ),
}
