"""A file hangs on a case, is seen by whoever sees the case, and changed by whoever has its turn."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from gongjiang.kernel.access import walls
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.people.models import Person

from .store import Store

#: Where the content lies.
STORE = Store("cases")


class File(models.Model):
    """One file of a case. The content lies encrypted beside the database under the name `stored`.

    kind        what it is there for: a code of the programme, such as "photo"
    name        cleaned, with the ending of what the file really is
    bytes       size of the content
    digest      equal for equal files; one case holds a file once
    person      who added it, where an account belongs to a person
    removed_at  set once; the row stays, the content goes some days later
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="files")
    kind = models.TextField()
    name = models.TextField()
    media_type = models.TextField()
    bytes = models.PositiveBigIntegerField()
    digest = models.BinaryField(max_length=32)
    stored = models.TextField(unique=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    wall = walls.inherits("case_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="file_named", condition=~Q(name="") & ~Q(kind="") & ~Q(media_type="") & ~Q(stored="")
            ),
            models.CheckConstraint(name="file_has_content", condition=Q(bytes__gt=0)),
            models.CheckConstraint(
                name="file_removed_after_upload",
                condition=Q(removed_at=None) | Q(removed_at__gte=F("uploaded_at")),
            ),
            models.UniqueConstraint(
                name="file_once_a_case", fields=["case", "digest"], condition=Q(removed_at=None)
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="file_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="file_is_only_removed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF OLD.removed_at IS NOT NULL OR NEW.removed_at IS NULL OR
                   to_jsonb(NEW) - 'removed_at' IS DISTINCT FROM to_jsonb(OLD) - 'removed_at'
                THEN RAISE EXCEPTION 'a file is removed once and never changed' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="file_of_whose_turn_it_is",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                IF NOT replaying() AND NOT EXISTS (SELECT 1 FROM lifecycle_turn t WHERE t.case_id = NEW.case_id
                  AND t.until IS NULL AND (t.person_id = me() OR t.unit_id = ANY (held_units())))
                THEN RAISE EXCEPTION 'files of case % are changed by whoever has its turn', NEW.case_id
                  USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name
