"""How many tasks wait, for the desk's menu."""

from typing import Any

from django.http import HttpRequest

from gongjiang.kernel.access.actor import actor_of
from gongjiang.kernel.programme import Slot
from gongjiang.kernel.tasks.queries import to_do

COUNT_TO = 100


def _count(request: HttpRequest) -> list[dict[str, Any]]:
    found = to_do(actor_of(request)).order_by()[:COUNT_TO].count()
    return [{"url": "tasks", "count": found}] if found else []


COUNTS = Slot("desk.counts", _count)
