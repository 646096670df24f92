"""Issuing documents and everything that happens to one. A number once given stays given, void or not."""

from .drawing import Draft, issue, issue_many, register
from .handling import archive, deliver, match, print_, release, rewrite, scan_again, take_scan, void
from .numbering import set_number_word
from .recording import WORD_TYPE

__all__ = [
    "WORD_TYPE", "Draft", "archive", "deliver", "issue", "issue_many", "match", "print_", "register", "release",
    "rewrite", "scan_again", "set_number_word", "take_scan", "void",
]  # fmt: skip
