"""Reading the inbox."""

from gongjiang.kernel.access.actor import Actor

from .models import Notice
from .rules import MINE

COUNT_TO = 99


def unread(actor: Actor) -> int:
    """How many notices this actor has not read, up to one more than `COUNT_TO`. One query."""
    if actor.user is None:
        return 0
    rows = MINE.filter(Notice.objects.filter(read_at=None), actor)
    return rows.order_by()[: COUNT_TO + 1].count()
