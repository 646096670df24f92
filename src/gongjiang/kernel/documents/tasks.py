"""What the worker does with the files of documents at night."""

from procrastinate.contrib.django import app

from gongjiang.kernel.files import beside

from .models import STORE, DocumentFile


@app.periodic(cron="41 19 * * *")  # UTC
@app.task(name="documents.sweep", queueing_lock="documents.sweep")
def sweep_nightly(timestamp: int) -> None:
    """Delete content that no row names."""
    sweep()


def sweep() -> int:
    """Delete files that a crash or a rolled back transaction left without a row; returns how many."""
    return beside.sweep(STORE, DocumentFile.objects.all())
