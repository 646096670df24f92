"""The only writer of contests, entries, starts and upgrades."""

from .organising import add_event, advance_events, decide_shortfall, describe, set_bands
from .registration import OPEN, Content, enter, register_for, revise
from .rosters import report_selection
from .upgrades import answer, send

__all__ = [
    "OPEN",
    "Content",
    "add_event",
    "advance_events",
    "answer",
    "decide_shortfall",
    "describe",
    "enter",
    "register_for",
    "report_selection",
    "revise",
    "send",
    "set_bands",
]
