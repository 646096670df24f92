"""Text files: which encoding, which separator."""

import csv
import io

from django.utils.translation import gettext as _

from . import MOST_ROWS, Grid, too_many_rows
from .sort import Unreadable

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
SEPARATORS = ",\t;，"
LONGEST_CELL = 10_000
#: Share of two-byte characters that lie in the rows of GB 2312 in ordinary Chinese text; other encodings read as
#: GB 18030 scatter over the whole table.
ORDINARY = 0.8
SAMPLE = 256 * 1024


def grid(content: bytes) -> Grid:
    """All cells of a text file, as text. Raises Unreadable."""
    lines = decoded(content)
    if "\x00" in lines:
        raise Unreadable(_unknown())
    first = next((line for line in lines.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    csv.field_size_limit(LONGEST_CELL)
    rows: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(lines, newline=""), delimiter=separator):
            rows.append(cells)
            if len(rows) > MOST_ROWS + 100:
                raise Unreadable(too_many_rows(lines.count("\n")))
    except csv.Error as wrong:
        raise Unreadable(
            _(
                "Row %(row)s cannot be divided into cells; a quotation mark may be missing."
                " Please mend it or save the file as .xlsx."
            )
            % {"row": len(rows) + 1}
        ) from wrong
    return Grid("", rows)


def decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or GB 18030. Raises Unreadable for anything else."""
    try:
        for mark, encoding in _MARKS:
            if content.startswith(mark):
                return content.decode(encoding)
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            if not _is_ordinary_chinese(content[:SAMPLE]):
                raise
            return content.decode("gb18030")
    except UnicodeError as wrong:
        raise Unreadable(_unknown()) from wrong


def _is_ordinary_chinese(content: bytes) -> bool:
    pairs = ordinary = at = 0
    while at < len(content) - 1:
        lead = content[at]
        if lead < 0x80:
            at += 1
            continue
        trail = content[at + 1]
        if 0x30 <= trail <= 0x39:
            at += 4
            continue
        pairs += 1
        ordinary += 0xA1 <= lead <= 0xF7 and trail >= 0xA1
        at += 2
    return pairs > 0 and ordinary >= pairs * ORDINARY


def _unknown() -> str:
    return _(
        "The characters of this file cannot be read: it is neither UTF-8 nor GB 18030."
        " Please open it in Excel or WPS, save it as .xlsx and upload that file."
    )
