"""What is asked of whom."""

from .desk import AskForm, GrantedForm, JudgeForm, PapersForm, RecommendForm, RevokeForm, WordsForm
from .filing import ResultForm
from .filters import EntryFilters, LibraryFilters, ResultFilters
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
from .tables import CompareForm, TableForm

__all__ = [
    "AskForm",
    "BenefitForm",
    "CompareForm",
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
    "TableForm",
    "VoidForm",
    "WordsForm",
]
