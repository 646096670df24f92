"""Who sits on a panel, and whom a judge does not judge."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.access.roles import SeatRole

from .items import Item
from .panels import ANY, OF_ITEM, UNLOCKED, Panel, while_panel


class RecusalKind(models.TextChoices):
    DECLARED = "declared", c("recusal", "declared by the judge")
    ORDERED = "ordered", c("recusal", "ordered by the organiser")
    OWN = "own", c("recusal", "takes part in it")
    WORKPLACE = "workplace", c("recusal", "works at the same workplace")
    UNIT = "unit", c("recusal", "holds office in a unit that recommended it")


class Seat(models.Model):
    """Somebody sits on a panel, half-open [since, until). A live seat is access; it ends with the row.

    name       as on the roster
    oath_at    when the judge undertook to judge fairly; nothing is scored before
    """

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="seats")
    name = models.TextField()
    role = models.TextField(choices=SeatRole)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    oath_at = models.DateTimeField(null=True, blank=True)

    is_source = True
    wall = walls.Wall(
        "user_id = my_user() OR runs_panel(panel_id) OR chairs(panel_id)",
        writing="user_id = my_user() OR runs_panel(panel_id)",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="seat_role", condition=Q(role__in=SeatRole.values)),
            models.CheckConstraint(name="seat_dates", condition=Q(until=None) | Q(until__gte=F("since"))),
            models.UniqueConstraint(name="seat_once_live", fields=["panel", "user"], condition=Q(until=None)),
            models.UniqueConstraint(
                name="seat_one_chair",
                fields=["panel"],
                condition=Q(until=None, role=SeatRole.PANEL_CHAIR),
            ),
        ]
        indexes = [models.Index(fields=["user"], name="seat_user", condition=Q(until=None))]
        triggers = [
            pgtrigger.Trigger(
                name="seat_is_given",
                when=pgtrigger.Before,
                operation=ANY,
                func="""
                IF TG_OP = 'DELETE' THEN
                  IF hold_panel(OLD.panel_id) = 'preparing' THEN RETURN OLD; END IF;
                  RAISE EXCEPTION 'a seat is ended, not deleted' USING ERRCODE = '23514';
                END IF;
                IF hold_panel(NEW.panel_id) NOT IN ('preparing', 'open')
                THEN RAISE EXCEPTION 'the panel is locked' USING ERRCODE = '23514'; END IF;
                IF my_user() IS NOT NULL AND TG_OP = 'INSERT' AND NOT runs_panel(NEW.panel_id)
                THEN RAISE EXCEPTION 'nobody seats himself' USING ERRCODE = '23514'; END IF;
                IF TG_OP = 'INSERT' THEN
                  IF NEW.oath_at IS NOT NULL AND my_user() IS NOT NULL
                  THEN RAISE EXCEPTION 'an oath is one''s own' USING ERRCODE = '23514'; END IF;
                  RETURN NEW;
                END IF;
                IF to_jsonb(NEW) - ARRAY['until', 'oath_at'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['until', 'oath_at']
                   OR OLD.until IS NOT NULL
                THEN RAISE EXCEPTION 'a seat is ended, not changed' USING ERRCODE = '23514'; END IF;
                IF NEW.oath_at IS DISTINCT FROM OLD.oath_at
                   AND (OLD.oath_at IS NOT NULL OR NEW.user_id <> COALESCE(my_user(), NEW.user_id))
                THEN RAISE EXCEPTION 'an oath is one''s own' USING ERRCODE = '23514'; END IF;
                IF NEW.until IS DISTINCT FROM OLD.until AND my_user() IS NOT NULL AND NOT runs_panel(NEW.panel_id)
                THEN RAISE EXCEPTION 'the organiser ends a seat' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            )
        ]


class Recusal(models.Model):
    """A judge does not judge an item, and why. Append-only."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="recusals")
    item = models.ForeignKey(Item, models.CASCADE, related_name="recusals")
    kind = models.TextField(choices=RecusalKind)
    reason = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    wall = walls.Wall(
        "my_seat(seat_id) OR leads_item(item_id)",
        adding="my_seat(seat_id) AND kind = 'declared' OR leads_item(item_id)",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="recusal_once", fields=["seat", "item"]),
            models.CheckConstraint(name="recusal_kind", condition=Q(kind__in=RecusalKind.values)),
            models.CheckConstraint(
                name="recusal_ordered_with_reason",
                condition=~Q(kind=RecusalKind.ORDERED) | ~Q(reason=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="recusal_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            while_panel(UNLOCKED, pgtrigger.Insert, "recusal_before_the_lock", OF_ITEM),
        ]
