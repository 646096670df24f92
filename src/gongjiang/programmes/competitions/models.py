"""A contest, its events and bands; an entry with its result; who started; who may rise a grade."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.credentials.ladder import Grade
from gongjiang.kernel.documents.models import Document
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people.models import Person


class Kind(models.TextChoices):
    SKILL = "skill", c("contest", "Skills contest")
    LABOUR = "labour", c("contest", "Labour contest")


class Class(models.TextChoices):
    NATION_1 = "nation_1", c("class of contest", "National, class 1")
    NATION_2 = "nation_2", c("class of contest", "National, class 2")
    PROVINCE_GRAND = "province_grand", c("class of contest", "Provincial grand contest")
    PROVINCE_1 = "province_1", c("class of contest", "Provincial, class 1")
    PROVINCE_2 = "province_2", c("class of contest", "Provincial, class 2")
    CITY_1 = "city_1", c("class of contest", "City, class 1")
    CITY_2 = "city_2", c("class of contest", "City, class 2")
    COUNTY = "county", c("class of contest", "County")
    ENTERPRISE = "enterprise", c("class of contest", "Enterprise")
    INDUSTRY = "industry", c("class of contest", "Industry")


class Group(models.TextChoices):
    WORKERS = "workers", c("group of a contest", "Workers")
    STUDENTS = "students", c("group of a contest", "Students")
    TEACHERS = "teachers", c("group of a contest", "Teachers")


class Format(models.TextChoices):
    SINGLE = "single", c("format of an event", "One person")
    PAIR = "pair", c("format of an event", "Two persons")
    TRIO = "trio", c("format of an event", "Three persons")
    TEAM = "team", c("format of an event", "Team")


#: How many stand behind one entry; a team says so itself.
SIZES = {Format.SINGLE: 1, Format.PAIR: 2, Format.TRIO: 3}
#: Titles by their codes (glossary).
TOP, HAND = "top_technician_title", "skilled_hand_title"


class Contest(models.Model):
    """What is said of a whole contest besides its edition. `filing` is the number under which it was filed (备案)."""

    edition = models.OneToOneField(Edition, models.CASCADE, primary_key=True, related_name="contest")
    kind = models.TextField(choices=Kind, default=Kind.SKILL)
    klass = models.TextField(choices=Class)
    ordinal = models.PositiveSmallIntegerField(null=True, blank=True)  # 第六届
    filing = models.TextField(blank=True, default="")

    is_source = True
    wall = walls.Wall("true", writing="edition_in_draft(edition_id)")  # what is contested is public

    class Meta:
        constraints = [
            models.CheckConstraint(name="contest_kind", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="contest_class", condition=Q(klass__in=Class.values)),
        ]


class ContestEvent(models.Model):
    """One event (赛项): an edition below its contest.

    occupation     code of the occupation, in the classification of the day; what is counted as one occupation
    trade          what the event is called: 焊工
    level          the grade of the standard by which it is judged
    size           persons behind one entry
    world_skills   judged as at WorldSkills: practice alone
    theory_share   per cent of the total; 0: practice alone
    pass_mark      least points in each part, of 100, for a prize
    finalists      how many the theory lets through to the practice; 0: everybody
    task           what has to be made or done; judges read it
    """

    edition = models.OneToOneField(Edition, models.CASCADE, primary_key=True, related_name="contest_event")
    occupation = models.TextField(validators=[RegexValidator(r"^\S{2,20}$")])
    trade = models.TextField()
    trade_en = models.TextField(blank=True, default="")
    level = models.TextField(choices=Grade)
    group = models.TextField(choices=Group, default=Group.WORKERS)
    format = models.TextField(choices=Format, default=Format.SINGLE)
    size = models.PositiveSmallIntegerField(default=1)
    world_skills = models.BooleanField(default=False)
    theory_share = models.DecimalField(max_digits=5, decimal_places=2)
    pass_mark = models.DecimalField(max_digits=5, decimal_places=2)
    finalists = models.PositiveIntegerField(default=0)
    task = models.TextField(blank=True, default="")

    is_source = True
    wall = walls.Wall("true", writing="edition_in_draft(edition_id)")

    class Meta:
        constraints = [
            models.CheckConstraint(name="contestevent_level", condition=Q(level__in=Grade.values)),
            models.CheckConstraint(name="contestevent_group", condition=Q(group__in=Group.values)),
            models.CheckConstraint(
                name="contestevent_size",
                condition=Q(format=Format.SINGLE, size=1)
                | Q(format=Format.PAIR, size=2)
                | Q(format=Format.TRIO, size=3)
                | Q(format=Format.TEAM, size__gte=2),
            ),
            models.CheckConstraint(
                name="contestevent_theory",
                condition=Q(theory_share__gte=0, theory_share__lt=100)
                & (Q(world_skills=False) | Q(theory_share=0)),
            ),
            models.CheckConstraint(
                name="contestevent_pass_mark", condition=Q(pass_mark__gte=0, pass_mark__lte=100)
            ),
            models.CheckConstraint(name="contestevent_named", condition=~Q(trade="") & ~Q(occupation="")),
        ]

    def __str__(self) -> str:
        return self.trade


class Won(models.TextChoices):
    PRIZE = "prize", c("band", "Prize")
    TITLE = "title", c("band", "Title")


class Band(models.Model):
    """From which rank to which one wins what: a row of the contest that holds in each of its events.

    The last rank is a number, or a share of the entrants in per cent, rounded down. `code` names a title.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="contest_bands")
    won = models.TextField(choices=Won)
    position = models.PositiveSmallIntegerField()
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    code = models.TextField(blank=True, default="")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField(null=True, blank=True)
    share = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)

    wall = walls.Wall("true", writing="edition_in_draft(edition_id)")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="band_position_once", fields=["edition", "won", "position"]),
            models.UniqueConstraint(name="band_name_once", fields=["edition", "won", "name"]),
            models.CheckConstraint(
                name="band_ends",
                condition=Q(first__gte=1)
                & (Q(last__gte=F("first"), share=None) | Q(last=None, share__gt=0, share__lte=100)),
            ),
            models.CheckConstraint(
                name="band_code",
                condition=Q(won=Won.PRIZE, code="") | Q(won=Won.TITLE, code__in=[TOP, HAND]),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Choice(models.TextChoices):
    CANCEL = "cancel", c("too few entrants", "Cancel the event")
    MERGE = "merge", c("too few entrants", "Merge it with another event")
    WITHOUT_TITLES = "without_titles", c("too few entrants", "Hold it without titles")


class Shortfall(models.Model):
    """What the organiser chose when an event fell under the threshold for being held. Never silent, append-only."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="shortfalls")
    choice = models.TextField(choices=Choice)
    reason = models.TextField()
    entrants = models.PositiveIntegerField()
    threshold = models.PositiveIntegerField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    wall = walls.Wall("true", adding="runs_edition(edition_id)")

    class Meta:
        constraints = [
            models.CheckConstraint(name="shortfall_choice", condition=Q(choice__in=Choice.values)),
            models.CheckConstraint(name="shortfall_reason", condition=~Q(reason="")),
        ]


class Entry(models.Model):
    """An entry in one event, with its result once that is publicised.

    group             what the entrants are: an entry of another group than the event's is refused
    grade             the skill grade that the entrant holds; empty: none
    by_unit           the union of the workplace registered it
    theory, practice  points of each part, out of 100; seconds: time used in the practice
    title_withheld    why a rank that wins a title brings none
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="contest_entry")
    group = models.TextField(choices=Group, default=Group.WORKERS)
    grade = models.TextField(choices=[("", ""), *Grade.choices], blank=True, default="")
    certificate = models.TextField(blank=True, default="")
    years = models.PositiveSmallIntegerField(null=True, blank=True)
    team = models.TextField(blank=True, default="")
    by_unit = models.BooleanField(default=False)
    theory = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    practice = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    seconds = models.PositiveIntegerField(null=True, blank=True)
    total = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    rank = models.PositiveIntegerField(null=True, blank=True)
    prize = models.ForeignKey(Band, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.ForeignKey(Band, models.PROTECT, null=True, blank=True, related_name="+")
    title_withheld = models.TextField(blank=True, default="")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    decided_on = models.DateField(null=True, blank=True)

    is_source = True
    wall = walls.inherits("case_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(name="contestentry_group", condition=Q(group__in=Group.values)),
            models.CheckConstraint(
                name="contestentry_ranked", condition=Q(rank=None) | Q(rank__gte=1, total__isnull=False)
            ),
            models.CheckConstraint(
                name="contestentry_prize_has_rank",
                condition=Q(prize=None, title=None) | Q(rank__isnull=False),
            ),
        ]


class Stage(models.TextChoices):
    ENTERPRISE = "enterprise", c("stage of a contest", "Selection at the workplace")
    COUNTY = "county", c("stage of a contest", "Selection of the county")
    FINAL = "final", c("stage of a contest", "Final")


class Entrant(models.Model):
    """Somebody registered in one event at one stage, and the day on which they started.

    case     the entry; a selection has none: it is a roster
    live     still registered; withdrawn or declined, the place is free for another delegation
    """

    event = models.ForeignKey(Edition, models.PROTECT, related_name="entrants")
    stage = models.TextField(choices=Stage, default=Stage.FINAL)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="entrants")
    person = models.ForeignKey(Person, models.PROTECT, related_name="contest_starts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    live = models.BooleanField(default=True)
    started_on = models.DateField(null=True, blank=True)
    registered_at = models.DateTimeField()

    is_source = True
    binds = True  # merging two persons who stand in one event takes a second person
    wall = walls.Wall("person_id = me() OR in_tree(unit_path(unit_id))")

    class Meta:
        constraints = [
            models.CheckConstraint(name="entrant_stage", condition=Q(stage__in=Stage.values)),
            models.CheckConstraint(
                name="entrant_of_an_entry_or_a_roster",
                condition=Q(case__isnull=False, stage=Stage.FINAL)
                | (Q(case=None, started_on__isnull=False) & ~Q(stage=Stage.FINAL)),
            ),
            models.UniqueConstraint(
                name="entrant_once_an_event", fields=["event", "stage", "person"], condition=Q(live=True)
            ),
        ]
        indexes = [
            models.Index(fields=["person"], name="entrant_person"),
            models.Index(fields=["case"], name="entrant_case"),
            models.Index(fields=["unit", "-id"], name="entrant_unit"),
        ]


class UpgradeState(models.TextChoices):
    ELIGIBLE = "eligible", c("grade upgrade", "May be proposed")
    SENT = "sent", c("grade upgrade", "With the authority for skills")
    ISSUED = "issued", c("grade upgrade", "Issued")
    REFUSED = "refused", c("grade upgrade", "Not issued")


class Upgrade(models.Model):
    """By its rank an entrant may rise a grade: a proposal to the authority for skills (人社), which decides.

    rule  the row of the published matrix that gives it, with its document
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="contest_upgrades")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    held = models.TextField(choices=[("", ""), *Grade.choices], blank=True, default="")
    rises_to = models.TextField(choices=Grade)
    rule = models.TextField()
    state = models.TextField(choices=UpgradeState, default=UpgradeState.ELIGIBLE)
    sent_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    certificate = models.TextField(blank=True, default="")
    reason = models.TextField(blank=True, default="")

    is_source = True
    binds = True
    wall = walls.inherits("case_id", Case)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="upgrade_once", fields=["case", "person"]),
            models.CheckConstraint(name="upgrade_state", condition=Q(state__in=UpgradeState.values)),
            models.CheckConstraint(name="upgrade_rises", condition=~Q(held=F("rises_to"))),
            models.CheckConstraint(
                name="upgrade_answered",
                condition=Q(state=UpgradeState.ELIGIBLE, sent_on=None, answered_on=None)
                | Q(state=UpgradeState.SENT, sent_on__isnull=False, answered_on=None)
                | (Q(state=UpgradeState.ISSUED, answered_on__isnull=False) & ~Q(certificate=""))
                | (Q(state=UpgradeState.REFUSED, answered_on__isnull=False) & ~Q(reason="")),
            ),
        ]
