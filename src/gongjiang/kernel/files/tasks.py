"""What the worker does with files at night."""

import time
from datetime import timedelta
from itertools import islice

from django.utils import timezone
from procrastinate.contrib.django import app

from .models import STORE, File

#: How long the content of a removed file can still be brought back by an administrator.
KEEP_REMOVED = timedelta(days=30)
#: How old a file without a row must be: none is so long on its way.
STRAY = 24 * 60 * 60  # seconds


@app.periodic(cron="37 19 * * *")  # UTC
@app.task(name="files.sweep", queueing_lock="files.sweep")
def sweep_nightly(timestamp: int) -> None:
    """Delete content that no row needs."""
    sweep()


def sweep() -> int:
    """Delete the content of files removed long ago and of files that a crash left without a row; returns how many."""
    rows = File.objects.exclude(removed_at__lt=timezone.now() - KEEP_REMOVED)
    old, gone = STORE.names(older_than=time.time() - STRAY), 0
    while names := list(islice(old, 1_000)):
        needed = set(rows.filter(stored__in=names).values_list("stored", flat=True))
        for name in names:
            if name not in needed:
                STORE.drop(name)
                gone += 1
    return gone
