"""What the worker does with the files of documents at night."""

import time
from itertools import islice

from procrastinate.contrib.django import app

from .models import STORE, DocumentFile

STRAY = 24 * 60 * 60  # seconds


@app.periodic(cron="41 19 * * *")  # UTC
@app.task(name="documents.sweep", queueing_lock="documents.sweep")
def sweep_nightly(timestamp: int) -> None:
    """Delete content that no row names."""
    sweep()


def sweep() -> int:
    """Delete files that a crash or a rolled back transaction left without a row; returns how many."""
    old, gone = STORE.names(older_than=time.time() - STRAY), 0
    while names := list(islice(old, 1_000)):
        needed = set(DocumentFile.objects.filter(stored__in=names).values_list("stored", flat=True))
        for name in names:
            if name not in needed:
                STORE.drop(name)
                gone += 1
    return gone
