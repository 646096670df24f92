"""The compiled SQL against counting by hand, over random rows, units that move and persons with several jobs."""

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongjiang.insight.cells import engine
from gongjiang.insight.facts import Fact, date, integer
from gongjiang.insight.indicators import PERIODS, Indicator, Opening
from gongjiang.insight.indicators.compiling import Unsound, cells_sql, items_sql, opened_sql
from gongjiang.insight.lake import reporting
from gongjiang.insight.lake.reader import arrow_schema
from gongjiang.insight.periods import Period, kept
from gongjiang.kernel.access.rules import holds

TODAY = dt.date(2026, 11, 20)
EVER, NEVER = dt.date.fromisoformat(reporting.EVER), dt.date.fromisoformat(reporting.NEVER)
FACT = Fact(
    name="job",
    select="",
    columns={"unit": integer(), "person": integer(), "since": date(), "until": date()},
    sources={},
)


def indicator(period: str) -> Indicator:
    """Distinct persons: standing, or by the day they began."""
    rows = {
        "as_of": lambda job: job.select(item=job.person, unit=job.unit, since=job.since, until=job.until),
        "within": lambda job: job.select(item=job.person, unit=job.unit, day=job.since),
    }
    rows["cumulative_since"] = rows["within"]
    return Indicator(
        code=f"jobs.{period}", name="", uom="person", grain="person", period=period, fact="job", rows=rows[period],
        definition="", rule="", citation="", opens=Opening("people.Person", holds(), "pk", ()),
    )  # fmt: skip


INDICATORS = {period: indicator(period) for period in PERIODS}

#: City 1 holds the counties 2 and 3; the enterprises 4 and 5 report to them, and 5 came from 2 to 3 on 1 June 2024.
MOVED = dt.date(2024, 6, 1)
NOW = {1: [1], 2: [2, 1], 3: [3, 1], 4: [4, 2, 1], 5: [5, 3, 1]}
THEN = {**NOW, 5: [5]}
LINES = [
    *[("as_is", unit, above, above < 4, EVER, NEVER) for unit, line in NOW.items() for above in line],
    *[("as_was", unit, above, above < 4, EVER, NEVER) for unit, line in THEN.items() for above in line],
    ("as_was", 5, 2, True, EVER, MOVED),
    ("as_was", 5, 3, True, MOVED, NEVER),
    ("as_was", 5, 1, True, EVER, MOVED),
    ("as_was", 5, 1, True, MOVED, NEVER),
]  # fmt: skip

days = st.dates(dt.date(2019, 1, 1), dt.date(2027, 3, 1))
jobs = st.lists(
    st.tuples(st.sampled_from([1, 2, 3, 4, 5]), st.integers(1, 6), days, st.none() | st.integers(1, 1500)),
    max_size=14,
)


def arrow(rows, columns) -> pa.Table:
    schema = arrow_schema(columns)
    values = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.table([pa.array(v, f.type) for v, f in zip(values, schema, strict=True)], schema=schema)


def connection(rows):
    found = [
        (key, unit, person, since, since + dt.timedelta(length) if length else None)
        for key, (unit, person, since, length) in enumerate(rows)
    ]
    con = engine.connect(memory="200MB", threads=1)
    con.register("job", arrow(found, FACT.schema))
    con.register("reporting", arrow(LINES, reporting.COLUMNS))
    return con


def by_hand(period: str, rows, view: str, ancestor: int, when: Period) -> int:
    """Distinct persons, straight from the definition."""

    def reports(unit: int, day: dt.date) -> bool:
        return any(v == view and u == unit and a == ancestor and s <= day < e for v, u, a, _k, s, e in LINES)

    found = set()
    for unit, person, since, length in rows:
        until = since + dt.timedelta(length) if length else None
        day = when.day(TODAY) if period == "as_of" else since
        counts = {
            "as_of": since <= day and (until is None or until > day),
            "within": when.start <= since < when.until,
            "cumulative_since": since < when.until,
        }[period]
        if counts and reports(unit, day):
            found.add(person)
    return len(found)


@pytest.mark.parametrize("period", PERIODS)
@settings(max_examples=25, deadline=None)
@given(rows=jobs)
def test_cells_equal_counting_by_hand_and_open_to_as_many(period, rows):
    con = connection(rows)
    periods = kept(TODAY)
    engine.set_calendar(con, periods, TODAY)
    engine.set_places(con)
    found = {
        (v, a, Period(k, s)): n
        for v, a, k, s, n in con.execute(cells_sql(INDICATORS[period], FACT)).fetchall()
    }
    expected = {
        (view, ancestor, p): n
        for view in ("as_was", "as_is")
        for ancestor in (1, 2, 3)
        for p in periods
        if (n := by_hand(period, rows, view, ancestor, p))
    }
    assert found == expected
    for view, ancestor, p in list(expected)[::17]:
        engine.set_asked(con, view, ancestor, p, TODAY)
        opened = con.execute(opened_sql(INDICATORS[period], FACT)).fetchall()
        assert len(opened) == expected[view, ancestor, p]


@pytest.mark.parametrize("period", PERIODS)
@settings(max_examples=15, deadline=None)
@given(rows=jobs.filter(bool), data=st.data())
def test_cells_of_affected_items_give_the_difference_that_a_change_makes(period, rows, data):
    changed = data.draw(st.integers(0, len(rows) - 1))
    _unit, person, since, length = rows[changed]
    replaced = (data.draw(st.sampled_from([1, 4, 5])), data.draw(st.integers(1, 7)), since, length)
    after = [*rows[:changed], replaced, *rows[changed + 1 :]]
    cells = []
    for state in (rows, after):
        con = connection(state)
        engine.set_calendar(con, kept(TODAY), TODAY)
        engine.set_places(con)
        engine.set_keys(con, "touched", "key", [changed])
        assert con.execute(items_sql(INDICATORS[period], FACT)).fetchall() == [(state[changed][1],)]
        engine.set_keys(con, "affected", "item", sorted({person, replaced[1]}))
        whole = {row[:4]: row[4] for row in con.execute(cells_sql(INDICATORS[period], FACT)).fetchall()}
        part = {
            row[:4]: row[4]
            for row in con.execute(cells_sql(INDICATORS[period], FACT, affected=True)).fetchall()
        }
        cells.append((whole, part))
    (whole, part), (whole_after, part_after) = cells
    keys = whole.keys() | whole_after.keys()
    for key in keys:
        assert whole.get(key, 0) - part.get(key, 0) + part_after.get(key, 0) == whole_after.get(key, 0)


def test_rows_without_the_columns_of_their_period_are_refused():
    wrong = Indicator(
        **{**INDICATORS["as_of"].__dict__, "rows": lambda job: job.select(item=job.person, unit=job.unit)}
    )
    with pytest.raises(Unsound, match="since, until"):
        cells_sql(wrong, FACT)


def test_cells_of_one_enterprise_are_computed_when_it_is_asked_for():
    con = connection(
        [
            (4, 1, dt.date(2026, 1, 5), None),
            (5, 1, dt.date(2026, 2, 5), None),
            (5, 2, dt.date(2026, 2, 6), None),
        ]
    )
    engine.set_calendar(con, [Period("year", dt.date(2026, 1, 1))], TODAY)
    engine.set_places(con, [5])
    assert con.execute(cells_sql(INDICATORS["as_of"], FACT) + " ORDER BY 1").fetchall() == [
        ("as_is", 5, "year", dt.date(2026, 1, 1), 2),
        ("as_was", 5, "year", dt.date(2026, 1, 1), 2),
    ]
