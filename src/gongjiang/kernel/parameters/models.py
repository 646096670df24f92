"""Published values, what is proposed, what an edition runs under, and decisions made with them."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import PathField


class EvidenceMark(models.TextChoices):
    """How good the source is that a value was taken from."""

    A = "A", c("evidence mark", "A, official text")
    B = "B", c("evidence mark", "B, reprint to confirm")
    C = "C", c("evidence mark", "C, template")
    D = "D", c("evidence mark", "D, own design")
    NONE = "none", c("evidence mark", "own decision")


class Slot(models.Model):
    """What a value is about and where: a parameter, a unit with all below it or one edition, from a day.

    value        as the parameter's kind writes it; null where the unit gives up a value of its own (`repeals`)
    opens_below  lower levels may then set what they like
    document     文号; `clause` 条款. What is published for a demonstration says 演示 there
    preset       code of the preset that it was copied from
    """

    programme = models.TextField()
    name = models.TextField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, blank=True, related_name="+")
    value = models.JSONField(null=True)
    repeals = models.BooleanField(default=False)
    opens_below = models.BooleanField(default=False)
    since = models.DateField()
    document = models.TextField()
    clause = models.TextField()
    evidence = models.TextField(choices=EvidenceMark, default=EvidenceMark.NONE)
    preset = models.TextField(blank=True, default="")

    class Meta:
        abstract = True


#: The columns that a provision takes over from its proposal.
TAKEN_OVER = (
    "programme", "name", "unit_id", "edition_id", "value", "repeals", "opens_below", "since", "document",
    "clause", "evidence", "preset",
)  # fmt: skip


class ProposalState(models.TextChoices):
    WAITING = "waiting", c("proposal", "waiting for a second person")
    PUBLISHED = "published", c("proposal", "published")
    DECLINED = "declined", c("proposal", "declined")
    WITHDRAWN = "withdrawn", c("proposal", "taken back")


class Proposal(Slot):
    """A value that one person has proposed and another decides on.

    after  the provision that was the last of this slot when it was proposed: what both persons have seen
    """

    note = models.TextField(blank=True, default="")
    state = models.TextField(choices=ProposalState, default=ProposalState.WAITING)
    after = models.ForeignKey("Provision", models.PROTECT, null=True, blank=True, related_name="+")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")

    wall = walls.Wall("in_tree(path)")

    class Meta:
        constraints = [
            models.CheckConstraint(name="proposal_state", condition=Q(state__in=ProposalState.values)),
            models.CheckConstraint(
                name="proposal_decided",
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | (~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="proposal_four_eyes", condition=~Q(state="published") | ~Q(decided_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="proposal_repeals_or_sets",
                condition=Q(repeals=True, value__isnull=True) | Q(repeals=False, value__isnull=False),
            ),
            models.UniqueConstraint(
                name="proposal_one_waiting",
                fields=["programme", "name", "unit", "edition"],
                condition=Q(state="waiting"),
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["path", "id"], name="proposal_path")]
        triggers = [
            walls.mirrors_path("proposal_path_follows_unit"),
            pgtrigger.Trigger(
                name="proposal_by_two_persons",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                IF TG_OP = 'INSERT' THEN
                  IF my_user() IS NOT NULL THEN NEW.proposed_by_id := my_user(); END IF;
                  RETURN NEW;
                END IF;
                IF OLD.state <> 'waiting' AND to_jsonb(NEW) - 'path' <> to_jsonb(OLD) - 'path'
                THEN RAISE EXCEPTION 'a proposal that is decided stays as it is' USING ERRCODE = '23514'; END IF;
                IF to_jsonb(NEW) - ARRAY['path', 'state', 'decided_by_id', 'decided_at', 'answer']
                   <> to_jsonb(OLD) - ARRAY['path', 'state', 'decided_by_id', 'decided_at', 'answer']
                THEN RAISE EXCEPTION 'what is proposed stays as it is' USING ERRCODE = '23514'; END IF;
                IF NEW.state <> OLD.state AND my_user() IS NOT NULL THEN NEW.decided_by_id := my_user(); END IF;
                RETURN NEW;
                """,
            ),
        ]


class Provision(Slot):
    """A published value, in force in [since, until) for a unit and what lies below it, or for one edition.

    The rows of a slot follow each other without gap: each ends where the next one begins. An empty interval is one
    that was replaced before it began. Nothing but `until` ever changes.
    """

    until = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField()
    proposal = models.OneToOneField(Proposal, models.PROTECT, null=True, blank=True, related_name="provision")

    wall = walls.Wall("true", writing="in_tree(path)")  # a rule can be read by everybody

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="provision_dates", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
            models.CheckConstraint(
                name="provision_repeals_or_sets",
                condition=Q(repeals=True, value__isnull=True) | Q(repeals=False, value__isnull=False),
            ),
            models.CheckConstraint(name="provision_cited", condition=~Q(document="") & ~Q(clause="")),
            models.UniqueConstraint(
                name="provision_one_open",
                fields=["programme", "name", "unit", "edition"],
                condition=Q(until=None),
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["unit", "programme", "name", "since"], name="provision_slot")]
        triggers = [
            walls.mirrors_path("provision_path_follows_unit"),
            pgtrigger.Trigger(
                name="provision_follows",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                IF TG_OP = 'UPDATE' THEN
                  IF to_jsonb(NEW) - ARRAY['path', 'until'] <> to_jsonb(OLD) - ARRAY['path', 'until']
                  THEN RAISE EXCEPTION 'what is published stays as it is' USING ERRCODE = '23514'; END IF;
                  IF NEW.until IS DISTINCT FROM OLD.until AND NOT replaying() AND (NEW.until IS NULL
                     OR NEW.until > OLD.until OR NEW.until < (now() AT TIME ZONE 'Asia/Shanghai')::date)
                  THEN RAISE EXCEPTION 'a value in force ends today at the earliest' USING ERRCODE = '23514'; END IF;
                  RETURN NEW;
                END IF;
                PERFORM pg_advisory_xact_lock(hashtext('parameters'), hashtext(
                  concat_ws('/', NEW.programme, NEW.name, NEW.unit_id, NEW.edition_id)));
                IF NOT replaying() THEN
                  NEW.published_at := now();
                  IF NOT EXISTS (SELECT 1 FROM parameters_proposal p WHERE p.id = NEW.proposal_id
                    AND p.state = 'published' AND p.decided_by_id <> p.proposed_by_id
                    AND ROW(p.programme, p.name, p.unit_id, p.edition_id, p.value, p.repeals, p.opens_below, p.since,
                            p.document, p.clause, p.evidence, p.preset)
                    IS NOT DISTINCT FROM ROW(NEW.programme, NEW.name, NEW.unit_id, NEW.edition_id, NEW.value,
                            NEW.repeals, NEW.opens_below, NEW.since, NEW.document, NEW.clause, NEW.evidence,
                            NEW.preset))
                  THEN RAISE EXCEPTION 'two persons publish a value' USING ERRCODE = '23514'; END IF;
                END IF;
                IF NEW.since < (NEW.published_at AT TIME ZONE 'Asia/Shanghai')::date
                THEN RAISE EXCEPTION 'a value is not published for the past' USING ERRCODE = '23514'; END IF;
                IF EXISTS (SELECT 1 FROM parameters_provision o WHERE o.programme = NEW.programme AND o.name = NEW.name
                  AND o.unit_id = NEW.unit_id AND o.edition_id IS NOT DISTINCT FROM NEW.edition_id
                  AND o.since IS DISTINCT FROM o.until AND NEW.since IS DISTINCT FROM NEW.until
                  AND o.since < coalesce(NEW.until, 'infinity') AND NEW.since < coalesce(o.until, 'infinity'))
                THEN RAISE EXCEPTION 'two values would be in force on one day' USING ERRCODE = '23P01'; END IF;
                IF EXISTS (SELECT 1 FROM parameters_provision o WHERE o.programme = NEW.programme AND o.name = NEW.name
                  AND o.unit_id = NEW.unit_id AND o.edition_id IS NOT DISTINCT FROM NEW.edition_id
                  AND o.since IS DISTINCT FROM o.until)
                  AND NOT EXISTS (SELECT 1 FROM parameters_provision o WHERE o.programme = NEW.programme
                  AND o.name = NEW.name AND o.unit_id = NEW.unit_id AND o.edition_id IS NOT DISTINCT FROM NEW.edition_id
                  AND o.since < o.until AND o.until = NEW.since)
                THEN RAISE EXCEPTION 'there would be a day between two values' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="provision_stays", operation=pgtrigger.Delete),
        ]


#: The edition's union lies within one's tree.
_RUNS = "EXISTS (SELECT 1 FROM lifecycle_edition e WHERE e.id = {table}.edition_id AND in_tree(unit_path(e.unit_id)))"


class EditionPin(models.Model):
    """The value that an edition runs under, for what happens in [since, until): a provision, or the code's default.

    value  the default of that day, kept because code may change; null where a provision holds it
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="pins")
    name = models.TextField()
    provision = models.ForeignKey(Provision, models.PROTECT, null=True, blank=True, related_name="+")
    value = models.JSONField(null=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    wall = walls.Wall("true", writing=_RUNS.format(table="parameters_editionpin"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pin_of_one",
                condition=Q(provision__isnull=False, value__isnull=True) | Q(provision=None),
            ),
            models.CheckConstraint(name="pin_dates", condition=Q(until=None) | Q(until__gte=F("since"))),
            models.UniqueConstraint(name="pin_one_open", fields=["edition", "name"], condition=Q(until=None)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="pin_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF to_jsonb(NEW) - 'until' <> to_jsonb(OLD) - 'until' OR OLD.until IS NOT NULL
                THEN RAISE EXCEPTION 'what an edition has run under stays as it is' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="pin_is_kept", operation=pgtrigger.Delete),
        ]


class DecisionRecord(models.Model):
    """A decision of a rule about a case, with what it was made from: repeated years later it gives the same.

    rule     dotted name of the rule, e.g. "mutual_aid.payout"; `version` the version of its code
    facts    what was looked at; `reasons` the lines of the decision, each with its clause and the value's version
    amount   fen
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    rule = models.TextField()
    version = models.TextField()
    facts = models.JSONField()
    outcome = models.TextField()
    amount = models.BigIntegerField(null=True, blank=True)
    reasons = models.JSONField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    wall = walls.inherits("case_id", Case)

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="decision_case")]
        triggers = [pgtrigger.Protect(name="decision_stays", operation=pgtrigger.Update | pgtrigger.Delete)]
