"""Panels of the demo: who judges, what they gave, and the standing that the real computation makes of it. Invented."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from gongjiang.kernel import bulk
from gongjiang.kernel.access.roles import SeatRole
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.parameters import read
from gongjiang.kernel.people.crypto import provider
from gongjiang.kernel.review import lot, ranking
from gongjiang.kernel.review.models import (
    Criterion,
    Decoding,
    Draw,
    DrawPurpose,
    DrawSecret,
    Item,
    Panel,
    PanelState,
    Part,
    Recusal,
    RecusalKind,
    Rounding,
    Score,
    Seat,
    Standing,
    TieKind,
    TieStep,
)
from gongjiang.kernel.world import World
from gongjiang.programmes.innovations.actions.packs import pack
from gongjiang.programmes.innovations.queries import PAPER

from .calls import DAY, Call
from .entering import Course

EXPERTS = 9
MINIMUM, PRECISION, RESERVES = 4, 2, 3  # DEMO
OWN_RESULTS = 92.0  # points of the results of those who can sign in, so that there is something to see; DEMO
UNUSABLE = "!"  # no password hashes to this
SOURCE = "福利彩票双色球（演示，不是真的开奖号码）"


@dataclass(frozen=True)
class Expert:
    """Somebody who judges: an account, a name, and where they work."""

    user: int
    name: str
    unit: int
    shown: bool


@dataclass(eq=False)
class Judging:
    """One panel as it went. `sheets`: (judge, item) by their places -> points by criterion."""

    call: Call
    stage: str
    name: str
    courses: list[Course]
    experts: list[Expert]
    criteria: list[tuple[str, Decimal]]
    drop: int
    passes: int
    opened: datetime | None = None
    locked: datetime | None = None
    earlier: "Judging | None" = None
    share: Decimal | None = None
    sheets: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    places: dict[int, ranking.Place] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    drawn: bool | None = None  # a lot gave the order; False: it is committed to
    order: list[int] = field(default_factory=list)
    row: Panel | None = None

    def judges(self, place: int) -> list[int]:
        """The judges of an item: those who do not work where it comes from."""
        unit = self.courses[place].plan["unit"].id
        return [n for n, expert in enumerate(self.experts) if expert.unit != unit]

    @property
    def passed(self) -> list[Course]:
        """Those who passed, the best first."""
        return [
            self.courses[p.key]
            for p in sorted(self.places.values(), key=lambda p: (p.rank, p.key))
            if p.result == ranking.PASSED
        ]

    @property
    def out(self) -> list[Course]:
        passed = set(self.passed)
        return [c for c in self.courses if c not in passed]


def seat_experts(world: World) -> list[Expert]:
    """Who judges: the shown judge, and others from all over the territory."""
    found = [
        Expert(a.user, a.name, a.unit, True) for a in world.accounts.values() if a.role == SeatRole.PANELIST
    ]
    units = [u for u in world.at_level("enterprise") if len(world.workers.get(u.id, ())) > 8]
    shown = {a.unit for a in world.accounts.values()}
    units = [u for u in units[:: max(1, len(units) // (EXPERTS + 3))] if u.id not in shown]
    rows = []
    for n, unit in enumerate(units[: EXPERTS - len(found)], start=1):
        person = world.workers[unit.id][4]
        name = world.people.names[person - world.people.first]
        rows.append(User(username=f"expert-{n}", display_name=name, person_id=person, password=UNUSABLE))
        found.append(Expert(0, name, unit.id, False))
    User.objects.bulk_create(rows)
    keys = iter(row.pk for row in rows)
    return [e if e.shown else Expert(next(keys), e.name, e.unit, False) for e in found]


def judge(
    call: Call,
    stage: str,
    name: str,
    courses: Sequence[Course],
    experts: Sequence[Expert],
    random: Random,
    *,
    passes: int,
    opened: datetime | None = None,
    locked: datetime | None = None,
    earlier: Judging | None = None,
    shown: bool = False,
) -> Judging:
    """A panel over these entries, by the values that the call runs under; locked where a day is given for that.

    shown   the judge who can sign in sits on it
    """
    values = read.plain(read.values("innovations", edition=call.edition))
    judges = [e for e in experts if shown or not e.shown]
    judges = sorted(
        random.sample(judges[int(shown) :], values["panel_size"] - int(shown)), key=lambda e: e.user
    )
    made = Judging(
        call, stage, name, list(courses), [*([experts[0]] if shown else []), *judges],
        [(each, values["criteria_weights"][each]) for each in values["criteria_names"]],
        values["drop_extremes"], passes, opened, locked, earlier,
        values["paper_vs_roadshow"]["paper"] if earlier else None,
    )  # fmt: skip
    width = max(3, len(str(4 * len(made.courses))))
    made.codes = [f"{n:0{width}d}" for n in random.sample(range(1, 10**width), len(made.courses))]
    made.order = list(range(len(made.courses)))
    if opened is not None:
        _give(made, random)
    if locked is not None:
        entries = [
            ranking.Entry(place, [made.sheets[n, place] for n in made.judges(place)], _earlier(made, place))
            for place in range(len(made.courses))
        ]
        made.places = {p.key: p for p in ranking.rank(_scheme(made), entries)}
    return made


def write_panels(panels: Sequence[Judging], world: World) -> dict[str, int]:
    """Write them, each in the order in which it came to be: prepared, opened, scored, locked."""
    random, count = world.random("innovations panels"), 0
    for each in panels:
        each.row = _prepared(each)
        criteria = Criterion.objects.bulk_create(
            Criterion(panel=each.row, position=n, name=name, weight=weight, maximum=Decimal(100))
            for n, (name, weight) in enumerate(each.criteria, start=1)
        )
        _ties(each, criteria)
        seats = _seats(each, each.row)
        if each.drawn is not None:
            _draw(each, each.row, random)
        items = _items(each, each.row)
        if each.opened is None:
            continue
        Panel.objects.filter(pk=each.row.pk).update(state=PanelState.OPEN, opened_at=each.opened)
        count += _scores(each, seats, items, criteria)
        if each.locked is not None:
            _lock(each, each.row, items)
    return {"panels": len(panels), "points": count}


def _give(made: Judging, random: Random) -> None:
    """Points of every judge for every item: its worth, the judge's scale, and chance."""
    worth = [min(96.0, random.gauss(78, 6)) for _ in made.courses]
    for n, course in enumerate(made.courses):
        if made.earlier is not None:
            total = made.earlier.places[made.earlier.courses.index(course)].total
            worth[n] += (total / 100 - 78) / 2
        if course.plan["user"] is not None:
            worth[n] = OWN_RESULTS
    scale = [random.gauss(0, 2) for _ in made.experts]
    for place in range(len(made.courses)):
        for n in made.judges(place):
            made.sheets[n, place] = [
                100 * max(40, min(99, round(worth[place] + scale[n] + random.gauss(0, 3))))
                for _ in made.criteria
            ]
    if made.locked is None:
        _leave_some(made)


def _leave_some(made: Judging) -> None:
    """A panel at work: the shown judge has begun, two others have not finished."""
    for n, place in list(made.sheets):
        if (n == 0 and place > 1) or (n in (1, 2) and place > len(made.courses) // 2):
            del made.sheets[n, place]


def _earlier(made: Judging, place: int) -> int:
    if made.earlier is None:
        return 0
    at = made.earlier.courses.index(made.courses[place])
    return made.earlier.places[at].total * ranking.EARLIER // 10**PRECISION


def _scheme(made: Judging) -> ranking.Scheme:
    return ranking.Scheme(
        weights=tuple(int(weight * 100) for _name, weight in made.criteria),
        maxima=tuple(100_00 for _ in made.criteria),
        drop=made.drop, minimum=MINIMUM, precision=PRECISION, rounding=ranking.HALF_UP, passes=made.passes,
        reserves=RESERVES, ties=(0, len(made.criteria) - 1, ranking.ADMIT_ALL),
        earlier_share=int((made.share or 0) * 100),
    )  # fmt: skip


def _prepared(each: Judging) -> Panel:
    unit = each.call.unit
    return Panel.objects.create(
        edition=each.call.edition, unit_id=unit.id, path=unit.path, stage=each.stage, name=each.name,
        blind=each.stage == PAPER, minimum=MINIMUM, drop=each.drop, precision=PRECISION,
        rounding=Rounding.HALF_UP, passes=each.passes, reserves=RESERVES,
        earlier=each.earlier.row if each.earlier else None, earlier_share=each.share,
    )  # fmt: skip


def _ties(each: Judging, criteria: Sequence[Criterion]) -> None:
    first, last = criteria[0], criteria[-1]
    TieStep.objects.bulk_create(
        TieStep(panel=each.row, position=n, kind=kind, criterion=criterion)
        for n, (kind, criterion) in enumerate(
            ((TieKind.CRITERION, first), (TieKind.CRITERION, last), (TieKind.ADMIT_ALL, None)), start=1
        )
    )


def _seats(each: Judging, panel: Panel) -> list[Seat]:
    since = (each.opened or each.call.judging) - 4 * DAY
    rows = []
    for n, expert in enumerate(each.experts):
        role = SeatRole.PANEL_CHAIR if n == len(each.experts) - 1 else SeatRole.PANELIST
        oath = each.opened + timedelta(minutes=20 + n) if each.opened else None
        rows.append(
            Seat(
                panel=panel,
                user_id=expert.user,
                name=expert.name,
                role=role,
                since=min(since, each.opened or since),
                oath_at=oath,
            )
        )
    return Seat.objects.bulk_create(rows)


def _items(each: Judging, panel: Panel) -> list[Item]:
    """In the order of the entries; where each stands on the list follows the lot."""
    at = {place: n for n, place in enumerate(each.order, start=1)}
    items = Item.objects.bulk_create(
        [Item(panel=panel, code=code, position=at[n]) for n, code in enumerate(each.codes)]
    )
    Decoding.objects.bulk_create(
        [
            Decoding(item=item, panel=panel, case_id=course.key)
            for item, course in zip(items, each.courses, strict=True)
        ]
    )
    built = pack(
        list(Case.objects.filter(pk__in=[c.key for c in each.courses]).order_by("pk")), bool(panel.blind)
    )
    Part.objects.bulk_create(
        [
            Part(item=item, position=n, label=part.label, text=part.text)
            for item, course in zip(items, each.courses, strict=True)
            for n, part in enumerate((p for p in built[course.key] if p.file is None), start=1)
        ],
        batch_size=2000,
    )
    return items


def _scores(
    each: Judging, seats: Sequence[Seat], items: Sequence[Item], criteria: Sequence[Criterion]
) -> int:
    assert each.opened is not None
    Recusal.objects.bulk_create(
        Recusal(seat=seats[n], item=items[place], kind=RecusalKind.WORKPLACE, at=each.opened)
        for place in range(len(items))
        for n in range(len(seats))
        if n not in each.judges(place)
    )
    end = each.locked or each.opened + 2 * DAY
    step = (end - each.opened - timedelta(hours=3)) / (len(items) + 1)
    return bulk.copy(
        Score,
        ("seat_id", "item_id", "criterion_id", "points", "at"),
        (
            (
                seats[n].pk,
                items[place].pk,
                criterion.pk,
                Decimal(points) / 100,
                each.opened + timedelta(hours=1) + step * place,
            )
            for (n, place), sheet in each.sheets.items()
            for criterion, points in zip(criteria, sheet, strict=True)
        ),
    )


def _lock(each: Judging, panel: Panel, items: Sequence[Item]) -> None:
    names: dict[ranking.Step, str] = {n: name for n, (name, _w) in enumerate(each.criteria)}
    names[ranking.ADMIT_ALL] = str(TieKind.ADMIT_ALL.label)
    Standing.objects.bulk_create(
        Standing(
            panel=panel, item=items[p.key], total=Decimal(p.total).scaleb(-PRECISION), rank=p.rank, result=p.result,
            judges=p.judges, settled="、".join(names[step] for step in p.settled),
        )
        for p in each.places.values()
    )  # fmt: skip
    text = repr((_scheme(each), [(items[place].pk, [tuple(each.sheets[n, place]) for n in each.judges(place)],
                                  _earlier(each, place)) for place in range(len(items))]))  # fmt: skip
    Panel.objects.filter(pk=panel.pk).update(
        state=PanelState.LOCKED, locked_at=each.locked, locked_by_id=each.call.officer.user,
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip


def _draw(each: Judging, panel: Panel, random: Random) -> None:
    """The lot for the order of appearance: committed to, and where `drawn` revealed."""
    began = (each.opened or each.call.judging) - 3 * DAY
    secret, value = (
        f"{random.getrandbits(256):064x}",
        " ".join(f"{n:02d}" for n in random.sample(range(1, 34), 6)),
    )
    tickets = sorted(each.codes)
    seed = lot.seed_of(secret, value)
    result = lot.order(tickets, seed)
    public_at = began + 2 * DAY if each.drawn else began + 30 * DAY
    more: dict[str, Any] = {}
    if each.drawn:
        more = {
            "public_value": value, "secret": secret, "seed": seed, "result": result,
            "result_hash": lot.hash_of(*result), "drawn_at": public_at + timedelta(hours=2),
            "drawn_by_id": each.call.officer.user, "supervised_by": "纪检监察组监督员（演示）",
        }  # fmt: skip
        each.order = [each.codes.index(code) for code in result]
    draw = Draw.objects.create(
        edition=each.call.edition, unit_id=each.call.unit.id, panel=panel, purpose=DrawPurpose.ORDER,
        title=f"{each.name}：出场顺序", algorithm=lot.ALGORITHM, entries=tickets,
        entries_hash=lot.hash_of(*tickets), commitment=lot.hash_of(secret), source=SOURCE,
        committed_at=began, public_at=public_at, **more,
    )  # fmt: skip
    DrawSecret.objects.create(draw=draw, cipher=provider().encrypt(secret.encode()))
