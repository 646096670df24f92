"""The endorsement chain: who endorses, in which order a unit sends up, what each unit said, and who stands in."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.orgs.models import Level, Unit
from gongjiang.kernel.orgs.paths import PathField

#: Roles whose work somebody else may do during leave. Registers and money stay with their own holders.
DELEGATED = (Role.UNIT_OFFICER, Role.UNIT_CHAIR, Role.OFFICER, Role.APPROVER)


class Verdict(models.TextChoices):
    ENDORSED = "endorsed", c("verdict", "Endorsed")
    RETURNED = "returned", c("verdict", "Returned")
    REFUSED = "refused", c("verdict", "Refused")
    GRANTED = "granted", c("verdict", "Granted")
    RECALLED = "recalled", c("verdict", "Called back")


class Endorsement(models.Model):
    """What one unit said of a case on its way up. Append-only; a case returned and sent again adds rows.

    in_name_of   whose deputy the user was, where a delegation gave the power to act
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="endorsements")
    step = models.PositiveSmallIntegerField()  # 1 is the first unit that endorsed
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    verdict = models.TextField(choices=Verdict)
    opinion = models.TextField(blank=True, default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    in_name_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    wall = walls.inherits("case_id", Case)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="endorsement_step_once", fields=["case", "step"]),
            models.CheckConstraint(name="endorsement_verdict", condition=Q(verdict__in=Verdict.values)),
        ]
        triggers = [
            pgtrigger.Protect(name="endorsement_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class EndorsingLevel(models.Model):
    """A level whose unions endorse in this edition. An edition without rows uses `endorsement.ENDORSING`."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="endorsing_levels")
    level = models.TextField(choices=Level)

    wall = walls.Wall("true", writing="edition_in_tree(edition_id)")  # what a call asks for is public

    class Meta:
        constraints = [
            models.UniqueConstraint(name="endorsinglevel_once", fields=["edition", "level"]),
            models.CheckConstraint(name="endorsinglevel_level", condition=Q(level__in=Level.values)),
        ]


class Candidate(models.Model):
    """A case in the order in which a unit would send it up; what is over the quota waits here as reserve.

    sent_at   when it was sent within the quota; None: not yet, or reserve
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="candidates")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="candidacies")
    stream = models.TextField(default="regular")  # whose quota it takes a place of
    position = models.PositiveIntegerField()
    sent_at = models.DateTimeField(null=True, blank=True)

    wall = walls.Wall("in_tree(path)")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="candidate_once", fields=["unit", "case"]),
            models.UniqueConstraint(
                name="candidate_position_once",
                fields=["edition", "unit", "position"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(name="candidate_position", condition=Q(position__gte=1)),
        ]
        triggers = [walls.mirrors_path("candidate_path_follows_unit")]


class Swap(models.Model):
    """A unit put a reserve in the place of what it had sent, and why. Append-only."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="swaps")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    out = models.ForeignKey(Case, models.PROTECT, related_name="+")
    into = models.ForeignKey(Case, models.PROTECT, related_name="+")
    reason = models.TextField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    wall = walls.Wall("in_tree(path)", adding="in_tree(path)")

    class Meta:
        constraints = [
            models.CheckConstraint(name="swap_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="swap_of_two", condition=~Q(out=F("into"))),
        ]
        triggers = [
            walls.mirrors_path("swap_path_follows_unit"),
            pgtrigger.Protect(name="swap_stays", operation=pgtrigger.Update | pgtrigger.Delete),
        ]


class Delegation(models.Model):
    """Somebody acts for the holder of a role during leave, half-open [since, until). Only the end can be changed.

    It gives what the holder's own grant gives on that day, and nothing once that has ended.
    """

    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations")
    holder_name = models.TextField()
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="deputyships")
    deputy_name = models.TextField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    role = models.TextField(choices=[(r.value, r.label) for r in DELEGATED])
    since = models.DateField()
    until = models.DateField()
    reason = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    wall = walls.Wall("holder_id = my_user() OR deputy_id = my_user()", writing="holder_id = my_user()")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="delegation_role", condition=Q(role__in=[r.value for r in DELEGATED])
            ),
            models.CheckConstraint(name="delegation_dates", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(name="delegation_to_another", condition=~Q(holder=F("deputy"))),
        ]
        indexes = [models.Index(fields=["deputy", "until"], name="delegation_deputy")]
        triggers = [
            pgtrigger.Protect(name="delegation_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="delegation_only_ends",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF NEW.until > OLD.until OR to_jsonb(NEW) - 'until' IS DISTINCT FROM to_jsonb(OLD) - 'until'
                THEN RAISE EXCEPTION 'a delegation can only be ended earlier' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]
