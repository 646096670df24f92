"""What can be imported here."""

from .roster import ROSTER

IMPORTS = (ROSTER,)
