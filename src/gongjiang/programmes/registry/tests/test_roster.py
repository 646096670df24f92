# ruff: noqa: E501 - sentences are quoted whole
"""A roster from upload to register: what is found, what is written, and who learns what."""

from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from python_calamine import CalamineWorkbook

from gongjiang.kernel.access.actor import Actor, scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.exchange import actions, kinds, tasks, work, writing
from gongjiang.kernel.exchange.kinds import Row
from gongjiang.kernel.exchange.models import STORE, BatchState, ImportBatch, ImportLine, LineStatus
from gongjiang.kernel.files.store import Lost
from gongjiang.kernel.orgs.models import EntityState, LegalEntity, Unit
from gongjiang.kernel.people.crypto import keyed_hash, reveal
from gongjiang.kernel.people.models import Employment, Identifier, Person, PersonState, PostClass, Sex
from gongjiang.programmes.registry.roster import ROSTER
from tests import cast as world

from . import rosters

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


def uscc(unit: Unit) -> str:
    return str(unit.entities.get().uscc)


def uploaded(
    actor: Actor, unit: Unit, lines: Sequence[Sequence[Any]], headers: Sequence[str] = rosters.HEADERS
) -> ImportBatch:
    with scope(actor):
        return actions.upload(ROSTER, unit, rosters.workbook(lines, headers), "花名册.xlsx", actor=actor)


def checked(
    actor: Actor, unit: Unit, lines: Sequence[Sequence[Any]], headers: Sequence[str] = rosters.HEADERS
) -> ImportBatch:
    batch = uploaded(actor, unit, lines, headers)
    with scope(actor):
        actions.set_columns(batch, dict(batch.mapping.columns), actor=actor)
    work.advance(batch.pk)
    batch.refresh_from_db()
    return batch


def applied(
    actor: Actor, unit: Unit, lines: Sequence[Sequence[Any]], headers: Sequence[str] = rosters.HEADERS
) -> ImportBatch:
    batch = checked(actor, unit, lines, headers)
    with scope(actor):
        actions.confirm(batch, actor=actor)
    work.advance(batch.pk)
    batch.refresh_from_db()
    return batch


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return (batch.new, batch.changed, batch.same, batch.error)


def notes(batch: ImportBatch, status: str = LineStatus.ERROR) -> list[tuple[int, str]]:
    return list(batch.lines.filter(status=status).order_by("row").values_list("row", "note"))


# ── taking in ────────────────────────────────────────────────────────────────


def test_roster_is_taken_in_whole(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    batch = applied(officer, cast.works, [rosters.line(n) for n in range(3)])
    assert (batch.state, counts(batch), batch.done) == (BatchState.APPLIED, (3, 0, 0, 0), 3)
    person = Person.objects.get(identifiers__digest=keyed_hash("identity", rosters.identity(1)))
    job = person.employments.get()
    assert (person.name, person.sex, person.born_on, person.state) == (
        "王演乙丑",
        Sex.MALE,
        date(1970, 1, 2),
        PersonState.IDENTIFIED,
    )
    assert (job.unit, job.path, job.entity, job.since, job.until, job.post, job.post_class) == (
        cast.works, cast.works.path, cast.works.entities.get(), date(2015, 1, 2), None, "钳工", PostClass.TECHNICAL,
    )  # fmt: skip
    assert {i.kind: reveal(i.cipher) for i in person.identifiers.all()} == {
        "identity": rosters.identity(1),
        "phone": "10000000001",
    }


def test_nothing_is_written_before_the_sender_says_yes(cast: world.Cast) -> None:
    before = Person.objects.count()
    batch = checked(cast["unit_officer"].actor, cast.works, [rosters.line(0)])
    assert (batch.state, counts(batch), Person.objects.count()) == (BatchState.CHECKED, (1, 0, 0, 0), before)


def test_unchanged_roster_changes_nothing(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    lines = [rosters.line(n) for n in range(4)]
    applied(officer, cast.works, lines)
    again = checked(officer, cast.works, lines)
    assert counts(again) == (0, 0, 4, 0)
    with scope(officer), pytest.raises(ValidationError):
        actions.confirm(again, actor=officer)


def test_changed_cells_are_named_and_written(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    applied(officer, cast.works, [rosters.line(0), rosters.line(1)])
    lines = [rosters.line(0, 岗位="焊工", 手机号="13912345678"), rosters.line(1)]
    batch = applied(officer, cast.works, lines)
    assert counts(batch) == (0, 1, 1, 0)
    assert notes(batch, LineStatus.CHANGED) == [(2, "post: 钳工 → 焊工；phone number changed")]
    job = Employment.objects.get(person__identifiers__digest=keyed_hash("phone", "13912345678"))
    assert (job.post, job.person.name) == ("焊工", "王演甲子")
    assert counts(checked(officer, cast.works, lines)) == (0, 0, 2, 0)


def test_empty_cells_and_missing_columns_change_nothing(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    applied(officer, cast.works, [rosters.line(0)])
    name, number, _phone, _sex, _post, post_class, since, _uscc = rosters.line(0)
    batch = checked(
        officer, cast.works, [[name, number, post_class, since]], ("姓名", "身份证号", "岗位类别", "入职日期")
    )
    assert counts(batch) == (0, 0, 1, 0)


def test_people_left_out_stay_employed_and_are_counted(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    batch = applied(officer, cast.works, [rosters.line(0)])
    assert batch.absent == 3  # applicant, colleague, unit_officer
    assert Employment.objects.filter(entity__unit=cast.works, until=None).count() == 4


def test_officer_of_a_county_takes_in_several_enterprises_at_once(cast: world.Cast) -> None:
    lines = [rosters.line(0, uscc(cast.works)), rosters.line(1, uscc(cast.mill))]
    batch = applied(cast["county_officer"].actor, cast.county, lines)
    assert counts(batch) == (2, 0, 0, 0)
    found = Employment.objects.filter(
        person__identifiers__digest__in=[keyed_hash("identity", rosters.identity(n)) for n in (0, 1)]
    )
    assert set(found.values_list("unit", flat=True)) == {cast.works.pk, cast.mill.pk}


# ── rows to be mended ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"姓名": ""}, "“姓名” is empty"),
        ({"身份证号": "00990119700101001"}, "Identity number: 1 character is missing, it has 17 now. Please complete it from the identity card."),
        ({"身份证号": "009901197013010013"}, "Identity number: characters 7 to 14 are “19701301”, which is no date."),
        (
            {"身份证号": rosters.identity(0)[:17] + ("0" if rosters.identity(0)[17] != "0" else "1")},
            "Identity number: the check digit does not fit, so one of the characters is wrong. Please compare it with the identity card.",
        ),
        (
            {"身份证号": 9.90119700101001e14 * 1000},
            "“身份证号”: the cell is formatted as a number, so the spreadsheet has dropped its last digits; please format the column as text and type the value again",
        ),
        ({"手机号": "0355-2123456"}, "“手机号”: it has 11 characters; a mobile number has eleven digits and begins with 1"),
        ({"性别": "女"}, "the sex is “female”, but the identity number states “male”; please check both"),
        ({"岗位": "岗" * 101}, "“岗位”: it has 101 characters; at most 100 are possible"),
        ({"岗位类别": "干部"}, "“岗位类别”: “干部” is not known; write one of: 生产一线、专业技术、管理、服务"),
        ({"入职日期": "2019-02-30"}, "“入职日期”: “2019-02-30” is a day that does not exist; write it as 2019-03-01"),
        ({"入职日期": "1985-12-31"}, "the start on 1985-12-31 lies before the sixteenth birthday; please check the day and the identity number"),
        ({"企业统一社会信用代码": "140423100000123"}, "Credit code: this is an old 15-digit registration number; the 18-character code is on the new licence."),
    ],
)  # fmt: skip
def test_wrong_cell_is_said_in_a_sentence(cast: world.Cast, cells: dict[str, Any], said: str) -> None:
    batch = checked(cast["unit_officer"].actor, cast.works, [rosters.line(2, **cells)])
    assert notes(batch) == [(2, said)]


def test_start_in_the_future_is_wrong(cast: world.Cast) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    batch = checked(cast["unit_officer"].actor, cast.works, [rosters.line(0, 入职日期=tomorrow)])
    assert notes(batch) == [(2, f"the start on {tomorrow} lies in the future")]


def test_all_that_is_wrong_with_a_row_is_said_at_once(cast: world.Cast) -> None:
    batch = checked(
        cast["unit_officer"].actor, cast.works, [rosters.line(0, 姓名="", 手机号="1", 岗位类别="")]
    )
    assert notes(batch) == [
        (
            2,
            "“姓名” is empty；“手机号”: it has 1 characters; a mobile number has eleven digits and begins with 1；“岗位类别” is empty",
        )
    ]


def test_identity_number_twice_in_a_file_is_wrong_the_second_time(cast: world.Cast) -> None:
    batch = checked(
        cast["unit_officer"].actor, cast.works, [rosters.line(0), rosters.line(1), rosters.line(0)]
    )
    assert (counts(batch), notes(batch)) == (
        (2, 0, 0, 1),
        [(4, "“身份证号” is the same as in row 2; keep one of the two rows")],
    )


def test_formula_error_is_wrong_in_its_own_row(cast: world.Cast) -> None:
    from xlsxwriter import Workbook

    out = BytesIO()
    book = Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for row, cells in enumerate(
        (rosters.HEADERS, rosters.line(0, 入职日期="2019-03-01"), rosters.line(1, 入职日期="2019-03-01"))
    ):
        sheet.write_row(row, 0, [str(c) for c in cells])
    sheet.write_formula("E3", "=表!A1", None, "#REF!")
    book.close()
    officer = cast["unit_officer"].actor
    with scope(officer):
        batch = actions.upload(ROSTER, cast.works, out.getvalue(), "a.xlsx", actor=officer)
        actions.set_columns(batch, dict(batch.mapping.columns), actor=officer)
    work.advance(batch.pk)
    assert notes(batch) == [
        (3, "“岗位”: the cell holds the formula error #REF!; please type the value itself")
    ]


def test_rows_to_be_mended_come_back_in_the_senders_columns_and_import_once_mended(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    headers = ("序号", "职工姓名", "证件号码", "岗位类别", "入职时间", "备注")
    rows = [
        [1, "王演甲子", rosters.identity(0), "生产一线", date(2019, 3, 1), "=1+1"],
        [2, "李演乙丑", rosters.identity(1)[:17], "管理", date(2019, 3, 1), "@x"],
    ]
    batch = applied(officer, cast.works, rows, headers)
    assert counts(batch) == (1, 0, 0, 1)
    content = STORE.fetch(batch.errors_file)
    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0)
    reason = (
        "Identity number: 1 character is missing, it has 17 now. Please complete it from the identity card."
    )
    mended = sheet.to_python()
    assert mended == [
        [*headers, "Reason"],
        ["2", "李演乙丑", rosters.identity(1)[:17], "管理", "2019-03-01", "'@x", reason],
    ]
    mended[1][2] = rosters.identity(1)
    again = applied(officer, cast.works, mended[1:], mended[0])
    assert counts(again) == (1, 0, 0, 0)
    with scope(officer):
        assert again.mapping.columns == batch.mapping.columns


def test_template_is_recognised_and_its_examples_are_refused(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    for language in ("en", "zh-hans"):
        with translation.override(language), scope(officer):
            batch = actions.upload(ROSTER, cast.works, writing.template(ROSTER), "模板.xlsx", actor=officer)
            assert list(batch.mapping.columns) == [column.name for column in ROSTER.columns]
            actions.set_columns(batch, dict(batch.mapping.columns), actor=officer)
        work.advance(batch.pk)
        batch.refresh_from_db()
        assert counts(batch) == (0, 0, 0, 2)


# ── people who are known already ─────────────────────────────────────────────


def known(cast: world.Cast, name: str, **changed: Any) -> list[Any]:
    """A row about somebody of the cast."""
    member = cast[name]
    assert member.person is not None
    sex = "男" if int(member.identity[16]) % 2 else "女"
    return rosters.line(
        0, 身份证号=member.identity, 姓名=member.person.name, 性别=sex, 手机号=member.phone, **changed
    )


def test_person_who_works_elsewhere_is_linked_and_keeps_both_employments(cast: world.Cast) -> None:
    before = Person.objects.count()
    batch = applied(cast["unit_officer"].actor, cast.works, [known(cast, "stranger")])
    assert counts(batch) == (1, 0, 0, 0)
    stranger = cast["stranger"].person
    assert stranger is not None
    assert Person.objects.count() == before
    assert sorted(stranger.employments.values_list("unit", flat=True)) == sorted(
        [cast.works.pk, cast.plant.pk]
    )


def test_importer_learns_nothing_of_an_employment_outside_their_tree(cast: world.Cast) -> None:
    batch = checked(cast["unit_officer"].actor, cast.works, [known(cast, "stranger"), rosters.line(1)])
    assert notes(batch, LineStatus.NEW) == [(2, "joins 襄垣县示例机械厂"), (3, "joins 襄垣县示例机械厂")]


def test_officer_who_sees_both_employments_is_told(cast: world.Cast) -> None:
    batch = checked(
        cast["superior"].actor, cast.city, [known(cast, "stranger", 企业统一社会信用代码=uscc(cast.works))]
    )
    assert notes(batch, LineStatus.NEW) == [
        (2, "joins 襄垣县示例机械厂；also works at 沁县示例食品厂; both are kept")
    ]


def test_number_under_another_name_is_refused_and_the_name_not_told(cast: world.Cast) -> None:
    batch = checked(
        cast["unit_officer"].actor, cast.works, [known(cast, "stranger", 岗位="x"), rosters.line(1)]
    )
    assert counts(batch) == (2, 0, 0, 0)
    row = known(cast, "stranger")
    row[0] = "赵演己巳"
    batch = checked(cast["unit_officer"].actor, cast.works, [row])
    assert notes(batch) == [
        (
            2,
            "the identity number and the name do not go together in the register; please compare both with the identity card",
        )
    ]


def test_name_is_compared_without_its_spaces_and_dots(cast: world.Cast) -> None:
    person, number, _phone = world.person("阿依古丽·买买提", 40)
    row = rosters.line(0, 姓名="阿依古丽 • 买买提", 身份证号=number, 性别="女")
    batch = applied(cast["unit_officer"].actor, cast.works, [row])
    assert (counts(batch), person.employments.count()) == ((1, 0, 0, 0), 1)


def test_phone_may_be_shared(cast: world.Cast) -> None:
    lines = [rosters.line(0, 手机号="13900000099"), rosters.line(1, 手机号="13900000099")]
    assert counts(applied(cast["unit_officer"].actor, cast.works, lines)) == (2, 0, 0, 0)


def test_person_who_left_and_comes_back_needs_a_later_start(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    applied(officer, cast.works, [rosters.line(0)])
    Employment.objects.filter(person__identifiers__digest=keyed_hash("identity", rosters.identity(0))).update(
        until=date(2020, 6, 1)
    )
    batch = checked(officer, cast.works, [rosters.line(0)])
    assert notes(batch) == [
        (
            2,
            "the register says that this person left the enterprise on 2020-06-01; write the day of the new start",
        )
    ]
    batch = applied(officer, cast.works, [rosters.line(0, 入职日期=date(2021, 1, 1))])
    assert counts(batch) == (1, 0, 0, 0)


# ── whose enterprises ────────────────────────────────────────────────────────


def test_enterprise_outside_ones_tree_looks_like_none(cast: world.Cast) -> None:
    lines = [rosters.line(0, uscc(cast.plant)), rosters.line(1, world.credit_code(99))]
    batch = checked(cast["county_officer"].actor, cast.county, lines)
    said = "there is no enterprise with this credit code in the register of 襄垣县总工会"
    assert notes(batch) == [(2, said), (3, said)]


def test_unit_officer_cannot_import_for_the_neighbour(cast: world.Cast) -> None:
    batch = checked(cast["unit_officer"].actor, cast.works, [rosters.line(0, uscc(cast.mill))])
    assert notes(batch) == [
        (2, "there is no enterprise with this credit code in the register of 襄垣县示例机械厂工会")
    ]


def test_row_without_a_code_is_wrong_above_the_enterprises(cast: world.Cast) -> None:
    batch = checked(
        cast["county_officer"].actor, cast.county, [rosters.line(0), rosters.line(1, uscc(cast.mill))]
    )
    assert notes(batch) == [(2, "“企业统一社会信用代码” is empty")]


def test_deregistered_enterprise_takes_nobody(cast: world.Cast) -> None:
    LegalEntity.objects.filter(unit=cast.mill).update(state=EntityState.DEREGISTERED)
    batch = checked(cast["county_officer"].actor, cast.county, [rosters.line(0, uscc(cast.mill))])
    assert notes(batch) == [(2, "襄垣县示例纺织厂 has been deregistered")]


def test_database_refuses_an_employment_outside_the_tree(cast: world.Cast) -> None:
    from gongjiang.kernel.people.actions import Newcomer, Post, enrol

    plant = cast.plant.entities.get()
    row = Newcomer(
        None,
        rosters.identity(0),
        "王演甲",
        "",
        plant.pk,
        plant.unit_id,
        Post(date(2020, 1, 1), "", "service"),
    )
    with pytest.raises(Exception, match="row-level security"), scope(cast["unit_officer"].actor):
        enrol([row], actor=cast["unit_officer"].actor)


# ── columns ──────────────────────────────────────────────────────────────────


def test_missing_column_is_named(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    batch = uploaded(officer, cast.works, [["王演甲", "x"]], ("姓名", "身份证明"))
    assert [column.name for column in ROSTER.missing(batch)] == ["identity", "post_class", "since"]
    with scope(officer), pytest.raises(ValidationError) as caught:
        actions.set_columns(batch, {"name": 0, "identity": 0}, actor=officer)
    assert caught.value.message_dict == {
        "post_class": ["“Post class” is required. Choose the column that holds it."],
        "since": ["“Working here since” is required. Choose the column that holds it."],
        "identity": ["The column “姓名” is already chosen for another field."],
    }


def test_columns_chosen_once_are_remembered_for_the_unit(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    headers = ("甲", "乙", "丙", "丁")
    row = ["王演甲子", rosters.identity(0), "管理", date(2019, 3, 1)]
    batch = uploaded(officer, cast.works, [row], headers)
    assert batch.mapping.columns == {}
    chosen = {"name": 0, "identity": 1, "post_class": 2, "since": 3}
    with scope(officer):
        actions.set_columns(batch, chosen, actor=officer)
    work.advance(batch.pk)
    assert uploaded(officer, cast.works, [row], headers).mapping.columns == chosen
    assert uploaded(cast["neighbour_officer"].actor, cast.mill, [row], headers).mapping.columns == {}


# ── long work ────────────────────────────────────────────────────────────────


def test_killed_check_goes_on_where_it_was(cast: world.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "PIECE", 2)
    officer = cast["unit_officer"].actor
    batch = uploaded(officer, cast.works, [rosters.line(n) for n in range(5)])
    with scope(officer):
        actions.set_columns(batch, dict(batch.mapping.columns), actor=officer)
    assert _first_piece(batch, officer)
    batch.refresh_from_db()
    assert (batch.state, batch.done, counts(batch)) == (BatchState.MAPPED, 2, (2, 0, 0, 0))
    work.advance(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.done, counts(batch)) == (BatchState.CHECKED, 5, (5, 0, 0, 0))


def test_killed_import_goes_on_where_it_was_and_writes_nothing_twice(
    cast: world.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "PIECE", 2)
    officer = cast["unit_officer"].actor
    batch = checked(officer, cast.works, [rosters.line(n) for n in range(5)])
    with scope(officer):
        actions.confirm(batch, actor=officer)
    assert _first_piece(batch, officer)
    before = Person.objects.count()
    work.advance(batch.pk)
    work.advance(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, counts(batch), Person.objects.count() - before) == (
        BatchState.APPLIED,
        (5, 0, 0, 0),
        3,
    )


def _pieces(batch: ImportBatch) -> list[tuple[int, list[Row]]]:
    batch.refresh_from_db()
    table = ROSTER.table_in(STORE.fetch(batch.file), batch.file_name)
    ImportBatch.objects.filter(pk=batch.pk).update(total=len(table.rows))
    with work.Ahead(table, ROSTER, batch) as pieces:
        return list(pieces)


def _first_piece(batch: ImportBatch, actor: Actor) -> bool:
    """What a job does that is killed after its first piece."""
    (place, rows), *_rest = _pieces(batch)
    return work._piece(_job(batch, actor), place, rows)


def _job(batch: ImportBatch, actor: Actor) -> work.Job:
    return work.Job(batch.pk, batch.state, batch.language, ROSTER, actor)


def test_stopped_import_keeps_what_was_written_and_can_go_on(
    cast: world.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "PIECE", 2)
    officer = cast["unit_officer"].actor
    batch = checked(officer, cast.works, [rosters.line(n) for n in range(5)])
    with scope(officer):
        actions.confirm(batch, actor=officer)
    assert _first_piece(batch, officer)
    with scope(officer):
        actions.cancel(batch, actor=officer)
    work.advance(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.done) == (BatchState.CANCELLED, 2)
    with scope(officer):
        actions.resume(batch, actor=officer)
    work.advance(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, counts(batch)) == (BatchState.APPLIED, (5, 0, 0, 0))


def test_row_that_became_known_between_check_and_import_is_not_written_twice(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    lines = [rosters.line(n) for n in range(3)]
    first = checked(officer, cast.works, lines)
    applied(officer, cast.works, lines[:1])
    with scope(officer):
        actions.confirm(first, actor=officer)
    work.advance(first.pk)
    first.refresh_from_db()
    assert (first.state, counts(first)) == (BatchState.APPLIED, (2, 0, 1, 0))


def test_import_ends_in_a_sentence_when_the_role_has_ended(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    batch = checked(officer, cast.works, [rosters.line(0)])
    with scope(officer):
        actions.confirm(batch, actor=officer)
    Grant.objects.filter(user=cast["unit_officer"].user).update(until=timezone.localdate())
    before = Person.objects.count()
    work.advance(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.problem, Person.objects.count()) == (
        BatchState.FAILED, "Whoever uploaded this file no longer has access to it, so nothing more was taken in.", before,
    )  # fmt: skip


def test_import_ends_in_a_sentence_when_the_file_is_gone(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    batch = checked(officer, cast.works, [rosters.line(0)])
    with scope(officer):
        actions.confirm(batch, actor=officer)
    STORE.drop(batch.file)
    work.advance(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.problem) == (
        BatchState.FAILED, "The uploaded file is no longer on the server, or damaged. Please upload it again.",
    )  # fmt: skip


def test_only_the_sender_may_confirm(cast: world.Cast) -> None:
    batch = checked(cast["unit_officer"].actor, cast.works, [rosters.line(0)])
    superior = cast["superior"].actor
    with scope(superior), pytest.raises(ValidationError):
        actions.confirm(batch, actor=superior)


def test_quiet_batches_are_those_that_no_worker_has_touched(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    batch = uploaded(officer, cast.works, [rosters.line(0)])
    with scope(officer):
        actions.set_columns(batch, dict(batch.mapping.columns), actor=officer)
    assert tasks.quiet() == []
    ImportBatch.objects.update(touched_at=timezone.now() - 2 * tasks.QUIET)
    assert tasks.quiet() == [batch.pk]


def test_old_files_are_deleted_and_the_counts_stay(cast: world.Cast) -> None:
    batch = applied(cast["unit_officer"].actor, cast.works, [rosters.line(0)])
    ImportBatch.objects.update(touched_at=timezone.now() - 2 * tasks.KEEP)
    assert tasks.forget_files() == 1
    with pytest.raises(Lost):
        STORE.fetch(batch.file)
    batch.refresh_from_db()
    assert (batch.file, batch.new) == ("", 1)


def test_piece_costs_the_same_queries_whatever_its_size(cast: world.Cast) -> None:
    officer, cost = cast["unit_officer"].actor, []
    for first, of in ((0, 10), (1000, 300)):
        batch = checked(officer, cast.works, [rosters.line(n) for n in range(first, first + of)])
        with scope(officer):
            actions.confirm(batch, actor=officer)
        ((place, rows),) = _pieces(batch)
        with CaptureQueriesContext(connection) as queries:
            work._piece(_job(batch, officer), place, rows)
        cost.append(len(queries))
    assert cost[0] == cost[1]


# ── walls ────────────────────────────────────────────────────────────────────


def test_batches_and_lines_are_seen_in_their_own_tree_only(cast: world.Cast) -> None:
    batch = checked(cast["unit_officer"].actor, cast.works, [rosters.line(0)])
    seen = {}
    for name, actor in cast.actors.items():
        with scope(actor), connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM exchange_importbatch), (SELECT count(*) FROM exchange_importline)"
            )
            if cursor.fetchone() == (1, 1):
                seen[name] = kinds.VIEW.filter(ImportBatch.objects.all(), actor).count()
    assert seen == {"unit_officer": 1, "county_officer": 1, "superior": 1, "leader": 0, "auditor": 0}
    assert batch.path == cast.works.path


def test_lines_hold_no_identifier(cast: world.Cast) -> None:
    lines = [
        rosters.line(0),
        rosters.line(1, 身份证号=rosters.identity(1)[:17]),
        rosters.line(2, 手机号="13912345678"),
    ]
    batch = applied(cast["unit_officer"].actor, cast.works, lines)
    kept = " ".join(f"{line.who} {line.note}" for line in ImportLine.objects.filter(batch=batch))
    assert [n for n in range(3) if rosters.identity(n)[:17] in kept] == []
    assert "13912345678" not in kept


def test_file_that_cannot_be_read_is_refused_at_upload(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    with scope(officer), pytest.raises(ValidationError) as caught:
        actions.upload(ROSTER, cast.works, b"MZ\x90", "花名册.xlsx", actor=officer)
    assert list(caught.value.message_dict) == ["file"]
    assert ImportBatch.objects.count() == 0


def test_batch_that_is_not_confirmed_cannot_count_as_applied(cast: world.Cast) -> None:
    batch = checked(cast["unit_officer"].actor, cast.works, [rosters.line(0)])
    with pytest.raises(IntegrityError, match="batch_applied_after_yes"):
        ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.APPLIED)


def test_identifiers_are_written_once(cast: world.Cast) -> None:
    officer = cast["unit_officer"].actor
    applied(officer, cast.works, [rosters.line(0)])
    applied(officer, cast.works, [rosters.line(0, 岗位="焊工")])
    assert Identifier.objects.filter(digest=keyed_hash("identity", rosters.identity(0))).count() == 1
