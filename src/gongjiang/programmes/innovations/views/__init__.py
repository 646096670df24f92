"""The pages: a worker's own results, the desk's results and entries, benefit, rights and the library."""

from .entries import Entries, EntryPage, MyEntry, Recommend
from .library import (
    AnswerInterest,
    CardPage,
    Conversions,
    Convert,
    Interests,
    Library,
    Payback,
    PublicCard,
    PublicLibrary,
    SignPayback,
)
from .money import ClaimBenefit, Finance, MendBenefit, PayReward, Rewards, Sign
from .results import (
    EditResult,
    Judge,
    Mine,
    MyResult,
    NewResult,
    Papers,
    Public,
    ResultPage,
    Results,
    Revoke,
)
from .rights import AddPatent, DeskPatent, Granted, Patents

__all__ = [
    "AddPatent", "AnswerInterest", "CardPage", "ClaimBenefit", "Conversions", "Convert", "DeskPatent", "EditResult",
    "Entries", "EntryPage", "Finance", "Granted", "Interests", "Judge", "Library", "MendBenefit", "Mine", "MyEntry",
    "MyResult", "NewResult", "Papers", "Patents", "PayReward", "Payback", "Public", "PublicCard", "PublicLibrary",
    "Recommend", "ResultPage", "Results", "Revoke", "Rewards", "Sign", "SignPayback",
]  # fmt: skip
