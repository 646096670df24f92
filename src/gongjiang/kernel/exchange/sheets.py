"""Files that go out, written row by row: a workbook or text, never whole in memory.

Every text is harmless to spreadsheet programs, and no cell is a formula or a link.
"""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Protocol

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .reading import letters

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
#: What one cell of a workbook may hold, in UTF-16 units, and how many rows one sheet is given.
LONGEST = 32_767
ROWS_A_SHEET = 1_000_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SPECIAL = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def harmless(value: str) -> str:
    """Text that no spreadsheet program takes for a formula, also after saving it as text: led by an apostrophe.

    >>> harmless("=1+1"), harmless("王演甲子")
    ("'=1+1", '王演甲子')
    """
    return f"'{value}" if value.startswith(DANGEROUS) else value


def plain(value: Any) -> "str | int | float":
    """What a cell holds: a count stays a number, everything else is text; a moment is local, to the minute."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return value
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, dt.datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, dt.date) else str(value)


class Target(Protocol):
    """Where the bytes go; nothing is read back."""

    def write(self, content: bytes, /) -> int: ...

    def flush(self) -> None: ...


class SheetWriter(Protocol):
    """Takes the rows, then what is to be known about the file."""

    def row(self, cells: Sequence[Any]) -> None: ...

    def close(self, about: Sequence[str]) -> None: ...


class Text:
    """A text file in UTF-8 with its mark; what is to be known about it stands in one line above the headers."""

    ending, media_type = "csv", "text/csv; charset=utf-8"

    def __init__(self, target: Target, title: str, headers: Sequence[str], about: Sequence[str]) -> None:
        self._target, self._held = target, io.StringIO(newline="")
        self._csv = csv.writer(self._held)
        self._held.write("\ufeff")
        self._csv.writerow([harmless("；".join(about))])
        self._csv.writerow([harmless(h) for h in headers])

    def row(self, cells: Sequence[Any]) -> None:
        shown = (plain(cell) for cell in cells)
        self._csv.writerow([harmless(c) if isinstance(c, str) else c for c in shown])
        if self._held.tell() > 1 << 16:
            self._drain()

    def close(self, about: Sequence[str]) -> None:
        self._drain()

    def _drain(self) -> None:
        self._target.write(self._held.getvalue().encode("utf-8", "replace"))
        self._held.seek(0)
        self._held.truncate()


class Workbook:
    """An .xlsx: the rows on the first sheet, from A1 on, and what is to be known about them on the last.

    Past a million rows a further sheet begins, with the headers again.
    """

    ending = "xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def __init__(self, target: Target, title: str, headers: Sequence[str], about: Sequence[str]) -> None:
        self._zip = zipfile.ZipFile(_Forward(target), "w", zipfile.ZIP_DEFLATED, compresslevel=3)  # type: ignore[call-overload]
        self._title, self._headers = title, headers
        self._sheets: list[str] = []
        self._columns = [letters(n) for n in range(max(len(headers), 1))]
        self._sheet: Any = None
        self._held: list[str] = []
        self._number = 0
        self._begin()

    def row(self, cells: Sequence[Any]) -> None:
        if self._number > ROWS_A_SHEET:
            self._end()
            self._begin()
        self._put(cells)

    def close(self, about: Sequence[str]) -> None:
        self._end()
        self._open(pgettext("export", "About this file"), widths=(90,))
        self._columns = ["A"]
        for line in about:
            self._put([line])
        self._end()
        for name, xml in _parts(self._sheets).items():
            self._zip.writestr(name, xml)
        self._zip.close()

    def _begin(self) -> None:
        title = _sheet_name(self._title)
        self._open(
            f"{title[:26]} {len(self._sheets) + 1}" if self._sheets else title,
            widths=[18] * len(self._headers),
            frozen=True,
        )
        self._put(self._headers, style=1)

    def _open(self, title: str, *, widths: Sequence[int], frozen: bool = False) -> None:
        self._sheets.append(title)
        self._sheet = self._zip.open(f"xl/worksheets/sheet{len(self._sheets)}.xml", "w", force_zip64=True)
        self._number = 0
        pane = (
            '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft"'
            ' state="frozen"/></sheetView></sheetViews>'
            if frozen
            else ""
        )
        columns = "".join(
            f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(widths, 1)
        )
        self._held = [f"{_XML}<worksheet {_MAIN}>{pane}<cols>{columns}</cols><sheetData>"]

    def _put(self, cells: Sequence[Any], style: int = 0) -> None:
        self._number += 1
        number, mark = self._number, f' s="{style}"' if style else ""
        out = [f'<row r="{number}">']
        for column, cell in zip(self._columns, cells, strict=False):
            value = cell if type(cell) is str else plain(cell)
            if value == "":
                continue
            if type(value) is str:
                out.append(f'<c r="{column}{number}"{mark} t="inlineStr"><is><t xml:space="preserve">')
                out.append(_xml(value))
                out.append("</t></is></c>")
            else:
                out.append(f'<c r="{column}{number}"{mark}><v>{value}</v></c>')
        out.append("</row>")
        self._held.append("".join(out))
        if len(self._held) >= 500:
            self._drain()

    def _drain(self) -> None:
        self._sheet.write("".join(self._held).encode())
        self._held = []

    def _end(self) -> None:
        self._held.append("</sheetData></worksheet>")
        self._drain()
        self._sheet.close()


WRITERS: dict[str, type[Text] | type[Workbook]] = {"xlsx": Workbook, "csv": Text}


class _Forward:
    """A target as zipfile wants it: it can only be written to."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def write(self, content: bytes) -> int:
        return self._target.write(bytes(content))

    def flush(self) -> None:
        self._target.flush()


def _xml(value: str) -> str:
    value = harmless(value)
    if len(value) > LONGEST // 2 and len(value.encode("utf-16-le", "surrogatepass")) > 2 * LONGEST:
        said = _("… (cut here: the text has %(n)s characters)") % {"n": f"{len(value):,}"}
        kept = value.encode("utf-16-le", "surrogatepass")[: 2 * (LONGEST - len(said))]
        value = kept.decode("utf-16-le", "ignore") + said
    if not value.isprintable():
        value = _CONTROL.sub("", value)
    if "_x" in value:
        value = _ESCAPED.sub("_x005F_", value)
    return value.translate(_SPECIAL) if "&" in value or "<" in value or ">" in value else value


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or "1"


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _parts(sheets: Sequence[str]) -> dict[str, str]:
    """The small members that make a zip archive with these sheets a workbook."""
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in numbers
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    named = "".join(
        f'<sheet name="{name.translate(_SPECIAL)}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate((s.replace('"', " ") for s in sheets), 1)
    )
    return {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{overrides}</Types>',
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_XML}<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        f'<Relationship Id="styles" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f"{_XML}<styleSheet {_MAIN}>"
        '<fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
        '</fill><fill><patternFill patternType="solid"><fgColor rgb="FFF2EFEA"/></patternFill></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/></cellXfs></styleSheet>',
    }


def write_all(
    form: str, title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]], about: Sequence[str] = ()
) -> bytes:
    """A small file at once."""
    held = io.BytesIO()
    writer = WRITERS[form](held, title, headers, about)
    for cells in rows:
        writer.row(cells)
    writer.close(about)
    return held.getvalue()
