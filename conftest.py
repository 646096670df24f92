"""What every test may ask for: the cast, and the application's own way of seeing."""

import gc
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as property_tests

from tests import cast as world

# How long an example takes says nothing about a rule: no test is timed.
property_tests.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
property_tests.load_profile("untimed")


def pytest_collection_finish() -> None:
    """What has been imported and collected is no garbage: looking through it took a part of every test's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def place_for_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests upload lies in a folder of theirs and not among the installation's own."""
    before, settings.DATA = settings.DATA, tmp_path_factory.mktemp("data")
    yield
    settings.DATA = before


@pytest.fixture
def cast(db: None) -> world.Cast:
    """The fixed cast, written into this test's transaction."""
    return world.build()


@pytest.fixture
def lasting_cast(transactional_db: None) -> Iterator[world.Cast]:
    """The fixed cast, committed: for tests with several connections or with deferred checks."""
    yield world.build()
    _wait_for_answers()
    with connection.cursor() as cursor:  # the queue's tables are none of Django's, which empties its own
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def _wait_for_answers() -> None:
    """Until no other session works: a page that a browser has left may still be made, and emptying the tables under
    it would end in a deadlock.
    """
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'"
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.1)
