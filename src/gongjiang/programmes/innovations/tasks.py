"""What the worker asks for, and asks no longer: what conversions have brought, and who wants a result."""

from collections.abc import Collection

from procrastinate.contrib.django import app

from gongjiang.kernel.tasks.actions import withdraw

from .actions.library import PAYBACK, REQUEST, ask_for_paybacks


@app.periodic(cron="20 18 * * *")
@app.task(name="innovations.paybacks", queueing_lock="innovations.paybacks")
def paybacks(timestamp: int) -> None:
    """Ask the units whose results were taken over what they brought there."""
    ask_for_paybacks()


@app.task(name="innovations.asked_no_longer", retry=5)
def asked_no_longer(requests: Collection[int], conversions: Collection[int], why: str) -> None:
    """The result is revoked: who asked for it, and what it brought, is nobody's to answer any more."""
    withdraw(REQUEST, requests, why)
    withdraw(PAYBACK, conversions, why)
