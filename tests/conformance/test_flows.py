"""Every transition of every programme: who may, who may not, what stands against it, and no way round the door."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from gongjiang.kernel import catalogue
from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.flow import Batch, Flow, Forbidden, Refused, phase_of, problems
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.lifecycle.states import Phase, State
from tests.cast import EVERYBODY, Cast

from .scenes import Step, Walk, flows_of, scenes_of, walk, with_scenes

FLOWS = [(p.name, flow) for p in catalogue.programmes() for flow in flows_of(p)]
SOUND = [pytest.param(flow, id=flow.name) for _, flow in FLOWS]
PLAYED = [pytest.param(name, flow, id=flow.name) for name, flow in FLOWS if name in with_scenes()]
WALKS = [
    pytest.param(name, steps, id=f"{flow}:{'-'.join(s.name for s in steps)}")
    for name in with_scenes()
    for flow, walks in scenes_of(name).walks.items()
    for steps in walks
]
REFUSALS = [
    pytest.param(name, steps, id=f"{flow}:{'-'.join(s.name for s in steps)}")
    for name in with_scenes()
    for flow, walks in scenes_of(name).refusals.items()
    for steps in walks
]
#: Never anybody's to act for another county's or another workplace's people.
OUTSIDERS = ("sibling_officer", "stranger")


@pytest.fixture
def stage(cast: Cast, request: pytest.FixtureRequest) -> Cast:
    """The cast, with the rows that the programme's steps need."""
    scenes_of(request.node.callspec.params["name"]).prepare(cast)
    return cast


@pytest.mark.parametrize("flow", SOUND)
def test_flow_is_sound(flow: Flow) -> None:
    assert problems(flow) == []


@pytest.mark.parametrize("flow", SOUND)
def test_flow_names_its_words_and_pages(flow: Flow) -> None:
    from django.urls import reverse

    assert [t.name for t in flow.transitions if not str(t.label).strip()] == []
    assert {reverse(url, args=[1]).split("/")[1] for url in (flow.url, flow.my_url) if url} <= {"desk", "my"}
    assert flow.url


@pytest.mark.parametrize(("name", "flow"), PLAYED)
def test_scenes_walk_every_transition_and_reach_every_state(name: str, flow: Flow) -> None:
    walks = scenes_of(name).walks.get(flow.name, ())
    assert {steps[-1].name for steps in walks} == {t.name for t in flow.transitions}
    assert {flow.transition(s.name).target for steps in walks for s in steps} == set(flow.states)


@pytest.mark.parametrize(("name", "steps"), WALKS)
def test_transition_succeeds_for_whom_it_is_allowed(name: str, steps: Walk, stage: Cast) -> None:
    for by in (steps[-1].by, *steps[-1].also):
        with undone():
            case = steps[-1].take(stage, walk(stage, steps[:-1]), by)
            _checked()
            case.refresh_from_db()
            move = flows()[case.flow].transition(steps[-1].name)
            events = list(case.events.order_by("version").values_list("name", flat=True))
            assert (case.state, case.outcome) == (move.target, move.outcome)
            assert (case.version, events) == (len(steps), [s.name for s in steps])


@pytest.mark.parametrize(("name", "steps"), WALKS)
def test_transition_is_refused_to_everybody_else(name: str, steps: Walk, stage: Cast) -> None:
    last, case = steps[-1], walk(stage, steps[:-1])
    allowed = {last.by, *last.also}
    asked = OUTSIDERS if case is None else (*EVERYBODY, "anonymous")
    assert [who for who in asked if who not in allowed and not _refused(last, stage, case, who)] == []
    if case is not None:
        assert Case.objects.get(pk=case.pk).version == case.version


@pytest.mark.parametrize(("name", "steps"), WALKS)
def test_database_refuses_the_way_round_the_door(name: str, steps: Walk, stage: Cast) -> None:
    """In the scope of whoever may make the move: along the edge without its event, and along no edge."""
    case = walk(stage, steps[:-1])
    if case is None:
        return
    flow, actor = flows()[case.flow], stage.actors[steps[-1].by]
    edges = {target for source, target in flow.edges if source == case.state}
    for state in flow.states:
        sentence = "without its event" if state in edges else "does not lead"
        with undone(), scope(actor), pytest.raises(DatabaseError, match=sentence), transaction.atomic():
            _write_state(case, state)
            _checked()


@pytest.mark.parametrize(("name", "steps"), REFUSALS)
def test_guard_refuses_with_reasons_and_changes_nothing(name: str, steps: Walk, stage: Cast) -> None:
    case = walk(stage, steps[:-1])
    with pytest.raises(Refused) as refusal, transaction.atomic():
        steps[-1].take(stage, case)
    assert all(str(r.text).strip() for reasons in refusal.value.reasons.values() for r in reasons)
    if case is not None:
        assert Case.objects.get(pk=case.pk).version == case.version


@pytest.mark.parametrize(("name", "flow"), PLAYED)
def test_every_guard_has_a_refusal(name: str, flow: Flow, stage: Cast) -> None:
    refused = set()
    for steps in scenes_of(name).refusals.get(flow.name, ()):
        with undone():
            case, last = walk(stage, steps[:-1]), steps[-1]
            if case is None:
                continue
            move, actor = flow.transition(last.name), stage.actors[last.by]
            with scope(actor):
                batch = Batch(move, [case], actor, timezone.now(), last.data)
                refused |= {
                    (move.name, n) for n, guard in enumerate(move.guards) if guard(batch).get(case.pk)
                }
    assert refused >= {(t.name, n) for t in flow.transitions for n, _ in enumerate(t.guards)}


@contextmanager
def undone() -> Iterator[None]:
    """A block whose rows are gone afterwards."""
    savepoint = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(savepoint)


def _refused(step: Step, cast: Cast, case: Case | None, who: str) -> bool:
    try:
        with transaction.atomic():
            step.take(cast, case, who)
    except (Forbidden, ObjectDoesNotExist):
        return True
    return False


def _write_state(case: Case, state: str) -> None:
    phase = case.phase if state == State.SUSPENDED else phase_of(state)
    closed = phase == Phase.CLOSED
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE lifecycle_case SET state = %s, phase = %s, outcome = %s, closed_at = %s, version = version + 1,"
            " number = coalesce(number, 'TEST-1') WHERE id = %s",
            [state, phase, "refused" if closed else "", timezone.now() if closed else None, case.pk],
        )
        assert cursor.rowcount == 1


def _checked() -> None:
    """Ask now what the database asks at the end of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
