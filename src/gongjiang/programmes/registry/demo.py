"""A believable demo: who was shown whose number in the last three months. Invented, as the persons are."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.audit.models import Disclosure, Purpose
from gongjiang.kernel.people.models import IdentifierKind
from gongjiang.kernel.world import Account, UnitRow, World

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
    return {"disclosures": len(found)}


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
