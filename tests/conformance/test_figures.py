"""Every indicator of every programme, played by the programmes' own scenes: it counts, opens and is counted again."""

import datetime as dt

import pytest
from django.utils import timezone

from gongjiang.insight import catalogue
from gongjiang.insight.cells import counting, engine
from gongjiang.insight.lake import reporting
from gongjiang.insight.lake.reader import DjangoReader, whole
from gongjiang.insight.periods import kept
from tests.cast import Cast
from tests.conformance.scenes import scenes_of, walk, with_scenes


def read():
    """DuckDB with every counted fact as this test's transaction sees it."""
    reader, con = DjangoReader(), engine.connect(memory="256MB", threads=1)
    con.register(reporting.TABLE, reader.rows(reporting.SELECT, reporting.COLUMNS))
    for fact in catalogue.counted_facts():
        con.register(fact.table, reader.rows(whole(fact), fact.schema))
    return con


@pytest.fixture
def played(cast: Cast) -> Cast:
    """The cast, after every walk of every programme."""
    for name in with_scenes():
        scenes = scenes_of(name)
        scenes.prepare(cast)
        for walks in scenes.walks.values():
            for steps in walks:
                walk(cast, steps)
    return cast


def test_every_indicator_counts_nothing_in_an_empty_database(db: None):
    cells = counting.count(read(), counting.publications(), timezone.localdate())
    assert cells == {code: [] for code in catalogue.indicators()}


def test_every_cell_opens_to_as_many_records_as_it_says(played: Cast):
    con, published, today = read(), counting.publications(), timezone.localdate()
    cells = counting.count(con, published, today)
    periods = {(str(p.kind), p.start): p for p in kept(today)}
    for publication in published:
        indicator = catalogue.indicators()[publication.indicator]
        for view, unit, kind, start, value in cells[publication.indicator]:
            if kind == "month" and start < today.replace(day=1):
                continue
            engine.set_asked(con, view, unit, periods[kind, start], today)
            items = [item for (item,) in con.execute(publication.opened).fetchall()]
            assert (publication.indicator, view, unit, kind, start, len(items)) == (
                publication.indicator, view, unit, kind, start, value,
            )  # fmt: skip
            assert indicator.opens.records().filter(pk__in=items).count() == len(items)


def test_every_indicator_counts_something_in_the_scenes(played: Cast):
    cells = counting.count(read(), counting.publications(), timezone.localdate())
    assert {code for code, found in cells.items() if not found} == set()


def test_every_opening_can_be_shown_to_each_of_the_cast(played: Cast):
    for indicator in catalogue.indicators().values():
        rows = indicator.opens.records()
        number = indicator.opens.number.replace(".", "__")
        assert len(rows.values_list("pk", number)[:3]) >= 0
        for actor in played.actors.values():
            for row in indicator.opens.seen_by(actor)[:2]:
                assert row.pk


def test_facts_hold_no_name_and_no_identity_number(played: Cast):
    secrets = {m.identity for m in played.members.values()} | {m.phone for m in played.members.values()}
    secrets |= {m.person.name for m in played.members.values() if m.person}
    reader = DjangoReader()
    for fact in catalogue.counted_facts():
        told = {str(v) for row in reader.rows(whole(fact), fact.schema).to_pylist() for v in row.values()}
        assert told & (secrets - {""}) == set()


def test_days_of_facts_are_calendar_days(played: Cast):
    reader = DjangoReader()
    for fact in catalogue.counted_facts():
        days = [name for name, column in fact.columns.items() if column.type == "date"]
        for row in reader.rows(whole(fact), fact.schema).to_pylist():
            assert all(row[day] is None or type(row[day]) is dt.date for day in days)
