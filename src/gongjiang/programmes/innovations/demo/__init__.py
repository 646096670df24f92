"""Two calls and some thousand results with their whole histories: invented, and marked as demo."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.calendar.deadlines import CountedIn, EndsAt, deadline
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.files.replay import FileThen, replay_files
from gongjiang.kernel.lifecycle.models import DeadlineRule, Edition, EditionState, Window, WindowKind
from gongjiang.kernel.lifecycle.replay import History, Step, TurnThen, replay
from gongjiang.kernel.review.models import Endorsement, Verdict
from gongjiang.kernel.world import UnitRow, World
from gongjiang.programmes.innovations.demo_evidence import evidence
from gongjiang.programmes.innovations.models import (
    Category,
    Entry,
    Ownership,
    Result,
    SecondClass,
    Secrecy,
    Topic,
)
from gongjiang.programmes.innovations.rules import bands, title_key

from .growth import grow

ZONE = ZoneInfo("Asia/Shanghai")
PARTS = (
    "皮带机托辊",
    "移动电缆",
    "防尘罩",
    "液压支架",
    "冷却水泵",
    "焊接夹具",
    "料仓闸门",
    "钻杆",
    "配电柜",
    "轨道道岔",
    "安全销",
    "采样器",
)
MENDS = (
    "快换夹具",
    "自动收放装置",
    "防卡改造",
    "在线监测",
    "节能改造",
    "拆装工具",
    "防护装置",
    "润滑改进",
    "定位方法",
    "标准作业法",
)
SITES = (
    "一号井", "二号井", "综采队", "掘进队", "机电队", "选煤厂", "焊接车间", "总装车间", "炼铁厂", "轧钢厂",
    "动力车间", "包装线", "仓储部", "检修班", "运输队", "化验室", "锅炉房", "水处理站", "变电所", "装卸班",
)  # fmt: skip
WITH_EVIDENCE = 20  # results; DEMO
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
ADOPTED = ("following", "completed", "unkept", "awarded", "revoked", "mended")
SHARE_CLAIMED = 0.6  # of adopted results; DEMO
#: What becomes of the entry of an adopted result; DEMO.
ENTRY_ENDS = (("granted", 55), ("refused", 20), ("city", 10), ("county", 12), ("withdrawn", 3))

#: What the union that made the call does with an entry it grants.
AFTER_THE_CLIMB = ("shortlist", "pitch", "inspect", "rank", "award", "close")

#: Working days for whoever's turn it is in a state, and since when; nobody has published such a limit. DEMO
LIMITS = {"submitted": 15, "returned": 15, "under_review": 10}
LIMITED_FOR = timedelta(days=30)


def load(world: World) -> dict[str, int]:
    """Loads calls, results with their authors, and entries with their endorsements."""
    random = world.random("innovations")
    calls = _calls(world)
    limits = _limits(world, calls[world.today.year])
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
    entered = [
        e for key, plan in zip(keys, made, strict=True) if (e := _entry(world, key, plan, calls, random))
    ]
    entered.sort(key=lambda e: e["history"].steps[0].at)
    in_review = limits["under_review"]
    _give_time((e["history"] for e in entered if e["history"].edition == in_review.edition_id), in_review)
    entry_keys = replay("innovations.entry", [e["history"] for e in entered])
    Entry.objects.bulk_create(
        [
            Entry(case_id=key, result_id=e["result"], decided_on=e["decided_on"])
            for key, e in zip(entry_keys, entered, strict=True)
        ],
        batch_size=2000,
    )
    Endorsement.objects.bulk_create(
        [
            Endorsement(case_id=key, step=i, **row)
            for key, e in zip(entry_keys, entered, strict=True)
            for i, row in enumerate(e["endorsements"], start=1)
        ],
        batch_size=2000,
    )
    return {"calls": len(calls), "results": len(keys), "entries": len(entry_keys), "files": files, **grown}


def _evidence(keys: Sequence[int], made: Sequence[dict[str, Any]], random: Random) -> Iterator[FileThen]:
    """Files of the newest results of those who can sign in."""
    theirs = [(key, plan) for key, plan in zip(keys, made, strict=True) if plan["user"] is not None]
    for key, plan in theirs[-WITH_EVIDENCE:]:
        for upload in evidence(plan["content"]["title"], random):
            yield FileThen(key, upload, plan["user"], plan["author"], plan["history"].steps[0].at)


def _calls(world: World) -> dict[int, Edition]:
    """One call a year of the populated territory's own union; this year's is open."""
    home = world.by_code[world.root]
    calls = {}
    for year in range(world.today.year - 2, world.today.year + 1):
        now = year == world.today.year
        call = Edition.objects.create(
            programme="innovations", unit_id=home.id, name=f"{year}年职工“五小”创新成果征集（演示）",
            name_en=f"{year} call for small innovations (demo)",
            state=EditionState.PUBLISHED if now else EditionState.SETTLED,
        )  # fmt: skip
        ends = (world.now + timedelta(days=60)) if now else datetime(year, 11, 1, tzinfo=ZONE)
        Window.objects.create(
            edition=call,
            kind=WindowKind.APPLY,
            since=datetime(year, 3, 1, tzinfo=ZONE),
            until=ends.astimezone(ZONE).replace(hour=18, minute=0, second=0, microsecond=0),
        )
        calls[year] = call
    return calls


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
    for _ in range(count):
        author = random.choice(workers)
        for account in world.accounts.values():
            clerk = account.role == Role.FINANCE_MAKER
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
        clerk is not None and end in ADOPTED and random.random() < SHARE_CLAIMED
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
    gap = max(1, days // (len(acts) + 1))
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
    share = round(100 / len(team), 2)
    site, part, mend = random.choice(SITES), random.choice(PARTS), random.choice(MENDS)
    title = f"{site}{part}{mend}（演示{random.randint(100, 999)}）"
    key = title_key(title)
    said = end in ADOPTED
    return {
        "history": History(
            unit=unit.id, path=unit.path, region=unit.region, applicant=author, steps=steps, turns=turns,
            participants=[
                (p, "author", i, round(100 - share * (len(team) - 1), 2) if i == 1 else share, unit.id)
                for i, p in enumerate(team, start=1)
            ],
        ),
        "content": {
            "title": title, "title_key": key, "bands": _bands(key),
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
        "end": end, "unit": unit, "author": author, "user": user, "team": team, "claims": claims,
        "officer": officer.user, "finance": finance.user, "days": days_of,
        "last": days_of.get("sign", adopted) or steps[-1].at,
    }  # fmt: skip


@cache
def _bands(key: str) -> list[int]:
    return bands(key)


def _entry(
    world: World, key: int, plan: dict[str, Any], calls: dict[int, Edition], random: Random
) -> dict[str, Any] | None:
    """The way of an adopted result through a call; None for one that was not recommended."""
    kept_in = plan["content"]["secrecy"] == Secrecy.UNREPORTED
    if plan["end"] not in ADOPTED or plan["end"] == "revoked" or kept_in or random.random() < 0.35:
        return None
    unit: UnitRow = plan["unit"]
    county, home = world.above(unit, "county"), world.by_code[world.root]
    call = calls.get(plan["last"].year, calls[world.today.year])
    end = random.choices([e for e, _ in ENTRY_ENDS], [w for _, w in ENTRY_ENDS])[0]
    if call.state != EditionState.PUBLISHED and end in ("city", "county"):
        end = "granted"
    left = min((world.now - plan["last"]).days, random.randint(40, 160))
    if left < 8:
        return None
    climb = (
        [(unit, Role.UNIT_OFFICER)]
        + ([(county, Role.OFFICER)] if county.id != home.id else [])
        + [(home, Role.OFFICER)]
    )
    steps: list[Step] = []
    turns: list[TurnThen] = []
    endorsements: list[dict[str, Any]] = []
    decided_on = None
    reach = {"county": 1, "city": len(climb) - 1}.get(end, len(climb))
    if end == "withdrawn":
        reach = 1
    span = len(climb) + len(AFTER_THE_CLIMB) + 2

    def at(i: int) -> datetime:
        return _in_hours(plan["last"] + timedelta(days=left * (i + 1) // span + 1), random)

    for i, (at_unit, role) in enumerate(climb[:reach]):
        when = at(i)
        officer = world.officers[at_unit.id, role]
        last = i == len(climb) - 1
        name = ("admit" if end == "granted" else "refuse") if last else "endorse"
        note = "与往届成果相近。（演示文字）" if name == "refuse" else ""
        if i == 0:
            steps.append(Step("recommend", when - timedelta(minutes=3), officer.user, at_unit.id, role))
        steps.append(Step(name, when, officer.user, at_unit.id, role, note))
        endorsements.append(
            {
                "unit_id": at_unit.id,
                "verdict": Verdict.REFUSED if name == "refuse" else Verdict.ENDORSED,
                "opinion": note,
                "user_id": officer.user,
                "at": when,
            }
        )
        if turns:
            turns[-1].until = when
        if not last:
            turns.append(TurnThen(when, None, unit=climb[i + 1][0].id, role=climb[i + 1][1]))
        elif name == "refuse":
            decided_on = when.date()
    if end == "granted":
        officer = world.officers[home.id, Role.OFFICER]
        for i, name in enumerate(AFTER_THE_CLIMB, start=len(climb)):
            when = at(i)
            steps.append(Step(name, when, officer.user, home.id, Role.OFFICER))
            if name == "award":
                decided_on = when.date()
    if end == "withdrawn":
        when = steps[-1].at + timedelta(minutes=random.randint(20, 400))
        steps.append(Step("withdraw", when, plan["user"]))
        turns[-1].until = when
    return {
        "history": History(
            unit=unit.id, path=unit.path, region=unit.region, applicant=plan["author"], edition=call.pk,
            steps=steps, turns=turns, participants=plan["history"].participants,
        ),
        "result": key, "decided_on": decided_on, "endorsements": endorsements,
    }  # fmt: skip


def _in_hours(at: datetime, random: Random) -> datetime:
    """The same day, at a minute of office hours."""
    return at.astimezone(ZONE).replace(hour=random.randint(8, 17), minute=random.randint(0, 59), second=0)
