"""Cells over what a test's own transaction sees: the real facts and the real SQL, without a lake."""

import duckdb
from django.utils import timezone

from gongjiang.insight import catalogue
from gongjiang.insight.cells import counting, engine
from gongjiang.insight.cells.engine import Row
from gongjiang.insight.lake import reporting
from gongjiang.insight.lake.reader import DjangoReader, whole
from gongjiang.insight.models import Publication


def read() -> duckdb.DuckDBPyConnection:
    """DuckDB with every counted fact, read through Django's connection."""
    reader, con = DjangoReader(), engine.connect(memory="256MB", threads=1)
    con.register(reporting.TABLE, reader.rows(reporting.SELECT, reporting.COLUMNS))
    for fact in catalogue.counted_facts():
        con.register(fact.table, reader.rows(whole(fact), fact.schema))
    return con


_compiled: list[Publication] = []


def published() -> list[Publication]:
    """Every indicator's SQL, compiled once."""
    if not _compiled:
        _compiled.extend(counting.publications())
    return _compiled


def cells(*codes: str) -> dict[str, list[Row]]:
    """The stored cells of these indicators as they would be counted now; of all where none is named."""
    chosen = [p for p in published() if not codes or p.indicator in codes]
    return counting.count(read(), chosen, timezone.localdate())
