"""How the launcher speaks: in Chinese when the locale is Chinese, else in English."""

from __future__ import annotations

import os
import sys

from launcher.texts import TEXTS


def speaks_chinese() -> bool:
    """Whether the first of LC_ALL, LC_MESSAGES and LANG that is set begins with `zh`."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name].lower().startswith("zh")
    return False


def language() -> dict[str, str]:
    """What a command of the application needs to speak the same language."""
    return {"GONGJIANG_LANGUAGE": "zh-hans" if speaks_chinese() else "en"}


def text(key: str, /, **values: object) -> str:
    """The sentence `key` in the reader's language, with `values` filled in."""
    english, chinese = TEXTS[key]
    return (chinese if speaks_chinese() else english).format(**values)


def say(key: str, /, **values: object) -> None:
    """Print the sentence `key` as progress, on standard error: standard output carries results only."""
    print(text(key, **values), file=sys.stderr, flush=True)


class Problem(Exception):
    """Something the reader can mend. Its text is a whole sentence in their language.

    `status` is the exit status: 2 for a command that cannot be carried out as given, else 1.
    """

    def __init__(self, key: str, /, *, status: int = 1, **values: object) -> None:
        self.key = key
        self.status = status
        super().__init__(text(key, **values))
