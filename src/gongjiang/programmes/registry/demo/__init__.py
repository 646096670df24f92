"""A believable demo: who was shown whose number, and what was objected to. Invented, as the persons are."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.audit.models import Disclosure, Purpose
from gongjiang.kernel.calendar.deadlines import CountedIn, EndsAt, Rule, deadline
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.lifecycle.replay import History, Step, TurnThen, replay
from gongjiang.kernel.people.models import Employment, IdentifierKind
from gongjiang.kernel.world import Account, UnitRow, World

from ..models import Correction
from . import lists, register

IDENTITY, PHONE = IdentifierKind.IDENTITY, IdentifierKind.PHONE
MATTERS = (
    (IDENTITY, Purpose.HANDLING, "医疗互助报销，与医院账单核对"),
    (IDENTITY, Purpose.HANDLING, "技能等级补贴申请，与证书核对"),
    (IDENTITY, Purpose.CORRECTION, "本人来电说证号登记有误，对照身份证更正"),
    (PHONE, Purpose.CONTACT, "通知本人补交报名材料"),
    (PHONE, Purpose.CONTACT, "五小成果退回补正，电话说明"),
    (IDENTITY, Purpose.REQUEST, "人社部门核查工伤认定，凭来函调取"),
    (PHONE, Purpose.OTHER, "核对重复登记的两条记录是不是同一人"),
)
ENTERPRISES = 12
EACH = 3
DAYS = 90


def load(world: World) -> dict[str, int]:
    """Some looks at the workers of a few enterprises, and at everybody who has a one-click account as a worker."""
    random = world.random("registry.disclosures")
    found: list[Disclosure] = []
    for unit, person in _looked_at(world, random):
        lookers = _lookers(world, unit)
        for account in random.sample(lookers, random.randint(1, len(lookers))):
            what, purpose, note = random.choice(MATTERS)
            found.append(
                Disclosure(
                    at=_working_hour(world, random),
                    user_id=account.user,
                    role=account.role,
                    unit_id=account.unit,
                    person_id=person,
                    what=what,
                    purpose=purpose,
                    note=note,
                    request=UUID(int=random.getrandbits(128), version=4),
                )
            )
    Disclosure.objects.bulk_create(sorted(found, key=lambda d: d.at))
    return {
        "disclosures": len(found),
        "corrections": _corrections(world),
        **register.load(world),
        **lists.load(world),
    }


#: What was objected to and how it ended: the moves after the first, the fact, what it should say, why. DEMO
STORIES = (
    (("take_up", "grant"), "post", "设备点检员", "去年转岗，合同上写的是设备点检员。"),
    (("take_up", "refuse"), "post_class", "technical", "我在做技术员的工作。"),
    (("take_up",), "post", "电工", "电工证已经交到办公室。"),
    (("withdraw",), "post", "质检员", "写错了，撤回重写。"),
    ((), "post", "仓库保管员", "上个月调到仓库。"),
    (("take_up", "hand_up"), "post", "班组长", "任命文件在县总工会。"),
)
BY_OFFICER = {
    "take_up": "",
    "grant": "已对照劳动合同。",
    "refuse": "任命文件上没有变动，岗位类别以文件为准。",
    "hand_up": "请对照任命文件。",
}


def _corrections(world: World) -> int:
    """One objection for each story, at enterprises whose officers have no one-click account, and one who has."""
    shown = {account.unit for account in world.accounts.values()}
    units = [u for u in world.at_level("enterprise") if len(world.workers[u.id]) > len(STORIES)]
    chosen = [u for u in units if u.id in shown][:1] + [u for u in units if u.id not in shown][:1]
    made: list[tuple[History, dict[str, Any]]] = []
    for unit in chosen:
        people = world.workers[unit.id]
        for days, (moves, fact, wanted, reason) in enumerate(STORIES, start=4):
            person = people[-days]
            stated = getattr(world.people, "posts" if fact == "post" else "post_classes")[
                person - world.people.first
            ]
            if fact == "post" and "grant" in moves:
                stated, wanted = "", stated  # granted: the register says by now what was asked for
            if not wanted or stated == wanted:
                continue
            made.append((_history(world, unit, person, moves, days), {
                "person_id": person, "fact": fact, "stated": stated, "wanted": wanted, "reason": f"{reason}（演示）",
            }))  # fmt: skip
    made.sort(key=lambda each: each[0].steps[0].at)
    keys = replay("registry.correction", [history for history, _content in made])
    jobs = dict(
        Employment.objects.filter(person__in=[c["person_id"] for _h, c in made], until=None).values_list(
            "person", "pk"
        )
    )
    Correction.objects.bulk_create(
        Correction(case_id=key, employment_id=jobs[content["person_id"]], **content)
        for key, (_history_of, content) in zip(keys, made, strict=True)
    )
    return len(keys)


def _history(world: World, unit: UnitRow, person: int, moves: tuple[str, ...], days: int) -> History:
    officer = world.officers[unit.id, Role.UNIT_OFFICER].user
    county = world.above(unit, "county")
    at = world.now - timedelta(days=days, hours=-10)
    answer = Rule(register.VALUES["correction_answer_days"], CountedIn.WORKING_DAY, EndsAt.OFFICE)
    due = deadline(answer, at, calendars().at(unit.region)).at
    steps = [Step("submit", at)]
    turns = [TurnThen(at, None, unit=unit.id, role=Role.UNIT_OFFICER, due_at=due)]
    for nth, name in enumerate(moves, start=1):
        when = at + timedelta(hours=2 * nth)
        by = (officer, unit.id, Role.UNIT_OFFICER, BY_OFFICER[name]) if name in BY_OFFICER else ()
        steps.append(Step(name, when, *by))
        turns[-1].until = when
        if name == "take_up":
            turns.append(TurnThen(when, None, unit=unit.id, role=Role.UNIT_OFFICER, due_at=due))
        elif name == "hand_up":
            turns.append(TurnThen(when, None, unit=county.id, role=Role.OFFICER, due_at=due))
    return History(unit.id, unit.path, unit.region, person, steps, turns=turns)


def _looked_at(world: World, random: Random) -> Iterator[tuple[UnitRow, int]]:
    """(enterprise union, person) for everybody whose number was looked at."""
    for account in world.accounts.values():
        if account.role == "worker" and account.person is not None:
            yield world.by_id[account.unit], account.person
    enterprises = [unit for unit in world.at_level("enterprise") if len(world.workers[unit.id]) > EACH]
    for unit in random.sample(enterprises, min(ENTERPRISES, len(enterprises))):
        for person in random.sample(world.workers[unit.id], EACH):
            yield unit, person


def _lookers(world: World, unit: UnitRow) -> list[Account]:
    """The officers of the enterprise, of its county and of its city."""
    offices = [(unit, Role.UNIT_OFFICER)]
    offices += [(world.above(unit, level), Role.OFFICER) for level in ("county", "city")]
    return [world.officers[above.id, role] for above, role in offices]


def _working_hour(world: World, random: Random) -> datetime:
    """A moment between nine and half past five on a day from Monday to Friday."""
    day = world.now - timedelta(days=random.randint(1, DAYS))
    day -= timedelta(days=max(day.weekday() - 4, 0))
    return day + timedelta(hours=9, minutes=random.randint(0, 510))
