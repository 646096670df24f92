"""Loading histories in bulk gives what the door would have written, and nothing that it would not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from gongjiang.kernel.lifecycle.models import Case, CaseEvent, Participant, Turn
from gongjiang.kernel.lifecycle.replay import History, ReplayError, Step, TurnThen, replay

from .conftest import acted, opened

MONTH_AGO = timezone.now() - timedelta(days=30)


def day(n: int):
    return MONTH_AGO + timedelta(days=n)


def history(cast, *steps: Step, turns=(), participants=(), **fields) -> History:
    return History(
        unit=cast.works.pk,
        path=cast.works.path,
        region=cast.works.region,
        applicant=cast["applicant"].person.pk,
        steps=steps,
        turns=turns,
        participants=participants,
        **fields,
    )


def columns(model, case, *left_out):
    names = [f.attname for f in model._meta.concrete_fields if f.attname not in {"id", "case_id", *left_out}]
    key = "pk" if model is Case else "case"
    return list(model.objects.filter(**{key: case}).order_by("pk").values(*names))


def test_replayed_history_equals_what_the_door_writes(flow, cast):
    walked = opened(cast)
    acted(cast, walked, "return", "unit_officer", note="which machine?")
    acted(cast, walked, "submit", "applicant")
    acted(cast, walked, "accept", "unit_officer")
    walked = acted(cast, walked, "finish", "unit_officer")
    at = list(CaseEvent.objects.filter(case=walked).order_by("version").values_list("at", flat=True))
    asked, officer = cast["applicant"], cast["unit_officer"]
    mine = {"user": asked.user.pk}
    theirs = {"user": officer.user.pk, "unit": cast.works.pk, "role": "unit_officer"}
    unit_turn = {"unit": cast.works.pk, "role": "unit_officer"}
    (key,) = replay(
        "tested.thing",
        [
            history(
                cast,
                Step("file", at[0], **mine),
                Step("return", at[1], note="which machine?", **theirs),
                Step("submit", at[2], **mine),
                Step("accept", at[3], **theirs),
                Step("finish", at[4], **theirs),
                turns=[
                    TurnThen(at[0], at[1], **unit_turn),
                    TurnThen(at[1], at[2], person=asked.person.pk),
                    TurnThen(at[2], at[3], **unit_turn),
                    TurnThen(at[3], at[4], **unit_turn),
                ],
            )
        ],
    )
    assert columns(Case, key, "number") == columns(Case, walked.pk, "number")
    assert columns(CaseEvent, key) == columns(CaseEvent, walked.pk)
    assert columns(Turn, key) == columns(Turn, walked.pk)
    assert (
        Case.objects.get(pk=key).number.endswith("-140423-00001")
        or Case.objects.get(pk=key).number > walked.number
    )


def test_replayed_case_goes_on_through_the_door(flow, cast):
    turn = TurnThen(day(0), None, unit=cast.works.pk, role="unit_officer")
    (key,) = replay("tested.thing", [history(cast, Step("file", day(0)), turns=[turn])])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    case = acted(cast, Case.objects.get(pk=key), "accept", "unit_officer")
    assert (case.state, case.version) == ("accepted", 2)


def test_participants_are_written_as_given(flow, cast):
    people = [
        (cast["applicant"].person.pk, "author", 1, 60, cast.works.pk),
        (cast["colleague"].person.pk, "author", 2, 40, cast.works.pk),
    ]
    (key,) = replay("tested.thing", [history(cast, Step("draft", day(0)), participants=people)])
    found = (
        Participant.objects.filter(case=key)
        .order_by("position")
        .values_list("person", "role", "position", "share", "unit")
    )
    assert list(found) == people


def test_numbers_follow_the_order_in_which_histories_are_given(flow, cast):
    keys = replay("tested.thing", [history(cast, Step("file", day(n))) for n in range(3)])
    numbers = list(Case.objects.filter(pk__in=keys).order_by("pk").values_list("number", flat=True))
    assert [n.rsplit("-", 1)[1] for n in numbers] == ["00001", "00002", "00003"]


def test_nothing_to_replay_is_nothing(flow, cast):
    assert replay("tested.thing", []) == []


@pytest.mark.parametrize(
    "steps",
    [
        [("submit", 0)],
        [("accept", 0)],
        [("file", 0), ("file", 1)],
        [("file", 0), ("finish", 1)],
        [("file", 0), ("withdraw", 1), ("submit", 2)],
        [("file", 0), ("explode", 1)],
        [("file", 1), ("accept", 0)],
        [],
    ],
    ids=[
        "not-an-opening",
        "unknown-beginning",
        "opened-twice",
        "no-such-edge",
        "after-the-end",
        "unknown-move",
        "backwards",
        "empty",
    ],
)
def test_illegal_history_is_refused_and_leaves_nothing(flow, cast, steps):
    good = history(cast, Step("file", day(0)))
    with pytest.raises(ReplayError):
        replay("tested.thing", [good, history(cast, *[Step(name, day(n)) for name, n in steps])])
    assert not Case.objects.exists()


def test_closed_case_with_a_live_turn_is_refused(flow, cast):
    turn = TurnThen(day(0), None, unit=cast.works.pk, role="unit_officer")
    with pytest.raises(ReplayError):
        replay("tested.thing", [history(cast, Step("file", day(0)), Step("withdraw", day(1)), turns=[turn])])


def test_history_without_a_required_applicant_is_refused(flow, cast):
    nobody = history(cast, Step("file", day(0)))
    nobody.applicant = None
    with pytest.raises(ReplayError):
        replay("tested.thing", [nobody])
