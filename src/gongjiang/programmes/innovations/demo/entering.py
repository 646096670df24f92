"""Which results enter which call, and their way up the tree until a panel gets them or somebody declines. Invented."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.lifecycle.models import Quota
from gongjiang.kernel.lifecycle.replay import History, Step, TurnThen
from gongjiang.kernel.review.models import Candidate, Endorsement, Verdict
from gongjiang.kernel.world import Account, UnitRow, World
from gongjiang.programmes.innovations.models import Secrecy

from .calls import DAY, Call, Calls, in_hours

Plan = dict[str, Any]
ADOPTED = ("following", "completed", "unkept", "awarded", "mended")
SHARE_RECOMMENDED = 0.65  # of adopted results; DEMO
SPECIAL, COUNTY = 56, 44  # entries of the special call and of the county's own; DEMO
#: What becomes of an entry on its way up, with its weight; DEMO.
WAYS = (
    ("admit", 46),
    ("refuse_county", 30),
    ("refuse_city", 16),
    ("returned", 5),
    ("recalled", 2),
    ("withdrawn", 1),
)
#: How far an entry of the open call has come; DEMO.
REACHES = (("enterprise", 12), ("county", 32), ("city", 22), ("admit", 20), ("refuse_county", 8), ("returned", 4),
           ("withdrawn", 2))  # fmt: skip
SENT_BY_OWN, KEPT_BY_OWN = 2, 2  # of the enterprise whose officer can sign in: sent, and in reserve
TOO_ALIKE = "与往届成果相近。（演示文字）"
MEND = "请补充效益的计算依据。（演示文字）"
INCOMPLETE = "材料不全，先收回补齐。（演示文字）"


@dataclass(eq=False)
class Course:
    """An entry with all that happens to it; what is written of it is read from here once it is complete."""

    result: int
    plan: Plan
    call: Call
    chain: Sequence[tuple[UnitRow, str, Account]]
    steps: list[Step] = field(default_factory=list)
    turns: list[TurnThen] = field(default_factory=list)
    endorsements: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[int, datetime | None] = field(default_factory=dict)  # unit -> when it was sent from there
    admitted: bool = False
    public_title: str = ""
    check_passed: bool | None = None
    decided_on: date | None = None
    prize: int | None = None  # place in the prizes of the call, from 0
    key: int = 0

    @property
    def title(self) -> str:
        """What the public reads."""
        return self.public_title or self.plan["content"]["title"]

    @property
    def makers(self) -> list[int]:
        return list(self.plan["team"])

    def act(self, name: str, at: datetime, by: Account | None, role: str = "", note: str = "") -> None:
        """A step; whoever's turn it was has had it."""
        at = max(at, self.steps[-1].at + timedelta(minutes=1)) if self.steps else at
        user, unit = (by.user, by.unit) if by else (self.plan["user"], None)
        self.steps.append(Step(name, at, user, unit, role if by else "", note))
        if self.turns and self.turns[-1].until is None:
            self.turns[-1].until = at

    def lies_with(self, unit: int, role: str) -> None:
        self.turns.append(TurnThen(self.steps[-1].at, None, unit=unit, role=role))

    def organiser(self, name: str, at: datetime, note: str = "", turn: bool = True) -> None:
        """A step of the union that made the call; by default the next one is its own, too."""
        self.act(name, at, self.call.officer, Role.OFFICER, note)
        if turn:
            self.lies_with(self.call.unit.id, Role.OFFICER)

    def closes(self, name: str, at: datetime, note: str = "") -> None:
        """The union that made the call ends it; the entry is decided."""
        self.organiser(name, at, note, turn=False)
        self.decided_on = self.steps[-1].at.date()

    def history(self) -> History:
        unit: UnitRow = self.plan["unit"]
        return History(
            unit=unit.id, path=unit.path, region=unit.region, applicant=self.plan["author"],
            edition=self.call.edition.pk, steps=self.steps, turns=self.turns,
            participants=self.plan["history"].participants,
        )  # fmt: skip


def enter(
    world: World, results: Iterable[tuple[int, Plan]], calls: Calls, random: Random
) -> dict[Call, list[Course]]:
    """The entries of every call, in the order of their recommendation, each as far as the union that decides."""
    able = [(key, plan) for key, plan in results if _may_enter(plan) and random.random() < SHARE_RECOMMENDED]
    own = own_unit(world)
    entered: dict[Call, list[Course]] = {call: [] for call in calls.all}
    for call, wanted in ((calls.county, COUNTY), (calls.special, SPECIAL)):
        here = [(k, p) for k, p in able if _fits(p, call) and _below(p["unit"], call) and p["unit"].id != own]
        picked = _few_a_unit(random.sample(here, min(len(here), wanted * 3)), 2)[:wanted]
        taken = {key for key, _plan in picked}
        able = [(key, plan) for key, plan in able if key not in taken]
        for key, plan in sorted(picked, key=lambda pair: (pair[1]["last"], pair[0])):
            way = random.choices([w for w, _ in WAYS], [n for _, n in WAYS])[0]
            if (course := _climb(world, key, plan, call, way, random)) is not None:
                entered[call].append(course)
    ours = 0
    for key, plan in able:
        call = calls.by_year.get(_year(plan["last"]), calls.open)
        of_own = call is calls.open and plan["unit"].id == own
        ways = REACHES if call is calls.open else WAYS
        way = random.choices([w for w, _ in ways], [n for _, n in ways])[0]
        if of_own:
            way = "county" if ours < SENT_BY_OWN else "enterprise"
        elif call.settled and plan["user"] is not None:
            way = "admit"  # whoever can sign in has something to see
        if of_own and ours == SENT_BY_OWN + KEPT_BY_OWN:
            continue
        if (course := _climb(world, key, plan, call, way, random)) is not None:
            entered[call].append(course)
            ours += of_own
    for courses in entered.values():
        courses.sort(key=lambda c: (c.steps[0].at, c.result))
    return entered


def write_chain(courses: Sequence[Course]) -> None:
    """What every union on the way said, in which order it ranked what it sent, and the places that were taken."""
    Endorsement.objects.bulk_create(
        [
            Endorsement(case_id=c.key, step=n, **said)
            for c in courses
            for n, said in enumerate(c.endorsements, start=1)
        ],
        batch_size=2000,
    )
    ranked: dict[tuple[int, int], list[Course]] = defaultdict(list)
    for course in courses:
        for unit in course.sent:
            ranked[course.call.edition.pk, unit].append(course)
    Candidate.objects.bulk_create(
        [
            Candidate(
                edition_id=edition,
                unit_id=unit,
                path="",
                case_id=course.key,
                position=n,
                sent_at=course.sent[unit],
            )
            for (edition, unit), each in ranked.items()
            for n, course in enumerate(each, start=1)
        ],
        batch_size=2000,
    )


def write_places(calls: Calls, courses: Sequence[Course], world: World) -> int:
    """The places of the unions directly below each call.

    Where an officer can sign in by one click there is room for all that comes through and some more; elsewhere places
    are scarce. The enterprise among them has no limit.
    """
    sent = Counter((c.call, unit) for c in courses for unit, at in c.sent.items() if at is not None)
    through = Counter((c.call, unit.id) for c in courses for unit, *_ in c.chain)
    shown = {account.unit for account in world.accounts.values()}
    rows = []
    for call in calls.all:
        below = {c.chain[-2][0].id for c in courses if c.call is call and len(c.chain) > 1}
        rows += [
            Quota(
                edition=call.edition,
                unit_id=unit,
                limit=max(20, through[call, unit] + 30 if unit in shown else sent[call, unit] + 4),
                taken=sent[call, unit],
            )
            for unit in sorted(below - {own_unit(world)})
        ]
    Quota.objects.bulk_create(rows)
    return len(rows)


def own_unit(world: World) -> int:
    """The enterprise whose officer can sign in by one click."""
    return next((a.unit for a in world.accounts.values() if a.role == Role.UNIT_OFFICER), 0)


def _may_enter(plan: Plan) -> bool:
    return plan["end"] in ADOPTED and plan["content"]["secrecy"] != Secrecy.UNREPORTED


def _year(last: datetime) -> int:
    """The year whose call a result that was adopted on this day is in time for."""
    return (last + timedelta(days=143)).year


def _fits(plan: Plan, call: Call) -> bool:
    return bool(call.since - timedelta(days=400) < plan["last"] < call.until - timedelta(days=25))


def _below(unit: UnitRow, call: Call) -> bool:
    return unit.path.startswith(call.unit.path)


def _few_a_unit(rows: Sequence[tuple[int, Plan]], most: int) -> list[tuple[int, Plan]]:
    seen: Counter[int] = Counter()
    found = []
    for key, plan in rows:
        seen[plan["unit"].id] += 1
        if seen[plan["unit"].id] <= most:
            found.append((key, plan))
    return found


def _chain(world: World, unit: UnitRow, call: Call) -> list[tuple[UnitRow, str, Account]]:
    county = world.above(unit, "county")
    units = [(unit, Role.UNIT_OFFICER)]
    if county.id != call.unit.id and county.path.startswith(call.unit.path):
        units.append((county, Role.OFFICER))
    units.append((call.unit, Role.OFFICER))
    return [(u, str(role), world.officers[u.id, role]) for u, role in units]


def _climb(world: World, key: int, plan: Plan, call: Call, way: str, random: Random) -> Course | None:
    """Recommend it and let it climb; None where it was adopted too late for that."""
    chain = _chain(world, plan["unit"], call)
    course = Course(key, plan, call, chain)
    judged = call.judging < world.now
    end = call.until - 10 * DAY if judged else world.now - 2 * DAY
    start = max(call.since, plan["last"] + 3 * DAY, call.since if judged else world.now - 55 * DAY)
    if start >= end - DAY:
        return None
    day = start + timedelta(days=random.randint(0, (end - start).days))
    clock = _clock(day, call.judging - 2 * DAY if judged else world.now, random)
    if plan["content"]["secrecy"] != Secrecy.OPEN and way in ("admit", "returned", "recalled"):
        course.public_title = f"{plan['part']}改进（演示）"
    course.act("recommend", clock(0), chain[0][2], chain[0][1])
    course.lies_with(chain[0][0].id, chain[0][1])
    if way == "enterprise":
        return course
    if not _send(course, 0, clock(1)):
        return course
    if way == "withdrawn":
        _withdrawn(course, clock(1))
        return course
    if way == "recalled" and (at := clock(1)):
        _says(course, 0, "call_back", Verdict.RECALLED, at, INCOMPLETE)
        course.sent[chain[0][0].id] = None
        course.lies_with(chain[0][0].id, chain[0][1])
        if not _send(course, 0, clock(2)):
            return course
    if way == "returned" and (at := clock(2)):
        _says(course, 1, "send_back", Verdict.RETURNED, at, MEND)
        course.sent[chain[0][0].id] = None
        course.lies_with(chain[0][0].id, chain[0][1])
        if not _send(course, 0, clock(2)):
            return course
    for place in range(1, len(chain)):
        last = place == len(chain) - 1
        if way == "county" or (way == "city" and last):
            return course
        if (way == "refuse_county" and place == 1) or (way == "refuse_city" and last):
            return _refused(course, place, clock(2))
        at = clock(random.randint(1, 5))
        if at is None:
            return course
        if last:
            _says(course, place, "admit", Verdict.ENDORSED, at, "")
            course.lies_with(call.unit.id, Role.OFFICER)
            course.admitted = True
        else:
            _send(course, place, at)
    return course


def _clock(day: datetime, end: datetime, random: Random) -> Callable[[int], Any]:
    """The moment so many days on; None once that is not before the end any more."""
    now = day

    def on(days: int) -> datetime | None:
        nonlocal now
        now = now + timedelta(days=days)
        at = in_hours(now, random)
        return at if at < end else None

    return on


def _says(course: Course, place: int, name: str, verdict: str, at: datetime, note: str) -> None:
    unit, role, by = course.chain[place]
    course.act(name, at, by, role, note)
    course.endorsements.append(
        {
            "unit_id": unit.id,
            "verdict": verdict,
            "opinion": note,
            "user_id": by.user,
            "at": course.steps[-1].at,
        }
    )


def _send(course: Course, place: int, at: datetime | None) -> bool:
    if at is None:
        return False
    unit, _role, _by = course.chain[place]
    above, role, _ = course.chain[place + 1]
    _says(course, place, "endorse", Verdict.ENDORSED, at, "")
    course.sent[unit.id] = course.steps[-1].at
    course.lies_with(above.id, role)
    return True


def _refused(course: Course, place: int, at: datetime | None) -> Course:
    if at is not None:
        _says(course, place, "refuse", Verdict.REFUSED, at, TOO_ALIKE)
        course.sent = dict.fromkeys(course.sent)
        course.decided_on = course.steps[-1].at.date()
    return course


def _withdrawn(course: Course, at: datetime | None) -> None:
    if at is not None:
        course.act("withdraw", at, None)
        course.sent = dict.fromkeys(course.sent)
