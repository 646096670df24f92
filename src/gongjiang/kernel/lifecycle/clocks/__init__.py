"""Clocks: time limits that run, stand still, are extended, met or missed. Everything here is over sets.

Nothing else writes clocks, and `due_at` of cases, turns and tasks is written here alone: it mirrors the nearest
clock that runs, and is empty while all of them stand still.
"""

from .reckoning import Recalculated, breach, keep_up, recalculate
from .running import begin, begin_for_task, move_task, starts, stop, stops
from .standing import extend, gives_time, pause, resume
from .writing import mirror

__all__ = [
    "Recalculated", "begin", "begin_for_task", "breach", "extend", "gives_time", "keep_up", "mirror", "move_task",
    "pause", "recalculate", "resume", "starts", "stop", "stops",
]  # fmt: skip
