"""Every indicator: nothing on an empty database, the brute-force count on the demo, its own list, the same again."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gongjiang.insight import catalogue
from gongjiang.insight.cells import counting, reading
from gongjiang.insight.indicators import Indicator
from gongjiang.insight.lake.tables import Lake
from gongjiang.insight.models import Cell
from gongjiang.insight.periods import parse
from gongjiang.kernel.access.actor import load
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import ancestors

from .demo import loaded
from .scenes import figures

INDICATORS = [pytest.param(i, id=code) for code, i in catalogue.indicators().items()]
PERIODS = [parse(text) for text in ("2025", "2026", "2026-Q3", "2026-11")]


@dataclass(frozen=True)
class Demo:
    """The counted county demo: a city, a county and an enterprise of it."""

    lake: Lake
    units: list[Unit]


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Demo]:
    """The smallest demo, loaded and counted once for this file, and gone afterwards."""
    with django_db_blocker.unblock(), loaded(tmp_path_factory.mktemp("demo")):
        lake = Lake()
        counting.bring_up_to_date(lake)
        yield Demo(lake, _units())
        lake.close()


def _units() -> list[Unit]:
    busiest = Unit.objects.raw("""
        SELECT u.* FROM orgs_unit u JOIN lifecycle_case c ON c.unit_id = u.id WHERE u.level = 'enterprise'
        GROUP BY u.id ORDER BY count(*) DESC, u.id LIMIT 1
    """)[0]
    above = Unit.objects.filter(pk__in=ancestors(busiest.path), level__in=("city", "county", "enterprise"))
    return list(above.order_by("path"))


@pytest.mark.parametrize("indicator", INDICATORS)
def test_indicator_says_what_it_is(indicator: Indicator) -> None:
    said = (indicator.name, indicator.uom, indicator.definition, indicator.rule, indicator.citation)
    assert [str(text).strip() for text in said if not str(text).strip()] == []
    assert indicator.code in figures(), (
        "its scenes hold no brute-force count; see tests/conformance/README.md"
    )


def test_indicators_are_zero_on_an_empty_database(transactional_db: None, settings, tmp_path: Path) -> None:
    settings.LAKE = tmp_path / "lake"
    lake = Lake()
    unit = Unit.objects.create(
        code="14", name="x", level="province", region="14", path="/1/", opened_on="2020-01-01"
    )
    assert counting.bring_up_to_date(lake).rebuilt
    codes = list(catalogue.indicators())
    found = reading.values(codes, [unit], PERIODS)
    assert {key: value for key, value in found.items() if value} == {}
    with reading.opened(codes[0], unit, PERIODS[0]) as opened:
        assert (opened.proves, opened.keys()) == (True, [])
    lake.close()


@pytest.mark.parametrize("indicator", INDICATORS)
def test_figure_equals_the_brute_force_count(indicator: Indicator, demo: Demo, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        today, brute = reading.counted().today, figures()[indicator.code]
        found = reading.values([indicator.code], demo.units, PERIODS)
        expected = {
            (indicator.code, unit.pk, period): brute(unit, period, period.day(today))
            for unit in demo.units
            for period in PERIODS
        }
    assert found == expected
    assert any(expected.values()) or indicator.programme == "example", "the demo shows nothing of it"


@pytest.mark.parametrize("indicator", INDICATORS)
def test_figure_is_the_length_of_its_list_and_the_list_is_the_records(
    indicator: Indicator, demo: Demo, django_db_blocker
) -> None:
    with django_db_blocker.unblock():
        for unit in demo.units:
            for period in PERIODS[1:3]:
                with reading.opened(indicator.code, unit, period) as opened:
                    keys = opened.keys()
                    assert (opened.proves, len(set(keys))) == (True, opened.count)
                    assert indicator.amount or opened.count == opened.figure.value
                assert indicator.opens.records().filter(pk__in=keys).count() == len(keys)


@pytest.mark.parametrize("indicator", INDICATORS)
def test_opened_list_holds_for_each_reader_what_their_rule_admits(
    indicator: Indicator, demo: Demo, django_db_blocker
) -> None:
    """The officer who holds the unit sees every record of its figure."""
    with django_db_blocker.unblock():
        for unit in demo.units:
            grant = Grant.objects.filter(unit=unit, role__in=("officer", "unit_officer")).first()
            if grant is None:
                continue
            with reading.opened(indicator.code, unit, parse("2026")) as opened:
                keys = opened.keys()
            seen = indicator.opens.seen_by(load(grant.user_id)).filter(pk__in=keys).count()
            assert seen == len(keys), unit


def test_cells_counted_again_are_the_same(demo: Demo, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        before = _cells()
        assert counting.bring_up_to_date(demo.lake, rebuild=True).rebuilt
        assert _cells() == before
        assert len(before) > 100


def test_places_of_a_figure_that_adds_up_add_up(demo: Demo, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        city = next(u for u in demo.units if u.level == "city")
        counties = list(Unit.objects.filter(parent=city, level="county"))
        adding = [code for code, i in catalogue.indicators().items() if i.adds_up]
        found = reading.values(adding, [city, *counties], [parse("2026")])
        for code in adding:
            parts = sum(found[code, county.pk, parse("2026")] for county in counties)
            assert parts == found[code, city.pk, parse("2026")], code


def _cells() -> dict[tuple[object, ...], int]:
    rows = Cell.objects.exclude(value=0).values_list("indicator", "unit_id", "view", "kind", "start", "value")
    return {row[:5]: row[5] for row in rows}
