"""Two cities as rows alone, and one year of their calls played by one and the same function."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from gongjiang.kernel.access.actor import Actor, load, scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.credentials.models import Credential
from gongjiang.kernel.documents import actions as documents
from gongjiang.kernel.documents.models import Document, DocumentState, NumberWord
from gongjiang.kernel.lifecycle import door, editions, quotas
from gongjiang.kernel.lifecycle.flow import Refused
from gongjiang.kernel.lifecycle.models import Case, Edition, Turn
from gongjiang.kernel.orgs import tree
from gongjiang.kernel.orgs.models import LegalEntity, Level, Ownership, SizeClass, Unit
from gongjiang.kernel.parameters import actions as values
from gongjiang.kernel.parameters import read
from gongjiang.kernel.review import panels, scoring
from gongjiang.kernel.review.endorsement import endorse_by
from gongjiang.kernel.review.models import Panel, Seat
from gongjiang.programmes.innovations import actions
from gongjiang.programmes.innovations.models import Entry
from gongjiang.programmes.innovations.tests.entering import as_owner, over
from gongjiang.programmes.innovations.tests.scenes import DETAILS, WORDS
from tests.cast import SINCE, credit_code, person

MONTH = dt.timedelta(days=30)
DOCUMENT = {"document": "演示工发〔2026〕1号", "clause": "第一条"}


@dataclass
class Place:
    """A jurisdiction: what its union decides, and who acts there. Not a line of it is code of the system."""

    name: str
    region: str
    brand: str
    values: Mapping[str, Any]
    endorsing: Sequence[str]  # levels, none: the usual ones
    ties: Sequence[Any]  # names of criteria in order, and how it ends
    prizes: Sequence[Mapping[str, Any]]
    places: int  # of each union directly below
    word: str
    serial: int
    units: dict[str, Unit] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    edition: Edition | None = None
    roadshow: bool = False
    endorsed: list[str] = field(default_factory=list)

    @property
    def city(self) -> Unit:
        return self.units["city"]


def settle(place: Place) -> None:
    """Write the unions, an enterprise, and who works and judges there."""
    above: Unit | None = None
    for level, tail, title in (
        (Level.CITY, "", "市总工会"), (Level.COUNTY, "01", "甲县总工会"), (Level.TOWNSHIP, "01001", "乙镇总工会"),
    ):  # fmt: skip
        code = f"{place.region}{tail}"
        above = tree.add(
            above, on=SINCE, code=f"{code:0<6}", region=code, level=level, name=f"{place.name}{title}"
        )
        place.units[level] = above
    works = tree.add(
        above, on=SINCE, code=f"X{place.serial:05d}", region=above.region, level=Level.ENTERPRISE,  # type: ignore[union-attr]
        name=f"{place.name}示例厂工会",
    )  # fmt: skip
    place.units["enterprise"] = works
    entity = LegalEntity.objects.create(
        uscc=credit_code(place.serial), name=f"{place.name}示例厂", ownership=Ownership.PRIVATE, industry="3599",
        size_class=SizeClass.MEDIUM, region=works.region, unit=works, declared_workers=200, opened_on=SINCE,
    )  # fmt: skip
    for n, (name, role, level) in enumerate(
        (
            ("worker", "", "enterprise"), ("works", Role.UNIT_OFFICER, "enterprise"),
            ("township", Role.OFFICER, "township"), ("county", Role.OFFICER, "county"),
            ("city", Role.OFFICER, "city"), ("second", Role.APPROVER, "city"), ("judge-1", "", ""),
            ("judge-2", "", ""),
        )
    ):  # fmt: skip
        row = person(
            f"{place.name}演{n}", place.serial + n, entity=entity if level == "enterprise" else None
        )[0]
        login = f"{place.region}-{name}"
        user = User.objects.create_user(login, None, display_name=f"{place.name}{name}", person=row)
        if role:
            Grant.objects.create(user=user, role=role, unit=place.units[level], since=SINCE)
        place.actors[name] = load(user.pk)


def publish(place: Place) -> None:
    """One proposes each value, a second person publishes it; then the call is prepared, approved and published."""
    officer, second = place.actors["city"], place.actors["second"]
    for name, value in place.values.items():
        with scope(officer):
            proposal = values.propose(
                f"innovations.{name}", actor=officer, unit=place.city, value=value, since=timezone.localdate(),
                **DOCUMENT,
            )  # fmt: skip
        with scope(second):
            values.publish(proposal, actor=second)
    now = timezone.now()
    with scope(officer):
        edition = editions.prepare(
            "innovations", place.city.pk, actor=officer, name=f"{place.name}{place.brand}2026", brand=place.brand,
            windows={"apply": (now - MONTH, now + MONTH)},
        )  # fmt: skip
        actions.set_prizes(edition, place.prizes, actor=officer)
        if place.endorsing:
            endorse_by(edition, place.endorsing, actor=officer)
        below = place.units["township" if Level.TOWNSHIP in place.endorsing else "county"]
        quotas.allot(edition, {below.pk: place.places}, actor=officer)
        NumberWord.objects.create(unit=place.city, word=place.word)
    with scope(second):
        editions.advance(edition, "approve", actor=second)
    with scope(officer):
        place.edition = editions.advance(edition, "publish", actor=officer)


def put_forward(place: Place, title: str) -> Case:
    """A worker files it, the enterprise accepts it and recommends it, and it climbs to the city."""
    worker, works = place.actors["worker"], place.actors["works"]
    with scope(worker):
        result = actions.file_result(
            {**WORDS, "title": title, "secrecy": "open"}, actor=worker, unit=place.units["enterprise"],
            submit=True,
        )  # fmt: skip
    with scope(works):
        result.case = door.transition(result.case, "accept", actor=works)
        entry = actions.recommend(result, place.edition, actor=works, details=DETAILS)  # type: ignore[arg-type]
    case = entry.case
    while True:
        held = Turn.objects.get(case=case, until=None).unit_id
        level = next(level for level, unit in place.units.items() if unit.pk == held)
        if level == "city":
            return case
        place.endorsed.append(level)
        actor = place.actors["works" if level == "enterprise" else level]
        with scope(actor):
            case = door.transition(case, "endorse", actor=actor)


def move(place: Place, case: Case, name: str, **data: Any) -> Case:
    """A step by the union that made the call."""
    officer = place.actors["city"]
    with scope(officer):
        return door.transition(Case.objects.get(pk=case.pk), name, actor=officer, **data)


def judge(place: Place, cases: Sequence[Case], stage: str, points: Sequence[Sequence[int]]) -> Panel:
    """A panel by the values of the call: each judge gives these points to each entry in turn."""
    officer = place.actors["city"]
    with scope(officer):
        found = read.plain(read.values("innovations", edition=place.edition))
        panel = panels.create_panel(place.edition, place.city, actor=officer, stage=stage, name=stage)  # type: ignore[arg-type]
        panels.configure(
            panel, actor=officer, blind=False, minimum=found["panel_size"], drop=found["drop_extremes"],
            precision=2, rounding="half_up", passes=0, reserves=0,
        )  # fmt: skip
        rows = [
            {"name": name, "weight": found["criteria_weights"][name], "maximum": Decimal(100)}
            for name in found["criteria_names"]
        ]
        by_name = {c.name: c.pk for c in panels.set_criteria(panel, rows, actor=officer)}
        *named, end = place.ties
        panels.set_ties(panel, [*(("criterion", by_name[n]) for n in named), (end, None)], actor=officer)
        for n in range(found["panel_size"]):
            panels.seat(panel, f"{place.region}-judge-{n + 1}", "panelist", actor=officer)
        panels.enter(panel, [c.pk for c in cases], actor=officer)
        panel = panels.open_panel(panel, actor=officer)
    order = {case.pk: n for n, case in enumerate(cases)}
    decoded = dict(panel.items.values_list("pk", "decoding__case"))
    for n in range(found["panel_size"]):
        actor = place.actors[f"judge-{n + 1}"]
        with scope(actor):
            seat = Seat.objects.get(panel=panel, user=actor.user)
            scoring.swear(seat, actor=actor)
            for item in panel.items.all():
                given = points[order[decoded[item.pk]]]
                scoring.score(
                    seat, item,
                    {c.pk: Decimal(p) for c, p in zip(panel.criteria.order_by("position"), given, strict=True)},
                    actor=actor,
                )  # fmt: skip
    with scope(officer):
        panel = Panel.objects.get(pk=panel.pk)
        seen = scoring.preview(panel, actor=officer)
        return scoring.lock(panel, actor=officer, fingerprint=seen.fingerprint)


def play(place: Place, points: Sequence[Sequence[int]]) -> list[Case]:
    """From the recommendation to the certificate, as the values of the place lead it; the entries as they end."""
    cases = [put_forward(place, f"{place.name}第{n}号托辊工装{'甲乙丙丁'[n]}") for n in range(len(points))]
    cases = [move(place, case, "admit") for case in cases]
    judge(place, cases, "paper", points)
    try:
        cases = [move(place, case, "shortlist") for case in cases]
        place.roadshow = True
    except Refused:
        place.roadshow = False
    if place.roadshow:
        for case in cases:
            over(None, case)  # type: ignore[arg-type]
        cases = [move(place, case, "pitch") for case in cases]
        judge(place, cases, "roadshow", points)
    cases = [move(place, case, "inspect") for case in cases]
    officer = place.actors["city"]
    for case in cases:
        with scope(officer):
            actions.check_on_site(
                Entry.objects.select_related("case__edition").get(case=case), on=timezone.localdate(),
                visitors=("周演示", "吴演示"), findings="现场在用。", passed=True, actor=officer,
            )  # fmt: skip
    won = []
    for case in cases:
        try:
            won.append(move(place, case, "rank"))
        except Refused:  # its rank lies outside the prizes of this place
            continue
    document = _decision(place)
    for case in won:
        over(None, case)  # type: ignore[arg-type]
        move(place, case, "award", document=document.pk)
    return [move(place, case, "close") for case in won]


def honours(place: Place) -> list[Credential]:
    """What the union of the place has awarded, the highest first."""
    with scope(place.actors["city"]):
        rows = Credential.objects.filter(unit=place.city).select_related("certificate", "person")
        return list(rows.order_by("level", "pk"))


def _decision(place: Place) -> Document:
    import pgtrigger

    officer = place.actors["city"]
    with scope(officer):
        made = documents.issue(
            "innovations.award", unit=place.city, title="关于表彰的决定", context={"paragraphs": ["（演示）"]},
            actor=officer,
        )  # fmt: skip
    with as_owner(), pgtrigger.ignore("documents.Document:document_is_frozen"):
        Document.objects.filter(pk=made.pk).update(state=DocumentState.ISSUED)
    made.refresh_from_db()
    return made
