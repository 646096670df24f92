"""What the worker runs for deadlines every few minutes."""

from procrastinate.contrib.django import app

from .clocks import keep_up


@app.periodic(cron="*/5 * * * *")
@app.task(name="lifecycle.keep_up", queueing_lock="lifecycle.keep_up")
def deadlines(timestamp: int) -> None:
    """Reckon open deadlines anew where the calendar has changed, and note those that have been missed."""
    keep_up()
