"""From the papers to the certificate: what the union that made a call does with its entries, day by day. Invented."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from gongjiang.kernel.calendar.deadlines import CountedIn, EndsAt, Rule, deadline
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.parameters import read
from gongjiang.kernel.publicity.models import RulingResult
from gongjiang.kernel.review import ranking
from gongjiang.kernel.world import World
from gongjiang.programmes.innovations.actions.notices import FINALISTS, RANKS
from gongjiang.programmes.innovations.queries import PAPER, ROADSHOW
from gongjiang.programmes.innovations.rules import prizes_won

from .calls import DAY, Call, Calls
from .entering import Course
from .judging import Expert, Judging, judge

NOT_SELECTED = "书面评审未入围。（演示文字）"
NOT_AWARDED = "路演答辩后未进入授奖名额。（演示文字）"
UPHELD = "核查属实：完成人与申报不符，取消资格。（演示文字）"
REJECTED = "核查后异议不成立：两项成果用在不同设备上。（演示文字）"
FROZEN = "完成人之间就署名有争议，先冻结，待调解。（演示文字）"
SETTLED = "双方已书面确认署名。（演示文字）"
IN_USE = "现场在用，与申报一致。（演示文字）"
NOT_IN_USE = "现场已停用，与申报不一致。（演示文字）"


@dataclass(eq=False)
class Notice:
    """A notice with its rows in order, and the prizes where it proposes them."""

    call: Call
    kind: str
    courses: list[Course]
    opened: datetime
    closes: datetime
    days: int


@dataclass(frozen=True)
class Said:
    """An objection against one row; `result` is empty while nobody has ruled."""

    notice: Notice
    course: Course
    at: datetime
    matter: str
    result: str = ""
    reasons: str = ""


@dataclass(frozen=True)
class Check:
    """A site check of one entry."""

    course: Course
    at: datetime
    passed: bool


@dataclass(frozen=True)
class Decision:
    """A document that awards, or takes an award back with the reason."""

    call: Call
    at: datetime
    courses: list[Course]
    handed_over: datetime | None = None
    revokes: str = ""


@dataclass
class Seasons:
    """All that happened in all calls."""

    panels: list[Judging] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


def play(
    world: World, calls: Calls, entered: dict[Call, list[Course]], experts: Sequence[Expert], random: Random
) -> Seasons:
    """Let every call run as far as it has come; the courses get their steps."""
    seasons = Seasons()
    admitted = {call: [c for c in courses if c.admitted] for call, courses in entered.items()}
    for call in calls.judged:
        _whole(world, seasons, call, admitted[call], experts, random)
    _at_work(world, seasons, calls.special, admitted[calls.special], experts, random)
    if admitted[calls.open]:
        seasons.panels.append(
            judge(
                calls.open, PAPER, "书面评审组（演示）", admitted[calls.open], experts, random,
                passes=calls.open.finalists,
            )
        )  # fmt: skip
    return seasons


def _whole(
    world: World,
    seasons: Seasons,
    call: Call,
    courses: list[Course],
    experts: Sequence[Expert],
    random: Random,
) -> None:
    """Papers, finalists, roadshow, site checks, ranks, award."""
    locked = call.judging + 12 * DAY
    finalists = min(call.finalists, len(courses))
    paper = judge(
        call, PAPER, "书面评审组（演示）", courses, experts, random, passes=finalists, opened=call.judging,
        locked=locked,
    )  # fmt: skip
    for course in paper.out:
        course.closes("eliminate", locked + 2 * DAY, NOT_SELECTED)
    notice = _publicise(seasons, call, FINALISTS, paper.passed, locked + 2 * DAY)
    for course in _after_objections(seasons, notice, paper.passed, call.settled):
        course.organiser("pitch", notice.closes + DAY)
    pitched = [c for c in paper.passed if c.steps[-1].name == "pitch"]
    opened = notice.closes + 6 * DAY
    roadshow = judge(
        call, ROADSHOW, "路演评审组（演示）", pitched, experts, random, passes=min(call.passes, len(pitched)),
        opened=opened, locked=opened + DAY, earlier=paper,
    )  # fmt: skip
    roadshow.drawn = True
    seasons.panels += [paper, roadshow]
    for course in roadshow.out:
        course.closes("eliminate", opened + 2 * DAY, NOT_AWARDED)
    inspected = opened + 2 * DAY
    for course in roadshow.passed:
        course.organiser("inspect", inspected)
    ranks = {p.key: p.rank for p in roadshow.places.values() if p.result == ranking.PASSED}
    won = prizes_won([places for _n, _e, places in call.prizes], ranks)
    for place, prize in won.items():
        pitched[place].prize = prize
    winners = _checked(seasons, roadshow.passed, inspected, call, random)
    if call.settled:
        _award(seasons, call, winners, inspected + 10 * DAY, closed=True)
        _revoke(seasons, world, call, winners)
    else:
        _award(seasons, call, winners[:3], inspected + 10 * DAY, closed=False)
        _publicise(seasons, call, RANKS, winners[3:5], world.now - 26 * DAY + timedelta(hours=10))


def _at_work(
    world: World,
    seasons: Seasons,
    call: Call,
    courses: list[Course],
    experts: Sequence[Expert],
    random: Random,
) -> None:
    """A call that is being judged: one group is done and its finalists are publicised, the other gives points."""
    half = len(courses) * 3 // 5
    locked = call.judging + 12 * DAY
    first = judge(
        call, PAPER, "书面评审第一组（演示）", courses[:half], experts, random, passes=min(call.finalists, half),
        opened=call.judging, locked=locked,
    )  # fmt: skip
    second = judge(
        call, PAPER, "书面评审第二组（演示）", courses[half:], experts, random, passes=min(call.finalists, 5),
        opened=world.now - 3 * DAY + timedelta(hours=9), shown=True,
    )  # fmt: skip
    second.drawn = False
    seasons.panels += [first, second]
    for course in first.out[::2]:
        course.closes("eliminate", locked + 2 * DAY, NOT_SELECTED)
    assert call.shortlisted is not None
    finalists = [c for c in first.passed if c.public_title or c.plan["content"]["secrecy"] == "open"]
    notice = _publicise(seasons, call, FINALISTS, finalists, call.shortlisted)
    if len(finalists) > 2:
        frozen, disputed = finalists[-1], finalists[-2]
        frozen.organiser("suspend", call.shortlisted + 2 * DAY, FROZEN)
        seasons.said.append(
            Said(
                notice,
                disputed,
                call.shortlisted + DAY + timedelta(hours=2),
                "这项成果和我们车间前年的做法相同。（演示）",
            )
        )


def _publicise(seasons: Seasons, call: Call, kind: str, courses: list[Course], at: datetime) -> Notice:
    """Put the entries into one notice for the days that the call runs under; finalists not by their rank."""
    listed = courses if kind == RANKS else sorted(courses, key=lambda c: (c.steps[0].at, c.result))
    on = at.date()
    days = int(read.value("innovations.publicity_days", unit=call.unit.id, edition=call.edition, on=on).value)
    rule = Rule(days, CountedIn.WORKING_DAY, EndsAt.OFFICE)
    notice = Notice(
        call, kind, list(listed), at, deadline(rule, at, calendars().at(call.unit.region)).at, days
    )
    for course in courses:
        course.organiser("rank" if kind == RANKS else "shortlist", at, turn=False)
    if courses:
        seasons.notices.append(notice)
    return notice


def _after_objections(seasons: Seasons, notice: Notice, courses: list[Course], many: bool) -> list[Course]:
    """Those who go on after the notice: one objection is rejected, one upheld, one dispute is settled."""
    if not many or len(courses) < 4:
        return courses
    disputed, wrong, rejected = courses[-1], courses[-2], courses[-3]
    disputed.organiser("suspend", notice.opened + 2 * DAY, FROZEN)
    disputed.organiser("resume", notice.closes, SETTLED)
    matters = ((rejected, RulingResult.REJECTED, REJECTED, "与本单位往年成果雷同。（演示）"),
               (wrong, RulingResult.UPHELD, UPHELD, "完成人里有没有参加的人。（演示）"))  # fmt: skip
    for course, result, reasons, matter in matters:
        seasons.said.append(
            Said(notice, course, notice.opened + DAY + timedelta(hours=3), matter, result, reasons)
        )
    wrong.closes("disqualify", notice.closes + timedelta(hours=20), UPHELD)
    return [c for c in courses if c is not wrong]


def _checked(
    seasons: Seasons, courses: list[Course], inspected: datetime, call: Call, random: Random
) -> list[Course]:
    """Who is found in use: a settled call loses one who fails and one who steps back."""
    found = []
    for n, course in enumerate(courses):
        at = inspected + timedelta(days=random.randint(2, 7), hours=random.randint(0, 6))
        last, last_but_one = n == len(courses) - 1, n == len(courses) - 2
        if call.settled and last:
            course.act("withdraw", at, None)
            continue
        if not call.settled and last:
            continue
        fails = last_but_one
        seasons.checks.append(Check(course, at, not fails))
        course.check_passed = not fails
        if fails and call.settled:
            course.closes("disqualify", inspected + 9 * DAY, NOT_IN_USE)
        elif not fails:
            found.append(course)
    return found


def _award(seasons: Seasons, call: Call, winners: list[Course], at: datetime, *, closed: bool) -> None:
    notice = _publicise(seasons, call, RANKS, winners, at)
    if not winners:
        return
    decided = notice.closes + 2 * DAY
    handed_over = decided + 9 * DAY if closed else None
    for course in winners:
        course.organiser("award", decided + timedelta(hours=3), turn=True)
        course.decided_on = course.steps[-1].at.date()
        if handed_over is not None:
            course.organiser("close", handed_over, turn=False)
    seasons.decisions.append(Decision(call, decided, list(winners), handed_over))


def _revoke(seasons: Seasons, world: World, call: Call, winners: list[Course]) -> None:
    """Of the older call one award is taken back in the spring."""
    at = datetime(call.judging.year + 1, 3, 16, 10, tzinfo=call.judging.tzinfo)
    theirs = [c for c in winners if c.plan["user"] is None]
    if at < world.now - 200 * DAY and theirs:
        course = theirs[-1]
        course.organiser("revoke", at, "发现数据不实。（演示文字）", turn=False)
        seasons.decisions.append(Decision(call, at, [course], revokes="发现数据不实。（演示文字）"))
