"""Writing what was counted into PostgreSQL."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import connection

from gongjiang.insight.models import Counted, View
from gongjiang.insight.periods import this_year
from gongjiang.web.host import host

from .engine import Row

LOCK = 0x676A_636F  # "gjco": one process counts at a time


@contextmanager
def only_one() -> Iterator[None]:
    """Wait until nobody else counts, and keep others waiting within the block. Ends with the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def replace_cells(cells: Mapping[str, Sequence[Row]]) -> None:
    """These are all the cells there are."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM insight_cell")
    for indicator, rows in cells.items():
        _insert(indicator, rows, "")


def replace_cells_of(indicator: str, rows: Sequence[Row]) -> None:
    """These are all the cells of one indicator."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM insight_cell WHERE indicator = %s", [indicator])
    _insert(indicator, rows, "")


def adjust_cells(indicator: str, differences: Sequence[Row]) -> None:
    """Add these differences to the cells."""
    _insert(
        indicator,
        differences,
        "ON CONFLICT (unit_id, indicator, view, kind, start) DO UPDATE SET value = insight_cell.value + EXCLUDED.value",
    )


def _insert(indicator: str, rows: Sequence[Row], conflict: str) -> None:
    if not rows:
        return
    views, units, kinds, starts, values = map(list, zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO insight_cell (unit_id, indicator, view, kind, start, value)"
            " SELECT u, %s, v, k, s, n FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::date[], %s::bigint[])"
            f" AS c (u, v, k, s, n) {conflict}",
            [indicator, units, views, kinds, starts, values],
        )


def publish_figures(indicators: Iterable[str], counted: Counted) -> None:
    """Refresh the table for the public pages: this year's figures of cities and above, of the host and its places."""
    here = host()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM insight_publicfigure")
        cursor.execute(
            "INSERT INTO insight_publicfigure (indicator, unit_id, start, value)"
            " SELECT c.indicator, c.unit_id, c.start, c.value FROM insight_cell c JOIN orgs_unit u ON u.id = c.unit_id"
            " WHERE c.indicator = ANY (%s) AND c.view = %s AND c.kind = 'year' AND c.start = %s"
            " AND (u.level IN ('nation', 'province', 'city') AND u.kind = 'union' OR u.id = %s"
            " OR u.parent_id = %s AND u.level <> 'enterprise')",
            [list(indicators), View.AS_IS, this_year(counted.today).start, *[here.id if here else None] * 2],
        )
