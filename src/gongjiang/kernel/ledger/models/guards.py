"""One life event, paid once: keys of events that were claimed, over all programmes."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.people.models import Person


class GuardKind(models.TextChoices):
    ILLNESS = "illness", c("event", "illness")
    DISASTER = "disaster", c("event", "disaster")
    SCHOOL_STAGE = "school_stage", c("event", "school stage")
    DEATH = "death", c("event", "death")
    INVOICE = "invoice", c("event", "invoice")
    SETTLEMENT = "settlement", c("event", "settlement of the medical insurance")
    CERTIFICATE = "certificate", c("event", "certificate")
    ACTIVITY = "activity", c("event", "activity")


class GuardState(models.TextChoices):
    HELD = "held", c("guard", "held")
    PAID = "paid", c("guard", "paid")
    RELEASED = "released", c("guard", "released")


class Guard(models.Model):
    """A case holds one key of an event. Never what the event was: only its kind, its day and a keyed hash.

    group   within which a key is claimed once: by default its kind; schemes that exclude each other share one
    digest  keyed hash of the key (an invoice's number, a settlement's, or person and day of an illness)
    fen     what the case was granted for it; None until that is decided, and on all but one key of a case
    """

    kind = models.TextField(choices=GuardKind)
    group = models.TextField()
    digest = models.BinaryField(max_length=32)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    day = models.DateField()
    scheme = models.TextField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="guards")
    state = models.TextField(choices=GuardState, default=GuardState.HELD)
    fen = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    binds = True
    wall = walls.Wall("EXISTS (SELECT 1 FROM lifecycle_case above WHERE above.id = case_id)")

    class Meta:
        constraints = [
            models.CheckConstraint(name="guard_kind", condition=Q(kind__in=GuardKind.values)),
            models.CheckConstraint(name="guard_state", condition=Q(state__in=GuardState.values)),
            models.CheckConstraint(name="guard_fen", condition=Q(fen=None) | Q(fen__gte=0)),
            models.UniqueConstraint(
                name="guard_once", fields=["group", "digest"], condition=~Q(state="released")
            ),
        ]
        indexes = [
            models.Index(fields=["person", "day"], name="guard_person_day"),
            models.Index(fields=["case"], name="guard_case"),
        ]
        triggers = [
            pgtrigger.Protect(name="guard_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="guard_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF to_jsonb(NEW) - '{state,fen,person_id}'::text[] <> to_jsonb(OLD) - '{state,fen,person_id}'::text[]
                   OR NEW.person_id IS DISTINCT FROM OLD.person_id AND NOT replaying()
                   OR OLD.state = 'paid' AND NEW.state <> 'paid'
                   OR OLD.state = 'released' AND NEW.state <> 'released'
                THEN RAISE EXCEPTION 'what was claimed for an event stays' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]
