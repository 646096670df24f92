"""Two calls and some thousand results with their whole histories: invented, and marked as demo."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from gongjiang.kernel.access.roles import Role, SeatRole
from gongjiang.kernel.calendar.deadlines import CountedIn, EndsAt, deadline
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.files.replay import FileThen, replay_files
from gongjiang.kernel.lifecycle.models import DeadlineRule, Edition
from gongjiang.kernel.lifecycle.replay import History, Step, TurnThen, replay
from gongjiang.kernel.world import UnitRow, World
from gongjiang.programmes.innovations.demo_evidence import evidence
from gongjiang.programmes.innovations.models import (
    Category,
    Ownership,
    Result,
    SecondClass,
    Secrecy,
    Topic,
)
from gongjiang.programmes.innovations.rules import bands, title_key

from .calls import make_calls
from .entering import ADOPTED, enter, own_unit, write_chain, write_places
from .growth import grow
from .judging import seat_experts, write_panels
from .papers import write_appeal, write_entries, write_papers
from .season import play
from .words import MENDS, PARTS, SITES

ZONE = ZoneInfo("Asia/Shanghai")
WITH_EVIDENCE = 20  # results; DEMO
OWN_MORE = 26  # results of the enterprise whose officer can sign in; DEMO
SHARE_FILED = 0.016  # of the workers, over three years; DEMO
#: What becomes of a result, with its weight; DEMO.
ENDS = (
    ("following", 20),
    ("completed", 12),
    ("unkept", 8),
    ("awarded", 8),
    ("verifying", 5),
    ("asked_back", 2),
    ("revoked", 1),
    ("trial", 9),
    ("submitted", 10),
    ("returned", 4),
    ("refused", 8),
    ("dropped", 4),
    ("withdrawn", 4),
    ("draft", 3),
    ("mended", 7),
)
SAID = (*ADOPTED, "revoked")  # what has been adopted at some time
SHARE_CLAIMED = 0.6  # of adopted results; DEMO
#: Working days for whoever's turn it is in a state, and since when; nobody has published such a limit. DEMO
LIMITS = {"submitted": 15, "returned": 15, "under_review": 10}
LIMITED_FOR = timedelta(days=30)


def load(world: World) -> dict[str, int]:
    """Loads calls, results with their authors, and entries on their whole way to the certificate."""
    random = world.random("innovations")
    calls = make_calls(world)
    limits = _limits(world, calls.open.edition)
    made = [plan for unit in world.at_level("enterprise") for plan in _plans(world, unit, random)]
    made.sort(key=lambda plan: plan["history"].steps[0].at)
    for state in ("submitted", "returned"):
        _give_time((plan["history"] for plan in made if plan["end"] == state), limits[state])
    keys = replay("innovations.result", [plan["history"] for plan in made])
    Result.objects.bulk_create(
        [Result(case_id=key, **plan["content"]) for key, plan in zip(keys, made, strict=True)],
        batch_size=2000,
    )
    grown = grow(world, keys, made)
    files = replay_files(list(_evidence(keys, made, world.random("innovations evidence"))))
    entered = enter(world, zip(keys, made, strict=True), calls, world.random("innovations entries"))
    seasons = play(world, calls, entered, seat_experts(world), world.random("innovations seasons"))
    courses = [course for call in calls.all for course in entered[call]]
    histories = [course.history() for course in courses]
    in_review = limits["under_review"]
    under_review = [
        h for h, c in zip(histories, courses, strict=True) if c.call is calls.open and not c.admitted
    ]
    _give_time(under_review, in_review)
    for course, key in zip(courses, replay("innovations.entry", histories), strict=True):
        course.key = key
    write_entries(courses)
    write_chain(courses)
    places = write_places(calls, courses, world)
    panels = write_panels(seasons.panels, world)
    papers = write_papers(world, seasons)
    appeals = write_appeal(world, courses)
    return {
        "calls": len(calls.all), "results": len(keys), "entries": len(courses), "files": files, "places": places,
        "appeals": appeals, **grown, **panels, **papers,
    }  # fmt: skip


def _evidence(keys: Sequence[int], made: Sequence[dict[str, Any]], random: Random) -> Iterator[FileThen]:
    """Files of the newest results of those who can sign in."""
    theirs = [(key, plan) for key, plan in zip(keys, made, strict=True) if plan["user"] is not None]
    for key, plan in theirs[-WITH_EVIDENCE:]:
        for upload in evidence(plan["content"]["title"], random):
            yield FileThen(key, upload, plan["user"], plan["author"], plan["history"].steps[0].at)


def _limits(world: World, call: Edition) -> dict[str, DeadlineRule]:
    """State → the time limit of the populated territory for its results, of this year's call for its entries."""
    first = world.today - LIMITED_FOR
    return {
        state: DeadlineRule.objects.create(
            flow="innovations.entry" if state == "under_review" else "innovations.result",
            state=state,
            edition=call if state == "under_review" else None,
            unit_id=None if state == "under_review" else world.by_code[world.root].id,
            amount=amount,
            counted_in=CountedIn.WORKING_DAY,
            ends_at=EndsAt.OFFICE,
            document="演示值，没有公布的依据",
            extension_limit=5 if state == "under_review" else None,
            extension_role=Role.OFFICER if state == "under_review" else "",
            since=first,
        )
        for state, amount in LIMITS.items()
    }


def _give_time(histories: Iterable[History], rule: DeadlineRule) -> None:
    """Give each live turn that began under the rule the time that the rule gives."""
    known = calendars()
    for history in histories:
        live = next((turn for turn in history.turns if turn.until is None), None)
        if live is not None and live.since.astimezone(ZONE).date() >= rule.since:
            due = deadline(rule.rule(), live.since, known.at(history.region))
            live.due_at, live.rule = due.at, rule.pk


def _plans(world: World, unit: UnitRow, random: Random) -> Iterator[dict[str, Any]]:
    """The results of one enterprise."""
    workers = world.workers.get(unit.id, range(0))
    expected = len(workers) * SHARE_FILED
    count = int(expected) + (random.random() < expected - int(expected))
    if unit.id == own_unit(world):
        count += OWN_MORE
    for _ in range(count):
        author = random.choice(workers)
        for account in world.accounts.values():
            clerk = account.role in (Role.FINANCE_MAKER, SeatRole.PANELIST)
            if (
                account.person is not None
                and not clerk
                and account.person in workers
                and random.random() < 0.4
            ):
                author = account.person
        yield _plan(world, unit, author, random)


#: The steps of each end after its submission: (move, by whom, words).
WAYS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "draft": (),
    "submitted": (),
    "returned": (("return", "officer", "请补充效果的数据。"),),
    "refused": (("refuse", "officer", "与已有做法相同。"),),
    "withdrawn": (("withdraw", "author", ""),),
    "trial": (("accept", "officer", ""),),
    "dropped": (("accept", "officer", ""), ("drop", "officer", "试用未见效果。")),
    "verifying": (("accept", "officer", ""), ("adopt", "officer", "")),
    "asked_back": (
        ("accept", "officer", ""), ("adopt", "officer", ""), ("send_back", "finance", "请附上年同期的台账。"),
    ),
    "awarded": (("accept", "officer", ""), ("adopted", "", "")),
    "following": (("accept", "officer", ""), ("adopted", "", ""), ("keep", "officer", "")),
    "completed": (
        ("accept", "officer", ""), ("adopted", "", ""), ("keep", "officer", ""), ("finish", "officer", ""),
    ),
    "unkept": (
        ("accept", "officer", ""), ("adopted", "", ""), ("finish_unkept", "officer", "只适用于本单位的一台设备。"),
    ),
    "revoked": (("accept", "officer", ""), ("adopted", "", ""), ("revoke", "officer", "与事实不符。（演示）")),
    "mended": (
        ("return", "officer", "请补充效果的数据。"), ("submit", "author", ""), ("accept", "officer", ""),
        ("adopted", "", ""), ("keep", "officer", ""),
    ),
}  # fmt: skip


def _acts(end: str, claims: bool) -> list[tuple[str, str, str]]:
    """Every step of a result, by whom, in which words; adoption goes through finance where there is a benefit."""
    acts = [("draft", "author", "")] + ([("submit", "author", "")] if end != "draft" else [])
    for act in WAYS[end]:
        if act[0] != "adopted":
            acts.append(act)
        elif claims:
            acts += [("adopt", "officer", ""), ("sign", "finance", "")]
        else:
            acts.append(("adopt_unclaimed", "officer", ""))
    return acts


def _plan(world: World, unit: UnitRow, author: int, random: Random) -> dict[str, Any]:
    end = random.choices([e for e, _ in ENDS], [w for _, w in ENDS])[0]
    clerk = world.officers.get((unit.id, Role.FINANCE_MAKER))
    if clerk is None and end in ("verifying", "asked_back"):
        end = "trial"
    claims = end in ("verifying", "asked_back") or (
        clerk is not None and end in SAID and random.random() < SHARE_CLAIMED
    )
    longest = {"submitted": 40, "returned": 60, "draft": 60, "trial": 300, "verifying": 120}.get(end, 1050)
    days = random.randint(2 if longest < 1000 else 60, longest)
    at = (world.now - timedelta(days=days)).replace(hour=random.randint(8, 17), minute=random.randint(0, 59))
    officer = world.officers[unit.id, Role.UNIT_OFFICER]
    finance = clerk or officer
    user = next((a.user for a in world.accounts.values() if a.person == author), None)
    by = {
        "author": (user, None, ""),
        "officer": (officer.user, unit.id, Role.UNIT_OFFICER),
        "finance": (finance.user, unit.id, Role.FINANCE_MAKER),
    }
    acts = _acts(end, claims)
    gap = max(1, min(days // (len(acts) + 1), random.randint(5, 40)))
    steps: list[Step] = []
    turns: list[TurnThen] = []
    days_of: dict[str, datetime] = {}
    for i, (name, who, note) in enumerate(acts):
        when = at + timedelta(days=gap * i, minutes=random.randint(1, 90) if i else 0)
        steps.append(Step(name, when, *by[who], note))
        days_of[name] = when
        if turns:
            turns[-1].until = when
        if name in ("draft", "return"):
            turns.append(TurnThen(when, None, person=author))
        elif name == "adopt":
            turns.append(TurnThen(when, None, unit=unit.id, role=Role.FINANCE_MAKER))
        elif name in ("submit", "accept", "adopt_unclaimed", "sign", "send_back", "keep"):
            turns.append(TurnThen(when, None, unit=unit.id, role=Role.UNIT_OFFICER))
    adopted = days_of.get("adopt", days_of.get("adopt_unclaimed"))
    workers = world.workers[unit.id]
    team = [author] + [
        p
        for p in random.sample(workers, min(len(workers), random.choice((0, 0, 1, 2, 4))))
        if p not in (author, finance.person)
    ]
    led = world.led.get(unit.id) if end == "submitted" else None
    if led is not None and world.officers[led, Role.TEAM_LEADER].person in team:
        led = None
    if led is not None:
        turns[-1].unit, turns[-1].role = led, Role.TEAM_LEADER
    share = round(100 / len(team), 2)
    site, part, mend = random.choice(SITES), random.choice(PARTS), random.choice(MENDS)
    title = f"{site}{part}{mend}（演示{random.randint(100, 999)}）"
    key = title_key(title)
    said = end in SAID
    return {
        "history": History(
            unit=unit.id, path=unit.path, region=unit.region, applicant=author, steps=steps, turns=turns,
            participants=[
                (p, "author", i, round(100 - share * (len(team) - 1), 2) if i == 1 else share, unit.id)
                for i, p in enumerate(team, start=1)
            ],
        ),
        "content": {
            "team_id": led, "title": title, "title_key": key, "bands": _bands(key),
            "category": random.choices(Category.values[:5], (10, 15, 45, 15, 15))[0],
            "problem": f"{part}原来靠人工处理，费时，也不安全。（演示文字）",
            "novelty": f"用{mend}代替原来的办法，一个人就能做。（演示文字）",
            "effect": f"每班少用 {random.randint(1, 3)} 人，每次省 {random.randint(10, 90)} 分钟。（演示文字）",
            "put_into_use_on": at.date() - timedelta(days=random.randint(5, 120)),
            "secrecy": random.choices(Secrecy.values, (57, 39, 4))[0],
            "second_class": random.choice(SecondClass.values) if said else "",
            "topic": random.choice(Topic.values) if said else "",
            "ownership": random.choices(Ownership.values, (80, 15, 5))[0] if said else "",
            "gov_plan": False if said else None,
            "gov_award": False if said else None,
            "disputed": False if said else None,
            "accepted_on": days_of["accept"].date() if "accept" in days_of else None,
            "adopted_on": adopted.date() if adopted and end != "dropped" else None,
        },
        "end": end, "part": part, "unit": unit, "author": author, "user": user, "team": team, "claims": claims,
        "officer": officer.user, "finance": finance.user, "days": days_of,
        "last": days_of.get("sign", adopted) or steps[-1].at,
    }  # fmt: skip


@cache
def _bands(key: str) -> list[int]:
    return bands(key)
