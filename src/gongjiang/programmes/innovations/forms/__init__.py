"""What is asked of whom."""

from .money import (
    BenefitForm,
    ConversionForm,
    PatentForm,
    PaybackForm,
    RewardForm,
    SignForm,
    SignPaybackForm,
    VoidForm,
)
from .results import (
    EntryFilters,
    GrantedForm,
    JudgeForm,
    LibraryFilters,
    PapersForm,
    RecommendForm,
    ResultFilters,
    ResultForm,
    RevokeForm,
    WordsForm,
)

__all__ = [
    "BenefitForm",
    "ConversionForm",
    "EntryFilters",
    "GrantedForm",
    "JudgeForm",
    "LibraryFilters",
    "PapersForm",
    "PatentForm",
    "PaybackForm",
    "RecommendForm",
    "ResultFilters",
    "ResultForm",
    "RevokeForm",
    "RewardForm",
    "SignForm",
    "SignPaybackForm",
    "VoidForm",
    "WordsForm",
]
