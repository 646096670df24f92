"""What the worker does with notices: every minute what the time brings, at night the stray files."""

import time
from itertools import islice

from procrastinate.contrib.django import app

from . import ending
from .models import STORE, ObjectionFile

STRAY = 24 * 60 * 60  # seconds


@app.periodic(cron="* * * * *")
@app.task(name="publicity.end", queueing_lock="publicity.end")
def end(timestamp: int) -> None:
    """End the notices whose time has passed; stop and start the clocks of what is objected to."""
    ending.end()
    ending.hold()


@app.periodic(cron="47 19 * * *")  # UTC
@app.task(name="publicity.sweep", queueing_lock="publicity.sweep")
def sweep_nightly(timestamp: int) -> None:
    """Delete evidence that no row names."""
    sweep()


def sweep() -> int:
    """Delete files that a crash left without a row; returns how many."""
    old, gone = STORE.names(older_than=time.time() - STRAY), 0
    while names := list(islice(old, 1_000)):
        needed = set(ObjectionFile.objects.filter(stored__in=names).values_list("stored", flat=True))
        for name in names:
            if name not in needed:
                STORE.drop(name)
                gone += 1
    return gone
