"""What credentials put on composed pages."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from gongjiang.kernel.access.actor import actor_of
from gongjiang.kernel.credentials import queries
from gongjiang.kernel.programme import Slot
from gongjiang.web.context import named

from .views import dressed


def record(request: HttpRequest) -> list[dict[str, Any]]:
    """In the worker's record: what they were granted, newest first."""
    rows = [dressed(row) for row in queries.mine(actor_of(request).person)[:20]]
    return [
        {
            "title": row.said,
            "on": row.on,
            "date": row.on,
            "note": f"{named(row.unit)}　{row.standing.label}",
            "url": reverse("my-credentials"),
            "key": True,
        }
        for row in rows
    ]


RECORD = Slot("my.record", record, order=20)
