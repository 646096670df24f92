"""What the worker writes into its log."""

import logging
from collections.abc import Iterator

import pytest
from procrastinate import App
from procrastinate.testing import InMemoryConnector

from gongjiang.insight import worker


@pytest.fixture
def reporting() -> Iterator[None]:
    theirs = logging.getLogger("procrastinate.worker")
    before = theirs.level, theirs.propagate, theirs.handlers
    worker.report_failed_jobs()
    yield
    theirs.setLevel(before[0])
    theirs.propagate, theirs.handlers = before[1:]


def test_failed_job_leaves_one_line_without_its_arguments_or_the_words_of_its_error(
    reporting: None, caplog: pytest.LogCaptureFixture
) -> None:
    queue = App(connector=InMemoryConnector())

    @queue.task(name="exchange.break")
    def broken(name: str) -> None:
        raise ValueError(f"no such person: {name}")

    with queue.open():
        broken.defer(name="王演甲子")
        queue.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    lines = [r.getMessage() for r in caplog.records if r.name == worker.__name__]
    assert [line.rpartition(":")[0] for line in lines] == [
        f"job 1 (exchange.break) failed: ValueError at {__file__}"
    ]
    assert not logging.getLogger("procrastinate.worker").propagate
