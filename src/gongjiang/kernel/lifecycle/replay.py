"""Loading histories in bulk: whole cases with events and turns, checked against the flow before they are written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from .edges import flows
from .flow import phase_of
from .numbers import case_numbers
from .states import Phase


@dataclass
class Step:
    """One transition that happened: by which account, for which unit in which role."""

    name: str
    at: datetime
    user: int | None = None
    unit: int | None = None
    role: str = ""
    note: str = ""


@dataclass
class TurnThen:
    """A turn that a case had; `until` None is the live one."""

    since: datetime
    until: datetime | None
    unit: int | None = None
    person: int | None = None
    role: str = ""
    due_at: datetime | None = None
    rule: int | None = None  # the DeadlineRule that gave the time


@dataclass
class History:
    """A case as it went. participants: (person, role, position, share in per cent or None, unit)."""

    unit: int
    path: str
    region: str
    applicant: int | None
    steps: Sequence[Step]
    edition: int | None = None
    turns: Sequence[TurnThen] = ()
    participants: Sequence[tuple[int, str, int, float | None, int]] = ()
    key: int = 0  # filled by replay
    _ended: dict[str, Any] = field(default_factory=dict, repr=False)


class ReplayError(ValueError):
    """A history that its flow does not allow."""


def replay(flow_name: str, histories: Iterable[History]) -> list[int]:
    """Write the cases with their events, turns and participants and return their keys, in order.

    Runs as the owner of the tables. Raises ReplayError before anything is written when a step is no legal move,
    times run backwards, or a live turn and a closed case contradict each other.
    """
    flow = flows()[flow_name]
    moves = {t.name: t for t in flow.transitions}
    loaded = list(histories)
    for h in loaded:
        if not h.steps:
            raise ReplayError(f"{flow_name}: a case without a step")
        if (flow.applicant_required and h.applicant is None) or (flow.edition_required and h.edition is None):
            raise ReplayError(f"{flow_name}: the applicant or the edition is missing")
        state, phase, before, submitted = "", None, None, None
        course: list[tuple[datetime, str]] = []
        for step in h.steps:
            move = moves.get(step.name)
            if move is None or (state not in move.sources if state else bool(move.sources)):
                raise ReplayError(f"{flow_name}: {step.name} does not start from {state or 'the opening'}")
            if before is not None and step.at < before:
                raise ReplayError(f"{flow_name}: {step.name} happens before the step in front of it")
            phase = phase_of(move.target, state)
            state, before = move.target, step.at
            course.append((step.at, state))
            if submitted is None and phase not in (Phase.DRAFT, Phase.CLOSED):
                submitted = step.at
        closed = phase == Phase.CLOSED
        if closed and any(t.until is None for t in h.turns):
            raise ReplayError(f"{flow_name}: a closed case has a live turn")
        h._ended = {
            "state": state,
            "phase": phase,
            "submitted": submitted,
            "outcome": moves[h.steps[-1].name].outcome,
            "closed": closed,
            "course": course,
        }
    if not loaded:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gongjiang.replay', 'on', true)")
        keys = _keys(cursor, "lifecycle_case", len(loaded))
        for h, key in zip(loaded, keys, strict=True):
            h.key = key
        numbers = case_numbers(
            flow.prefix, [(h.key, h.region, s) for h in loaded if (s := h._ended["submitted"])]
        )
        _copy(cursor, "lifecycle_case", _CASE, (_case_row(flow_name, h, numbers) for h in loaded))
        _copy(cursor, "lifecycle_caseevent", _EVENT, (row for h in loaded for row in _event_rows(moves, h)))
        count = sum(len(h.turns) for h in loaded)
        turns = list(zip(_keys(cursor, "lifecycle_turn", count), _turns(loaded), strict=True))
        _copy(
            cursor,
            "lifecycle_turn",
            ("id", "case_id", "unit_id", "person_id", "role", "flow", "due_at", "since", "until"),
            (
                (key, h.key, t.unit, t.person, t.role, flow_name, t.due_at, t.since, t.until)
                for key, (h, t) in turns
            ),
        )
        _copy(cursor, "lifecycle_clock", _CLOCK, (_clock_row(key, h, t) for key, (h, t) in turns if t.due_at))
        _copy(
            cursor,
            "lifecycle_participant",
            ("case_id", "person_id", "role", "position", "share", "unit_id"),
            ((h.key, *p) for h in loaded for p in h.participants),
        )
        cursor.execute("SELECT set_config('gongjiang.replay', '', true)")
    return keys


_CASE = (
    "id", "number", "flow", "edition_id", "unit_id", "path", "applicant_id", "state", "phase", "outcome",
    "opened_at", "due_at", "closed_at", "version", "confidential",
)  # fmt: skip
_EVENT = ("case_id", "version", "name", "source", "target", "user_id", "unit_id", "role", "note", "at")


_CLOCK = (
    "case_id", "turn_id", "rule_id", "event", "region", "started_at", "due_at", "first_due_at", "provisional",
    "stopped_at", "breached_at",
)  # fmt: skip


def _keys(cursor: Any, table: str, count: int) -> list[int]:
    """Take keys of a table, in order."""
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
    )
    return [k for (k,) in cursor.fetchall()]


def _turns(loaded: Sequence[History]) -> Iterable[tuple[History, TurnThen]]:
    return ((h, t) for h in loaded for t in h.turns)


def _due(h: History) -> datetime | None:
    """By when the one whose turn it is must have acted."""
    return next((t.due_at for t in h.turns if t.until is None), None)


def _clock_row(turn: int, h: History, t: TurnThen) -> tuple[Any, ...]:
    state = [s for at, s in h._ended["course"] if at <= t.since][-1:] or [h._ended["course"][0][1]]
    breached = t.due_at if t.due_at and t.until and t.until > t.due_at else None
    return (
        h.key, turn, t.rule, state[0], h.region, t.since, t.due_at, t.due_at, False, t.until, breached,
    )  # fmt: skip


def _case_row(flow_name: str, h: History, numbers: dict[int, str]) -> tuple[Any, ...]:
    end = h._ended
    return (
        h.key, numbers.get(h.key), flow_name, h.edition, h.unit, h.path, h.applicant, end["state"],
        end["phase"].value, end["outcome"], h.steps[0].at, _due(h),
        h.steps[-1].at if end["closed"] else None, len(h.steps), False,
    )  # fmt: skip


def _event_rows(moves: dict[str, Any], h: History) -> Iterable[tuple[Any, ...]]:
    state = ""
    for version, step in enumerate(h.steps, start=1):
        target = moves[step.name].target
        yield (h.key, version, step.name, state, target, step.user, step.unit, step.role, step.note, step.at)
        state = target


def _copy(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = ", ".join(columns)
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
