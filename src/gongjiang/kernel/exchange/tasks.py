"""What the worker's queue runs for imports."""

import time
from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from . import work
from .models import RUNNING, STORE, ImportBatch

QUIET = timedelta(seconds=20)
KEEP = timedelta(days=30)


@app.task(name="exchange.advance", retry=5)
def advance(batch: int) -> None:
    """Check a batch, or take it in."""
    work.advance(batch)


@app.periodic(cron="* * * * * */15")
@app.task(name="exchange.wake", queueing_lock="exchange.wake", pass_context=False)
def wake(timestamp: int) -> None:
    """Go on with batches whose worker has gone quiet, a killed one for example."""
    for key in quiet():
        advance.defer(batch=key)


@app.periodic(cron="17 3 * * *")
@app.task(name="exchange.forget", queueing_lock="exchange.forget")
def forget(timestamp: int) -> None:
    """Delete files that nobody needs any more."""
    forget_files()


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
    gone = list(old.values_list("file", flat=True))
    old.update(file="")
    known = set(ImportBatch.objects.exclude(file="").values_list("file", flat=True))
    gone += [name for name in STORE.names(older_than=time.time() - 86_400) if name not in known]
    for name in gone:
        STORE.drop(name)
    return len(gone)
