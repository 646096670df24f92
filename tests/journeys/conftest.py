"""One real stack and one real browser for all journeys; none of them runs where there is no browser."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import browser

from .stack import Stack, started

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.stack)
            if browser.why_not():
                item.add_marker(pytest.mark.skip(reason=browser.why_not()))


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The demo, running."""
    with tempfile.TemporaryDirectory(prefix="gongjiang 工匠 ") as place:
        Path(place).chmod(0o711)
        with started(Path(place) / "data") as running:
            yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser for one file: while it runs, nothing else in this thread can be asynchronous."""
    with browser.started() as running:
        yield running
