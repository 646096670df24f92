"""The tables of the ledger."""

from .books import MOVES, Account, AccountKind, Entry, EntryKind, Fund, Line
from .guards import Guard, GuardKind, GuardState
from .payments import BankAnswer, BatchState, PaymentBatch, PaymentLine, PaymentState

__all__ = [
    "MOVES",
    "Account",
    "AccountKind",
    "BankAnswer",
    "BatchState",
    "Entry",
    "EntryKind",
    "Fund",
    "Guard",
    "GuardKind",
    "GuardState",
    "Line",
    "PaymentBatch",
    "PaymentLine",
    "PaymentState",
]
