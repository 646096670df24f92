"""What every test may ask for: the cast, and the application's own way of seeing."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from tests import cast as world


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
def lasting_cast(transactional_db: None) -> world.Cast:
    """The fixed cast, committed: for tests with several connections or with deferred checks."""
    return world.build()
