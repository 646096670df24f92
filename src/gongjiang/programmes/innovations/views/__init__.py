"""The pages: a worker's own results, the desk's results and entries, benefit, rights and the library."""

from .calls import Call, Calls, MoveOn
from .entries import Entries, EntryForm, EntryPage, MyEntry, Recommend
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
from .organising import Prizes, PublicTitle, SiteCheck, Slides
from .outcome import Grades, PayUnionAwards, PlanRoadshow, UnionAwards
from .results import Judge, MyResult, Papers, ResultPage, Results, Revoke
from .rights import AddPatent, DeskPatent, Granted, Patents
from .tables import BringTable, CompareTable

__all__ = [
    "AddPatent",
    "AnswerInterest",
    "BringTable",
    "Call",
    "Calls",
    "CardPage",
    "ClaimBenefit",
    "CompareTable",
    "Conversions",
    "Convert",
    "DeskPatent",
    "EditResult",
    "Entries",
    "EntryForm",
    "EntryPage",
    "Finance",
    "Grades",
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
    "PayUnionAwards",
    "Payback",
    "PlanRoadshow",
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
    "Slides",
    "UnionAwards",
    "VoidReward",
]  # fmt: skip
