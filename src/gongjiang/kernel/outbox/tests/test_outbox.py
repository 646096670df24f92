"""The outbox: what is committed is there, once, in an order that skips nobody."""

import time

import pytest
from django.db import connection, models, transaction

from gongjiang.kernel.outbox import reading
from gongjiang.kernel.outbox.sources import sources, synchronise_sources

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = "outbox_tested"


@pytest.fixture
def source(monkeypatch):
    """A table of its own whose changes are written down, and a reader that starts after everything so far."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (id bigserial PRIMARY KEY, words text)")
        cursor.execute("DELETE FROM outbox_change")
        cursor.execute("DELETE FROM outbox_position")

    class Tested(models.Model):
        words = models.TextField()

        class Meta:
            app_label = "outbox"
            db_table = TABLE
            managed = False

    before = sources()
    monkeypatch.setattr("gongjiang.kernel.outbox.sources.sources", lambda: [*before, Tested])
    synchronise_sources()
    yield Tested
    monkeypatch.undo()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")
        cursor.execute("DELETE FROM outbox_change")
        cursor.execute("DELETE FROM outbox_position")
    from django.apps import apps

    del apps.all_models["outbox"]["tested"]
    apps.clear_cache()


def settle() -> None:
    """Wait until no transaction anywhere on the server is older than what was just committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        now = int(cursor.fetchone()[0])
    for _ in range(600):
        if reading.horizon() >= now:
            return
        time.sleep(0.05)


def changed(reader: str = "test", *, settled: bool = True) -> list[int]:
    if settled:
        settle()
    return sorted(reading.read(reader).keys.get(TABLE, []))


def keep_up(reader: str = "test", *, settled: bool = True) -> None:
    if settled:
        settle()
    reading.keep(reader, reading.read(reader).until)


def test_insert_update_and_delete_are_each_written_down(source):
    one, two = source.objects.create(words="a"), source.objects.create(words="b")
    assert changed() == [one.pk, two.pk]
    keep_up()
    source.objects.filter(pk=one.pk).update(words="c")
    assert changed() == [one.pk]
    keep_up()
    source.objects.filter(pk=two.pk).delete()
    assert changed() == [two.pk]


def test_many_rows_of_one_statement_are_each_there_once(source):
    source.objects.bulk_create(source(words="x") for _ in range(50))
    source.objects.update(words="y")
    assert changed() == sorted(source.objects.values_list("pk", flat=True))


def test_statement_that_touches_nothing_writes_nothing(source):
    source.objects.filter(words="nowhere").update(words="y")
    assert changed() == []


def test_rolled_back_change_leaves_nothing(source):
    class Undo(Exception):
        pass

    with pytest.raises(Undo), transaction.atomic():
        source.objects.create(words="a")
        raise Undo
    assert changed() == []


def test_open_transaction_is_waited_for_and_never_skipped(source):
    """A later transaction that commits first must not carry the reader past an earlier one."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(f"INSERT INTO {TABLE} (words) VALUES ('slow') RETURNING id")
            slow = cursor.fetchone()[0]
        fast = source.objects.create(words="fast")
        batch = reading.read("test")
        assert (batch.keys, fast.pk > slow) == ({}, True)
        reading.keep("test", batch.until)
        other.commit()
        assert changed() == sorted([slow, fast.pk])
    finally:
        other.close()


def test_reading_without_keeping_reads_the_same_again(source):
    row = source.objects.create(words="a")
    assert [changed(), changed()] == [[row.pk], [row.pk]]


def test_position_kept_in_a_transaction_that_fails_is_not_kept(source):
    row = source.objects.create(words="a")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        keep_up(settled=False)
        raise ZeroDivisionError
    assert changed() == [row.pk]


def test_readers_keep_their_own_positions(source):
    row = source.objects.create(words="a")
    keep_up("one")
    assert (changed("one"), changed("other")) == ([], [row.pk])


def test_forgetting_takes_only_what_every_reader_has_behind_it(source):
    source.objects.create(words="a")
    keep_up("one")
    row = source.objects.create(words="b")
    keep_up("other")
    assert (reading.forget(), changed("one"), changed("other")) == (1, [row.pk], [])


def test_application_writes_changes_it_cannot_read(lasting_cast):
    from gongjiang.kernel.access.actor import scope

    with scope(lasting_cast["superior"].actor), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outbox_change")
        assert cursor.fetchone() == (0,)
