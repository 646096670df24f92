"""The fixed cast: one small world of units, enterprises, people and officers that every test plays in.

    长治 (superior, leader, auditor)
    ├─ 襄垣县 (county_officer)
    │   ├─ 古韩镇 ─ works (unit_officer; applicant, colleague)
    │   └─ mill (neighbour_officer)
    └─ 沁县 (sibling_officer)
        └─ 定昌镇 ─ plant (stranger)

Functions write as the owner of the tables. Who acts is always read through `kernel.access.actor.load`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from django.utils import timezone
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from gongjiang.kernel.access.actor import ANONYMOUS, Actor, load
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.lifecycle.models import Edition, EditionState, Window, WindowKind
from gongjiang.kernel.orgs import tree
from gongjiang.kernel.orgs.models import LegalEntity, Level, Ownership, SizeClass, Unit
from gongjiang.kernel.parameters.actions import publish_history
from gongjiang.kernel.parameters.models import Provision
from gongjiang.kernel.people.crypto import keyed_hash, seal
from gongjiang.kernel.people.models import (
    Employment,
    Identifier,
    IdentifierKind,
    Person,
    PersonState,
    PostClass,
    Sex,
)

SINCE = date(2015, 1, 1)
EVERYBODY = (
    "applicant",
    "colleague",
    "unit_officer",
    "neighbour_officer",
    "county_officer",
    "sibling_officer",
    "superior",
    "leader",
    "auditor",
    "stranger",
)


@dataclass(frozen=True)
class Member:
    """Somebody of the cast: the account, and the person behind it where there is one."""

    name: str
    user: User
    person: Person | None = None
    identity: str = ""
    phone: str = ""

    @property
    def actor(self) -> Actor:
        """The actor as the application would load it now."""
        return load(self.user.pk)


@dataclass(frozen=True)
class Cast:
    """The world and everybody in it; `cast["superior"]` is the member of that name."""

    province: Unit
    city: Unit
    county: Unit
    sibling_county: Unit
    township: Unit
    sibling_township: Unit
    works: Unit
    mill: Unit
    plant: Unit
    members: dict[str, Member] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Member:
        return self.members[name]

    @cached_property
    def actors(self) -> dict[str, Actor]:
        """Everybody as an actor, the anonymous last. Read once: take `member.actor` after changing a grant."""
        return {**{name: m.actor for name, m in self.members.items()}, "anonymous": ANONYMOUS}


def identity_number(serial: int, *, born_on: date = date(1986, 5, 20), region: str = "140423") -> str:
    """A valid resident identity number; `serial` below 1000 makes it unique."""
    body = f"{region}{born_on:%Y%m%d}{serial:03d}"
    return body + mod_11_2.calc_check_digit(body)


def credit_code(serial: int, *, region: str = "140423") -> str:
    """A valid unified social credit code."""
    body = f"91{region}MA{serial:06d}X"
    return body + uscc.calc_check_digit(body)


def build() -> Cast:
    """Write the world and return it."""
    province = _unit(None, "14", "山西省总工会", Level.PROVINCE)
    city = _unit(province, "1404", "长治市总工会", Level.CITY, code="140400")
    county = _unit(city, "140423", "襄垣县总工会", Level.COUNTY)
    sibling_county = _unit(city, "140430", "沁县总工会", Level.COUNTY)
    township = _unit(county, "140423100", "古韩镇总工会", Level.TOWNSHIP)
    sibling_township = _unit(sibling_county, "140430100", "定昌镇总工会", Level.TOWNSHIP)
    works = _enterprise(township, 1, "襄垣县示例机械厂")
    mill = _enterprise(county, 2, "襄垣县示例纺织厂")
    plant = _enterprise(sibling_township, 3, "沁县示例食品厂")
    cast = Cast(province, city, county, sibling_county, township, sibling_township, works, mill, plant)
    for member in (
        _worker("applicant", "王演甲子", works, 11),
        _worker("colleague", "李演乙丑", works, 12),
        _worker("unit_officer", "张演丙寅", works, 13),
        _worker("neighbour_officer", "刘演丁卯", mill, 14),
        _officer("county_officer", "襄垣县经办"),
        _officer("sibling_officer", "沁县经办"),
        _officer("superior", "长治市经办"),
        _officer("leader", "长治市领导"),
        _officer("auditor", "长治市审计"),
        _worker("stranger", "陈演戊辰", plant, 15),
    ):
        cast.members[member.name] = member
    for name, role, unit in (
        ("unit_officer", Role.UNIT_OFFICER, works),
        ("neighbour_officer", Role.UNIT_OFFICER, mill),
        ("county_officer", Role.OFFICER, county),
        ("sibling_officer", Role.OFFICER, sibling_county),
        ("superior", Role.OFFICER, city),
        ("leader", Role.LEADER, city),
        ("auditor", Role.AUDITOR, city),
    ):
        Grant.objects.create(user=cast[name].user, role=role, unit=unit, since=SINCE)
    return cast


def open_edition(
    programme: str, unit: Unit, *, name: str = "2026年征集", now: datetime | None = None
) -> Edition:
    """A published edition whose window for applications is open for a month either way."""
    now = now or timezone.now()
    edition = Edition.objects.create(programme=programme, unit=unit, name=name, state=EditionState.PUBLISHED)
    month = timedelta(days=30)
    Window.objects.create(edition=edition, kind=WindowKind.APPLY, since=now - month, until=now + month)
    return edition


#: What a collection of innovations cannot be published without. Invented.
VALUES = {
    "criteria_names": ["创新性", "实用性"],
    "criteria_weights": {"创新性": "60", "实用性": "40"},
    "paper_vs_roadshow": {"paper": "30", "roadshow": "70"},
    "panel_size": 1,
    "drop_extremes": 0,
    "pitch_minutes": 8,
    "defence_minutes": 5,
    "quota_per_unit": 3,
}


def give_values(
    unit: Unit, *, programme: str = "innovations", edition: Edition | None = None, **values: object
) -> None:
    """Values that the unit has published long ago, perhaps for one edition alone; by default all that an innovations
    call needs."""
    first = timezone.make_aware(datetime.combine(SINCE, datetime.min.time()))
    publish_history(
        Provision(
            programme=programme, name=name, unit=unit, edition=edition, value=value, since=SINCE, published_at=first,
            document="演工发〔2015〕1号（演示）", clause="第一条",
        )
        for name, value in (values or VALUES).items()
    )  # fmt: skip


def person(
    name: str, serial: int, *, entity: LegalEntity | None = None, post: str = "钳工"
) -> tuple[Person, str, str]:
    """Somebody with an identity number and a phone, employed where an entity is given; (person, number, phone)."""
    number, phone = identity_number(serial), f"13900{serial:06d}"
    row = Person.objects.create(
        name=name,
        sex=Sex.MALE if serial % 2 else Sex.FEMALE,
        born_on=date(1986, 5, 20),
        state=PersonState.IDENTIFIED,
    )
    Identifier.objects.bulk_create(
        Identifier(person=row, kind=kind, cipher=seal(value), digest=keyed_hash(kind, value))
        for kind, value in ((IdentifierKind.IDENTITY, number), (IdentifierKind.PHONE, phone))
    )
    if entity is not None:
        Employment.objects.create(
            person=row,
            entity=entity,
            unit=entity.unit,
            since=SINCE,
            post=post,
            post_class=PostClass.PRODUCTION,
        )
    return row, number, phone


def _unit(parent: Unit | None, region: str, name: str, level: str, *, code: str = "") -> Unit:
    return tree.add(parent, on=SINCE, code=code or f"{region:0<6}", name=name, level=level, region=region)


def _enterprise(parent: Unit, serial: int, name: str) -> Unit:
    unit = _unit(parent, parent.region, f"{name}工会", Level.ENTERPRISE, code=f"E{serial:05d}")
    LegalEntity.objects.create(
        uscc=credit_code(serial, region=parent.region[:6]),
        name=name,
        ownership=Ownership.PRIVATE,
        industry="3599",
        size_class=SizeClass.MEDIUM,
        region=parent.region,
        unit=unit,
        declared_workers=200,
        opened_on=SINCE,
    )
    return unit


def _worker(account: str, name: str, unit: Unit, serial: int) -> Member:
    row, number, phone = person(name, serial, entity=unit.entities.get())
    return Member(account, _user(account, name, row), row, number, phone)


def _officer(account: str, name: str) -> Member:
    return Member(account, _user(account, name, None))


def _user(account: str, name: str, person: Person | None) -> User:
    return User.objects.create_user(account, None, display_name=name, person=person)
