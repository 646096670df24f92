"""Every sentence the launcher says."""

from launcher.texts import backup, general

TEXTS: dict[str, tuple[str, str]] = general.TEXTS | backup.TEXTS
