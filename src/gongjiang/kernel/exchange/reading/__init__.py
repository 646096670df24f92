"""Reading a table out of an uploaded file, or saying in one sentence why not and how to mend it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from gongjiang.kernel.exchange.cells import Cell, is_empty

from .sort import Sort, Unreadable, sort_of

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 200_000
HEADER_WITHIN = 10  # a title and notes may stand above the headers


@dataclass(frozen=True)
class Table:
    """A header row and the rows below it, numbered as the sender's program numbers them.

    headers   texts from the first column on, "" where a column has none; no two alike
    rows      (number, cells as long as `headers`); rows without any filled cell are left out
    """

    sheet: str
    header_row: int
    headers: tuple[str, ...]
    rows: Sequence[tuple[int, Sequence[Cell]]] = field(repr=False)


@dataclass(frozen=True)
class Grid:
    """All cells of one sheet from its first row and column on.

    merged  (top, left, bottom, right) of each merged area, counted from 0
    """

    sheet: str
    rows: Sequence[Sequence[Cell]]
    merged: Sequence[tuple[int, int, int, int]] = ()


def read(content: bytes, file_name: str, is_header: Callable[[str], bool]) -> Table:
    """The table in a file. `is_header` knows the headers that are hoped for; it decides where a title ends.

    Raises Unreadable.
    """
    if not content:
        raise Unreadable(_("The file is empty. Please choose the file with the roster."))
    if len(content) > MOST_BYTES:
        raise Unreadable(too_large(len(content)))
    if sort_of(content, file_name) is Sort.TEXT:
        from .text import grid
    else:
        from .workbook import grid
    return _table(grid(content), is_header)


def _table(grid: Grid, is_header: Callable[[str], bool]) -> Table:
    filled = [n for n, row in enumerate(grid.rows[: HEADER_WITHIN * 3]) if any(not is_empty(c) for c in row)]
    if not filled:
        raise Unreadable(
            _("The sheet “%(sheet)s” is empty. Please fill in one row for each record below the headers.")
            % {"sheet": grid.sheet}
            if grid.sheet
            else _("The file holds no rows. Please fill in one row for each record below the headers.")
        )
    best = max(filled[:HEADER_WITHIN], key=lambda n: sum(is_header(_header(c)) for c in grid.rows[n]))
    at = best if any(is_header(_header(c)) for c in grid.rows[best]) else filled[0]
    headers = _trimmed([_header(c) for c in grid.rows[at]])
    _refuse_doubles(headers, at)
    _refuse_merged(grid, at)
    rows = [
        (number, cells if len(cells) == len(headers) else _fitted(cells, len(headers)))
        for number, cells in enumerate(grid.rows[at + 1 :], at + 2)
        if any(not is_empty(c) for c in cells[: len(headers)])
    ]
    if not rows:
        raise Unreadable(
            _("There is no row below the headers in row %(row)s. Please fill in one row for each record.")
            % {"row": at + 1}
        )
    if len(rows) > MOST_ROWS:
        raise Unreadable(too_many_rows(len(rows)))
    return Table(grid.sheet, at + 1, headers, rows)


def too_large(now: int) -> str:
    return _(
        "The file has %(now)s MB; at most %(most)s MB are possible. Please divide it into several files."
    ) % {
        "now": -(-now // (1024 * 1024)),
        "most": MOST_BYTES // (1024 * 1024),
    }


def too_many_rows(now: int) -> str:
    return _(
        "The file has %(now)s rows; at most %(most)s are possible. Please divide it into several files."
    ) % {
        "now": f"{now:,}",
        "most": f"{MOST_ROWS:,}",
    }


def _header(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else " ".join(str(cell).split())


def _fitted(cells: Sequence[Cell], width: int) -> Sequence[Cell]:
    return [*cells[:width], *[""] * (width - len(cells))]


def _trimmed(headers: list[str]) -> tuple[str, ...]:
    while headers and not headers[-1]:
        headers.pop()
    return tuple(headers)


def _refuse_doubles(headers: Iterable[str], at: int) -> None:
    seen: dict[str, int] = {}
    for index, header in enumerate(headers):
        if header and header in seen:
            raise Unreadable(
                _(
                    "Two columns are called “%(header)s”: %(first)s and %(second)s in row %(row)s."
                    " Please rename or delete one of them."
                )
                % {"header": header, "first": letters(seen[header]), "second": letters(index), "row": at + 1}
            )
        seen[header] = index


def _refuse_merged(grid: Grid, at: int) -> None:
    found = [area for area in grid.merged if area[2] >= at]
    if not found:
        return
    shown = "、".join(
        f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}" for top, left, bottom, right in found[:3]
    )
    more = len(found) - 3
    raise Unreadable(
        _(
            "Cells are merged at %(areas)s, so it is not clear which row their value belongs to."
            " Please unmerge them and fill in each row."
        )
        % {
            "areas": shown
            if more <= 0
            else _("%(areas)s and %(more)s more places") % {"areas": shown, "more": more}
        }
    )


def letters(column: int) -> str:
    """A column's letters.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    out = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


__all__ = [
    "MOST_BYTES",
    "MOST_ROWS",
    "Grid",
    "Table",
    "Unreadable",
    "letters",
    "read",
    "too_large",
    "too_many_rows",
]
