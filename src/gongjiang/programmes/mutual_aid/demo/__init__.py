"""The seventeenth period at the city's published size, and the eighteenth that enrols now: invented, marked 演示."""

import datetime as dt

from django.utils import timezone

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.ledger.models import Fund
from gongjiang.kernel.lifecycle.models import Edition, EditionState, Window
from gongjiang.kernel.world import World
from gongjiang.programmes.mutual_aid.models import Period

from . import claims, people, values


def load(world: World) -> dict[str, int]:
    """Loads two periods, rosters with fees, claims with their payments."""
    values.publish(world)
    root = world.by_code[world.root]
    fund = Fund.objects.create(
        unit_id=root.id,
        path=root.path,
        programme="mutual_aid",
        name="职工医疗互助金专户（演示）",
        opened_on=values.FIRST,
    )
    now = _period(
        world,
        fund,
        17,
        "第十七期职工大病医疗互助",
        "Seventeenth period",
        dt.date(2024, 1, 1),
        dt.date(2023, 10, 20),
    )
    to_come = _period(
        world, fund, 18, "第十八期职工大病医疗互助", "Eighteenth period", people.UNTIL, dt.date(2026, 10, 15)
    )
    batches = people.enrol(world, now)
    return {
        "periods": 2,
        "rosters": len(batches) + people.begin_next(world, to_come),
        "covered": sum(len(b.people) for b in batches),
        **claims.claim(world, now, batches),
    }


def _period(
    world: World, fund: Fund, number: int, name: str, english: str, since: dt.date, published: dt.date
) -> Period:
    root = world.by_code[world.root]
    at = _at(published)
    edition = Edition.objects.create(
        programme="mutual_aid", unit_id=root.id, name=name, name_en=english, state=EditionState.PUBLISHED,
        published_at=at, created_by_id=world.officers[root.id, Role.OFFICER].user,
        approved_by_id=world.officers[root.id, Role.APPROVER].user,
    )  # fmt: skip
    until = dt.date(since.year + 3, since.month, since.day)
    windows = {
        "apply": (published, dt.date(2026, 11, 10) if number == 17 else since),
        "cover": (since, until),
        "claim": (since, until + dt.timedelta(days=180)),
        "appeal": (since, until + dt.timedelta(days=270)),
    }
    Window.objects.bulk_create(
        Window(edition=edition, kind=kind, since=_at(a), until=_at(b)) for kind, (a, b) in windows.items()
    )
    made = Period.objects.create(edition=edition, unit_id=root.id, number=number, fund=fund)
    values.fix(edition, published)
    return made


def _at(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(0)))
