"""What the worker does with notices, over all units: hand on the cases of those that are over, and hold the clocks of
cases against which an objection is open. Nobody presses anything.
"""

from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import Rule, holds
from gongjiang.kernel.lifecycle import clocks
from gongjiang.kernel.lifecycle.flow import Batch, Transition
from gongjiang.kernel.lifecycle.models import Case, Clock, Pause, Turn
from gongjiang.kernel.lifecycle.states import Phase
from gongjiang.kernel.lifecycle.turns import Next, pass_turns

from .models import Objection, Publicity, PublicityCase

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


def hold() -> int:
    """Stop the clocks of cases with an open objection, from when it was received, and let those ruled on run again.

    Returns how many objections stopped or released clocks. Whoever objects may not see the case: this is the worker's.
    """
    held = set(
        Pause.objects.filter(until=None, sender__startswith=_sender("")).values_list("sender", "clock__case")
    )
    waiting = {
        (_sender(key), case): at
        for key, case, at in Objection.objects.filter(ruling=None, case__isnull=False).values_list(
            "pk", "case", "received_at"
        )
    }
    running = set(
        Clock.objects.filter(case__in={case for _, case in waiting}, stopped_at=None).values_list(
            "case", flat=True
        )
    )
    new = [(pair, at) for pair, at in waiting.items() if pair not in held and pair[1] in running]
    for (sender, case), at in new:
        clocks.pause([case], reason="objection", sender=sender, at=at)
    over = [(sender, case) for sender, case in held if (sender, case) not in waiting]
    for sender, case in over:
        clocks.resume([case], sender=sender)
    return len(new) + len(over)


def _sender(key: int | str) -> str:
    return f"objection:{key}"


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
