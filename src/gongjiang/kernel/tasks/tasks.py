"""What the worker does with the files of tasks at night."""

from procrastinate.contrib.django import app

from gongjiang.kernel.files import beside

from .models import STORE, TaskFile


@app.periodic(cron="57 19 * * *")  # UTC
@app.task(name="tasks.sweep", queueing_lock="tasks.sweep")
def sweep_nightly(timestamp: int) -> None:
    """Delete files that a crash left without a row."""
    beside.sweep(STORE, TaskFile.objects.all())
