"""What the shell does about the queue."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from gongjiang.web.tasks import take_back_jobs


def one(sql: str, *values: object) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def job(worker: int | None, lock: str) -> int:
    return one(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id, lock)"
        " VALUES ('default', 'orgs.apply', '{\"change\": 1}', 'doing', %s, %s) RETURNING id",
        worker, lock,
    )  # fmt: skip


async def take_back() -> None:
    """Run the task as the worker does."""
    with app.replace_connector(app.connector.get_worker_connector()) as queue:
        async with queue.open_async():
            await take_back_jobs.func(SimpleNamespace(app=queue), 0)


@pytest.mark.django_db(transaction=True)
def test_job_of_a_killed_worker_goes_back_and_frees_its_lock_while_others_go_on() -> None:
    silent, alive = (
        one(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id",
            age,
        )
        for age in ("1 minute", "1 second")
    )
    lost, gone, running = job(silent, "a"), job(None, "b"), job(alive, "c")
    asyncio.run(take_back())
    states = {
        key: one("SELECT status::text FROM procrastinate_jobs WHERE id = %s", key)
        for key in (lost, gone, running)
    }
    assert states == {lost: "todo", gone: "todo", running: "doing"}
    assert one("SELECT count(*) FROM procrastinate_jobs WHERE lock IN ('a', 'b') AND status = 'doing'") == 0


def test_what_runs_once_a_day_runs_at_night() -> None:
    """The queue reads cron lines as UTC, whatever the time zone of the installation."""
    app.perform_import_paths()
    hours = {}
    for task in app.periodic_registry.periodic_tasks.values():
        _minute, hour, *_rest = task.cron.split()
        if hour.isdigit():
            hours[task.task.name] = (int(hour) + 8) % 24
    assert len(hours) >= 7
    assert {name: hour for name, hour in hours.items() if hour > 5} == {}
