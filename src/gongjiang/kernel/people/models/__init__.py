"""People, their encrypted identifiers, where they work, and what is derived, agreed and sourced about them."""

from .consent import PAPERS, Channel, Consent, ConsentPaper, ConsentText, GivenBy
from .employment import Employment, EmploymentForm, PostClass
from .flags import DerivedFlag, Flag, FlagRule
from .matching import (
    Did,
    MatchPair,
    MatchRule,
    MergeChoice,
    MergeMove,
    MergeRecord,
    MergeState,
    PairState,
)
from .person import (
    EMPLOYED,
    Education,
    Hukou,
    Identifier,
    IdentifierKind,
    Person,
    PersonState,
    Sex,
)
from .sources import FieldSource, Source, SourceRank

__all__ = [
    "EMPLOYED",
    "PAPERS",
    "Channel",
    "Consent",
    "ConsentPaper",
    "ConsentText",
    "DerivedFlag",
    "Did",
    "Education",
    "Employment",
    "EmploymentForm",
    "FieldSource",
    "Flag",
    "FlagRule",
    "GivenBy",
    "Hukou",
    "Identifier",
    "IdentifierKind",
    "MatchPair",
    "MatchRule",
    "MergeChoice",
    "MergeMove",
    "MergeRecord",
    "MergeState",
    "PairState",
    "Person",
    "PersonState",
    "PostClass",
    "Sex",
    "Source",
    "SourceRank",
]
