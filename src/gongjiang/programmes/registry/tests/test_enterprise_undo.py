"""A list of enterprises put back: the register is as it was, unless somebody has used what the list wrote."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.codes import tables
from gongjiang.kernel.exchange import actions, work
from gongjiang.kernel.exchange.models import BatchState, ImportBatch
from gongjiang.kernel.orgs.models import EntityFace, LegalEntity
from gongjiang.kernel.people.models import Employment, PostClass
from gongjiang.programmes.registry import actions as registry
from gongjiang.programmes.registry.actions import lists as written
from gongjiang.programmes.registry.enterprises import ENTERPRISES
from gongjiang.programmes.registry.models import Candidate, EntityWritten
from tests.cast import Cast, credit_code

from . import lists
from .test_enterprises import checked, notes, taken_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.DATA = tmp_path
    tables.load(tables.INDUSTRIES)
    with translation.override("en"):
        yield


def undone(cast: Cast, batch: ImportBatch, who: str = "county_officer") -> ImportBatch:
    actor = cast[who].actor
    with scope(actor):
        actions.undo(batch, actor=actor)
    work.advance(batch.pk)
    batch.refresh_from_db()
    return batch


def register() -> list[Any]:
    """Everything that a list may write."""
    return [
        *LegalEntity.objects.order_by("pk").values(),
        *EntityFace.objects.order_by("pk").values(),
        *Candidate.objects.order_by("pk").values(),
    ]


def mixed(cast: Cast) -> list[list[Any]]:
    """A new one, one that is renamed, one of which only the number is another, and one that waits."""
    works, mill = cast.works.entities.get(), cast.mill.entities.get()
    LegalEntity.objects.filter(pk=mill.pk).update(legal_form="112", ownership="private", size_class="small")
    same = {"统一社会信用代码": mill.uscc, "企业名称": mill.name, "所有制": "民营", "规模": "小型"}
    return [
        lists.line(0),
        lists.line(1, 统一社会信用代码=works.uscc, 企业名称="襄垣新名煤业"),
        lists.line(0, **same, 登记注册类型="", 行业代码="", 职工人数=777),
        lists.line(2, 统一社会信用代码=""),
    ]


def test_undone_list_leaves_the_register_as_it_was(cast: Cast) -> None:
    rows = mixed(cast)
    before = register()
    batch = taken_in(cast, rows)
    assert (batch.new, batch.changed, batch.error) == (2, 2, 0)
    assert register() != before
    assert undone(cast, batch).state == BatchState.UNDONE
    assert register() == before
    assert EntityWritten.objects.count() == 0
    again = taken_in(cast, rows)
    assert (again.new, again.changed, again.error) == (2, 2, 0)


def test_killed_undo_goes_on_where_it_was(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = register()
    batch = taken_in(cast, [lists.line(n) for n in range(5)])
    monkeypatch.setattr(written, "PIECE", 2)
    actor = cast["county_officer"].actor
    with scope(actor):
        actions.undo(batch, actor=actor)
    assert work._put_back(batch.pk, ENTERPRISES, actor)
    assert EntityWritten.objects.count() == 3
    work.advance(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, register()) == (BatchState.UNDONE, before)


def changed_since(cast: Cast) -> None:
    LegalEntity.objects.filter(uscc=credit_code(7000)).update(name="又一名")


def employs(cast: Cast) -> None:
    entity = LegalEntity.objects.get(uscc=credit_code(7000))
    person = cast["applicant"].person
    assert person is not None
    Employment.objects.create(
        person=person, entity=entity, unit=entity.unit, since=date(2024, 1, 1), post_class=PostClass.SERVICE
    )


def settled(cast: Cast) -> None:
    actor = cast["county_officer"].actor
    with scope(actor):
        registry.reject(Candidate.objects.get(), "不是企业", actor=actor)


@pytest.mark.parametrize("meanwhile", [changed_since, employs, settled])
def test_list_that_somebody_changed_or_used_since_cannot_be_undone(cast: Cast, meanwhile: Any) -> None:
    batch = taken_in(cast, [lists.line(0), lists.line(1, 统一社会信用代码="")])
    meanwhile(cast)
    after = register()
    with pytest.raises(ValidationError, match="changed or used since"):
        undone(cast, batch)
    batch.refresh_from_db()
    assert (batch.state, register()) == (BatchState.APPLIED, after)


def test_face_changed_again_by_a_later_list_stands_against_undoing(cast: Cast) -> None:
    works = cast.works.entities.get()
    batch = taken_in(cast, [lists.line(0, 统一社会信用代码=works.uscc, 企业名称="甲")])
    EntityFace.objects.update(until=timezone.localdate() - timedelta(days=3))
    EntityWritten.objects.update(face_until=timezone.localdate() - timedelta(days=3))
    taken_in(cast, [lists.line(0, 统一社会信用代码=works.uscc, 企业名称="乙")])
    with pytest.raises(ValidationError):
        undone(cast, batch)
    works.refresh_from_db()
    assert works.name == "乙"


def test_use_between_the_question_and_the_undoing_stops_it_with_a_sentence(cast: Cast) -> None:
    batch = taken_in(cast, [lists.line(0)])
    actor = cast["county_officer"].actor
    with scope(actor):
        actions.undo(batch, actor=actor)
    employs(cast)
    work.advance(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, "cannot be undone" in batch.problem) == (BatchState.FAILED, True)
    assert LegalEntity.objects.filter(uscc=credit_code(7000)).count() == 1


def test_list_of_an_earlier_version_says_that_it_cannot_be_undone(cast: Cast) -> None:
    batch = taken_in(cast, [lists.line(0)])
    EntityWritten.objects.all().delete()
    with pytest.raises(ValidationError, match="earlier version"):
        undone(cast, batch)


@pytest.mark.parametrize("who", ["unit_officer", "sibling_officer", "leader", "stranger"])
def test_list_is_undone_by_nobody_else(cast: Cast, who: str) -> None:
    batch = taken_in(cast, [lists.line(0)])
    client = Client()
    client.force_login(cast[who].user)
    assert client.post(reverse("exchange:undo", args=[batch.pk])).status_code == 404
    batch.refresh_from_db()
    assert batch.state == BatchState.APPLIED


def test_former_faces_are_taken_back_only_of_ones_own_list(cast: Cast) -> None:
    works = cast.works.entities.get()
    batch = taken_in(cast, [lists.line(0, 统一社会信用代码=works.uscc, 企业名称="襄垣新名煤业")])

    def taken_back(who: str) -> int:
        with scope(cast[who].actor), connection.cursor() as cursor:
            cursor.execute("SELECT registry_take_back_faces(%s, %s)", [batch.pk, [works.pk]])
            return int(cursor.fetchone()[0])

    assert taken_back("county_officer") == 0  # nobody has asked to undo it
    ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.UNDOING)
    assert [taken_back(who) for who in ("sibling_officer", "unit_officer")] == [0, 0]
    with scope(cast["county_officer"].actor), pytest.raises(ProgrammingError), transaction.atomic():
        EntityFace.objects.all().delete()
    assert taken_back("county_officer") == 1


def test_enterprise_without_a_code_twice_in_a_list_is_to_be_mended(cast: Cast) -> None:
    batch = taken_in(cast, [lists.line(0, 统一社会信用代码="")] * 2)
    assert (batch.new, batch.error, Candidate.objects.count()) == (1, 1, 1)
    assert notes(batch)[1] == "this enterprise stands in the list twice"
    assert checked(cast, [lists.line(0, 统一社会信用代码="")]).same == 1
