"""A list made public: masked, frozen, counted in working days, ended by the time alone."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from gongjiang.kernel.access.actor import ANONYMOUS, scope
from gongjiang.kernel.calendar.days import working_days_between
from gongjiang.kernel.calendar.deadlines import EndsAt
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused, Stale
from gongjiang.kernel.lifecycle.models import Case, Turn
from gongjiang.kernel.people.masking import mask_name
from gongjiang.kernel.publicity import actions, ending, queries
from gongjiang.kernel.publicity.models import Publicity, PublicityCase
from gongjiang.kernel.publicity.snapshot import Column, Mask, Snapshot, Step, freeze
from tests.cast import Cast

from .conftest import COLUMNS, filed, published, standing_until

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=5)


@given(CHINESE)
def test_masked_name_keeps_at_most_family_name_and_last_character(name: str) -> None:
    masked = mask_name(name)
    assert masked != name
    assert "＊" in masked
    assert len(masked.replace("＊", "")) <= 3
    assert masked.replace("＊", "") in (name[:1], name[:1] + name[-1], name[:2] + name[-1])


@given(st.lists(st.tuples(CHINESE, st.lists(CHINESE, min_size=1, max_size=4)), max_size=5))
def test_snapshot_survives_its_json_and_holds_no_name(rows) -> None:
    made = freeze((Column("a", "a"), Column("b", "b", mask=Mask.NAMES)), rows, (Step("x", "y", "3"),))
    assert Snapshot.from_json(made.to_json()) == made
    for (_title, names), row in zip(rows, made.rows, strict=True):
        assert row[1].startswith(mask_name(names[0]))
        assert all(name not in row[1] for name in names)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {},
        {"columns": [], "rows": [["x"]], "steps": []},
        {"columns": [{"label": "x"}], "rows": [], "steps": []},
    ],
)
def test_whatever_is_no_snapshot_is_refused(raw) -> None:
    with pytest.raises(ValidationError):
        Snapshot.from_json(raw)


@pytest.mark.parametrize("number", ["140423198605200117", "139 0000 1234", "6222 0212 3456 7890 123"])
def test_row_with_a_number_of_a_person_is_not_published(number: str) -> None:
    with pytest.raises(ValidationError, match="Row 2 holds"):
        freeze((Column("a", "a"),), [("好",), (f"电话{number}",)])


@pytest.mark.parametrize(
    "number", ["INN-2026-140423-00017", "ZL202310123456.7", "2026年", "13,900.00", "88.40"]
)
def test_row_with_a_number_of_a_case_or_a_patent_is_published(number: str) -> None:
    assert freeze((Column("a", "a"),), [(number,)]).rows == ((number,),)


def test_notice_stands_its_working_days_and_the_public_reads_only_the_masked_list(cast: Cast, flow) -> None:
    notice = published(cast, [filed(cast), filed(cast, "colleague")])
    with scope(ANONYMOUS):
        (read,) = queries.standing()
        assert [row[1] for row in read.snapshot.rows] == ["王＊甲 等 2 人", "王＊甲 等 2 人"]
        assert PublicityCase.objects.count() == 0
    local = timezone.localtime(notice.closes_at)
    calendar = calendars().at(cast.city.region)
    assert working_days_between(calendar, timezone.localdate(), local.date()) == 5
    assert f"{local:%H:%M:%S}" == "18:00:00"


def test_notice_in_the_name_of_another_unit_is_refused(cast: Cast, flow) -> None:
    case, actor = filed(cast), cast["county_officer"].actor
    with scope(actor), pytest.raises(Forbidden):
        actions.publicise(
            [case],
            unit=cast.city,
            kind="x",
            title="x",
            columns=COLUMNS,
            rows={case.pk: ("a", ["b"], "1")},
            days=5,
            ends_at=EndsAt.OFFICE,
            actor=actor,
        )


@pytest.mark.parametrize(
    "change",
    [
        {"title": "x"},
        {"days": 1},
        {"opened_at": timezone.now()},
        {"digest": b"y" * 32},
        {"snapshot": freeze(COLUMNS, [])},
        {"closes_at": timezone.now() - timedelta(days=30)},
    ],
)
def test_database_keeps_a_notice_as_it_was_published(cast: Cast, flow, change: dict) -> None:
    notice = published(cast, [filed(cast)])
    with scope(cast["superior"].actor), pytest.raises(DatabaseError), transaction.atomic():
        Publicity.objects.filter(pk=notice.pk).update(**change)


def test_award_waits_until_the_notice_is_over(cast: Cast, flow) -> None:
    case = filed(cast)
    published(cast, [case])
    actor = cast["superior"].actor
    with scope(actor), pytest.raises(Refused, match="stands until"):
        door.transition(case, "award", actor=actor)


def test_award_of_what_was_never_publicised_is_refused(cast: Cast, flow) -> None:
    case, actor = filed(cast), cast["superior"].actor
    notice = published(cast, [case])
    with scope(actor):
        actions.cancel(notice, reason="名单有误", actor=actor)
        with pytest.raises(Refused, match="not been publicised"):
            door.transition(case, "award", actor=actor)


def test_notice_that_is_over_hands_its_cases_on_by_itself_and_once(cast: Cast, flow) -> None:
    case = filed(cast)
    published(cast, [case])
    assert Turn.objects.filter(case=case, until=None).count() == 0
    over = standing_until(cast, -1, [case])
    assert [row.pk for row in ending.end()] == [over.pk]
    assert ending.end() == []
    turn = Turn.objects.get(case=case, until=None)
    assert (turn.unit, turn.role) == (cast.city, "officer")
    assert Publicity.objects.get(pk=over.pk).ended_at is not None


def test_notice_is_prolonged_while_it_stands_and_never_after(cast: Cast, flow) -> None:
    actor = cast["superior"].actor
    notice = published(cast, [filed(cast)])
    before = notice.closes_at
    over = standing_until(cast, -1)
    with scope(actor):
        assert actions.prolong(notice, days=2, ends_at=EndsAt.OFFICE, actor=actor).closes_at > before
        with pytest.raises(Stale):
            actions.prolong(over, days=2, ends_at=EndsAt.OFFICE, actor=actor)
        with pytest.raises(Stale):
            actions.cancel(over, reason="x", actor=actor)
    with scope(cast["sibling_officer"].actor), pytest.raises(Forbidden):
        actions.cancel(notice, reason="x", actor=cast["sibling_officer"].actor)


def test_second_notice_of_a_kind_is_the_second_round(cast: Cast, flow) -> None:
    actor = cast["superior"].actor
    with scope(actor):
        made = [
            actions.publicise(
                [],
                unit=cast.city,
                kind="x",
                title="x",
                columns=COLUMNS,
                rows={},
                days=1,
                ends_at=EndsAt.MIDNIGHT,
                actor=actor,
            )
            for _ in range(2)
        ]
    assert [(m.round, m.number[-4:]) for m in made] == [(1, "0001"), (2, "0002")]
    assert Case.objects.count() == 0
