"""Text files: which encoding, which separator."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from . import MOST_TEXT_ROWS, Grid, too_many_rows
from .sort import Unreadable

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
SEPARATORS = ",\t;，"
LONGEST_CELL = 10_000
#: Share of two-byte characters that lie in the rows of GB 2312 in ordinary Chinese text; other encodings read as
#: GB 18030 scatter over the whole table.
ORDINARY = 0.8
SAMPLE = 256 * 1024


PIECE = 1024 * 1024


def grid(content: bytes) -> Grid:
    """All cells of a text file, as text. Raises Unreadable."""
    encoding = encoding_of(content)
    with _opened(content, encoding) as lines:
        top = list(islice((line for line in lines if line.strip()), 10)) or [""]
    separator = max(SEPARATORS, key=lambda mark: max(line.count(mark) for line in top))
    return Grid("", Lines(content, encoding, separator))


@dataclass(frozen=True)
class Lines:
    """The rows of a text file, read from its bytes anew each time. Going through them may raise Unreadable."""

    content: bytes
    encoding: str
    separator: str

    def __iter__(self) -> Iterator[Sequence[str]]:
        csv.field_size_limit(LONGEST_CELL)
        number = 0
        with _opened(self.content, self.encoding) as lines:
            try:
                for cells in csv.reader(lines, delimiter=self.separator):
                    number += 1
                    if number > MOST_TEXT_ROWS + 100:
                        raise Unreadable(too_many_rows(self.content.count(b"\n"), MOST_TEXT_ROWS))
                    yield cells
            except csv.Error as wrong:
                raise Unreadable(
                    _(
                        "Row %(row)s cannot be divided into cells; a quotation mark may be missing."
                        " Please mend it or save the file as .xlsx."
                    )
                    % {"row": number + 1}
                ) from wrong


def _opened(content: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding, newline="")


def encoding_of(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or GB 18030. Raises Unreadable for anything else, and for a file that holds NUL."""
    try:
        encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
        try:
            _decode(content, encoding)
        except UnicodeDecodeError:
            if encoding != "utf-8" or not _is_ordinary_chinese(content[:SAMPLE]):
                raise
            encoding = "gb18030"
            _decode(content, encoding)
    except UnicodeError as wrong:
        raise Unreadable(_unknown()) from wrong
    return encoding


def _decode(content: bytes, encoding: str) -> None:
    """Goes through the whole content a piece at a time. Raises UnicodeError, or Unreadable where it holds NUL."""
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(content)
    for start in range(0, len(content), PIECE):
        if "\x00" in decoder.decode(bytes(view[start : start + PIECE]), start + PIECE >= len(content)):
            raise Unreadable(_unknown())


def decoded(content: bytes) -> str:
    """The whole text. Raises Unreadable."""
    return content.decode(encoding_of(content))


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
