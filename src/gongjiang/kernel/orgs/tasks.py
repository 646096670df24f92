"""What the worker's queue runs for the tree."""

from procrastinate.contrib.django import app

from . import actions


@app.task(name="orgs.apply", lock="orgs.tree", retry=5)
def apply_change(change: int) -> None:
    """Carry out an approved change whose day has come."""
    actions.apply(change)


@app.periodic(cron="3 * * * *")
@app.task(name="orgs.apply_due", queueing_lock="orgs.apply_due", lock="orgs.tree", pass_context=False)
def apply_due(timestamp: int) -> None:
    """Carry out what waited for its day, or for a worker that was killed."""
    for key in actions.due():
        actions.apply(key)
