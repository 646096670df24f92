"""A result (成果) lives for years; an entry (参评) takes it through one call. Each has its case.

What grows on a result stands beside it: patents, rewards by the enterprise, its card in the library, who asked for
it, who took it over. What it brought in money is a `Target` of its case with `Reading`s.
"""

from .entries import Entry, Prize, Roadshow, UnionAward
from .library import Card, Conversion, Interest, Mode
from .likeness import Judgement, Likeness
from .results import (
    BenefitKind,
    Category,
    EvidenceKind,
    Ownership,
    Result,
    Revocation,
    SecondClass,
    Secrecy,
    Topic,
)
from .rights import Inventor, Patent, PatentKind, PatentStatus, Reward, RewardShare
from .tables import BenefitTable

__all__ = [
    "BenefitKind",
    "BenefitTable",
    "Card",
    "Category",
    "Conversion",
    "Entry",
    "EvidenceKind",
    "Interest",
    "Inventor",
    "Judgement",
    "Likeness",
    "Mode",
    "Ownership",
    "Patent",
    "PatentKind",
    "PatentStatus",
    "Prize",
    "Result",
    "Revocation",
    "Reward",
    "RewardShare",
    "Roadshow",
    "SecondClass",
    "Secrecy",
    "Topic",
    "UnionAward",
]
