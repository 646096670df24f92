"""What was committed: one row for each changed key of a source, written in the same transaction by triggers."""

from django.db import models

from gongjiang.kernel.access import walls


class Xid8Field(models.Field):
    """PostgreSQL's 64-bit transaction number."""

    def db_type(self, connection: object) -> str:
        return "xid8"


class Change(models.Model):
    """A key of a source that changed in transaction `xid`."""

    xid = Xid8Field()
    source = models.TextField()  # table name
    key = models.BigIntegerField()

    wall = walls.closed()

    class Meta:
        indexes = [models.Index(fields=["xid"], name="change_xid")]


class Position(models.Model):
    """How far a reader has read: every change with xid < `xid` is behind it."""

    reader = models.TextField(primary_key=True)
    xid = Xid8Field()

    wall = walls.closed()
