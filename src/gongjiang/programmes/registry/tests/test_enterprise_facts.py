"""What a list says of an enterprise besides its name and code: legal form, chains, park, and the day of its number."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.codes import tables
from gongjiang.kernel.orgs.models import LegalEntity, LegalForm, Unit
from gongjiang.programmes.registry import actions as registry
from gongjiang.programmes.registry.enterprises.columns import LEGAL_FORMS
from gongjiang.programmes.registry.models import Candidate
from tests.cast import Cast, credit_code, give_values

from . import lists
from .test_enterprises import checked, notes, taken_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.DATA = tmp_path
    tables.load(tables.INDUSTRIES)
    with translation.override("en"):
        yield


def publish(unit: Unit, **lists: list[str]) -> None:
    give_values(unit, programme="registry", **lists)


def firm(cast: Cast, **changed: Any) -> LegalEntity:
    taken_in(cast, [lists.line(0, **changed)])
    return LegalEntity.objects.get(uscc=credit_code(7000))


def test_every_legal_form_has_its_word_of_the_regulation() -> None:
    assert sorted(LEGAL_FORMS.values()) == sorted(LegalForm.values)
    assert len(LEGAL_FORMS) == len(LegalForm)


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("私营有限责任公司", "112"),
        ("112", "112"),
        (112.0, "112"),
        ("131 全民所有制企业(国有企业)", "131"),
        ("农民专业合作社", "400"),
        ("private limited liability company", "112"),
        ("", ""),
    ],
)
def test_legal_form_is_read_as_word_code_or_both(cast: Cast, written: Any, form: str) -> None:
    assert firm(cast, 登记注册类型=written).legal_form == form


def test_legal_form_that_is_none_is_to_be_mended(cast: Cast) -> None:
    batch = checked(cast, [lists.line(0, 登记注册类型="有限")])
    assert (batch.error, "“有限” is not known" in notes(batch)[0]) == (1, True)


def test_chains_and_park_are_those_that_the_place_has_published(cast: Cast) -> None:
    publish(cast.city, parks=["演示园区"], chains=["光伏", "煤化工"])
    made = firm(cast, 产业链="煤化工、光伏，煤化工", 园区="演示园区")
    assert (made.chains, made.park) == (["煤化工", "光伏"], "演示园区")
    batch = checked(cast, [lists.line(1, 产业链="光伏、氢能", 园区="别处")])
    assert batch.error == 1
    assert [word in notes(batch)[0] for word in ("“氢能”", "“别处”", "光伏、煤化工", "“光伏”")] == [
        True
    ] * 3 + [False]


def test_nearer_list_replaces_that_of_the_city(cast: Cast) -> None:
    publish(cast.city, chains=["光伏"])
    publish(cast.county, chains=["特色食品"])
    batch = checked(cast, [lists.line(0, 产业链="光伏"), lists.line(1, 产业链="特色食品")])
    assert (batch.error, batch.new) == (1, 1)


def test_chain_where_none_are_published_says_what_to_do(cast: Cast) -> None:
    batch = checked(cast, [lists.line(0, 产业链="光伏、氢能")])
    assert batch.error == 1
    assert notes(batch)[0].count("are published for this place; publish them") == 1


def test_new_legal_form_and_park_keep_the_former_face(cast: Cast) -> None:
    publish(cast.city, parks=["演示园区"])
    works = cast.works.entities.get()
    row = lists.line(0, 统一社会信用代码=works.uscc, 企业名称=works.name, 登记注册类型="129", 园区="演示园区")
    taken_in(cast, [row])
    works.refresh_from_db()
    face = works.faces.get()
    assert (works.legal_form, works.park, face.legal_form, face.park) == ("129", "演示园区", "", "")
    assert checked(cast, [row]).same == 1


def test_empty_cells_change_nothing(cast: Cast) -> None:
    publish(cast.city, parks=["演示园区"], chains=["光伏"])
    firm(cast, 产业链="光伏", 园区="演示园区")
    bare = lists.line(0, 产业链="", 园区="", 登记注册类型="", 职工人数="", 统计日期="")
    assert checked(cast, [bare]).same == 1


@pytest.mark.parametrize(
    ("workers", "day", "found", "said"),
    [
        (30, date(2025, 12, 31), (30, date(2025, 12, 31)), "20 (2024-12-31) → 30 (2025-12-31)"),
        (20, date(2025, 12, 31), (20, date(2025, 12, 31)), "20 (2024-12-31) → 20 (2025-12-31)"),
        (30, "", (30, None), "20 (2024-12-31) → 30"),
        (20, "", (20, date(2024, 12, 31)), ""),
        (30, date(2023, 12, 31), (20, date(2024, 12, 31)), "a newer number of workers is on the register"),
        ("", "", (20, date(2024, 12, 31)), ""),
    ],
)
def test_declared_number_carries_its_day_and_is_not_replaced_by_an_older_one(
    cast: Cast, workers: Any, day: Any, found: tuple[int, date | None], said: str
) -> None:
    made = firm(cast)
    batch = taken_in(cast, [lists.line(0, 职工人数=workers, 统计日期=day)])
    made.refresh_from_db()
    assert (made.declared_workers, made.declared_on) == found
    assert said in notes(batch)[0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"职工人数": ""}, "but no number"),
        ({"统计日期": date.today() + timedelta(days=2)}, "lies in the future"),
    ],
)
def test_day_without_number_or_in_the_future_is_to_be_mended(cast: Cast, changed: Any, said: str) -> None:
    batch = checked(cast, [lists.line(0, **changed)])
    assert (batch.error, said in notes(batch)[0]) == (1, True)


def test_database_refuses_a_day_without_a_number_and_an_unknown_form(cast: Cast) -> None:
    made = firm(cast)
    for wrong in ({"declared_workers": None}, {"legal_form": "999"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LegalEntity.objects.filter(pk=made.pk).update(**wrong)


def test_what_waits_loses_nothing_until_it_is_verified(cast: Cast) -> None:
    publish(cast.city, parks=["演示园区"], chains=["光伏"])
    taken_in(cast, [lists.line(0, 统一社会信用代码="", 产业链="光伏", 园区="演示园区")])
    actor = cast["county_officer"].actor
    with scope(actor):
        made = registry.verify(Candidate.objects.get(), credit_code(7000), actor=actor)
    made.refresh_from_db()
    assert (made.legal_form, made.chains, made.park, made.declared_on) == (
        "112", ["光伏"], "演示园区", date(2024, 12, 31),
    )  # fmt: skip


def test_list_is_narrowed_by_form_chain_and_park(cast: Cast) -> None:
    publish(cast.city, parks=["演示园区"], chains=["光伏", "煤化工"])
    rows = [
        lists.line(0, 产业链="光伏", 园区="演示园区"),
        lists.line(1, 产业链="光伏、煤化工"),
        lists.line(2),
    ]
    taken_in(cast, rows)
    client = Client()
    client.force_login(cast["county_officer"].user)

    def shown(**query: str) -> list[str]:
        page = client.get(reverse("registry:enterprises"), query).content.decode()
        return [name for n in range(3) if (name := f"演示{n}号机械厂") in page]

    assert shown(chain="光伏") == ["演示0号机械厂", "演示1号机械厂"]
    assert shown(chain="光伏", park="演示园区") == ["演示0号机械厂"]
    assert shown(legal_form="132") == ["演示2号机械厂"]


def test_list_offers_no_chains_where_none_are_published(cast: Cast) -> None:
    client = Client()
    client.force_login(cast["county_officer"].user)
    page = client.get(reverse("registry:enterprises")).content.decode()
    assert ('name="chain"' in page, 'name="legal_form"' in page) == (False, True)
