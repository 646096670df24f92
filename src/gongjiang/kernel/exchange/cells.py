"""What a cell may hold, as plain text, a day, or one of several words. Each refusal says how to mend the cell."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.utils.translation import gettext as _

Cell = Any  # str, float, int, bool, date, datetime, time or ErrorValue


class BadCell(ValueError):
    """A cell that cannot be read; the message is for the sender."""


class ErrorValue(str):
    """A cell that holds a formula's error, e.g. "#REF!"."""


_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_EPOCH = dt.date(1899, 12, 30)
SERIALS = range(7306, 73051)  # 1920-01-01 to 2100-01-01 as a spreadsheet's day numbers
Code = TypeVar("Code")
EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text(cell: Cell) -> str:
    """The cell as text without surrounding space. Raises BadCell where a number has lost digits."""
    if cell is None:
        return ""
    if isinstance(cell, ErrorValue):
        raise BadCell(
            _("the cell holds the formula error %(error)s; please type the value itself")
            % {"error": str(cell)}
        )
    if isinstance(cell, str):
        written = unicodedata.normalize("NFC", cell).strip()
        return (
            written[1:] if written[:1] == "'" and written[1:2] in "=+-@" else written
        )  # as our own exports write it
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if not abs(cell) < EXACT:
            raise BadCell(
                _(
                    "the cell is formatted as a number, so the spreadsheet has dropped its last digits;"
                    " please format the column as text and type the value again"
                )
            )
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)


def day(cell: Cell) -> dt.date:
    """A day, from a date cell, a day number, or text such as 2019-03-01, 2019/3/1, 2019年3月1日, 20190301.

    Raises BadCell for what is no day.
    """
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, float | int) and not isinstance(cell, bool) and SERIALS.start <= cell < SERIALS.stop:
        return _EPOCH + dt.timedelta(days=int(cell))
    written = unicodedata.normalize("NFKC", text(cell))
    if len(written) == 8 and written.isdigit():
        written = f"{written[:4]}-{written[4:6]}-{written[6:]}"
    parts = _DAY.fullmatch(written)
    if parts is None:
        if _MONTH.fullmatch(written):
            raise BadCell(_("“%(value)s” has no day; write it as 2019-03-01") % {"value": written})
        raise BadCell(_("“%(value)s” is not a date; write it as 2019-03-01") % {"value": written[:30]})
    try:
        return dt.date(*map(int, parts.groups()))
    except ValueError:
        raise BadCell(
            _("“%(value)s” is a day that does not exist; write it as 2019-03-01") % {"value": written}
        ) from None


def one_of(words: Mapping[str, Code]) -> Callable[[Cell], Code]:
    """A parser for a column of few words: what may be typed -> the code it means."""
    known = {
        unicodedata.normalize("NFKC", word).casefold().replace(" ", ""): code for word, code in words.items()
    }

    def parse(cell: Cell) -> Code:
        written = text(cell)
        code = known.get(unicodedata.normalize("NFKC", written).casefold().replace(" ", ""))
        if code is None:
            offered: dict[Code, str] = {}
            for word, each in words.items():
                offered.setdefault(each, word)
            raise BadCell(
                _("“%(value)s” is not known; write one of: %(words)s")
                % {"value": written[:30], "words": "、".join(offered.values())}
            )
        return code

    return parse


def short(most: int) -> Callable[[Cell], str]:
    """A parser for text of at most `most` characters on one line."""

    def parse(cell: Cell) -> str:
        written = " ".join(text(cell).split())
        if len(written) > most:
            raise BadCell(
                _("it has %(now)s characters; at most %(most)s are possible")
                % {"now": len(written), "most": most}
            )
        return written

    return parse
