"""Workbooks: looked through before they are opened, because a small file can unpack into an enormous one."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree

from django.utils.translation import gettext as _
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from gongjiang.kernel.exchange.cells import Cell, ErrorValue, is_empty

from . import MOST_ROWS, Grid, letters, too_many_rows
from .sort import Unreadable, damaged, locked

MOST_UNPACKED = 600 * 1024 * 1024
MOST_MEMBERS = 2_000
MOST_CELLS = 8_000_000
MOST_TEXT = 256 * 1024 * 1024
CHUNK = 4 * 1024 * 1024

_FORMULA = rb"(?:<(?:\w+:)?f[^<>]*/>|<(?:\w+:)?f[^<>]*>[^<]*</(?:\w+:)?f>)?"
_VALUE = rb"<(?:\w+:)?v[^<>]*>([^<]*)<"
_PLACE = rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']"""
#: Cells that hold something: a styled empty cell closes itself.
_CELL = re.compile(rb"<(?:\w+:)?c\s[^<>]*?" + _PLACE + rb"[^<>]*(?<!/)>")
_SHARED = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\bt=["']s["'][^<>]*(?<!/)>""" + _FORMULA + _VALUE)
_ERROR = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^<>]*?\bt=["']e["'])[^<>]*?""" + _PLACE + rb"[^<>]*(?<!/)>" + _FORMULA + _VALUE
)
_STRING_END = re.compile(rb"</(?:\w+:)?si>")
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def grid(content: bytes) -> Grid:
    """All cells of the first visible sheet that holds any. Raises Unreadable."""
    package = zipfile.ZipFile(BytesIO(content)) if content.startswith(b"PK") else None
    try:
        errors = _look_through(package) if package else {}
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            names = [
                s.name
                for s in book.sheets_metadata
                if s.visible == SheetVisibleEnum.Visible and s.typ == SheetTypeEnum.WorkSheet
            ]
            for name in names:
                sheet = book.get_sheet_by_name(name)
                if sheet.end is not None:
                    return _cells(sheet, errors.get(name, {}))
    except PasswordError as wrong:
        raise Unreadable(locked()) from wrong
    except (
        CalamineError,
        zipfile.BadZipFile,
        zlib.error,
        ElementTree.ParseError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        KeyError,
        ValueError,
    ) as wrong:
        if isinstance(wrong, Unreadable):
            raise
        raise Unreadable(damaged()) from wrong
    raise Unreadable(_("The workbook is empty. Please fill in one row for each record below the headers."))


def _cells(sheet: CalamineSheet, errors: dict[tuple[int, int], str]) -> Grid:
    last = sheet.end[0] if sheet.end else 0
    if last > MOST_ROWS + 100:
        raise Unreadable(too_many_rows(last))
    rows: list[list[Cell]] = sheet.to_python(skip_empty_area=False)
    for (row, column), said in errors.items():
        if row < len(rows) and column < len(rows[row]) and is_empty(rows[row][column]):
            rows[row][column] = ErrorValue(said)
    merged = [(top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()]
    return Grid(sheet.name, rows, merged)


def _look_through(package: zipfile.ZipFile) -> dict[str, dict[tuple[int, int], str]]:
    """Refuse what would unpack too large; returns {sheet: {(row, column): error}} of formulas' errors.

    Every member is unpacked once, so that what it claims to hold is what it holds.
    """
    members = package.infolist()
    if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_UNPACKED:
        raise Unreadable(_bomb())
    if any(m.flag_bits & 1 for m in members):
        raise Unreadable(locked())
    titles = _sheet_titles(package)
    lengths = _string_lengths(package)
    errors = {}
    for member in members:
        found = _sheet_errors(package, member, lengths)
        if member.filename in titles:
            errors[titles[member.filename]] = found
    return errors


def _bomb() -> str:
    return _(
        "Unpacked, this file would be far larger than a roster can be. Please copy the"
        " rows into a new workbook and upload that."
    )


def _pieces(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with package.open(member) as handle:
        while piece := handle.read(CHUNK):
            yield piece


def _small(package: zipfile.ZipFile, name: str) -> bytes:
    if package.getinfo(name).file_size > CHUNK:
        raise Unreadable(_bomb())
    return package.read(name)


def _sheet_titles(package: zipfile.ZipFile) -> dict[str, str]:
    """Member -> title of its sheet."""
    book = ElementTree.fromstring(_small(package, "xl/workbook.xml"))  # noqa: S314 - expat limits expansion itself
    links = ElementTree.fromstring(_small(package, "xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    found = {}
    for sheet in book.findall(".//{*}sheet"):
        target = targets.get(sheet.get(_REL), "")
        found[target.lstrip("/") if target.startswith("/") else f"xl/{target}"] = str(sheet.get("name"))
    return found


def _string_lengths(package: zipfile.ZipFile) -> list[int]:
    """Bytes of each shared text: a sheet may use one enormous text a million times."""
    found: list[int] = []
    name = next((m for m in package.infolist() if m.filename == "xl/sharedStrings.xml"), None)
    carry = b""
    for piece in _pieces(package, name) if name else ():
        *whole, carry = _STRING_END.split(carry + piece)
        found += map(len, whole)
        if len(carry) > 2 * CHUNK:
            raise Unreadable(_bomb())
    return found


def _sheet_errors(
    package: zipfile.ZipFile, member: zipfile.ZipInfo, lengths: list[int]
) -> dict[tuple[int, int], str]:
    """Any member may be meant as a sheet, whatever it is called; pictures and the like hold no cells."""
    survey = _Survey(lengths)
    carry = b""
    is_sheet = None
    for piece in _pieces(package, member):
        if is_sheet is None:
            is_sheet = b"worksheet" in piece[:4096]
            if is_sheet and b"\x00" in piece[:64]:
                raise Unreadable(damaged())
        if not is_sheet:
            continue
        carry += piece
        end = carry.rfind(b"row>") + 4
        if end > 4:
            survey.take(carry[:end])
            carry = carry[end:]
        if len(carry) > 2 * CHUNK:
            raise Unreadable(_bomb())
    survey.take(carry)
    return survey.errors


class _Survey:
    """How far a sheet reaches, how much text it would hold, and where its formulas failed."""

    def __init__(self, lengths: list[int]) -> None:
        self.lengths = lengths
        self.text = self.last_row = self.last_column = 0
        self.errors: dict[tuple[int, int], str] = {}

    def take(self, xml: bytes) -> None:
        """The next rows. Raises Unreadable when there are too many."""
        places = _CELL.findall(xml)
        if places:
            self.last_column = max(self.last_column, *map(_column, {letters for letters, _row in places}))
            self.last_row = max(self.last_row, *map(int, {row for _letters, row in places}))
        known = len(self.lengths)
        self.text += sum(self.lengths[index] for index in map(int, _SHARED.findall(xml)) if index < known)
        for column, row, said in _ERROR.findall(xml):
            self.errors[int(row) - 1, _column(column)] = said.decode("ascii", "replace")[:20]
        if self.last_row > MOST_ROWS + 100:
            raise Unreadable(too_many_rows(self.last_row))
        if self.text > MOST_TEXT:
            raise Unreadable(_bomb())
        if self.last_row * (self.last_column + 1) > MOST_CELLS:
            raise Unreadable(
                _(
                    "The sheet reaches from column A to %(column)s and down to row %(row)s, which is more than a roster"
                    " can hold. Please delete what stands outside the table."
                )
                % {"column": letters(self.last_column), "row": self.last_row}
            )


def _column(written: bytes) -> int:
    number = 0
    for letter in written:
        number = number * 26 + letter - 64
    return number - 1
