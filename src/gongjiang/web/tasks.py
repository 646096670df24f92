"""Periodic work of the shell."""

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from procrastinate.contrib.django import app

from .models import Receipt

KEPT = timedelta(days=2)


@app.periodic(cron="23 3 * * *")
@app.task(name="web.forget", queueing_lock="web.forget")
def forget(timestamp: int) -> None:
    """Drop receipts of forms sent days ago, and sessions that have ended."""
    Receipt.objects.filter(at__lt=timezone.now() - KEPT).delete()
    SessionStore.clear_expired()
