"""Workbooks that go out: the template, and the rows to be mended in the sender's own columns."""

import datetime as dt
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from django.utils.translation import pgettext
from xlsxwriter import Workbook

from .cells import Cell
from .kinds import ImportKind
from .models import STORE, ImportBatch, LineStatus
from .sheets import WRITERS, Target, harmless

WIDTH = 18


def workbook(
    title: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]], hints: Sequence[str] = ()
) -> bytes:
    """An .xlsx with one sheet. Every cell is text or a day: nothing is a formula, a link or a number."""
    out = BytesIO()
    book = Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet(title[:31])
    text = book.add_format({"num_format": "@"})
    head = book.add_format(
        {"bold": True, "bg_color": "#F2EFEA", "bottom": 1, "text_wrap": True, "valign": "top"}
    )
    sheet.freeze_panes(1, 0)
    for column, header in enumerate(headers):
        sheet.set_column(column, column, WIDTH, text)
        sheet.write_string(0, column, harmless(header), head)
        if column < len(hints) and hints[column]:
            sheet.write_comment(0, column, hints[column])
    for number, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells):
            shown = _shown(cell)
            if shown:
                sheet.write_string(number, column, harmless(shown), text)
    book.close()
    return out.getvalue()


def _shown(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def template(kind: ImportKind) -> bytes:
    """An empty file of this kind with example rows, which an import refuses as they stand."""
    columns = kind.columns
    most = max((len(c.examples) for c in columns), default=0)
    rows = [[str(c.examples[n]) if n < len(c.examples) else "" for c in columns] for n in range(most)]
    hints = [str(c.hint) or (pgettext("import", "required") if c.required else "") for c in columns]
    return workbook(str(kind.label), [str(c.label) for c in columns], rows, hints)


def errors(batch: ImportBatch, kind: ImportKind, target: Target) -> None:
    """The rows to be mended, as the sender wrote them, with the reasons in one more column, as an .xlsx.

    Mended and uploaded again, the file imports as it is. Raises Lost when the upload is gone.
    """
    table = kind.table_in(STORE.fetch(batch.file), batch.file_name)
    reasons = dict(batch.lines.filter(status=LineStatus.ERROR).values_list("row", "note"))
    reason = pgettext("import", "Reason")
    headers = [h or "" for h in table.headers]
    again = headers.index(reason) if reason in headers else None
    if again is None:
        headers.append(reason)
    writer = WRITERS["xlsx"](target, pgettext("import", "Rows to be mended"), headers, ())
    for number, cells in table.rows:
        if number in reasons:
            line = [_shown(cell) for cell in cells]
            if again is None:
                line.append(reasons[number])
            else:
                line[again] = reasons[number]
            writer.row(line)
    writer.close(
        [batch.file_name, pgettext("import", "Mend these rows and upload this file; the rest is dealt with.")]
    )
