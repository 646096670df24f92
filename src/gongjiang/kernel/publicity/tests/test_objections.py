"""Objections: in time, once, from anybody; their author opened to a named handler alone; ruled on by somebody else."""

import uuid
from datetime import timedelta

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import ANONYMOUS, scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.documents import codes
from gongjiang.kernel.files import beside
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.tests import samples
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.clocks import begin
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused, Stale
from gongjiang.kernel.lifecycle.models import Edition, EditionState, Pause, Window, WindowKind
from gongjiang.kernel.publicity import actions, ending, queries, tasks
from gongjiang.kernel.publicity.actions import Author
from gongjiang.kernel.publicity.models import (
    AuthorDisclosure,
    Objection,
    ObjectionAuthor,
    ObjectionFile,
    Publicity,
    Ruling,
)
from gongjiang.kernel.publicity.rules import HANDLE
from tests.cast import SINCE, Cast, Member

from .conftest import filed, published, standing_until

WHO = Author("赵演一", "13800001111")


def objected(publicity: Publicity, position: int | None = 1, author: Author = WHO, **more) -> str:
    """An objection of a stranger without account; its receipt."""
    with scope(ANONYMOUS):
        return actions.object_to(
            publicity,
            author=author,
            matter="这项成果三年前就有了",
            position=position,
            request=uuid.uuid4(),
            **more,
        )


@pytest.fixture
def other_officer(cast: Cast) -> Member:
    """A second officer of the city, who had no part in anything."""
    user = User.objects.create(username="second", display_name="长治市另一经办")
    Grant.objects.create(user=user, role=Role.OFFICER, unit=cast.city, since=SINCE)
    cast.members["second"] = Member("second", user)
    return cast["second"]


def test_objection_in_the_last_minute_counts(cast: Cast) -> None:
    notice = standing_until(cast, 59)
    objected(notice)
    assert Objection.objects.get().received_at <= notice.closes_at


def test_objection_a_second_late_is_refused_and_says_until_when(cast: Cast) -> None:
    notice = standing_until(cast, -1)
    until = timezone.localtime(notice.closes_at).strftime("%Y-%m-%d %H:%M:%S")
    with pytest.raises(ValidationError) as late:
        objected(notice)
    assert until in late.value.messages[0]
    assert Objection.objects.count() == 0


def test_last_moment_itself_counts_and_the_next_does_not(cast: Cast) -> None:
    notice = standing_until(cast, 100)
    moment = timedelta(microseconds=1)
    assert [notice.state(notice.closes_at).value, notice.state(notice.closes_at + moment).value] == [
        "open",
        "over",
    ]


def test_database_refuses_a_late_objection_whatever_time_it_claims(cast: Cast) -> None:
    notice = standing_until(cast, -1)
    with scope(ANONYMOUS), pytest.raises(IntegrityError), transaction.atomic():
        Objection(
            kind="objection",
            publicity=notice,
            unit_id=notice.unit_id,
            received_at=notice.closes_at - timedelta(days=1),
            matter=b"x",
        ).save(force_insert=True)


def test_objection_to_a_row_that_is_not_there_is_refused(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        objected(standing_until(cast, 100), position=9)


def test_objection_to_a_cancelled_notice_is_refused(cast: Cast) -> None:
    notice = standing_until(cast, 100, cancelled_at=timezone.now(), cancel_reason="名单有误")
    with pytest.raises(ValidationError, match="taken back"):
        objected(notice)


def test_same_author_objects_to_the_same_row_once(cast: Cast) -> None:
    notice = standing_until(cast, 100)
    objected(notice)
    with pytest.raises(ValidationError, match="objected to this already"):
        objected(notice, author=Author(" 赵演一 ", "138 0000 1111"))
    objected(notice, position=2)
    objected(notice, author=Author("钱演二", "13800002222"))
    assert Objection.objects.count() == 3


def test_open_objection_holds_its_own_case_and_no_other(cast: Cast, flow) -> None:
    held, free = filed(cast), filed(cast, "colleague")
    published(cast, [held, free])
    over = standing_until(cast, 30, [held, free])
    objected(over, position=1)
    assert Objection.objects.get().case_id == held.pk
    assert queries.with_open_objection([held.pk, free.pk]) == {held.pk}


def shift(seconds: int) -> None:
    """Let the one notice have begun nine days ago and close so many seconds from now, as if time had passed."""
    now = timezone.now()
    with pgtrigger.ignore("publicity.Publicity:publicity_is_frozen"):
        Publicity.objects.update(
            opened_at=now - timedelta(days=9), closes_at=now + timedelta(seconds=seconds)
        )


def test_guard_lets_the_others_of_the_list_go_on(cast: Cast, flow, other_officer: Member) -> None:
    held, free = filed(cast), filed(cast, "colleague")
    actor = cast["superior"].actor
    with scope(actor):
        door.transition_many("tested.listed", [held.pk, free.pk], "publish", actor=actor, unit=cast.city)
    shift(60)
    code = objected(Publicity.objects.get(), position=1)
    shift(-1)
    with scope(actor):
        done = door.transition_many("tested.listed", [held.pk, free.pk], "award", actor=actor)
        assert ([c.pk for c in done.moved], list(done.refused)) == ([free.pk], [held.pk])
    objection = Objection.objects.get()
    with scope(other_officer.actor):
        actions.rule_on(objection, result="rejected", reasons="查无此事", actor=other_officer.actor)
    with scope(actor):
        assert door.transition(held, "award", actor=actor).outcome == "granted"
    with scope(ANONYMOUS):
        said = queries.told(code)
        assert (said.result, said.reasons, said.position) == ("rejected", "查无此事", 1)
    assert Ruling.objects.get().told_at is not None


def test_whoever_made_the_notice_or_moved_the_case_does_not_rule(
    cast: Cast, flow, other_officer: Member
) -> None:
    case = filed(cast)
    notice = published(cast, [case])
    objected(notice)
    objection, actor = Objection.objects.get(), cast["superior"].actor
    with scope(actor), pytest.raises(ValidationError, match="had a part"):
        actions.rule_on(objection, result="upheld", reasons="x", actor=actor)
    with scope(actor), pytest.raises(DatabaseError), transaction.atomic():
        Ruling.objects.create(
            objection=objection,
            result="upheld",
            reasons="x",
            ruled_by=cast["superior"].user,
            at=timezone.now(),
        )


def test_ruling_is_given_once_with_reasons_and_stays(cast: Cast, other_officer: Member) -> None:
    objected(standing_until(cast, 100))
    objection, actor = Objection.objects.get(), other_officer.actor
    with scope(actor):
        with pytest.raises(ValidationError, match="Give the reasons"):
            actions.rule_on(objection, result="upheld", reasons="  ", actor=actor)
        actions.rule_on(objection, result="upheld", reasons="情况属实", actor=actor)
        with pytest.raises(Stale):
            actions.rule_on(objection, result="rejected", reasons="x", actor=actor)
        with pytest.raises(DatabaseError), transaction.atomic():
            Ruling.objects.filter(objection=objection).update(result="rejected")
        actions.told(objection, actor=actor)
    assert Ruling.objects.get().told_at is not None


def test_author_is_opened_to_a_named_handler_who_says_what_for(cast: Cast, other_officer: Member) -> None:
    objected(standing_until(cast, 100))
    objection, actor = Objection.objects.get(), other_officer.actor
    with scope(actor):
        assert ObjectionAuthor.objects.count() == 0
        with pytest.raises(Forbidden):
            actions.reveal_author(objection, purpose="handling", note="当面核实情况", actor=actor)
        actions.take_on(objection, actor=actor)
        with pytest.raises(ValidationError, match="Too short"):
            actions.reveal_author(objection, purpose="handling", note="看看", actor=actor)
        assert AuthorDisclosure.objects.count() == 0
        assert actions.reveal_author(objection, purpose="handling", note="当面核实情况", actor=actor) == WHO
        assert list(AuthorDisclosure.objects.values_list("user", "note")) == [(actor.user, "当面核实情况")]
    with scope(cast["superior"].actor):  # a colleague who has not taken it on
        assert ObjectionAuthor.objects.count() == 0


def test_author_stands_nowhere_in_clear(cast: Cast) -> None:
    objected(standing_until(cast, 100), uploads=[Upload("evidence", "照片.png", samples.png())])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = [name for (name,) in cursor.fetchall()]
        for word in (WHO.name, WHO.contact):
            for table in tables:
                cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE strpos(t::text, %s) > 0', [word])
                assert (table, cursor.fetchone()[0]) == (table, 0)


def test_counting_role_reads_no_author(cast: Cast, settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%s, 'publicity_objectionauthor', 'SELECT')", [settings.ROLES["count"]]
        )
        assert cursor.fetchone()[0] is False


@pytest.mark.parametrize(
    "who", ["county_officer", "sibling_officer", "unit_officer", "auditor", "applicant", "anonymous"]
)
def test_objection_is_nobodys_but_the_publishing_units(cast: Cast, who: str) -> None:
    objected(standing_until(cast, 100), uploads=[Upload("evidence", "照片.png", samples.png())])
    actor = cast.actors[who]
    objection = Objection.objects.get()
    with scope(actor):
        assert HANDLE.filter(Objection.objects.all(), actor).count() == 0
        with pytest.raises(Forbidden):
            actions.matter_of(objection, actor=actor)
        with pytest.raises(Forbidden):
            actions.take_on(objection, actor=actor)
        assert ObjectionAuthor.objects.count() == 0
        if who != "auditor":
            assert (Objection.objects.count(), ObjectionFile.objects.count()) == (0, 0)


def test_receipt_of_one_form_is_the_same_and_a_wrong_code_tells_nothing(cast: Cast) -> None:
    request = uuid.uuid4()
    assert actions.receipt_of(request) == actions.receipt_of(request)
    objected(standing_until(cast, 100))
    with scope(ANONYMOUS):
        assert [queries.told(codes.new()), queries.told("x"), queries.told("")] == [None, None, None]


def test_unfit_evidence_is_refused_and_nothing_is_kept(cast: Cast) -> None:
    with pytest.raises(ValidationError) as wrong:
        objected(standing_until(cast, 100), uploads=[Upload("evidence", "x.exe", b"MZ rest")])
    assert list(wrong.value.message_dict) == ["evidence"]
    assert (Objection.objects.count(), list(actions.STORE.names(older_than=2**40))) == (0, [])


def test_evidence_is_kept_sealed_and_the_stray_is_swept(cast: Cast, monkeypatch) -> None:
    objected(standing_until(cast, 100), uploads=[Upload("evidence", "照片.png", samples.png())])
    stray = actions.STORE.keep(b"x")
    monkeypatch.setattr(beside, "STRAY", -60)
    assert tasks.sweep() == 1
    file = ObjectionFile.objects.get()
    assert (actions.STORE.fetch(file.stored), actions.STORE.holds(stray)) == (samples.png(), False)


def edition(cast: Cast, *, appeals: bool) -> Edition:
    now = timezone.now()
    made = Edition.objects.create(
        programme="tested", unit=cast.city, name="2026", state=EditionState.PUBLISHED
    )
    if appeals:
        Window.objects.create(
            edition=made, kind=WindowKind.APPEAL, since=now - timedelta(days=1), until=now + timedelta(days=1)
        )
    return made


def test_appeal_comes_from_the_applicant_within_the_window_and_holds_the_case(cast: Cast, flow) -> None:
    case = filed(cast, edition=edition(cast, appeals=True))
    actor = cast["applicant"].actor
    with scope(actor):
        code = actions.appeal(
            case, author=Author(actor.name, "139"), matter="漏计一项", request=uuid.uuid4(), actor=actor
        )
        assert queries.told(code).kind == "appeal"
    assert (Objection.objects.get().unit, queries.with_open_objection([case.pk])) == (cast.city, {case.pk})


def test_appeal_of_a_stranger_or_outside_the_window_is_refused(cast: Cast, flow) -> None:
    open_case, closed_case = (
        filed(cast, edition=edition(cast, appeals=True)),
        filed(cast, "colleague"),
    )
    for who, case in (("stranger", open_case), ("colleague", closed_case)):
        actor = cast[who].actor
        with scope(actor), pytest.raises(ValidationError, match="window for appeals"):
            actions.appeal(case, author=Author("x", "y"), matter="x", request=uuid.uuid4(), actor=actor)


def test_refusal_by_open_objection_names_the_reason(cast: Cast, flow) -> None:
    case = filed(cast)
    published(cast, [case])
    objected(standing_until(cast, 60, [case]), position=1)
    actor = cast["superior"].actor
    with scope(actor), pytest.raises(Refused, match="has not been ruled on yet"):
        door.transition(case, "award", actor=actor)


def test_clock_of_a_case_stands_still_while_an_objection_is_open(
    cast: Cast, flow, other_officer: Member
) -> None:
    held, free = filed(cast), filed(cast, "colleague")
    now = timezone.now()
    begin([held, free], "reply", now, fixed={c.pk: now + timedelta(days=9) for c in (held, free)})
    objected(standing_until(cast, 60, [held, free]), position=1)
    assert [ending.hold(), ending.hold()] == [1, 0]
    assert list(Pause.objects.values_list("clock__case", "until")) == [(held.pk, None)]
    with scope(other_officer.actor):
        actions.rule_on(
            Objection.objects.get(), result="rejected", reasons="查无此事", actor=other_officer.actor
        )
    assert [ending.hold(), ending.hold()] == [1, 0]
    assert Pause.objects.get().until is not None
