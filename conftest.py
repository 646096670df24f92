"""What every test may ask for: the cast, and the application's own way of seeing."""

import pytest

from tests import cast as world


@pytest.fixture
def cast(db: None) -> world.Cast:
    """The fixed cast, written into this test's transaction."""
    return world.build()


@pytest.fixture
def lasting_cast(transactional_db: None) -> world.Cast:
    """The fixed cast, committed: for tests with several connections or with deferred checks."""
    return world.build()
