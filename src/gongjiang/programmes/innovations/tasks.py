"""What the worker asks for: what conversions have brought, a year on and every year until they are closed."""

from procrastinate.contrib.django import app

from .actions.library import ask_for_paybacks


@app.periodic(cron="20 18 * * *")
@app.task(name="innovations.paybacks", queueing_lock="innovations.paybacks")
def paybacks(timestamp: int) -> None:
    """Ask the units whose results were taken over what they brought there."""
    ask_for_paybacks()
