"""Cases and tasks in one list by deadline, page by page: each is sought by its own key, then they are merged."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from gongjiang.kernel.lifecycle.models import Turn
from gongjiang.kernel.tasks.models import Task
from gongjiang.web.views import keyset

TASK, TURN = 0, 1  # at one deadline tasks stand before cases
LARGEST = 2**63 - 1
KINDS: dict[int, Any] = {TASK: Task, TURN: Turn}
FILLED = {TASK: True, TURN: False}

Place = tuple[dt.datetime | None, int, int]


def keys(kind: int) -> tuple[keyset.Key, ...]:
    """The columns by which rows of a kind are ordered."""
    return keyset.keys_of(KINDS[kind], ("due_at", "pk"), filled=FILLED[kind])


def place_of(row: Turn | Task) -> Place:
    return row.due_at, TASK if isinstance(row, Task) else TURN, row.pk


def _rank(row: Turn | Task) -> tuple[bool, float, int, int]:
    due, kind, key = place_of(row)
    return due is None, due.timestamp() if due else 0.0, kind, key


def encode(row: Turn | Task) -> str:
    """The cursor that stands for a row's place among cases and tasks."""
    kind = TASK if isinstance(row, Task) else TURN
    return f"{kind}.{keyset.encode(keys(kind), row)}"


def decode(cursor: str) -> Place | None:
    """The place behind a cursor; None for anything that is not one of ours."""
    kind, _dot, rest = cursor.partition(".")
    if kind not in ("0", "1"):
        return None
    found = keyset.decode(keys(int(kind)), rest)
    return (found[0], int(kind), found[1]) if found else None


def read(
    streams: dict[int, "QuerySet[Any]"], place: Place | None, size: int, *, forward: bool
) -> list[Turn | Task]:
    """The first rows past a place in the direction of reading: one query for each kind."""
    found: list[Turn | Task] = []
    for kind, rows in streams.items():
        found += _sought(kind, rows, place, forward)[:size]
    return sorted(found, key=_rank, reverse=not forward)[:size]


def _sought(kind: int, rows: "QuerySet[Any]", place: Place | None, forward: bool) -> "QuerySet[Any]":
    here: Sequence[Any] | None = None
    if place is not None:
        due, of, key = place
        if due is None and kind == TASK:
            if forward:
                return rows.none()
        else:
            here = (due, key if of == kind else (LARGEST if of > kind else -1))
    return keyset.seek(rows, keys(kind), here, forward=forward)


def split(rows: Iterable[Turn | Task]) -> tuple[list[Turn], list[Task]]:
    """The cases and the tasks among them."""
    found = list(rows)
    return [r for r in found if isinstance(r, Turn)], [r for r in found if isinstance(r, Task)]
