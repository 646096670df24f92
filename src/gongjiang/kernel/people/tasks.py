"""Periodic work: flags follow what was committed, likenesses are looked for."""

from procrastinate.contrib.django import app

from . import flags
from .keeping import bring_up_to_date
from .merging import candidates


@app.periodic(cron="* * * * *")
@app.task(name="people.keep", queueing_lock="people.keep")
def keep(timestamp: int) -> None:
    """Derive the flags of those who changed, and look for their likes."""
    bring_up_to_date()


@app.periodic(cron="7 17 * * *")  # UTC
@app.task(name="people.keep_all", queueing_lock="people.keep_all")
def keep_all(timestamp: int) -> None:
    """Once a night for everybody: half a year of work is complete, a rule begins, a phone was given twice."""
    flags.keep()
    candidates.find()
