"""What may be done with periods, enrolments, claims and money: the only writer of this programme's rows."""

from .claims import (
    AMOUNTS,
    COLUMNS,
    OPEN,
    ask_back,
    asks_account,
    correct,
    file_claim,
    file_for,
    receive,
    revise,
    same_settlement,
    say_account,
)
from .enrolment import begin, list_people, match_fee, record_receipt, strike_out
from .money import answer, cancel_batch, make_batch, money_back, release_batch
from .periods import set_period
from .relatives import declare, take_back

__all__ = [
    "AMOUNTS",
    "COLUMNS",
    "OPEN",
    "answer",
    "ask_back",
    "asks_account",
    "begin",
    "cancel_batch",
    "correct",
    "declare",
    "file_claim",
    "file_for",
    "list_people",
    "make_batch",
    "match_fee",
    "money_back",
    "receive",
    "record_receipt",
    "release_batch",
    "revise",
    "same_settlement",
    "say_account",
    "set_period",
    "strike_out",
    "take_back",
]
