"""What may be done with results and entries: the only writer of this programme's rows."""

from .benefit import claim, mend_claim, sign, sign_payback, take_back
from .entries import check_on_site, name_in_public, send_up, set_prizes
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
    "check_on_site",
    "claim",
    "colleagues",
    "convert",
    "file_result",
    "grant_patent",
    "judge",
    "mend_claim",
    "name_in_public",
    "pay_reward",
    "read_payback",
    "recommend",
    "revise",
    "revoke",
    "send_up",
    "set_prizes",
    "sign",
    "sign_payback",
    "take_back",
    "void_reward",
]
