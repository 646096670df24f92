"""What follows from the time alone: a notice that is over hands its cases on. The worker does it; nobody presses."""

from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import Rule, holds
from gongjiang.kernel.lifecycle.flow import Batch, Transition
from gongjiang.kernel.lifecycle.models import Case, Turn
from gongjiang.kernel.lifecycle.states import Phase
from gongjiang.kernel.lifecycle.turns import Next, pass_turns

from .models import Publicity, PublicityCase

NOBODY: Rule = holds()


def end() -> list[Publicity]:
    """End every notice whose time has passed: the cases that still wait in it are the publishing unit's turn.

    Runs as the worker, over all units; a killed run leaves nothing half done and the next one goes on.
    """
    ended = []
    for key in due():
        with transaction.atomic():
            row = (
                Publicity.objects.select_for_update(of=("self",), skip_locked=True)
                .filter(pk=key, ended_at=None, cancelled_at=None, closes_at__lt=timezone.now())
                .first()
            )
            if row is None:
                continue
            _hand_on(row)
            row.ended_at = timezone.now()
            row.save(update_fields=["ended_at"])
            ended.append(row)
    return ended


def due() -> list[int]:
    """Notices that are over and have not been dealt with."""
    waiting = Publicity.objects.filter(ended_at=None, cancelled_at=None, closes_at__lt=timezone.now())
    return list(waiting.order_by("closes_at", "pk").values_list("pk", flat=True)[:500])


def _hand_on(publicity: Publicity) -> None:
    keys = PublicityCase.objects.filter(publicity=publicity).values("case")
    busy = set(Turn.objects.filter(case__in=keys, until=None).values_list("case", flat=True))
    waiting = Case.objects.select_for_update(of=("self",)).filter(pk__in=keys, phase=Phase.PUBLICITY)
    by_state: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in waiting.order_by("pk"):
        if case.pk not in busy:
            by_state[case.flow, case.state].append(case)
    for (_flow, state), cases in by_state.items():
        over = Transition("publicity_over", "", (state,), state, NOBODY)
        batch = Batch(over, cases, Actor(), timezone.now())
        pass_turns(batch, {c.pk: Next(unit=publicity.unit_id, role=Role.OFFICER) for c in cases})
