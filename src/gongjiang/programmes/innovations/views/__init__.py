"""The pages: a worker's own results, the desk's results and entries, benefit, rights and the library."""

from .calls import Call, Calls, MoveOn
from .entries import Entries, EntryPage, MyEntry, Recommend
from .filing import EditResult, Mine, NewResult, Public
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
from .money import ClaimBenefit, Finance, MendBenefit, PayReward, Rewards, Sign, VoidReward
from .organising import Prizes, PublicTitle, SiteCheck
from .results import Judge, MyResult, Papers, ResultPage, Results, Revoke
from .rights import AddPatent, DeskPatent, Granted, Patents

__all__ = [
    "AddPatent",
    "AnswerInterest",
    "Call",
    "Calls",
    "CardPage",
    "ClaimBenefit",
    "Conversions",
    "Convert",
    "DeskPatent",
    "EditResult",
    "Entries",
    "EntryPage",
    "Finance",
    "Granted",
    "Interests",
    "Judge",
    "Library",
    "MendBenefit",
    "Mine",
    "MoveOn",
    "MyEntry",
    "MyResult",
    "NewResult",
    "Papers",
    "Patents",
    "PayReward",
    "Payback",
    "Prizes",
    "Public",
    "PublicCard",
    "PublicLibrary",
    "PublicTitle",
    "Recommend",
    "ResultPage",
    "Results",
    "Revoke",
    "Rewards",
    "Sign",
    "SignPayback",
    "SiteCheck",
    "VoidReward",
]  # fmt: skip
