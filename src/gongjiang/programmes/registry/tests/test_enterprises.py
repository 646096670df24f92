"""A list of enterprises from upload to register, and what waits to be verified."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.codes import tables
from gongjiang.kernel.exchange import actions, work
from gongjiang.kernel.exchange.models import ImportBatch, LineStatus
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.orgs.models import EntityState, LegalEntity, Unit
from gongjiang.programmes.registry import actions as registry
from gongjiang.programmes.registry import candidates
from gongjiang.programmes.registry.enterprises import ENTERPRISES, doubt, meant
from gongjiang.programmes.registry.models import Candidate, Settled, Why
from tests.cast import Cast, credit_code

from . import lists, rosters

pytestmark = pytest.mark.django_db
WRONG = credit_code(7000)[:-1] + ("0" if credit_code(7000)[-1] != "0" else "1")


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture(autouse=True)
def published() -> Iterator[None]:
    for table in (tables.INDUSTRIES_2011, tables.INDUSTRIES):
        tables.load(table)
    tables.load_crosswalk(*tables.CROSSWALKS[0])
    with translation.override("en"):
        yield


def checked(
    cast: Cast, lines: Sequence[Sequence[Any]], who: str = "county_officer", unit: Unit | None = None,
    headers: Sequence[str] = lists.HEADERS,
) -> ImportBatch:  # fmt: skip
    actor = cast[who].actor
    with scope(actor):
        content = rosters.workbook(lines, headers)
        batch = actions.upload(ENTERPRISES, unit or cast.county, content, "企业名单.xlsx", actor=actor)
        actions.set_columns(batch, dict(batch.mapping.columns), actor=actor)
    work.advance(batch.pk)
    batch.refresh_from_db()
    return batch


def taken_in(cast: Cast, lines: Sequence[Sequence[Any]], **more: Any) -> ImportBatch:
    batch = checked(cast, lines, **more)
    if batch.to_do:
        actor = cast[more.get("who", "county_officer")].actor
        with scope(actor):
            actions.confirm(batch, actor=actor)
        work.advance(batch.pk)
        batch.refresh_from_db()
    assert (batch.state, batch.problem) in (("applied", ""), ("checked", ""))
    return batch


def notes(batch: ImportBatch) -> list[str]:
    return list(batch.lines.order_by("row").values_list("note", flat=True))


def waiting(cast: Cast, **changed: Any) -> Candidate:
    taken_in(cast, [lists.line(0, **changed)])
    return Candidate.objects.get()


def test_right_rows_are_on_the_register_at_the_union_of_the_list(cast: Cast) -> None:
    batch = taken_in(cast, [lists.line(0), lists.line(1)])
    assert (batch.new, batch.error) == (2, 0)
    made = LegalEntity.objects.get(uscc=credit_code(7000))
    assert (made.name, made.unit, made.state, made.industry) == (
        "演示0号机械厂",
        cast.county,
        "active",
        "C34",
    )
    assert (made.region, made.declared_workers, made.opened_on) == ("140423", 20, date(2012, 3, 1))


def test_list_taken_in_again_changes_nothing_candidates_included(cast: Cast) -> None:
    rows = [lists.line(0), lists.line(1, 统一社会信用代码=WRONG), lists.line(2, 统一社会信用代码="")]
    taken_in(cast, rows)
    again = checked(cast, rows)
    assert (again.new, again.changed, again.same, again.error) == (0, 0, 3, 0)
    assert Candidate.objects.count() == 2


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", Why.NO_CODE),
        ("140423100000901", Why.OLD_NUMBER),
        (WRONG, Why.WRONG_CODE),
        ("91140423MAI00901XX", Why.WRONG_CODE),
        ("91140423MA00", Why.WRONG_CODE),
    ],
)
def test_code_that_cannot_be_right_waits_with_the_reason(cast: Cast, written: str, why: Why) -> None:
    before = LegalEntity.objects.count()
    candidate = waiting(cast, 统一社会信用代码=written)
    assert (candidate.why, candidate.written, candidate.state) == (why, written, "open")
    assert (candidate.unit, LegalEntity.objects.count()) == (cast.county, before)


def test_full_width_spaces_hyphens_and_small_letters_are_put_right(cast: Cast) -> None:
    code = credit_code(7000)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code[:9]) + " " + code[9:13] + "-" + code[13:].lower()
    taken_in(cast, [lists.line(0, 统一社会信用代码=wide)])
    assert LegalEntity.objects.filter(uscc=code).count() == 1


@pytest.mark.parametrize(("letter", "digit"), [("O", "0"), ("I", "1"), ("S", "5"), ("Z", "2")])
def test_misread_letter_is_offered_put_right_and_never_taken_in(cast: Cast, letter: str, digit: str) -> None:
    code = next(c for n in range(6000, 6400) if digit in (c := credit_code(n))[10:])
    at = code.index(digit, 10)
    misread = code[:at] + letter + code[at + 1 :]
    assert (doubt(misread), meant(misread)) == (Why.WRONG_CODE, code)
    assert meant("V" * 18) == ""


def test_same_code_with_another_name_is_renamed_and_keeps_its_former_face(cast: Cast) -> None:
    firm = cast.works.entities.get()
    row = lists.line(0, 统一社会信用代码=firm.uscc, 企业名称="襄垣新名煤业", 所有制="国有")
    batch = taken_in(cast, [row])
    assert batch.changed == 1
    firm.refresh_from_db()
    assert (firm.name, firm.unit) == ("襄垣新名煤业", cast.works)
    assert firm.faces.get().name != firm.name
    assert checked(cast, [row]).same == 1


def test_second_change_on_one_day_is_to_be_mended_and_stops_nothing(cast: Cast) -> None:
    firm = cast.works.entities.get()
    taken_in(cast, [lists.line(0, 统一社会信用代码=firm.uscc, 企业名称="襄垣新名煤业")])
    batch = taken_in(cast, [lists.line(0, 统一社会信用代码=firm.uscc, 企业名称="又一名"), lists.line(1)])
    assert (batch.error, batch.new) == (1, 1)
    assert "was entered or changed today" in notes(batch)[0]


def test_same_name_under_another_code_is_another_enterprise(cast: Cast) -> None:
    firm = cast.works.entities.get()
    batch = taken_in(cast, [lists.line(0, 企业名称=firm.name)])
    assert "another enterprise of this name has another code" in notes(batch)[0]
    assert LegalEntity.objects.filter(name=firm.name).count() == 2


def test_code_twice_in_one_file_is_to_be_mended(cast: Cast) -> None:
    batch = checked(cast, [lists.line(0), lists.line(1, 统一社会信用代码=credit_code(7000))])
    assert (batch.new, batch.error) == (1, 1)


def test_code_of_another_unions_enterprise_waits_and_does_not_tell_whose(cast: Cast) -> None:
    outside = cast["stranger"].person.employments.get().entity  # type: ignore[union-attr]
    batch = taken_in(cast, [lists.line(0, 统一社会信用代码=outside.uscc)])
    candidate = Candidate.objects.get()
    assert candidate.why == Why.ELSEWHERE
    assert outside.name not in notes(batch)[0]
    outside.refresh_from_db()
    assert outside.name != "演示0号机械厂"
    actor = cast["county_officer"].actor
    with scope(actor), pytest.raises(ValidationError, match="Another union"):
        registry.verify(candidate, str(outside.uscc), actor=actor)


@pytest.mark.parametrize(
    ("old", "became", "why"),
    [
        ("C36", "C36", ""),
        ("3610", "C36", ""),
        ("O79", "O80", ""),
        ("8310", "Q84", ""),
        ("58", "", Why.INDUSTRY),
    ],
)
def test_industry_of_the_old_list_is_translated_or_waits(cast: Cast, old: str, became: str, why: str) -> None:
    taken_in(cast, [lists.line(0, 行业代码="", **{"2011版行业代码": old})])
    found = LegalEntity.objects.filter(uscc=credit_code(7000)).first()
    assert ([found.industry] if found else []) == ([became] if became else [])
    assert [c.why for c in Candidate.objects.all()] == ([why] if why else [])


@pytest.mark.parametrize(("column", "code"), [("行业代码", "C36"), ("2011版行业代码", "3610")])
def test_division_does_not_replace_the_class_that_is_on_the_register(
    cast: Cast, column: str, code: str
) -> None:
    taken_in(cast, [lists.line(0, 行业代码="3612")])
    assert checked(cast, [lists.line(0, **{"行业代码": "", column: code})]).same == 1
    LegalEntity.objects.filter(uscc=credit_code(7000)).update(opened_on=date(2012, 3, 1))
    assert checked(cast, [lists.line(0, 行业代码="C37")]).changed == 1


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("行业代码", "C99", "not in the list of 2017"),
        ("行业代码", "A34", "not in the list of 2017"),
        ("行业代码", "机械", "is no industry code"),
        ("所有制", "火星", "is not known"),
        ("规模", "", "is empty"),
        ("职工人数", "许多", "is no number of workers"),
        ("成立日期", date.today() + timedelta(days=3), "lies in the future"),
    ],
)
def test_wrong_cell_is_to_be_mended(cast: Cast, column: str, value: Any, said: str) -> None:
    batch = checked(cast, [lists.line(0, **{column: value})])
    assert (batch.error, said in notes(batch)[0]) == (1, True)


@pytest.mark.parametrize(
    ("place", "region"), [("140423100", "140423100"), ("140423100000", "140423100"), ("140423", "140423")]
)
def test_enterprise_is_the_township_unions_where_the_place_is_named(
    cast: Cast, place: str, region: str
) -> None:
    taken_in(cast, [[*lists.line(0), place]], headers=(*lists.HEADERS, "所在乡镇"))
    made = LegalEntity.objects.get(uscc=credit_code(7000))
    assert (made.region, made.unit) == (region, cast.township if len(region) == 9 else cast.county)


def test_place_is_found_by_its_name_and_not_outside_the_area(cast: Cast) -> None:
    call_command("regions", stdout=StringIO())
    batch = taken_in(
        cast,
        [[*lists.line(0), "古韩镇"], [*lists.line(1), "定昌镇"], [*lists.line(2), "140430"]],
        headers=(*lists.HEADERS, "所在乡镇"),
    )
    assert (batch.new, batch.error) == (1, 2)
    assert LegalEntity.objects.get(uscc=credit_code(7000)).unit == cast.township


def test_list_outside_ones_tree_is_nobodys_to_take_in(cast: Cast) -> None:
    for who in ("unit_officer", "leader", "auditor", "sibling_officer"):
        client = Client()
        client.force_login(cast[who].user)
        answer = client.get(reverse("registry:import-enterprises")).status_code
        assert answer == (200 if who == "sibling_officer" else 404)
    with pytest.raises(Exception), transaction.atomic():  # noqa: B017, PT011 - the wall refuses the batch itself
        checked(cast, [lists.line(0)], who="sibling_officer")
    assert LegalEntity.objects.filter(uscc=credit_code(7000)).count() == 0


def test_verified_candidate_is_on_the_register_and_remembered(cast: Cast) -> None:
    candidate, actor = waiting(cast, 统一社会信用代码=WRONG), cast["county_officer"].actor
    with scope(actor):
        with pytest.raises(ValidationError, match="check character"):
            registry.verify(candidate, WRONG, actor=actor)
        entity = registry.verify(candidate, credit_code(7000), actor=actor)
        with pytest.raises(ValidationError, match="settled already"):
            registry.reject(candidate, "x", actor=actor)
    candidate.refresh_from_db()
    assert (candidate.state, candidate.entity, entity.state) == (Settled.VERIFIED, entity, "active")
    assert checked(cast, [lists.line(0, 统一社会信用代码=WRONG)]).same == 1


def test_candidate_that_is_one_on_the_register_makes_no_second(cast: Cast) -> None:
    candidate, actor = waiting(cast, 统一社会信用代码="140423100000901"), cast["county_officer"].actor
    before, firm = LegalEntity.objects.count(), cast.works.entities.get()
    with scope(actor):
        with pytest.raises(ValidationError, match="Is it the same enterprise"):
            registry.verify(candidate, str(firm.uscc), actor=actor)
        registry.same_as(candidate, firm, actor=actor)
    assert (LegalEntity.objects.count(), Candidate.objects.get().entity) == (before, firm)


def test_rejected_candidate_needs_a_reason_and_stays_rejected(cast: Cast) -> None:
    candidate, actor = waiting(cast, 统一社会信用代码=""), cast["county_officer"].actor
    with scope(actor):
        with pytest.raises(ValidationError):
            registry.reject(candidate, " ", actor=actor)
        registry.reject(candidate, "是集贸市场摊位名。", actor=actor)
    assert checked(cast, [lists.line(0, 统一社会信用代码="")]).same == 1
    assert Candidate.objects.get().state == Settled.REJECTED


def test_divided_industry_is_chosen_by_who_verifies(cast: Cast) -> None:
    candidate = waiting(cast, 行业代码="", **{"2011版行业代码": "G58"})
    actor = cast["county_officer"].actor
    with scope(actor):
        assert list(candidates.choices(candidate)) == ["G58", "G59"]
        for wrong in ("", "C34"):
            with pytest.raises(ValidationError, match="has become"):
                registry.verify(candidate, credit_code(7000), industry=wrong, actor=actor)
        assert registry.verify(candidate, credit_code(7000), industry="G59", actor=actor).industry == "G59"


@pytest.mark.parametrize("who", ["unit_officer", "sibling_officer", "leader", "auditor"])
def test_candidate_is_settled_by_nobody_else(cast: Cast, who: str) -> None:
    candidate, actor = waiting(cast, 统一社会信用代码=""), cast[who].actor
    with scope(actor), pytest.raises(Forbidden):
        registry.reject(candidate, "x", actor=actor)
    client = Client()
    client.force_login(cast[who].user)
    assert client.get(reverse("registry:settle", args=[candidate.pk])).status_code == 404


def test_two_officers_settle_once(cast: Cast) -> None:
    candidate = waiting(cast, 统一社会信用代码="")
    with scope(cast["county_officer"].actor):
        registry.verify(candidate, credit_code(7000), actor=cast["county_officer"].actor)
    with scope(cast["superior"].actor), pytest.raises(ValidationError):
        registry.verify(candidate, credit_code(7001), actor=cast["superior"].actor)
    assert LegalEntity.objects.filter(uscc__in=[credit_code(7000), credit_code(7001)]).count() == 1


def test_page_settles_in_one_form_and_loses_nothing_that_was_typed(cast: Cast) -> None:
    candidate = waiting(cast, 统一社会信用代码="140423100000901")
    client = Client()
    client.force_login(cast["county_officer"].user)
    address = reverse("registry:settle", args=[candidate.pk])
    refused = client.post(address, {"decision": "verified", "uscc": "91140423", "note": "再看执照"})
    assert (refused.status_code, "再看执照" in refused.content.decode()) == (422, True)
    done = client.post(address, {"decision": "verified", "uscc": credit_code(7000), "note": ""})
    assert (done.status_code, done["Location"]) == (302, reverse("registry:candidates"))
    assert client.get(address).status_code == 200


def test_enterprise_without_a_code_is_given_its_own(cast: Cast) -> None:
    firm, actor = cast.works.entities.get(), cast["county_officer"].actor
    old = str(firm.uscc)
    LegalEntity.objects.filter(pk=firm.pk).update(
        uscc=None, uscc_missing_reason="执照待补", state=EntityState.CANDIDATE
    )
    firm.refresh_from_db()
    with scope(actor):
        made = registry.give_code(firm, old, actor=actor)
        with pytest.raises(Forbidden):
            registry.give_code(firm, credit_code(7001), actor=actor)
    assert (made.uscc, made.state, made.uscc_missing_reason) == (old, "active", "")
    assert firm.faces.get().state == EntityState.CANDIDATE


def test_database_keeps_a_settled_candidate_whole(cast: Cast) -> None:
    candidate = waiting(cast, 统一社会信用代码="")
    for wrong in ({"state": "verified"}, {"entity": cast.works.entities.get()}, {"state": "rejected"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Candidate.objects.filter(pk=candidate.pk).update(
                settled_by=cast["county_officer"].user, settled_at=timezone.now(), **wrong
            )


def test_columns_are_remembered_for_the_next_list(cast: Cast) -> None:
    headers = ("厂子", "代号", *lists.HEADERS[2:])
    actor = cast["county_officer"].actor
    with scope(actor):
        content = rosters.workbook([lists.line(0)], headers)
        batch = actions.upload(ENTERPRISES, cast.county, content, "名单.xlsx", actor=actor)
        actions.set_columns(batch, {**batch.mapping.columns, "name": 0, "uscc": 1}, actor=actor)
    work.advance(batch.pk)
    with scope(actor):
        again = actions.upload(ENTERPRISES, cast.county, content, "名单2.xlsx", actor=actor)
    assert (again.mapping.columns["name"], again.mapping.columns["uscc"]) == (0, 1)


def test_lines_hold_no_plan_for_what_waits(cast: Cast) -> None:
    batch = taken_in(cast, [lists.line(0, 统一社会信用代码="")])
    line = batch.lines.get()
    assert (line.status, line.subject) == (LineStatus.NEW, None)
