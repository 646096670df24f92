"""Reading a table out of an uploaded file, or saying in one sentence why not and how to mend it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from django.utils.translation import gettext as _

from gongjiang.kernel.exchange.cells import Cell, is_empty

from .sort import Sort, Unreadable, sort_of

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 200_000
#: A text file is read as a stream, so that it may hold more than a workbook.
MOST_TEXT_BYTES = 160 * 1024 * 1024
MOST_TEXT_ROWS = 1_200_000
HEADER_WITHIN = 10  # a title and notes may stand above the headers


@dataclass(frozen=True)
class Grid:
    """All cells of one sheet from its first row and column on.

    rows    may be gone through more than once; a long text file is read anew each time
    merged  (top, left, bottom, right) of each merged area, counted from 0
    """

    sheet: str
    rows: Iterable[Sequence[Cell]]
    merged: Sequence[tuple[int, int, int, int]] = ()


@dataclass(frozen=True)
class Rows:
    """The filled rows below the headers as (number, cells as long as the headers), from the first each time."""

    grid: Grid
    header_row: int
    width: int

    def __iter__(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        width, after = self.width, self.header_row
        for number, cells in enumerate(islice(self.grid.rows, after, None), after + 1):
            if any(cells[:width]) or any(not is_empty(c) for c in cells[:width]):
                yield number, cells if len(cells) == width else _fitted(cells, width)

    def __len__(self) -> int:
        return self._count

    @cached_property
    def _count(self) -> int:
        return sum(1 for _row in self)


@dataclass(frozen=True)
class Table:
    """A header row and the rows below it, numbered as the sender's program numbers them.

    headers   texts from the first column on, "" where a column has none; no two alike
    """

    sheet: str
    header_row: int
    headers: tuple[str, ...]
    rows: Rows = field(repr=False)


def read(content: bytes, file_name: str, is_header: Callable[[str], bool]) -> Table:
    """The table in a file. `is_header` knows the headers that are hoped for; it decides where a title ends.

    Raises Unreadable.
    """
    if not content:
        raise Unreadable(_("The file is empty. Please choose the file with the roster."))
    if len(content) > MOST_TEXT_BYTES:
        raise Unreadable(too_large(len(content)))
    if sort_of(content, file_name) is Sort.TEXT:
        from .text import grid

        return _table(grid(content), is_header, MOST_TEXT_ROWS)
    if len(content) > MOST_BYTES:
        raise Unreadable(too_large(len(content)))
    from .workbook import grid

    return _table(grid(content), is_header, MOST_ROWS)


def _table(grid: Grid, is_header: Callable[[str], bool], most: int) -> Table:
    top = list(islice(grid.rows, HEADER_WITHIN * 3))
    filled = [n for n, row in enumerate(top) if any(not is_empty(c) for c in row)]
    if not filled:
        raise Unreadable(
            _("The sheet “%(sheet)s” is empty. Please fill in one row for each record below the headers.")
            % {"sheet": grid.sheet}
            if grid.sheet
            else _("The file holds no rows. Please fill in one row for each record below the headers.")
        )
    best = max(filled[:HEADER_WITHIN], key=lambda n: sum(is_header(_header(c)) for c in top[n]))
    at = best if any(is_header(_header(c)) for c in top[best]) else filled[0]
    headers = _trimmed([_header(c) for c in top[at]])
    _refuse_doubles(headers, at)
    _refuse_merged(grid, at)
    rows = Rows(grid, at + 1, len(headers))
    if not len(rows):
        raise Unreadable(
            _("There is no row below the headers in row %(row)s. Please fill in one row for each record.")
            % {"row": at + 1}
        )
    if len(rows) > most:
        raise Unreadable(too_many_rows(len(rows), most))
    return Table(grid.sheet, at + 1, headers, rows)


def too_large(now: int, most: int = 0) -> str:
    most = most or (MOST_BYTES if now <= MOST_TEXT_BYTES else MOST_TEXT_BYTES)
    return _(
        "The file has %(now)s MB; at most %(most)s MB are possible. Please divide it into several files."
    ) % {"now": -(-now // (1024 * 1024)), "most": most // (1024 * 1024)} + _text_holds_more(
        most == MOST_BYTES
    )


def too_many_rows(now: int, most: int = 0) -> str:
    most = most or MOST_ROWS
    return _(
        "The file has %(now)s rows; at most %(most)s are possible. Please divide it into several files."
    ) % {"now": f"{now:,}", "most": f"{most:,}"} + _text_holds_more(most == MOST_ROWS)


def _text_holds_more(is_workbook: bool) -> str:
    if not is_workbook:
        return ""
    return _(" Saved as CSV, up to %(rows)s rows and %(size)s MB are possible.") % {
        "rows": f"{MOST_TEXT_ROWS:,}",
        "size": MOST_TEXT_BYTES // (1024 * 1024),
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
    "MOST_TEXT_BYTES",
    "MOST_TEXT_ROWS",
    "Grid",
    "Rows",
    "Table",
    "Unreadable",
    "letters",
    "read",
    "too_large",
    "too_many_rows",
]
