"""Clocks that begin and stop."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, When

from gongjiang.kernel.calendar.deadlines import Due

from ..deadlines import Limit, limits
from ..flow import Batch, Effect
from ..models import Case, Clock, Pause, Turn, Why
from .writing import mirror, write


def begin(
    cases: Sequence[Case],
    event: str,
    at: datetime,
    *,
    turns: Mapping[int, Turn] | None = None,
    fixed: Mapping[int, datetime] | None = None,
    given: Mapping[int, Limit] | None = None,
) -> None:
    """Start a clock for each case that has a limit: a moment of its own in `fixed`, or what the rule in force gives.

    turns  case key → the turn that the clock measures
    given  limits found before, so that they are not asked for again
    """
    if not cases:
        return
    fixed = fixed or {}
    found = given if given is not None else limits(cases[0].flow, event, cases, at)
    started = []
    for case in cases:
        turn = (turns or {}).get(case.pk)
        if case.pk in fixed:
            due = Due(fixed[case.pk])
            started.append(_clock(event, at, due, case=case, turn=turn))
        elif case.pk in found:
            limit = found[case.pk]
            started.append(
                _clock(event, at, limit.due, case=case, turn=turn, rule=limit.rule, region=limit.region)
            )
    if started:
        Clock.objects.bulk_create(started)
        mirror([c.case_id for c in started if c.case_id is not None])


def begin_for_task(task: models.Model, due_at: datetime, at: datetime) -> None:
    """Start the clock of a task, whose moment whoever asks sets."""
    _clock("task", at, Due(due_at), task=task).save(force_insert=True)


def move_task(task: int, due_at: datetime, note: str, at: datetime) -> None:
    """Move the deadline of a task's running clock; the first one stays on record."""
    for key in Clock.objects.filter(task=task, stopped_at=None).values_list("pk", flat=True):
        write([(key, due_at, False)], Why.EXTENSION, note, at)


def _clock(event: str, at: datetime, due: Due, **of: Any) -> Clock:
    return Clock(
        event=event,
        started_at=at,
        due_at=due.at,
        first_due_at=due.at,
        provisional=due.provisional,
        **of,
    )


def starts(event: str) -> Effect:
    """Effect: a clock of this name begins, by the rule that goes by it. For time limits beside that of the turn."""

    def effect(batch: Batch) -> None:
        begin(batch.cases, event, batch.at)

    return effect


def stops(event: str) -> Effect:
    """Effect: the clock of this name stops: what it asked for has been done."""

    def effect(batch: Batch) -> None:
        stop(Clock.objects.filter(case__in=[c.pk for c in batch.cases], event=event), batch.at)

    return effect


def stop(clocks: "QuerySet[Clock]", at: datetime) -> None:
    """Stop those of the clocks that still run. One that is past its deadline stays breached; open pauses end."""
    running = list(clocks.filter(stopped_at=None).values_list("pk", "case"))
    if not running:
        return
    keys = [key for key, _case in running]
    Clock.objects.filter(pk__in=keys).update(
        stopped_at=at,
        breached_at=models.Case(
            When(Q(breached_at=None, due_at__lt=at) & ~Exists(still()), then=F("due_at")),
            default=F("breached_at"),
        ),
    )
    Pause.objects.filter(clock__in=keys, until=None).update(until=at)
    mirror([case for _key, case in running if case is not None])


def still() -> "QuerySet[Pause]":
    """The open pause that keeps a clock from being late: it began before the deadline."""
    return Pause.objects.filter(clock=OuterRef("pk"), until=None, since__lte=OuterRef("due_at"))
