"""What may be done with results and entries: the only writer of this programme's rows."""

from .benefit import claim, mend_claim, sign, sign_payback, take_back
from .library import answer, ask_for, convert, read_payback
from .results import (
    FIELDS,
    OPEN,
    Maker,
    add_papers,
    colleagues,
    file_result,
    judge,
    recommend,
    revise,
    revoke,
)
from .rights import add_patent, grant_patent, pay_reward, void_reward

__all__ = [
    "FIELDS",
    "OPEN",
    "Maker",
    "add_papers",
    "add_patent",
    "answer",
    "ask_for",
    "claim",
    "colleagues",
    "convert",
    "file_result",
    "grant_patent",
    "judge",
    "mend_claim",
    "pay_reward",
    "read_payback",
    "recommend",
    "revise",
    "revoke",
    "sign",
    "sign_payback",
    "take_back",
    "void_reward",
]
