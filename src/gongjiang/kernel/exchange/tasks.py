"""What the worker's queue runs for imports and exports."""

import time
from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from . import exports, work
from .models import EXPORTING, EXPORTS, RUNNING, STORE, ExportJob, ExportState, ImportBatch

QUIET = timedelta(seconds=20)
KEEP = timedelta(days=30)


@app.task(name="exchange.advance", retry=5)
def advance(batch: int) -> None:
    """Check a batch, or take it in."""
    work.advance(batch)


@app.task(name="exchange.export", retry=5)
def export(job: int) -> None:
    """Write a list as a file."""
    exports.run(job)


@app.periodic(cron="* * * * * */15")
@app.task(name="exchange.wake", queueing_lock="exchange.wake", pass_context=False)
def wake(timestamp: int) -> None:
    """Go on with what a worker has gone quiet at, a killed one for example."""
    for key in quiet():
        advance.defer(batch=key)
    for key in quiet_exports():
        export.defer(job=key)


@app.periodic(cron="17 19 * * *")  # UTC
@app.task(name="exchange.forget", queueing_lock="exchange.forget")
def forget(timestamp: int) -> None:
    """Delete files that nobody needs any more."""
    forget_files()


@app.periodic(cron="7 * * * *")
@app.task(name="exchange.expire", queueing_lock="exchange.expire")
def expire(timestamp: int) -> None:
    """Delete exported files whose time is over."""
    expire_exports()


def quiet() -> list[int]:
    """Running batches that no job has touched for a while."""
    return list(
        ImportBatch.objects.filter(state__in=RUNNING, touched_at__lt=timezone.now() - QUIET).values_list(
            "pk", flat=True
        )
    )


def forget_files() -> int:
    """Delete the files of batches older than thirty days, and files that belong to none; returns how many."""
    old = ImportBatch.objects.filter(touched_at__lt=timezone.now() - KEEP).exclude(file="")
    gone = [name for pair in old.values_list("file", "errors_file") for name in pair if name]
    old.update(file="", errors_file="")
    held = ImportBatch.objects.exclude(file="").values_list("file", "errors_file")
    known = {name for pair in held for name in pair}
    gone += [name for name in STORE.names(older_than=time.time() - 86_400) if name not in known]
    for name in gone:
        STORE.drop(name)
    return len(gone)


def quiet_exports() -> list[int]:
    """Exports that no job has touched for a while."""
    late = ExportJob.objects.filter(state__in=EXPORTING, touched_at__lt=timezone.now() - QUIET)
    return list(late.values_list("pk", flat=True))


def expire_exports() -> int:
    """Delete exported files whose time is over, and files that belong to no job; returns how many."""
    over = ExportJob.objects.filter(state=ExportState.READY, expires_at__lte=timezone.now())
    gone = list(over.values_list("file", flat=True))
    over.update(file="", state=ExportState.EXPIRED)
    known = set(ExportJob.objects.exclude(file="").values_list("file", flat=True))
    gone += [name for name in EXPORTS.names(older_than=time.time() - 86_400) if name not in known]
    for name in gone:
        EXPORTS.drop(name)
    return len(gone)
