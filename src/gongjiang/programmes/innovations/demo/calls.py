"""The demo's calls: two years that are settled, one that takes entries, a special one, and a county's own. Invented."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.documents.models import NumberWord
from gongjiang.kernel.lifecycle.models import Edition, EditionEvent, EditionState, Window, WindowKind
from gongjiang.kernel.world import Account, UnitRow, World
from gongjiang.programmes.innovations.demo_rules import (
    BRAND,
    county_with_a_brand,
    pin_demo_editions,
    publish_demo_values,
)
from gongjiang.programmes.innovations.models import Prize, Roadshow

ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
#: Prizes with how many win them; DEMO.
PRIZES = (("一等奖", "First prize", 3), ("二等奖", "Second prize", 6), ("三等奖", "Third prize", 12))
COUNTY_PRIZES = (("金奖", "Gold", 1), ("银奖", "Silver", 3), ("铜奖", "Bronze", 4))
#: Nothing is sent there: the name is kept for examples (RFC 2606).
STREAM = "https://live.example.org/wuxiao"
FINALISTS, COUNTY_FINALISTS = 30, 12


@dataclass(eq=False)
class Call:
    """One call, and the days of its course. `chain` are the levels an entry climbs, its own unit left out."""

    edition: Edition
    unit: UnitRow
    officer: Account
    approver: Account
    since: datetime
    until: datetime
    judging: datetime
    prizes: Sequence[tuple[str, str, int]]
    finalists: int
    shortlisted: datetime | None = None
    settled: bool = False
    prize_rows: list[Prize] = field(default_factory=list)

    @property
    def passes(self) -> int:
        """How many the roadshow lets through: as many as there are prizes."""
        return sum(places for _name, _english, places in self.prizes)


@dataclass(frozen=True)
class Calls:
    """settled and `open` by year; `special` is judged now, `county` is about to award."""

    by_year: dict[int, Call]
    special: Call
    county: Call
    this_year: int

    @property
    def open(self) -> Call:
        return self.by_year[self.this_year]

    @property
    def all(self) -> list[Call]:
        return [*self.by_year.values(), self.special, self.county]

    @property
    def judged(self) -> list[Call]:
        """Calls that went through papers and roadshow."""
        return [*(c for c in self.by_year.values() if c.settled), self.county]


def make_calls(world: World) -> Calls:
    """Publish the values and make every call, each pinned to the values of its first day."""
    publish_demo_values(world)
    home, year = world.by_code[world.root], world.today.year
    by_year = {y: _settled(world, home, y) for y in (year - 2, year - 1)}
    by_year[year] = _make(
        world, home, f"{year}年职工“五小”创新成果征集（演示）", f"{year} call for small innovations (demo)",
        since=min(datetime(year, 3, 1, tzinfo=ZONE), _ago(world, 100)), until=_ago(world, -60),
        judging=_ago(world, -75), prizes=PRIZES, finalists=FINALISTS,
    )  # fmt: skip
    special = _make(
        world, home, f"{year}年安全生产专项“五小”征集（演示）", f"{year} call on safety at work (demo)",
        since=_ago(world, 150), until=_ago(world, 50), judging=_ago(world, 22), prizes=COUNTY_PRIZES,
        finalists=8,
    )  # fmt: skip
    special.shortlisted = _ago(world, 3)
    Roadshow.objects.create(
        edition=special.edition, at=_ago(world, -12), place="演示市工人文化宫二楼报告厅", stream=STREAM
    )
    below = county_with_a_brand(world)
    county = _make(
        world, below, f"{year}年“{BRAND}”征集（演示）", f"{year} golden ideas (demo)", brand=BRAND,
        brand_en="Golden ideas", since=_ago(world, 190), until=_ago(world, 110), judging=_ago(world, 95),
        prizes=COUNTY_PRIZES, finalists=COUNTY_FINALISTS,
    )  # fmt: skip
    calls = Calls(by_year, special, county, year)
    pin_demo_editions()
    _words(world)
    return calls


def in_hours(at: datetime, random: Random) -> datetime:
    """The same day, at a minute of office hours."""
    return at.astimezone(ZONE).replace(hour=random.randint(8, 17), minute=random.randint(0, 59), second=0)


def _ago(world: World, days: int) -> datetime:
    return (world.now - timedelta(days=days)).astimezone(ZONE).replace(hour=9, minute=30)


def _settled(world: World, unit: UnitRow, year: int) -> Call:
    return _make(
        world, unit, f"{year}年职工“五小”创新成果征集（演示）", f"{year} call for small innovations (demo)",
        since=datetime(year, 3, 1, 8, tzinfo=ZONE), until=datetime(year, 8, 31, 18, tzinfo=ZONE),
        judging=datetime(year, 9, 12, 9, 30, tzinfo=ZONE), prizes=PRIZES, finalists=FINALISTS, settled=True,
    )  # fmt: skip


def _make(
    world: World,
    unit: UnitRow,
    name: str,
    name_en: str,
    *,
    since: datetime,
    until: datetime,
    judging: datetime,
    prizes: Sequence[tuple[str, str, int]],
    finalists: int,
    settled: bool = False,
    **more: Any,
) -> Call:
    officer, approver = world.officers[unit.id, Role.OFFICER], world.officers[unit.id, Role.APPROVER]
    edition = Edition.objects.create(
        programme="innovations", unit_id=unit.id, name=name, name_en=name_en,
        state=EditionState.SETTLED if settled else EditionState.PUBLISHED, published_at=since - 7 * DAY,
        created_by_id=officer.user, approved_by_id=approver.user, **more,
    )  # fmt: skip
    until, office = until.replace(hour=18, minute=0), since.replace(hour=10)
    Window.objects.bulk_create(
        [
            Window(edition=edition, kind=WindowKind.APPLY, since=since, until=until),
            Window(edition=edition, kind=WindowKind.REVIEW, since=until, until=judging + 60 * DAY),
            Window(
                edition=edition, kind=WindowKind.APPEAL, since=judging + 60 * DAY, until=judging + 75 * DAY
            ),
        ]
    )
    steps = [
        ("prepare", "", "draft", officer, office - 20 * DAY),
        ("approve", "draft", "approved", approver, office - 12 * DAY),
        ("publish", "approved", "published", officer, office - 7 * DAY),
    ]
    if settled:
        steps.append(("settle", "published", "settled", officer, judging.replace(month=12, day=8)))
    EditionEvent.objects.bulk_create(
        EditionEvent(edition=edition, name=step, source=source, target=target, user_id=by.user, at=at)
        for step, source, target, by, at in steps
    )
    rows = Prize.objects.bulk_create(
        Prize(edition=edition, position=n, name=prize, name_en=english, places=places)
        for n, (prize, english, places) in enumerate(prizes, start=1)
    )
    return Call(
        edition, unit, officer, approver, since, until, judging, prizes, finalists, settled=settled,
        prize_rows=rows,
    )  # fmt: skip


def _words(world: World) -> None:
    """What the numbers of every union's documents begin with: 演 stands for demonstration."""
    NumberWord.objects.bulk_create(
        NumberWord(unit_id=unit.id, kind=kind, word=f"演{unit.name[:1]}工{letter}")
        for level in ("province", "city", "county")
        for unit in world.at_level(level)
        for kind, letter in (("", "发"), ("innovations.certificate", "奖"))
    )
