"""Facts: what they may hold, and what is refused."""

import datetime as dt

import pytest

from gongjiang.insight import catalogue, facts
from gongjiang.insight.facts import Fact, date, integer, text
from gongjiang.insight.lake.reader import DjangoReader, whole
from tests.cast import Cast


def test_facts_hold_no_name_and_no_identity_number(cast: Cast):
    secrets = {m.identity for m in cast.members.values()} | {m.phone for m in cast.members.values()}
    secrets |= {m.person.name for m in cast.members.values() if m.person}
    reader, rows = DjangoReader(), 0
    for fact in catalogue.facts().values():
        for row in reader.rows(whole(fact), fact.schema).to_pylist():
            assert {str(value) for value in row.values()} & (secrets - {""}) == set()
            rows += 1
    assert rows > 0


def test_days_of_facts_are_calendar_days_and_units_are_there(cast: Cast):
    reader = DjangoReader()
    for fact in catalogue.facts().values():
        days = [name for name, column in fact.columns.items() if column.type == "date"]
        for row in reader.rows(whole(fact), fact.schema).to_pylist():
            assert [
                type(row[day]) for day in days if row[day] is not None and type(row[day]) is not dt.date
            ] == []
            assert row["unit"] is not None


def test_every_declared_fact_is_sound():
    assert {
        name: facts.problems(fact) for name, fact in catalogue.facts().items() if facts.problems(fact)
    } == {}


@pytest.mark.parametrize(
    ("columns", "sources", "said"),
    [
        ({"unit": integer("T3")}, {}, "tier T3"),
        ({"unit": integer(), "words": text()}, {"orgs.Unit": "words"}, "no key among its columns"),
        ({"unit": integer(), "day": date()}, {"lifecycle.Window": "unit"}, "is not marked is_source"),
    ],
)
def test_unsound_fact_is_said(columns, sources, said: str):
    found = facts.problems(Fact("wrong", "", columns, sources))
    assert len(found) == 1
    assert said in found[0]
