"""Rounds of counting over committed rows: the same cells as counting from scratch, whatever happens in between."""

import datetime as dt
import shutil

import psycopg
import pytest
from django.db import connection, transaction

from gongjiang.insight.cells import counting, reading, standing
from gongjiang.insight.lake import tables
from gongjiang.insight.lake.catalogue import database_url
from gongjiang.insight.models import Cell, Counted, FactFiles, PublicFigure, View
from gongjiang.insight.periods import parse
from gongjiang.kernel.orgs import tree
from gongjiang.kernel.orgs.models import LegalEntity
from gongjiang.kernel.people.models import Employment, Person
from tests.cast import Cast, person

from .conftest import cells

WORKERS = "registry.workers"
THIS_YEAR = parse(str(dt.date.today().year))


def workers(unit, period=THIS_YEAR, view=View.AS_IS) -> int:
    return reading.values([WORKERS], [unit], [period], view)[WORKERS, unit.pk, period]


def equal_to_scratch(count) -> bool:
    followed = cells()
    assert count(rebuild=True).rebuilt
    return followed == cells()


def test_first_round_counts_everything_and_the_next_finds_nothing(lasting_cast: Cast, count):
    assert count().rebuilt
    assert not count()
    assert (workers(lasting_cast.city), workers(lasting_cast.county), workers(lasting_cast.works)) == (
        5,
        4,
        3,
    )
    assert PublicFigure.objects.get(indicator=WORKERS, unit=lasting_cast.city).value == 5


def test_person_with_two_jobs_is_one_in_the_city_and_one_in_each_firm(lasting_cast: Cast, count):
    count()
    plant = LegalEntity.objects.get(unit=lasting_cast.plant)
    Employment.objects.create(
        person=lasting_cast["applicant"].person,
        entity=plant,
        unit=plant.unit,
        since=dt.date(2020, 1, 1),
        post_class="service",
    )
    assert count().changed == {"registry.employment": 1}
    assert (workers(lasting_cast.city), workers(lasting_cast.works), workers(lasting_cast.plant)) == (5, 3, 2)
    assert equal_to_scratch(count)


def test_changes_of_every_kind_give_the_cells_of_a_count_from_scratch(lasting_cast: Cast, count):
    count()
    works = LegalEntity.objects.get(unit=lasting_cast.works)
    newcomer, *_ = person("新演己巳", 91, entity=works)
    count()
    job = Employment.objects.get(person=lasting_cast["colleague"].person)
    Employment.objects.filter(pk=job.pk).update(until=dt.date(2025, 3, 1))
    LegalEntity.objects.filter(unit=lasting_cast.mill).update(state="suspended")
    count()
    Employment.objects.filter(person=newcomer).delete()
    count()
    Person.objects.filter(pk=lasting_cast["applicant"].person.pk).update(sex="female")
    assert count().changed == {"registry.employment": 1}
    assert workers(lasting_cast.city) == 4
    assert equal_to_scratch(count)


def test_round_lost_between_lake_and_cells_is_done_again(lasting_cast: Cast, count):
    count()
    works = LegalEntity.objects.get(unit=lasting_cast.works)
    person("新演己巳", 91, entity=works)
    with transaction.atomic():  # what the lake appended stays; what PostgreSQL got is gone, as after a kill
        count()
        transaction.set_rollback(True)
    assert workers(lasting_cast.city) == 5
    person("新演庚午", 92, entity=works)
    count()
    assert workers(lasting_cast.city) == 7
    assert equal_to_scratch(count)


def test_transaction_left_open_is_not_skipped_and_holds_nobody_up(lasting_cast: Cast, count):
    count()
    ids = [lasting_cast[name].person.pk for name in ("colleague", "unit_officer")]
    end = "UPDATE people_employment SET until = '2025-01-01' WHERE person_id = %s"
    with psycopg.connect(database_url()) as slow:
        slow.execute(end, [ids[0]])
        with connection.cursor() as cursor:
            cursor.execute(end, [ids[1]])
        count()
        assert workers(lasting_cast.city) == 4
        assert not standing.look().behind
        slow.commit()
    assert standing.look().behind
    count()
    assert workers(lasting_cast.city) == 3
    assert equal_to_scratch(count)


def test_lake_deleted_is_built_again(lasting_cast: Cast, count, lake):
    count()
    before = cells()
    shutil.rmtree(lake.root)
    person("新演己巳", 91, entity=LegalEntity.objects.get(unit=lasting_cast.works))
    assert count().rebuilt
    assert (workers(lasting_cast.city), len(cells())) == (6, len(before))


def test_unit_that_moves_takes_its_figures_along_and_leaves_them_behind_as_was(lasting_cast: Cast, count):
    cast = lasting_cast
    count()
    tree.reparent(cast.works, cast.sibling_township, on=dt.date(2024, 6, 1))
    count()
    before, after = parse("2023"), parse("2024")
    assert [workers(cast.county, p) for p in (before, after)] == [1, 1]
    assert [workers(cast.county, p, View.AS_WAS) for p in (before, after)] == [4, 1]
    assert [workers(cast.sibling_county, p, View.AS_WAS) for p in (before, after)] == [1, 4]
    assert workers(cast.city, before, View.AS_WAS) == 5
    assert equal_to_scratch(count)


def test_merged_and_split_units_are_counted_as_it_was_and_as_it_is(lasting_cast: Cast, count):
    cast = lasting_cast
    tree.merge([cast.mill], cast.plant, on=dt.date(2024, 6, 1))
    firm = LegalEntity.objects.get(unit=cast.works)
    (made,) = tree.split(cast.works, [tree.Part("二厂工会", "E900", entities=[firm])], on=dt.date(2025, 6, 1))
    count()
    before, between, after = parse("2023"), parse("2024"), parse("2025")
    for unit, was, now in (
        (cast.city, [5, 5, 5], [5, 5, 5]),
        (cast.county, [4, 3, 3], [3, 3, 3]),
        (cast.plant, [1, 2, 2], [2, 2, 2]),
        (cast.mill, [1, 0, 0], [1, 1, 1]),
        (cast.works, [3, 3, 0], [0, 0, 0]),
        (made, [0, 0, 3], [3, 3, 3]),
    ):
        found = [[workers(unit, p, v) for p in (before, between, after)] for v in (View.AS_WAS, View.AS_IS)]
        assert found == [was, now], unit
    assert equal_to_scratch(count)


def test_delta_that_has_grown_is_merged_and_nothing_changes(lasting_cast: Cast, count, monkeypatch):
    monkeypatch.setattr(counting, "DELTA_FILES", 3)
    count()
    key = lasting_cast["applicant"].person.pk
    deltas = []
    for n in range(5):
        Person.objects.filter(pk=key).update(sex="female" if n % 2 else "male")
        count()
        deltas.append(len(FactFiles.objects.get(fact="registry.employment").delta))
    assert deltas == [1, 2, 0, 1, 2]
    assert workers(lasting_cast.city) == 5
    assert equal_to_scratch(count)


def test_table_loaded_in_bulk_is_read_as_a_whole(lasting_cast: Cast, count):
    count()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_employment DISABLE TRIGGER USER")
        cursor.execute("UPDATE people_employment SET until = '2025-01-01'")
        cursor.execute("ALTER TABLE people_employment ENABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO outbox_change (xid, source, key) VALUES (pg_current_xact_id(), 'people_employment', 0)"
        )
    count()
    assert workers(lasting_cast.city) == 0
    assert equal_to_scratch(count)


def test_database_restored_on_another_server_is_counted_from_scratch(lasting_cast: Cast, count):
    count()
    Counted.objects.update(server="another", position="999999999999:999999999999:")
    assert standing.look().behind
    assert count().rebuilt
    assert not standing.look().behind


def test_files_that_nobody_needs_are_swept_away(lasting_cast: Cast, count, lake, monkeypatch):
    monkeypatch.setattr(counting, "DELTA_FILES", 2)
    monkeypatch.setattr(tables, "GRACE", -60)
    count()
    key = lasting_cast["applicant"].person.pk
    sizes = []
    for n in range(8):
        Person.objects.filter(pk=key).update(sex="female" if n % 2 else "male")
        count()
        sizes.append(len(list(lake.root.rglob("*.parquet"))))
    assert len(set(sizes)) == 2
    with reading.opened(WORKERS, lasting_cast.city, THIS_YEAR) as opened:
        assert opened.proves
    assert equal_to_scratch(count)


def test_new_day_counts_what_stands_anew(lasting_cast: Cast, count):
    count()
    Counted.objects.update(today=dt.date(2026, 1, 1))
    Cell.objects.filter(indicator=WORKERS).update(value=99)
    assert standing.look().behind
    count()
    assert workers(lasting_cast.city) == 5


def test_every_figure_opens_to_exactly_as_many_records_as_it_says(lasting_cast: Cast, count):
    count()
    for unit in (lasting_cast.city, lasting_cast.county, lasting_cast.works):
        for period in (THIS_YEAR, parse("2020-Q2"), parse("2016")):
            with reading.opened(WORKERS, unit, period) as opened:
                assert opened.proves
                assert len(set(opened.keys())) == opened.figure.value


def test_figure_is_refused_before_anything_is_counted(lasting_cast: Cast):
    with pytest.raises(reading.NotCounted):
        reading.figure(WORKERS, lasting_cast.city, THIS_YEAR)
