"""Tasks: asked, done, verified by another, sent back, put off, opened once when they recur; and who sees them."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.tests import samples
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused, Stale
from gongjiang.kernel.lifecycle.models import Clock
from gongjiang.kernel.tasks import actions
from gongjiang.kernel.tasks.models import STORE, Task, TaskEvent, TaskFile, TaskKind, TaskState, Visit
from gongjiang.kernel.tasks.queries import to_do, to_verify
from gongjiang.kernel.tasks.rules import VIEW

SOON = dt.timedelta(days=3)


def asked(cast, kind: str = TaskKind.ASSIGN, **more) -> Task:
    """A task of the county for the works."""
    officer = cast["county_officer"].actor
    with scope(officer):
        said = {"unit": cast.county.pk, "owner": cast.works.pk, "due_at": timezone.now() + SOON, **more}
        return actions.ask(kind, "报送花名册", actor=officer, **said)


def done(cast, task: Task, **said) -> Task:
    actor = cast["unit_officer"].actor
    with scope(actor):
        return actions.reply(task, actor=actor, **{"text": "已报", **said})


def test_task_goes_from_the_one_who_asks_to_the_one_who_does_and_back(cast) -> None:
    task = asked(cast)
    owner, asker = cast["unit_officer"].actor, cast["county_officer"].actor
    with scope(owner):
        assert list(to_do(owner)) == [task]
    task = done(cast, task)
    with scope(asker):
        assert list(to_verify(asker)) == [task]
        task = actions.verify(task, actor=asker)
    assert task.state == TaskState.VERIFIED
    assert list(TaskEvent.objects.filter(task=task).order_by("pk").values_list("name", flat=True)) == [
        "ask", "reply", "verify",
    ]  # fmt: skip
    assert Clock.objects.get(task=task).stopped_at is not None


def test_whoever_did_it_does_not_verify_it(cast) -> None:
    both = cast["county_officer"]
    Grant.objects.create(user=both.user, role=Role.UNIT_OFFICER, unit=cast.works, since=dt.date(2020, 1, 1))
    task = asked(cast)
    actor = both.actor
    with scope(actor):
        task = actions.reply(task, actor=actor, text="已报")
        with pytest.raises(Refused):
            actions.verify(task, actor=actor)
    with pytest.raises(IntegrityError, match="task_verified_by_another"), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(
            state=TaskState.VERIFIED, verified_by=both.user, ended_at=timezone.now()
        )


def test_only_the_asking_tree_the_owner_and_helpers_see_it(cast) -> None:
    task = asked(cast, helpers=[cast.mill.pk])
    seen = {}
    for who in (
        "county_officer", "superior", "leader", "unit_officer", "neighbour_officer", "sibling_officer", "applicant",
    ):  # fmt: skip
        actor = cast[who].actor
        with scope(actor):
            behind_the_wall = Task.objects.filter(pk=task.pk).exists()
            assert VIEW.filter(Task.objects.filter(pk=task.pk), actor).exists() is behind_the_wall
            seen[who] = behind_the_wall
    assert [who for who, yes in seen.items() if not yes] == ["sibling_officer", "applicant"]


def test_sibling_can_neither_answer_nor_verify(cast) -> None:
    task = asked(cast)
    sibling = cast["sibling_officer"].actor
    with scope(sibling):
        with pytest.raises(Forbidden):
            actions.reply(task, actor=sibling, text="已报")
        with pytest.raises(Forbidden):
            actions.cancel(task, actor=sibling, note="不办了")


def test_kind_that_asks_for_evidence_is_not_done_without(cast) -> None:
    task = asked(cast, TaskKind.RECTIFY)
    with pytest.raises(Refused):
        done(cast, task)
    assert done(cast, task, evidence="验收单 3 号").state == TaskState.DONE


def test_opinion_needs_a_verdict(cast) -> None:
    task = asked(cast, TaskKind.CONSULT)
    with pytest.raises(Refused):
        done(cast, task)
    assert done(cast, task, verdict="agreed").verdict == "agreed"


def test_sent_back_it_has_a_new_clock_and_the_old_one_keeps_its_breach(cast) -> None:
    task = done(cast, asked(cast))
    officer = cast["county_officer"].actor
    later = timezone.now() + 2 * SOON
    with scope(officer):
        with pytest.raises(Refused):
            actions.return_(task, actor=officer, note="", due_at=later)
        task = actions.return_(task, actor=officer, note="缺盖章页", due_at=later)
    assert (task.state, task.due_at) == (TaskState.RETURNED, later)
    assert Clock.objects.filter(task=task).count() == 2
    assert done(cast, task, text="已补").state == TaskState.DONE


def test_put_off_it_keeps_the_first_deadline(cast) -> None:
    task = asked(cast)
    first, later = task.due_at, task.due_at + SOON
    officer = cast["county_officer"].actor
    with scope(officer):
        task = actions.postpone(task, actor=officer, note="会议改期", due_at=later)
    clock = Clock.objects.get(task=task)
    assert (task.due_at, clock.due_at, clock.first_due_at) == (later, later, first)


def test_answered_twice_the_second_is_told(cast) -> None:
    task = done(cast, asked(cast))
    with pytest.raises(Stale):
        done(cast, task)


def test_asked_wrongly_nothing_is_opened(cast) -> None:
    with pytest.raises(ValidationError):
        asked(cast, due_at=timezone.now() - SOON)
    with pytest.raises(ValidationError):
        asked(cast, person=cast["applicant"].person.pk)
    with pytest.raises(Forbidden):
        asked(cast, unit=cast.city.pk)
    assert Task.objects.count() == 0


def test_recurring_task_is_opened_once_for_each_subject_and_day(cast) -> None:
    day = timezone.localdate() + SOON
    due, owners = {1: day, 2: day}, {1: cast.works.pk, 2: cast.mill.pk}

    def run() -> int:
        return actions.recur(
            TaskKind.VISIT, "stations.half", due, unit=cast.county.pk, subject="半年走访", owners=owners
        )

    assert [run(), run()] == [2, 0]
    due[1] = day + SOON
    assert run() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_once_one_is_told(lasting_cast) -> None:
    cast = lasting_cast
    task = asked(cast)
    barrier, outcomes = threading.Barrier(2), []

    def answer() -> None:
        try:
            barrier.wait(5)
            done(cast, task)
            outcomes.append("done")
        except Stale:
            outcomes.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=answer) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["done", "stale"]


def test_visit_needs_different_people_and_is_one_row_when_sent_twice(cast) -> None:
    officer = cast["county_officer"].actor
    said = {"by": cast.county.pk, "on": timezone.localdate(), "unit": cast.works, "findings": "设备在用"}
    with scope(officer):
        with pytest.raises(ValidationError):
            actions.record_visit("check", actor=officer, visitors=["甲", "甲 "], at_least=2, **said)
        first = actions.record_visit(
            "check", actor=officer, visitors=["甲", "乙"], at_least=2, device="p1", **said
        )
        again = actions.record_visit(
            "check", actor=officer, visitors=["甲", "乙"], at_least=2, device="p1", **said
        )
    assert first.pk == again.pk
    assert Visit.objects.get().visitors.count() == 2


def test_file_proves_it_as_well_as_words_and_is_read_by_whom_the_task_is_for(cast) -> None:
    task = asked(cast, TaskKind.RECTIFY)
    shot = Upload("proofs", "整改后.png", samples.png())
    assert done(cast, task, files=[shot]).evidence == "整改后.png"
    file = TaskFile.objects.get()
    assert STORE.fetch(file.stored) == samples.png()
    seen = {}
    for name in ("unit_officer", "county_officer", "sibling_officer", "applicant"):
        with scope(cast[name].actor):
            seen[name] = TaskFile.objects.count()
    assert seen == {"unit_officer": 1, "county_officer": 1, "sibling_officer": 0, "applicant": 0}


def test_unfit_file_keeps_nothing_and_the_task_waits(cast) -> None:
    task, before = asked(cast, TaskKind.RECTIFY), set(STORE.names(older_than=2**40))
    with pytest.raises(ValidationError) as wrong:
        done(cast, task, files=[Upload("proofs", "x.exe", b"MZ rest")])
    assert list(wrong.value.message_dict) == ["proofs"]
    task.refresh_from_db()
    assert (task.state, TaskFile.objects.count()) == ("open", 0)
    assert set(STORE.names(older_than=2**40)) == before
