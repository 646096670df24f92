"""One file that holds an installation, and putting it back into an empty place."""

from launcher.backup.making import default_name, make
from launcher.backup.restoring import restore

__all__ = ["default_name", "make", "restore"]
