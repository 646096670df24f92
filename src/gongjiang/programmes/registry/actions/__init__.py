"""What is done: the only writer of this programme's rows."""

from .enterprises import give_code, register, reject, same_as, verify
from .lists import list_touched, undo_list
from .objections import ask_to_mend, mend, object_to, stated_now
from .rosters import answer_absent, ask_absent, take_in, touched, undo

__all__ = [
    "answer_absent",
    "ask_absent",
    "ask_to_mend",
    "give_code",
    "list_touched",
    "mend",
    "object_to",
    "register",
    "reject",
    "same_as",
    "stated_now",
    "take_in",
    "touched",
    "undo",
    "undo_list",
    "verify",
]
