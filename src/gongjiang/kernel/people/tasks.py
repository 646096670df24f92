"""Periodic work: flags follow what was committed, likenesses are looked for, stray papers are swept."""

from procrastinate.contrib.django import app

from gongjiang.kernel.files import beside

from . import flags
from .keeping import bring_up_to_date
from .merging import candidates
from .models import PAPERS, ConsentPaper


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


@app.periodic(cron="58 19 * * *")  # UTC
@app.task(name="people.sweep", queueing_lock="people.sweep")
def sweep_nightly(timestamp: int) -> None:
    """Delete scans that a crash left without a row."""
    beside.sweep(PAPERS, ConsentPaper.objects.all())
