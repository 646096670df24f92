"""Editions, the case and its companions, and the clocks that run over them."""

from .cases import (
    Case,
    CaseEvent,
    CaseLink,
    FlowEdge,
    NumberSeries,
    Participant,
    Relation,
    Turn,
)
from .clocks import Clock, DeadlineRule, Extension, Moved, Pause, Reckoned, Why
from .editions import Edition, EditionEvent, EditionState, Quota, Stream, Window, WindowKind

__all__ = [
    "Case",
    "CaseEvent",
    "CaseLink",
    "Clock",
    "DeadlineRule",
    "Edition",
    "EditionEvent",
    "EditionState",
    "Extension",
    "FlowEdge",
    "Moved",
    "NumberSeries",
    "Participant",
    "Pause",
    "Quota",
    "Reckoned",
    "Relation",
    "Stream",
    "Turn",
    "Why",
    "Window",
    "WindowKind",
]
