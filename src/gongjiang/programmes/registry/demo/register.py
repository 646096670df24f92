"""What the invented register holds beside people and enterprises: rules, flags, promotions, doubles, grades. DEMO."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from gongjiang.kernel import bulk
from gongjiang.kernel.access.actor import load as actor_of
from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.bulk import array
from gongjiang.kernel.credentials.ladder import Grade
from gongjiang.kernel.credentials.models import (
    Credential,
    CredentialEvent,
    CredentialKind,
    CredentialState,
    PublicCredential,
)
from gongjiang.kernel.documents import codes
from gongjiang.kernel.orgs.models import EntityFace, EntityState, LegalEntity, Ownership
from gongjiang.kernel.parameters.actions import publish_history
from gongjiang.kernel.parameters.models import EvidenceMark, Provision
from gongjiang.kernel.people import flags
from gongjiang.kernel.people.masking import mask_name
from gongjiang.kernel.people.merging import candidates
from gongjiang.kernel.people.models import (
    DerivedFlag,
    Employment,
    Identifier,
    IdentifierKind,
    Person,
    PersonState,
)
from gongjiang.kernel.tasks import actions as tasks
from gongjiang.kernel.world import UnitRow, World

from ..models import PostChange

VALUES: dict[str, Any] = {
    "stale_after": 365, "stale_after_phone": 730, "stale_after_hukou": 1825, "stale_after_education": 1825,
    "correction_answer_days": 15, "benchmark_firms_min": 3,
}  # fmt: skip
#: Lists that the invented city has published, and the industries whose enterprises belong to each chain.
CHAINS = {
    "煤炭清洁利用（演示）": ("06", "25"), "高端装备制造（演示）": ("34", "35", "36", "37"),
    "光伏和电子信息（演示）": ("38", "39"), "特色食品（演示）": ("13", "14", "15"),
}  # fmt: skip
PARKS = ("演示经济技术开发区", "演示高新技术产业园", "演示现代物流园")
#: In the codes of 市场主体统计分类; public institutions and social organisations are no market entities.
LEGAL_FORMS = {
    Ownership.STATE: ("111", "131", "129"), Ownership.COLLECTIVE: ("132",), Ownership.PRIVATE: ("112", "112", "121"),
    Ownership.FOREIGN: ("310",), Ownership.HMT: ("210",), Ownership.SELF_EMPLOYED: ("500",),
}  # fmt: skip
VALUES |= {"parks": list(PARKS), "chains": list(CHAINS)}
FIRST = date(2023, 1, 1)
#: Enterprises with something to tell, besides those whose officers have one-click accounts.
ENTERPRISES = 40
YEARS_OF_FLAGS = 2
TITLES = ("产教融合型企业", "专精特新企业", "产改试点企业")
GRADE_WEIGHTS = (2, 14, 26, 34, 16, 6, 1, 1)


def load(world: World) -> dict[str, int]:
    """Write all of it; returns how many of each."""
    random = world.random("registry.register")
    chosen = _chosen(world, random)
    _publish(world)
    _classify(world)
    _forget(world, chosen, random)
    done = {
        "promotions": _promotions(world, chosen, random),
        "doubles": _doubles(world),
        "grades": _grades(world, chosen, random),
        "titles": _titles(world, chosen),
        "faces": _faces(world, chosen),
        "tasks": _tasks(world),
    }
    with bulk.bare(DerivedFlag):
        for years in range(YEARS_OF_FLAGS, -1, -1):
            flags.keep(on=world.today - timedelta(days=365 * years))
    return done


def _chosen(world: World, random: Random) -> list[UnitRow]:
    """The enterprises shown by one click, and some others."""
    shown = {account.unit for account in world.accounts.values()}
    units = [u for u in world.at_level("enterprise") if len(world.workers[u.id]) >= 12]
    first = [u for u in units if u.id in shown]
    rest = [u for u in units if u.id not in shown]
    return first + random.sample(rest, min(ENTERPRISES, len(rest)))


def _publish(world: World) -> None:
    publish_history(
        Provision(
            programme="registry",
            name=name,
            unit_id=world.by_code[world.root].id,
            value=value,
            since=FIRST,
            document="演工发〔2023〕6号（演示）",
            clause=f"第{'一二三四五六七八'[place]}条",
            evidence=EvidenceMark.NONE,
            published_at=timezone.make_aware(datetime.combine(FIRST, time(9))) - timedelta(days=5),
        )
        for place, (name, value) in enumerate(VALUES.items())
    )


def _classify(world: World) -> None:
    """What each enterprise is registered as, its chain, its park, and the day of the number it declared."""
    declared = date(world.today.year - 1, 12, 31)
    rows = []
    found = LegalEntity.objects.order_by("pk").values_list("pk", "ownership", "industry")
    for place, (key, ownership, industry) in enumerate(found):
        forms = LEGAL_FORMS.get(Ownership(ownership), ("",))
        division = industry.lstrip("ABCDEFGHIJKLMNOPQRST")[:2]
        chain = next((chain for chain, divisions in CHAINS.items() if division in divisions), None)
        park = PARKS[place // 4 % len(PARKS)] if place % 4 == 0 else ""
        rows.append((key, forms[place % len(forms)], chain, park, declared if place % 5 else None))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orgs_legalentity l SET legal_form = t.form, chains = array_remove(ARRAY[t.chain], NULL),"
            " park = t.park, declared_on = t.day"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::date[])"
            " AS t (id, form, chain, park, day) WHERE l.id = t.id",
            [array(column) for column in zip(*rows, strict=True)],
        )


def _free(world: World, unit: UnitRow, count: int, random: Random) -> Sequence[int]:
    """Workers of an enterprise who have no account."""
    taken = {account.person for account in world.accounts.values()}
    workers = [key for key in world.workers[unit.id][2:-10] if key not in taken]
    return random.sample(workers, min(count, len(workers)))


def _forget(world: World, chosen: Sequence[UnitRow], random: Random) -> None:
    """A few of whom number, birthday and sex are not known, and enterprises that are not as they should be."""
    unknown = [key for unit in chosen[::5] for key in _free(world, unit, 1, random)]
    Identifier.objects.filter(person__in=unknown, kind=IdentifierKind.IDENTITY).delete()
    Person.objects.filter(pk__in=unknown).update(
        state=PersonState.PROVISIONAL, born_on=None, sex="unknown", hukou="", education=""
    )
    entities = [unit.entity for unit in chosen[-4:] if unit.entity is not None]
    LegalEntity.objects.filter(pk__in=entities[:1]).update(
        state=EntityState.CANDIDATE, uscc=None, uscc_missing_reason="新办单位，执照待补（演示）"
    )
    LegalEntity.objects.filter(pk__in=entities[1:2]).update(state=EntityState.SUSPENDED)
    LegalEntity.objects.filter(pk__in=entities[2:]).update(declared_workers=None, declared_on=None)


def _promotions(world: World, chosen: Sequence[UnitRow], random: Random) -> int:
    people, rows = world.people, []
    for unit in chosen:
        for person in _free(world, unit, 3, random):
            place = person - people.first
            post, post_class = people.posts[place], people.post_classes[place]
            was = {"technical": "production", "management": "technical"}.get(post_class, post_class)
            day = world.today - timedelta(days=random.randint(1, 700))
            rows.append((person, "操作工" if post != "操作工" else "学徒工", was, post, post_class, day))
    jobs = dict(
        Employment.objects.filter(person__in=[row[0] for row in rows], until=None)
        .order_by("-pk")
        .values_list("person", "pk")
    )
    PostChange.objects.bulk_create(
        PostChange(
            employment_id=jobs[person], was_post=old, was_post_class=was, post=post, post_class=now, on=day
        )
        for person, old, was, post, now, day in rows
    )
    return len(rows)


def _doubles(world: World) -> int:
    """Put into the stewards' queue those whom two enterprises have entered, one of them without a number."""
    second = Person.objects.filter(state=PersonState.PROVISIONAL, born_on__isnull=False)
    return candidates.find(second.values_list("pk", flat=True), on=world.today)


def _grades(world: World, chosen: Sequence[UnitRow], random: Random) -> int:
    """Grade certificates as they are mirrored from those who assess, and a higher one for some who had one."""
    city = world.by_code[world.root]
    rows: list[Any] = []
    names: list[Any] = []
    for unit in chosen:
        for person in _free(world, unit, min(len(world.workers[unit.id]) // 3, 30), random):
            place = random.choices(range(len(Grade)), GRADE_WEIGHTS)[0]
            held = sorted({place, max(place - 1, 0)}) if random.random() < 0.3 else [place]
            for step, rung in enumerate(held):
                grade = list(Grade)[rung]
                on = world.today - timedelta(days=random.randint(40, 500) + 900 * (len(held) - 1 - step))
                trade = world.people.posts[person - world.people.first]
                rows.append(
                    Credential(
                        kind=CredentialKind.GRADE, level=grade, name=f"{trade}　{_ZH[rung]}（演示）", person_id=person,
                        unit_id=city.id, path=city.path, holder_unit_id=unit.id, holder_path=unit.path,
                        number=f"Y{on.year}{len(rows) + 1:09d}", on=on, valid_from=on, code=codes.new(),
                    )
                )  # fmt: skip
                names.append(mask_name(world.people.names[person - world.people.first]))
    return _grant(rows, names, city, world)


_ZH = ("学徒工", "初级工", "中级工", "高级工", "技师", "高级技师", "特级技师", "首席技师")


def _titles(world: World, chosen: Sequence[UnitRow]) -> int:
    """Titles that enterprises hold, and one whose time is over."""
    city, rows, names = world.by_code[world.root], [], []
    for place, unit in enumerate(chosen[:12]):
        on = world.today - timedelta(days=100 + 97 * place)
        rows.append(
            Credential(
                kind=CredentialKind.DESIGNATION, level="city", name=f"{TITLES[place % 3]}（演示）", holder_id=unit.id,
                unit_id=city.id, path=city.path, holder_unit_id=unit.id, holder_path=unit.path,
                number=f"演认〔{on.year}〕{place + 1}号", on=on, valid_from=on, code=codes.new(),
                valid_to=on + timedelta(days=1095) if place != 11 else on + timedelta(days=365),
            )
        )  # fmt: skip
        names.append(unit.name)
    return _grant(rows, names, city, world)


def _grant(rows: list[Credential], holders: list[str], city: UnitRow, world: World) -> int:
    made = Credential.objects.bulk_create(rows)
    CredentialEvent.objects.bulk_create(
        CredentialEvent(credential=row, version=1, state=CredentialState.VALID, on=row.on, at=world.now)
        for row in made
    )
    PublicCredential.objects.bulk_create(
        PublicCredential(
            code=row.code, unit_id=row.unit_id, kind=row.kind, name=row.name, holder=holder, issuer=city.name,
            number=row.number, on=row.on, valid_from=row.valid_from, valid_to=row.valid_to, state=row.state,
            state_on=row.on,
        )
        for row, holder in zip(made, holders, strict=True)
    )  # fmt: skip
    return len(made)


def _faces(world: World, chosen: Sequence[UnitRow]) -> int:
    """Former names: each held until some day of the last years."""
    rows = []
    entities = LegalEntity.objects.in_bulk([u.entity for u in chosen[:8] if u.entity is not None])
    for place, entity in enumerate(entities.values()):
        until = world.today - timedelta(days=150 + 200 * place)
        if entity.opened_on < until:
            rows.append(
                EntityFace(
                    entity=entity, name=entity.name.replace("有限公司", "厂").replace("公司", "厂") + "（曾用名）",
                    ownership=entity.ownership, industry=entity.industry, size_class=entity.size_class,
                    region=entity.region, state=entity.state, legal_form=entity.legal_form, chains=entity.chains,
                    park=entity.park, since=entity.opened_on, until=until,
                )
            )  # fmt: skip
    return len(EntityFace.objects.bulk_create(rows))


def _asked(world: World) -> Iterator[tuple[UnitRow, UnitRow]]:
    """(who asks, who is to mend): the county of an enterprise that is shown, and the enterprise."""
    for unit in world.at_level("enterprise"):
        if any(a.unit == unit.id and a.role == Role.UNIT_OFFICER for a in world.accounts.values()):
            yield world.above(unit, "county"), unit


def _tasks(world: World) -> int:
    """What enterprises were asked to put right: open, done, sent back, verified; with the kernel's own actions."""
    made = 0
    for county, unit in _asked(world):
        asking = actor_of(world.officers[county.id, Role.OFFICER].user)
        doing = actor_of(world.officers[unit.id, Role.UNIT_OFFICER].user)
        due = timezone.now() + timedelta(days=15)
        for steps, subject in (
            ((), "职工台账：3 人无身份证号"),
            (("reply",), "职工台账：2 人有多份在职记录"),
            (("reply", "return_"), "职工台账：8 人无岗位"),
            (("reply", "verify"), "企业台账：未填申报职工数"),
        ):
            with scope(asking):
                task = tasks.ask(
                    "rectify", subject, actor=asking, unit=county.id, owner=unit.id, due_at=due, detail="演示"
                )
            for step in steps:
                if step == "reply":
                    with scope(doing):
                        task = tasks.reply(task, actor=doing, text="已补齐。", evidence="新花名册（演示）")
                elif step == "verify":
                    with scope(asking):
                        task = tasks.verify(task, actor=asking)
                else:
                    with scope(asking):
                        task = tasks.return_(
                            task, actor=asking, note="还有 2 人没有补。", due_at=due + timedelta(days=5)
                        )
            made += 1
        break
    return made
