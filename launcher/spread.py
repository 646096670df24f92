"""A pytest plugin: tests that are spread over several processes have a database server each, and long ones go first.

What is committed is read up to the oldest transaction that any database of a server still has open; tests that share a
server would wait for each other.

Each process takes file after file. Files that start the whole stack take minutes: were one begun last, as their few
tests would have it, the other processes would stand idle. The journeys are one file in this, for they share one demo.
"""

import json
import os

import pytest
from xdist.scheduler import LoadFileScheduling

PLACES = "GONGJIANG_TEST_PLACES"
JOURNEYS = "tests/journeys/"

_places = json.loads(os.environ.get(PLACES, "[]"))
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if _places and _worker:
    os.environ.update(_places[int(_worker.removeprefix("gw")) % len(_places)])


class Scheduling(LoadFileScheduling):
    """File after file in the order of the collection, the journeys together."""

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else super()._split_scope(nodeid)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: "stack" not in item.keywords)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling:
    return Scheduling(config, log)
