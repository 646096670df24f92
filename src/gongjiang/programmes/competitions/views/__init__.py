"""The pages: a worker's own entries, the desk's contests, events, entries, starts and upgrades."""

from .contests import AdvanceEvents, Bands, ContestPage, Contests, Describe, NewEvent, Public, PublicContest
from .entries import DeskEdit, EditEntry, Enter, Entries, EntryPage, Events, Mine, MyEntry, Register
from .events import DecideShortfall, EventPage, MoveOn, Selection
from .registers import AnswerUpgrade, SendUpgrade, Starts, Upgrades

__all__ = [
    "AdvanceEvents", "AnswerUpgrade", "Bands", "ContestPage", "Contests", "DecideShortfall", "Describe", "DeskEdit",
    "EditEntry", "Enter", "Entries", "EntryPage", "EventPage", "Events", "Mine", "MoveOn", "MyEntry", "NewEvent",
    "Public", "PublicContest", "Register", "Selection", "SendUpgrade", "Starts", "Upgrades",
]  # fmt: skip
