"""A notice to somebody, what of it was sent outside, and what a person does not want sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.orgs.paths import PathField
from gongjiang.kernel.people.models import Person


class NoticeKind(models.TextChoices):
    YOUR_TURN = "your_turn", c("notice", "It is your turn")
    RETURNED = "returned", c("notice", "Returned to be mended")
    MOVED = "moved", c("notice", "A step further")
    DECIDED = "decided", c("notice", "Decided")
    WORK_WAITS = "work_waits", c("notice", "Work waits for you")
    TASK = "task", c("notice", "A task for you")
    ANSWERED = "answered", c("notice", "A task was answered")
    SEAT = "seat", c("notice", "A seat on a panel")
    NOTICE_OVER = "notice_over", c("notice", "A public notice has ended")


#: What is worth a message outside; the rest is read in the inbox.
SENT_OUTSIDE = frozenset({NoticeKind.YOUR_TURN, NoticeKind.RETURNED, NoticeKind.DECIDED})


class Notice(models.Model):
    """One notice to one person, or to an officer behind whom is nobody. The inbox is this table.

    It holds keys and codes, never words of a case: the page says them to whoever may see the case, at that moment.

    once    names the event, so that draining the same event again adds nothing
    state   where the case had come to; `outcome` where it was closed
    number  how many cases wait, in a digest of a day
    of      key of the task, the seat or the public notice, by its kind
    """

    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="notices", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    kind = models.TextField(choices=NoticeKind)
    once = models.TextField()
    case = models.ForeignKey(Case, models.CASCADE, null=True, blank=True, related_name="+")
    state = models.TextField(blank=True, default="")
    outcome = models.TextField(blank=True, default="")
    due_at = models.DateTimeField(null=True, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True)
    of = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    wall = walls.Wall("person_id = me() OR user_id = my_user()")

    class Meta:
        constraints = [
            models.CheckConstraint(name="notice_kind", condition=Q(kind__in=NoticeKind.values)),
            models.CheckConstraint(
                name="notice_to_one",
                condition=Q(user=None, person__isnull=False) | Q(user__isnull=False, person=None),
            ),
            models.UniqueConstraint(
                name="notice_once", fields=["once", "person", "user"], nulls_distinct=False
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_person"),
            models.Index(fields=["user", "-id"], name="notice_user"),
            models.Index(fields=["person"], name="notice_person_unread", condition=Q(read_at=None)),
            models.Index(fields=["user"], name="notice_user_unread", condition=Q(read_at=None)),
        ]


class Channel(models.TextChoices):
    CONSOLE = "console", c("channel of notices", "log of this machine")
    SMS = "sms", c("channel of notices", "SMS")
    WECHAT = "wechat", c("channel of notices", "WeChat")


class DeliveryState(models.TextChoices):
    QUEUED = "queued", c("delivery", "to be sent")
    SENDING = "sending", c("delivery", "being sent")
    SENT = "sent", c("delivery", "sent")
    FAILED = "failed", c("delivery", "failed")


class Delivery(models.Model):
    """One notice on its way outside. Its officers are those of the case: a failure is theirs to see and to mend.

    due_at    when it is sent, or tried again; of one being sent: when its sender counts as dead
    error     code of what went wrong last; never words of the gateway, which may quote a number
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    path = PathField(editable=False)
    kind = models.TextField(choices=NoticeKind)
    channel = models.TextField(choices=Channel)
    state = models.TextField(choices=DeliveryState, default=DeliveryState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, default="")

    wall = walls.Wall("in_tree(path)")

    class Meta:
        constraints = [
            models.CheckConstraint(name="delivery_channel", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(name="delivery_state", condition=Q(state__in=DeliveryState.values)),
            models.UniqueConstraint(name="delivery_once", fields=["notice", "channel"]),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="delivery_due", condition=Q(state__in=["queued", "sending"])
            ),
            models.Index(fields=["path", "-id"], name="delivery_failed", condition=Q(state="failed")),
        ]


class Refusal(models.Model):
    """A channel outside on which a person wants nothing, since when."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="notice_refusals")
    channel = models.TextField(choices=Channel)
    at = models.DateTimeField()

    wall = walls.Wall("person_id = me()")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="refusal_once", fields=["person", "channel"]),
            models.CheckConstraint(name="refusal_channel", condition=Q(channel__in=Channel.values)),
        ]


class Mark(models.Model):
    """How far the outbox was read, and since when: what happened before is news to nobody. One row.

    position  pg_snapshot: what was visible in it has been read, nothing else
    """

    since = models.DateTimeField()
    position = models.TextField()

    wall = walls.closed()
