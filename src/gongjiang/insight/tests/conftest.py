"""A lake of the test's own, and the figures counted over committed rows."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from gongjiang.insight.cells import counting
from gongjiang.insight.cells.counting import Round
from gongjiang.insight.lake.tables import Lake
from gongjiang.insight.models import Cell
from gongjiang.web import host

Count = Callable[..., Round]


@pytest.fixture
def lake(transactional_db: None, settings, tmp_path) -> Iterator[Lake]:
    """An empty lake in a directory whose name needs care."""
    host._known.clear()  # another test's
    settings.LAKE = tmp_path / "the lake's #1 数据"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM outbox_change")
    lake = Lake()
    yield lake
    lake.close()


@pytest.fixture
def count(lake: Lake) -> Count:
    """One round of counting, as the worker does it."""
    return lambda **options: counting.bring_up_to_date(lake, **options)


def cells() -> dict[tuple[object, ...], int]:
    """Every cell that is not zero."""
    found = Cell.objects.exclude(value=0).values_list(
        "indicator", "unit_id", "view", "kind", "start", "value"
    )
    return {tuple(row[:5]): row[5] for row in found}
