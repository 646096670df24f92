"""What the worker does with files at night."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from . import beside
from .models import STORE, File

#: How long the content of a removed file can still be brought back by an administrator.
KEEP_REMOVED = timedelta(days=30)


@app.periodic(cron="37 19 * * *")  # UTC
@app.task(name="files.sweep", queueing_lock="files.sweep")
def sweep_nightly(timestamp: int) -> None:
    """Delete content that no row needs."""
    sweep()


def sweep() -> int:
    """Delete the content of files removed long ago and of files that a crash left without a row; returns how many."""
    return beside.sweep(STORE, File.objects.exclude(removed_at__lt=timezone.now() - KEEP_REMOVED))
