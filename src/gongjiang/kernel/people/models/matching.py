"""Two records that may be one person: the pair, what was decided, and what a merge moved."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import PathField

from .person import Person


class MatchRule(models.Model):
    """When two records are worth a look. Required configuration: without a row above a pair, none is proposed.

    review_from  score from which a pair is shown
    weigh_*      what each likeness adds to the score
    auto_merge   whether one and the same verified identity number merges without a look; nothing else ever does
    always_two   whether every merge takes a second person, also where no payment, credential or honour hangs on it
    """

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="match_rules")
    review_from = models.PositiveSmallIntegerField()
    weigh_identity = models.PositiveSmallIntegerField()
    weigh_name = models.PositiveSmallIntegerField()
    weigh_birth = models.PositiveSmallIntegerField()
    weigh_phone = models.PositiveSmallIntegerField()
    weigh_employer = models.PositiveSmallIntegerField()
    auto_merge = models.BooleanField()
    always_two = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    document = models.TextField()

    app_reads_only = True
    wall = walls.open_to_all("how likeness is weighed is public")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="matchrule_one_open", fields=["unit"], condition=Q(until=None), nulls_distinct=False
            ),
            models.CheckConstraint(name="matchrule_review", condition=Q(review_from__gte=1)),
            models.CheckConstraint(name="matchrule_dates", condition=Q(until=None) | Q(until__gt=F("since"))),
            models.CheckConstraint(name="matchrule_cited", condition=~Q(document="")),
        ]


class PairState(models.TextChoices):
    OPEN = "open", c("match", "to be looked at")
    MERGED = "merged", c("match", "merged")
    KEPT_APART = "kept_apart", c("match", "kept apart")


class MatchPair(models.Model):
    """Two records that are alike. `path` is the smallest tree that holds the workplaces of both.

    same_*  the likenesses found; the score is their weights by the rule of that day
    """

    a = models.ForeignKey(Person, models.PROTECT, related_name="+")
    b = models.ForeignKey(Person, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    score = models.PositiveSmallIntegerField()
    same_identity = models.BooleanField(default=False, db_default=False)
    same_name = models.BooleanField(default=False, db_default=False)
    same_birth = models.BooleanField(default=False, db_default=False)
    same_phone = models.BooleanField(default=False, db_default=False)
    same_employer = models.BooleanField(default=False, db_default=False)
    state = models.TextField(choices=PairState, default=PairState.OPEN)
    found_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, default="", db_default="")

    is_source = True
    merge_follows = False
    wall = walls.Wall("in_tree(path)")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="matchpair_once", fields=["a", "b"]),
            models.CheckConstraint(name="matchpair_ordered", condition=Q(a__lt=F("b"))),
            models.CheckConstraint(name="matchpair_state", condition=Q(state__in=PairState.values)),
            models.CheckConstraint(
                name="matchpair_decided",
                condition=Q(state=PairState.OPEN) | Q(at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["path", "id"], name="matchpair_open", condition=Q(state="open")),
        ]


class MergeState(models.TextChoices):
    PROPOSED = "proposed", c("merge", "proposed")
    DONE = "done", c("merge", "merged")
    DECLINED = "declined", c("merge", "declined")
    UNDONE = "undone", c("merge", "undone")


class MergeRecord(models.Model):
    """One merge, from its proposal on. The database merges and undoes (`merge_persons`, `undo_merge`)."""

    pair = models.ForeignKey(MatchPair, models.PROTECT, related_name="merges")
    survivor = models.ForeignKey(Person, models.PROTECT, related_name="+")
    other = models.ForeignKey(Person, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    state = models.TextField(choices=MergeState, default=MergeState.PROPOSED)
    needs_second = models.BooleanField()
    note = models.TextField(blank=True, default="")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    former_state = models.TextField(blank=True, default="")  # of the other record, for undoing

    merge_follows = False
    wall = walls.Wall(
        "in_tree(path)", adding="in_tree(path) AND state = 'proposed' AND proposed_by_id = my_user()"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="merge_state", condition=Q(state__in=MergeState.values)),
            models.CheckConstraint(name="merge_of_two", condition=~Q(survivor=F("other"))),
            models.UniqueConstraint(
                name="merge_one_standing", fields=["pair"], condition=Q(state__in=["proposed", "done"])
            ),
            models.CheckConstraint(
                name="merge_second_person",
                condition=~Q(state=MergeState.DONE, needs_second=True) | ~Q(decided_by=F("proposed_by")),
            ),
        ]
        indexes = [models.Index(fields=["path", "id"], name="merge_path")]


class MergeChoice(models.Model):
    """A field whose value the survivor takes from the other record."""

    record = models.ForeignKey(MergeRecord, models.CASCADE, related_name="choices")
    field = models.TextField()

    wall = walls.inherits("record_id", MergeRecord)

    class Meta:
        constraints = [models.UniqueConstraint(name="mergechoice_once", fields=["record", "field"])]


class Did(models.TextChoices):
    MOVED = "moved", c("merge", "moved")
    STAYED = "stayed", c("merge", "stayed")
    DROPPED = "dropped", c("merge", "dropped")
    CHANGED = "changed", c("merge", "changed")
    SWAPPED = "swapped", c("merge", "swapped")


class MergeMove(models.Model):
    """What a merge did with one row: enough to undo it.

    row    the key of the row
    image  the row as it was, where it was dropped or changed
    """

    record = models.ForeignKey(MergeRecord, models.CASCADE, related_name="moves")
    table = models.TextField()
    column = models.TextField()
    row = models.BigIntegerField()
    did = models.TextField(choices=Did)
    image = models.TextField(blank=True, default="", db_default="")

    wall = walls.closed()

    class Meta:
        constraints = [models.CheckConstraint(name="mergemove_did", condition=Q(did__in=Did.values))]
