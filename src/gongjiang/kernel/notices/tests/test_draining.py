"""Who is told what; once, whatever is killed; nothing of what is confidential, old or loaded in bulk."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.models import Case, CaseEvent, Edition, Participant
from gongjiang.kernel.notices import actions, draining
from gongjiang.kernel.notices.models import Delivery, Mark, Notice
from gongjiang.kernel.notices.queries import unread
from gongjiang.kernel.outbox import reading as outbox
from gongjiang.kernel.publicity import ending
from gongjiang.kernel.publicity.models import Publicity
from gongjiang.kernel.review import panels
from gongjiang.kernel.tasks import actions as tasks
from tests.cast import Cast, Member
from tests.conformance.scenes import scenes_of, walk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(lasting_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """The cast with open calls; the reader of notices has begun, and writes to the console."""
    monkeypatch.setenv("GONGJIANG_NOTICES_CONSOLE", "1")
    scenes_of("innovations").prepare(lasting_cast)
    draining.drain()
    return lasting_cast


def submitted(cast: Cast) -> Case:
    """A result of the applicant that waits for the works."""
    walks = scenes_of("innovations").walks["innovations.result"]
    steps = next(w for w in walks if "submit" in [s.name for s in w])
    until = [s.name for s in steps].index("submit") + 1
    case = walk(cast, steps[:until])
    assert case is not None
    assert case.state == "submitted"
    return case


def move(cast: Cast, case: Case, name: str, by: str, **data: object) -> None:
    actor = cast[by].actor
    with scope(actor):
        door.transition(case, name, actor=actor, **data)
    case.refresh_from_db()


def told(cast: Cast) -> list[tuple[str, str, str, str]]:
    """(to whom, kind, state, outcome) of every notice to a person."""
    names = {m.person.pk: name for name, m in cast.members.items() if m.person}
    rows = Notice.objects.filter(person__isnull=False).order_by("pk")
    return sorted((names[n.person_id], n.kind, n.state, n.outcome) for n in rows)


def others_of(cast: Cast, case: Case) -> set[str]:
    names = {m.person.pk: name for name, m in cast.members.items() if m.person}
    people = set(Participant.objects.filter(case=case).values_list("person", flat=True))
    return {names[p] for p in people - {case.applicant_id}}


def test_return_tells_the_applicant_once_and_takes_part_who_takes_part(stage: Cast) -> None:
    case = submitted(stage)
    move(stage, case, "return", "unit_officer", note="补交照片")
    draining.drain()
    others = [(who, "returned", "returned", "") for who in sorted(others_of(stage, case))]
    assert told(stage) == sorted([("applicant", "returned", "", ""), *others])
    assert Delivery.objects.count() == 1 + len(others)


def test_decision_tells_what_was_decided(stage: Cast) -> None:
    case = submitted(stage)
    move(stage, case, "refuse", "unit_officer", note="与往届成果相同")
    draining.drain()
    everybody = {"applicant", *others_of(stage, case)}
    assert told(stage) == sorted((who, "decided", "closed", "refused") for who in everybody)


def test_who_acts_is_not_told_of_it(stage: Cast) -> None:
    case = submitted(stage)
    move(stage, case, "withdraw", "applicant")
    draining.drain()
    assert [who for who, *_ in told(stage)] == sorted(others_of(stage, case))


def test_officer_gets_one_notice_a_day_with_what_waits(stage: Cast) -> None:
    for _ in range(2):
        submitted(stage)
        draining.drain()
    rows = Notice.objects.filter(user__isnull=False).values_list("user__username", "kind", "number")
    assert list(rows) == [("unit_officer", "work_waits", 2)]


def test_drain_that_is_killed_is_repeated_and_adds_nothing(
    stage: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the position is kept, nothing is written; killed after, nothing is read again."""
    case = submitted(stage)
    move(stage, case, "refuse", "unit_officer", note="重复")

    class Killed(Exception):
        pass

    def killed(reader: str, until: int) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "keep", killed)
        for _ in range(2):
            with pytest.raises(Killed):
                draining.drain()
    assert (Notice.objects.count(), Delivery.objects.count()) == (0, 0)
    first = draining.drain().notices
    before = told(stage)
    with connection.cursor() as cursor:  # as after a restore from yesterday's position
        cursor.execute("UPDATE notices_mark SET position = '1:1:'")
    again = draining.drain().notices
    assert (first > 0, again, told(stage)) == (True, 0, before)


def test_what_was_before_the_first_round_is_news_to_nobody(lasting_cast: Cast) -> None:
    scenes_of("innovations").prepare(lasting_cast)
    case = submitted(lasting_cast)
    move(lasting_cast, case, "refuse", "unit_officer", note="重复")
    draining.drain()
    draining.drain()
    assert Notice.objects.count() == 0


def test_bulk_load_writes_no_notice(stage: Cast) -> None:
    case = submitted(stage)
    move(stage, case, "refuse", "unit_officer", note="重复")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_change (xid, source, key) VALUES (pg_current_xact_id(), 'lifecycle_case', 0)"
        )
    draining.drain()
    assert Notice.objects.count() == 0
    assert draining.drain().cases == 0


def test_history_of_long_ago_is_news_to_nobody(stage: Cast) -> None:
    case = submitted(stage)
    move(stage, case, "refuse", "unit_officer", note="重复")
    Mark.objects.update(since=timezone.now() - dt.timedelta(days=400))
    long_ago = timezone.now() - dt.timedelta(days=31)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE lifecycle_caseevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE lifecycle_caseevent SET at = %s", [long_ago])
        cursor.execute("ALTER TABLE lifecycle_caseevent ENABLE TRIGGER USER")
    draining.drain()
    assert told(stage) == []


def test_confidential_case_leaves_nobody_a_notice(stage: Cast) -> None:
    case = submitted(stage)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE lifecycle_case DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE lifecycle_case SET confidential = true, applicant_id = NULL WHERE id = %s", [case.pk]
        )
        cursor.execute("ALTER TABLE lifecycle_case ENABLE TRIGGER USER")
    case.refresh_from_db()
    move(stage, case, "refuse", "unit_officer", note="重复")
    draining.drain()
    assert Notice.objects.filter(person__isnull=False).count() == 0
    assert Notice.objects.filter(case__isnull=False).count() == 0
    assert CaseEvent.objects.filter(case=case, target="closed").exists()


def test_notices_are_read_by_whom_they_are_for(stage: Cast) -> None:
    case = submitted(stage)
    move(stage, case, "refuse", "unit_officer", note="重复")
    submitted(stage)
    draining.drain()
    seen = {}
    for who in ("applicant", "unit_officer", "county_officer", "stranger", "neighbour_officer"):
        actor = stage[who].actor
        with scope(actor):
            seen[who] = (Notice.objects.count(), unread(actor))
    assert {w: n for w, n in seen.items() if n != (0, 0)} == {"applicant": (1, 1), "unit_officer": (1, 1)}
    with scope(stage["applicant"].actor):
        key = Notice.objects.get().pk
        assert actions.mark_read([key], actor=stage["applicant"].actor) == 1
        assert unread(stage["applicant"].actor) == 0
    with scope(stage["stranger"].actor):
        assert actions.mark_read(actor=stage["stranger"].actor) == 0


def test_drain_costs_the_same_for_many_cases(stage: Cast) -> None:
    from django.test.utils import CaptureQueriesContext

    costs = []
    for n in (1, 6):
        for _ in range(n):
            move(stage, submitted(stage), "refuse", "unit_officer", note="重复")
        with CaptureQueriesContext(connection) as queries:
            draining.drain()
        costs.append(len(queries))
    assert costs[0] == costs[1]


def _inbox(member: Member) -> list[tuple[str, int | None]]:
    return list(Notice.objects.filter(user=member.user).order_by("pk").values_list("kind", "of"))


def test_task_tells_who_is_to_do_it_and_its_answer_who_asked(stage: Cast) -> None:
    superior, county = stage["superior"], stage["county_officer"]
    with scope(superior.actor):
        task = tasks.ask(
            "assign", "报送台账（演示）", actor=superior.actor, unit=stage.city.pk, owner=stage.county.pk,
            due_at=timezone.now() + dt.timedelta(days=3),
        )  # fmt: skip
    draining.drain()
    assert (_inbox(county), _inbox(superior), _inbox(stage["sibling_officer"])) == (
        [("task", task.pk)],
        [],
        [],
    )
    with scope(county.actor):
        tasks.reply(task, actor=county.actor, text="已报送。")
    draining.drain()
    assert (_inbox(county), _inbox(superior)) == ([("task", task.pk)], [("answered", task.pk)])


def test_expert_is_told_of_the_seat_once(stage: Cast) -> None:
    superior = stage["superior"].actor
    with scope(superior):
        panel = panels.create_panel(
            Edition.objects.get(), stage.city, actor=superior, stage="paper", name="评审组"
        )
        seat = panels.seat(panel, "expert", "panelist", actor=superior)
    draining.drain()
    draining.drain()
    found = Notice.objects.filter(user__username="expert").values_list("kind", "of")
    assert list(found) == [("seat", seat.pk)]


def test_organiser_is_told_that_a_notice_is_over(stage: Cast) -> None:
    walks = scenes_of("innovations").walks["innovations.entry"]
    walk(stage, next(w for w in walks if w[-1].name == "shortlist"))  # its time is over
    ending.end()
    draining.drain()
    over = Publicity.objects.get()
    assert ("notice_over", over.pk) in _inbox(stage["superior"])
    assert [kind for kind, _of in _inbox(stage["county_officer"]) if kind == "notice_over"] == []
