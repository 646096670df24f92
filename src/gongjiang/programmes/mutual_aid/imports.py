"""What can be imported here."""

from .roster import ROSTER
from .settlements import SETTLEMENTS

IMPORTS = (ROSTER, SETTLEMENTS)
