"""What comes after a roster was taken in: undoing it, asking after those it leaves out, exporting it again."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.audit.models import Disclosure, DisclosureKind, HandOver
from gongjiang.kernel.exchange import actions, exports, work
from gongjiang.kernel.exchange.models import EXPORTS, BatchState, ExportState, ImportBatch
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.people import actions as people
from gongjiang.kernel.people import flags
from gongjiang.kernel.people.models import (
    DerivedFlag,
    Employment,
    FlagRule,
    Identifier,
    Person,
    Source,
    SourceRank,
)
from gongjiang.programmes.registry.actions import answer_absent
from gongjiang.programmes.registry.models import Absent, Answer, PostChange, Written
from gongjiang.programmes.registry.roster import ROSTER
from tests import cast as world
from tests.cast import Cast

from . import rosters


def taken_in(cast: Cast, who: str, content: bytes, name: str = "花名册.xlsx") -> ImportBatch:
    actor = cast[who].actor
    with scope(actor):
        batch = actions.upload(ROSTER, cast.works, content, name, actor=actor)
        actions.set_columns(batch, dict(batch.mapping.columns), actor=actor)
    work.advance(batch.pk)
    batch.refresh_from_db()
    if batch.to_do:
        with scope(actor):
            actions.confirm(batch, actor=actor)
        work.advance(batch.pk)
        batch.refresh_from_db()
    return batch


def undone(cast: Cast, batch: ImportBatch) -> ImportBatch:
    actor = cast["unit_officer"].actor
    with scope(actor):
        actions.undo(batch, actor=actor)
    work.advance(batch.pk)
    batch.refresh_from_db()
    return batch


def register() -> list[tuple]:
    """Everything that a roster may write."""
    rows = Employment.objects.order_by("pk").values_list(
        "person__name", "person__sex", "entity", "since", "until", "post", "post_class"
    )
    return [*rows, *Identifier.objects.order_by("pk").values_list("person__name", "kind", "digest")]


def test_undone_import_leaves_the_register_as_it_was(cast: Cast) -> None:
    known = cast["applicant"]
    lines = [rosters.line(n) for n in range(3)]
    lines.append(
        rosters.line(
            0,
            姓名="王演甲子",
            身份证号=known.identity,
            手机号="13911112222",
            岗位="车工",
            性别="",
            岗位类别="管理",
        )
    )
    before = register()
    batch = taken_in(cast, "unit_officer", rosters.workbook(lines))
    assert (batch.state, batch.new, batch.changed) == (BatchState.APPLIED, 3, 1)
    assert register() != before
    assert undone(cast, batch).state == BatchState.UNDONE
    assert register() == before
    assert (Written.objects.count(), Absent.objects.count()) == (0, 0)
    assert taken_in(cast, "unit_officer", rosters.workbook(lines)).new == 3


def test_import_that_somebody_changed_since_cannot_be_undone(cast: Cast) -> None:
    batch = taken_in(cast, "unit_officer", rosters.workbook([rosters.line(n) for n in range(2)]))
    Employment.objects.filter(person__name=rosters.line(0)[0]).update(post="班长")
    with pytest.raises(ValidationError):
        undone(cast, batch)
    batch.refresh_from_db()
    assert batch.state == BatchState.APPLIED


def test_killed_undo_goes_on_where_it_was(cast: Cast) -> None:
    from gongjiang.programmes.registry.actions import rosters as registry

    before = register()
    batch = taken_in(cast, "unit_officer", rosters.workbook([rosters.line(n) for n in range(5)]))
    actor = cast["unit_officer"].actor
    piece, registry.PIECE = registry.PIECE, 2
    try:
        with scope(actor):
            actions.undo(batch, actor=actor)
        assert work._put_back(batch.pk, ROSTER, actor)
        assert Written.objects.count() == 3
        work.advance(batch.pk)
    finally:
        registry.PIECE = piece
    batch.refresh_from_db()
    assert (batch.state, register()) == (BatchState.UNDONE, before)


def test_who_is_left_out_is_asked_about_and_nobody_dismissed(cast: Cast) -> None:
    officer = cast["unit_officer"].actor
    batch = taken_in(cast, "unit_officer", rosters.workbook([rosters.line(0)]))
    asked = Absent.objects.order_by("pk")
    assert batch.absent == 3
    assert [a.employment.person.name for a in asked] == ["王演甲子", "李演乙丑", "张演丙寅"]
    assert Employment.objects.filter(until__isnull=False).count() == 0
    gone, here = asked[0], asked[1]
    with scope(officer):
        answer_absent([gone.pk], Answer.LEFT, left_on=date(2024, 5, 1), actor=officer)
        answer_absent([here.pk], Answer.HERE, actor=officer)
    assert list(Employment.objects.exclude(until=None).values_list("person__name", "until")) == [
        ("王演甲子", date(2024, 5, 1))
    ]
    assert list(asked.values_list("answer", flat=True)) == ["left", "here", "open"]
    client = Client()
    client.force_login(cast["unit_officer"].user)
    listed = client.get(reverse("registry:absent"), {"answer": "left"})
    assert [row.name for row in listed.context["page"].rows] == ["已离开本地"]


@pytest.mark.parametrize("day", [None, date(2014, 1, 1), date(2999, 1, 1)])
def test_last_day_that_cannot_be_is_refused(cast: Cast, day: date | None) -> None:
    officer = cast["unit_officer"].actor
    taken_in(cast, "unit_officer", rosters.workbook([rosters.line(0)]))
    keys = list(Absent.objects.values_list("pk", flat=True))
    with scope(officer), pytest.raises(ValidationError):
        answer_absent(keys, Answer.LEFT, left_on=day, actor=officer)
    assert Employment.objects.filter(until__isnull=False).count() == 0


@pytest.mark.parametrize("who", ["neighbour_officer", "sibling_officer", "leader", "stranger"])
def test_question_of_another_unit_cannot_be_answered(cast: Cast, who: str) -> None:
    taken_in(cast, "unit_officer", rosters.workbook([rosters.line(0)]))
    keys = list(Absent.objects.values_list("pk", flat=True))
    actor = cast[who].actor
    with scope(actor), pytest.raises(Forbidden):
        answer_absent(keys, Answer.HERE, actor=actor)


def test_exported_roster_imports_again_and_changes_nothing(cast: Cast) -> None:
    officer = cast["unit_officer"].actor
    people = Person.objects.filter(employments__unit=cast.works).count()
    for form in ("xlsx", "csv"):
        with scope(officer):
            job = exports.ask(
                "/desk/registry/workers/roster/", "", form, actor=officer,
                purpose="correction", note="核对本单位花名册",
            )  # fmt: skip
        exports.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.done) == (ExportState.READY, people)
        batch = taken_in(cast, "unit_officer", EXPORTS.fetch(job.file), f"花名册.{form}")
        assert (batch.new, batch.changed, batch.same, batch.error) == (0, 0, people, 0)


def test_numbers_in_a_file_are_written_down_for_each_person(cast: Cast) -> None:
    officer = cast["unit_officer"].actor
    address = "/desk/registry/workers/roster/"
    with scope(officer), pytest.raises(ValidationError):
        exports.ask(address, "", "csv", actor=officer)
    with scope(officer):
        job = exports.ask(address, "", "csv", actor=officer, purpose="correction", note="核对本单位花名册")
    exports.run(job.pk)
    job.refresh_from_db()
    rows = Disclosure.objects.filter(kind=DisclosureKind.EXPORT)
    assert sorted(rows.values_list("person", "what")) == sorted(
        (cast[who].person.pk, what)
        for who in ("applicant", "colleague", "unit_officer")
        for what in ("identity", "phone")
    )
    with scope(officer):
        assert b"".join(exports.fetch(job, actor=officer))
    assert HandOver.objects.get().purpose == "correction"
    assert timezone.localdate(HandOver.objects.get().at) == timezone.localdate()


def test_worker_exports_their_own_record_and_nobody_elses(cast: Cast) -> None:
    world.person("吴演", 71, entity=cast.works.entities.get())
    for who, expected in (("applicant", 1), ("stranger", 1)):
        actor = cast[who].actor
        with scope(actor):
            job = exports.ask("/my/registry/growth/", "", "csv", actor=actor)
        exports.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.done) == (ExportState.READY, expected)
    with scope(cast["leader"].actor), pytest.raises(exports.Gone):
        exports.ask("/my/registry/growth/", "", "csv", actor=cast["leader"].actor)


OPTIONAL = (*rosters.HEADERS, "用工形式", "工资为主要收入", "户籍", "学历")


def test_optional_columns_are_written_exported_and_put_back(cast: Cast) -> None:
    person = cast["applicant"].person
    assert person is not None
    line = rosters.line(0, 姓名="王演甲子", 身份证号=cast["applicant"].identity, 性别="", 岗位类别="管理")
    content = rosters.workbook([[*line, "劳务派遣", "是", "农业户口", "大学本科"]], OPTIONAL)
    before = Employment.objects.values_list("form", "wage_is_main", "person__hukou", "person__education")
    was = before.get(person=person, until=None)
    batch = taken_in(cast, "unit_officer", content)
    assert (batch.changed, before.get(person=person, until=None)) == (
        1,
        ("agency", True, "rural", "bachelor"),
    )
    assert list(PostChange.objects.values_list("was_post_class", "post_class")) == [
        ("production", "management")
    ]
    again = taken_in(cast, "unit_officer", content)
    assert (again.changed, again.same, PostChange.objects.count()) == (0, 1, 1)
    undone(cast, batch)
    assert (before.get(person=person, until=None), PostChange.objects.count()) == (was, 0)


def test_word_of_a_weightier_source_is_not_changed_and_not_said_to_be(cast: Cast) -> None:
    person = cast["applicant"].person
    assert person is not None
    for source, rank in ((Source.SELF, 1), (Source.ENTERPRISE, 2)):
        SourceRank.objects.create(source=source, rank=rank, since=date(2020, 1, 1), document="示例")
    with scope(cast["applicant"].actor):
        people.provide(person.pk, people.Particulars(hukou="urban"), actor=cast["applicant"].actor)
    line = rosters.line(0, 姓名="王演甲子", 身份证号=cast["applicant"].identity, 性别="")
    content = rosters.workbook([[*line, "", "", "农业", ""]], OPTIONAL)
    taken_in(cast, "unit_officer", content)
    again = taken_in(cast, "unit_officer", content)
    person.refresh_from_db()
    assert (person.hukou, again.changed, again.same) == ("urban", 0, 1)


def test_newcomers_are_taken_away_with_the_flags_derived_of_them(cast: Cast) -> None:
    before = register()
    FlagRule.objects.create(flag="non_public", rule="not-public", since=date(2020, 1, 1), document="示例")
    batch = taken_in(cast, "unit_officer", rosters.workbook([rosters.line(n) for n in range(4)]))
    flags.keep()
    kept = DerivedFlag.objects.count()
    assert kept > 0
    assert undone(cast, batch).state == BatchState.UNDONE
    assert register() == before
    flags.keep()
    assert DerivedFlag.objects.count() < kept


def test_flags_of_others_are_not_forgotten(cast: Cast) -> None:
    FlagRule.objects.create(flag="female", rule="woman", since=date(2020, 1, 1), document="示例")
    flags.keep()
    kept = DerivedFlag.objects.count()
    theirs = Person.objects.filter(employments__unit=cast.plant).values_list("pk", flat=True)
    with scope(cast["unit_officer"].actor), connection.cursor() as cursor:
        cursor.execute("SELECT forget_flags(%s)", [list(theirs)])
    assert DerivedFlag.objects.count() == kept
