"""What can be imported here."""

from .enterprises import ENTERPRISES
from .roster import ROSTER

IMPORTS = (ROSTER, ENTERPRISES)
