"""What the worker does with notices: every minute what the time brings, at night the stray files."""

from procrastinate.contrib.django import app

from gongjiang.kernel.files import beside

from . import ending
from .models import STORE, ObjectionFile


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
    return beside.sweep(STORE, ObjectionFile.objects.all())
