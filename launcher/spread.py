"""A pytest plugin: tests that are spread over several processes have a database server each.

What is committed is read up to the oldest transaction that any database of a server still has open; tests that share a
server would wait for each other.
"""

import json
import os

PLACES = "GONGJIANG_TEST_PLACES"

_places = json.loads(os.environ.get(PLACES, "[]"))
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if _places and _worker:
    os.environ.update(_places[int(_worker.removeprefix("gw")) % len(_places)])
