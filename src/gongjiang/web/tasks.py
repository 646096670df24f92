"""Periodic work of the shell."""

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from procrastinate import JobContext, builtin_tasks
from procrastinate.contrib.django import app

from gongjiang.kernel.accounts.models import Throttle

from .models import Receipt

KEPT = timedelta(days=2)


@app.periodic(cron="23 19 * * *")  # UTC
@app.task(name="web.forget", queueing_lock="web.forget")
def forget(timestamp: int) -> None:
    """Drop receipts of forms sent days ago, counts of attempts, and sessions that have ended."""
    Receipt.objects.filter(at__lt=timezone.now() - KEPT).delete()
    Throttle.objects.filter(since__lt=timezone.now() - KEPT).delete()
    SessionStore.clear_expired()


@app.periodic(cron="43 19 * * *")  # UTC
@app.task(name="web.forget_jobs", queueing_lock="web.forget_jobs", pass_context=True)
async def forget_jobs(context: JobContext, timestamp: int) -> None:
    """Drop jobs that ended well two days ago; those that failed stay for a month."""
    await builtin_tasks.remove_old_jobs(context, max_hours=48)
    await builtin_tasks.remove_old_jobs(context, max_hours=720, remove_failed=True)


@app.periodic(cron="* * * * *")
@app.task(name="web.take_back_jobs", queueing_lock="web.take_back_jobs", pass_context=True)
async def take_back_jobs(context: JobContext, timestamp: int) -> None:
    """Put what a killed worker was at back into the queue: every job may be run again, and a lock it held is free.

    A worker is held for dead when it has given no sign for half a minute, as the queue itself does.
    """
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs():
        await jobs.retry_job(job)
