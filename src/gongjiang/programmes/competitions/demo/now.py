"""This year's contest: events that take registrations, one that is too small, one being judged, results in public."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.calendar.days import add_working_days
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.credentials.models import CredentialKind
from gongjiang.kernel.lifecycle.numbers import take
from gongjiang.kernel.lifecycle.replay import History, Step, TurnThen, replay
from gongjiang.kernel.publicity.models import Publicity, PublicityCase
from gongjiang.kernel.publicity.snapshot import Step as Way
from gongjiang.kernel.publicity.snapshot import digest, freeze
from gongjiang.kernel.world import World
from gongjiang.programmes.competitions.actions.notices import COLUMNS, RESULTS
from gongjiang.programmes.competitions.models import Entrant, Entry, Stage, Upgrade

from .past import LAST_TITLE, Finalist, _letter, copy_credentials
from .rounds import DAY, ZONE, Round, Run

#: What has become of the entries of an event that takes registrations, in turn. DEMO
ENDS = (
    "submitted", "under_review", "at_city", "admitted", "returned", "draft", "submitted", "under_review", "at_city",
    "refused", "withdrawn", "admitted",
)  # fmt: skip
#: Entries of the events that are further on: too few, checked in, in public, awarded. DEMO
FURTHER = {6: ("admitted", 4), 7: ("checked_in", 22), 8: ("publicised", 21), 9: ("awarded", 21)}
SMALL = 12
WAY = (Way("报名", "Registered"), Way("比赛评分", "Judged"))


def play(world: World, now: Round, people: Sequence[tuple[int, int]]) -> int:
    """Writes the entries of this year; returns how many."""
    waiting = iter(people)
    made: list[tuple[Run, int, int, str, int]] = []
    for place, run in enumerate(now.runs):
        end, count = FURTHER.get(place, ("", len(ENDS)))
        count = min(count, SMALL) if world.size == "county" else count
        for n in range(count):
            person, unit = next(waiting, (0, 0))
            if not person:
                break
            made.append((run, person, unit, end or ENDS[n % len(ENDS)], n + 1))
    made += _own(world, now)
    histories = [_history(world, *each) for each in made]
    keys = replay("competitions.entry", histories)
    _entries(world, now, made, keys)
    return len(keys)


def _own(world: World, now: Round) -> list[tuple[Run, int, int, str, int]]:
    """The entry of whoever can sign in as a worker waits for the union of the workplace."""
    for account in world.accounts.values():
        if account.role == "worker" and account.person is not None:
            unit = next((u for u, workers in world.workers.items() if account.person in workers), None)
            if unit is not None:
                return [(now.runs[0], account.person, unit, "submitted", 99)]
    return []


def _history(world: World, run: Run, person: int, unit_key: int, end: str, n: int) -> History:
    unit, root = world.by_id[unit_key], run.unit
    clerk = (world.officers[unit.id, Role.UNIT_OFFICER].user, unit.id, Role.UNIT_OFFICER)
    city = (run.officer.user, root.id, Role.OFFICER)
    county = None if root.level == "county" else world.above(unit, "county")
    first = (world.now - timedelta(days=50 - n % 12, hours=-10)).astimezone(ZONE)
    steps = [Step("draft_for", first, *clerk)]
    turn = TurnThen(first, None, unit.id, role=Role.UNIT_OFFICER)

    def then(name: str, at: datetime, by: tuple[int, int, str], note: str = "") -> None:
        steps.append(Step(name, max(at, steps[-1].at + timedelta(minutes=5)), *by, note))

    if end != "draft":
        then("submit", first + DAY, clerk)
    if end == "returned":
        then("return", first + 2 * DAY, clerk, "请补上社保证明。（演示）")
    if end == "withdrawn":
        then("withdraw", first + 3 * DAY, clerk)
    if end not in ("draft", "submitted", "returned", "withdrawn"):
        then("vouch", first + 2 * DAY, clerk)
        holder = county or root
        turn = TurnThen(steps[-1].at, None, holder.id, role=Role.OFFICER)
        if county is not None and end != "under_review":
            officer = world.officers[county.id, Role.OFFICER]
            then("check", first + 5 * DAY, (officer.user, county.id, Role.OFFICER))
            turn = TurnThen(steps[-1].at, None, root.id, role=Role.OFFICER)
        if end == "refused":
            then("refuse", first + 7 * DAY, city, "不在本赛项的职业范围内。（演示）")
        elif end not in ("under_review", "at_city"):
            then("admit", first + 8 * DAY, city)
            turn = TurnThen(steps[-1].at, None, root.id, role=Role.OFFICER)
        if end in ("checked_in", "publicised", "awarded"):
            then("check_in", run.day, city)
        if end in ("publicised", "awarded"):
            then("publicise", run.day + DAY, city)
        if end == "awarded":
            then("confirm" if n <= LAST_TITLE else "finish", run.day + 12 * DAY, city)
        if end == "awarded" and n == 1:
            then("hand_over", run.day + 15 * DAY, city)
    over = steps[-1].name in ("refuse", "withdraw", "hand_over", "finish")
    turns = [] if over or end == "publicised" else [TurnThen(steps[-1].at, None, turn.unit, role=turn.role)]
    return History(
        unit=unit.id, path=unit.path, region=unit.region, applicant=person, edition=run.edition.pk, steps=steps,
        turns=turns, participants=[(person, "entrant", 1, None, unit.id)],
    )  # fmt: skip


def _entries(
    world: World, now: Round, made: Sequence[tuple[Run, int, int, str, int]], keys: Sequence[int]
) -> None:
    found = [
        Finalist(run, person, unit, n if end in ("publicised", "awarded") else 0, key=key)
        for (run, person, unit, end, n), key in zip(made, keys, strict=True)
    ]
    for one, (_run, _person, _unit, end, n) in zip(found, made, strict=True):
        one.fails = end == "publicised" and n > 14
    awarded = [f for f, m in zip(found, made, strict=True) if m[3] == "awarded"]
    letter = None
    if awarded:
        day = (awarded[0].run.day + 11 * DAY).date()
        title = f"关于公布{now.edition.name}“{awarded[0].run.trade}”赛项获奖名单的决定"
        letter = _letter(world, now, title, day=day)
    Entry.objects.bulk_create(
        [
            Entry(
                case_id=one.key, grade="senior", certificate=f"演证{one.key:08d}", years=6 + n % 9, by_unit=True,
                theory=one.theory if one.rank else None, practice=one.practice if one.rank else None,
                seconds=one.seconds if one.rank else None, total=one.total if one.rank else None,
                rank=one.rank or None, prize=one.band, title=one.title,
                document=letter if end == "awarded" and one.band else None,
                decided_on=(one.run.day + 12 * DAY).date() if end == "awarded" else None,
            )
            for one, (_run, _person, _unit, end, n) in zip(found, made, strict=True)
        ]
    )  # fmt: skip
    started = ("checked_in", "publicised", "awarded")
    Entrant.objects.bulk_create(
        [
            Entrant(
                event=one.run.edition, stage=Stage.FINAL, case_id=one.key, person_id=one.person, unit_id=one.unit,
                live=end not in ("returned", "refused", "withdrawn"),
                started_on=one.run.day.date() if end in started else None, registered_at=world.now - 40 * DAY,
            )
            for one, (_run, _person, _unit, end, _n) in zip(found, made, strict=True)
            if end != "draft"
        ]
    )  # fmt: skip
    if letter is not None:
        for kind in (CredentialKind.TITLE, CredentialKind.HONOUR):
            held = [
                (f, b) for f in awarded for b in [f.title if kind == "title" else f.band] if b is not None
            ]
            copy_credentials(world, kind, held, now, letter)
        _upgrades(awarded)
    _notice(world, now, [f for f, m in zip(found, made, strict=True) if m[3] == "publicised"])


def _upgrades(awarded: Sequence[Finalist]) -> None:
    """Each of the first three at another point of its way to the authority for skills. DEMO"""
    rows = []
    for one in awarded[:3]:
        day = (one.run.day + 14 * DAY).date()
        said: dict[str, Any] = {
            1: {"state": "issued", "sent_on": day, "answered_on": day + 5 * DAY, "certificate": f"演晋{one.key:08d}"},
            2: {"state": "refused", "sent_on": day, "answered_on": day + 5 * DAY,
                "reason": "从事本职业年限的证明不足。（演示）"},
            3: {"state": "sent", "sent_on": day},
        }[one.rank]  # fmt: skip
        rows.append(
            Upgrade(
                case_id=one.key, person_id=one.person, unit_id=one.unit, held="senior", rises_to="technician",
                rule="对照表第2行（演示）", **said,
            )
        )  # fmt: skip
    Upgrade.objects.bulk_create(rows)


def _notice(world: World, now: Round, listed: Sequence[Finalist]) -> None:
    """The results of one event stand in public now."""
    if not listed:
        return
    run = listed[0].run
    rows = [
        (
            str(f.rank), [world.people.names[f.person - world.people.first]], world.by_id[f.unit].name,
            _points(f.theory), _points(f.practice), _points(f.total), f.band.name if f.band else "—",
            f.title.name if f.title else "—",
        )
        for f in listed
    ]  # fmt: skip
    snapshot = freeze(COLUMNS, rows, [*WAY, Way("列入名单", "On this list", f"{len(rows)} 份")])  # fmt: skip
    opened = (run.day + DAY).replace(hour=10)
    last = add_working_days(calendars().at(run.unit.region), opened.date(), 5)
    series = f"GS-{opened.year}-{run.unit.code}"
    number = f"{series}-{take(series, 1):04d}"
    title = f"{now.edition.name}“{run.trade}”赛项成绩公示"
    made = Publicity.objects.create(
        number=number, unit_id=run.unit.id, path=run.unit.path, edition=run.edition, kind=RESULTS, round=1, title=title,
        title_en=f"{now.edition.name_en}: results", opened_at=opened, days=5,
        closes_at=datetime(last.year, last.month, last.day, 18, tzinfo=ZONE), snapshot=snapshot,
        digest=digest(number, title, "", snapshot), publicised_by_id=run.officer.user,
    )  # fmt: skip
    PublicityCase.objects.bulk_create(
        PublicityCase(publicity=made, case_id=f.key, position=n) for n, f in enumerate(listed, start=1)
    )


def _points(value: Decimal) -> str:
    return f"{value:.2f}"
