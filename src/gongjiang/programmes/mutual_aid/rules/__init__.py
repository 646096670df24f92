"""Whether and how much: pure, the same for one claim with every line of it and for a whole register in one pass."""

from .enrolment import fee_due, refusals, retires_on, split, waits_until
from .payout import Cover, Event, Used, decide
from .terms import Band, Cost, Plan, Terms, terms_of

__all__ = [
    "Band",
    "Cost",
    "Cover",
    "Event",
    "Plan",
    "Terms",
    "Used",
    "decide",
    "fee_due",
    "refusals",
    "retires_on",
    "split",
    "terms_of",
    "waits_until",
]
