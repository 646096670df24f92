"""Units of the union tree, the legal entities they cover, and the dated edges between units."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls

from .paths import PathField


class Level(models.TextChoices):
    NATION = "nation", _("nation")
    PROVINCE = "province", _("province")
    CITY = "city", _("city")
    COUNTY = "county", _("county")
    TOWNSHIP = "township", _("township")
    ENTERPRISE = "enterprise", _("enterprise")


class UnitKind(models.TextChoices):
    UNION = "union", _("union")
    FEDERATION = "federation", _("federation")
    DEPARTMENT = "department", _("department")
    TEAM = "team", _("team")


class Channel(models.TextChoices):
    TERRITORIAL = "territorial", _("territorial")
    INDUSTRIAL = "industrial", _("industrial")


class Unit(models.Model):
    """A node of the union tree. Its paths are where it reports now, in each channel; `orgs.tree` alone writes them.

    path             along the territorial lines, from the root
    industrial_path  along the industrial line where it has one, else along the territorial line of its parent; the
                     same as `path` for a unit without an industrial union above it
    """

    code = models.TextField(unique=True)  # region code of a territorial union, otherwise issued
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    kind = models.TextField(choices=UnitKind, default=UnitKind.UNION)
    level = models.TextField(choices=Level)
    region = models.TextField()  # code of the division where it lies, 2 to 9 digits
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = PathField(unique=True)
    industrial_path = PathField(blank=True, default="")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    is_source = True
    app_reads_only = True  # `orgs.tree` runs as the owner
    # A worker knows the teams of the workplace. The last two are asked in subqueries of their own, so that a query asks
    # them once at most.
    wall = walls.Wall(
        "in_tree(path) OR is_public_level(level) OR id = ANY (my_units())"
        " OR kind = 'team' AND parent_id = ANY (my_units())"
        " OR id = ANY ((SELECT units_of_own_cases())::bigint[])"
        " OR id = ANY ((SELECT units_that_ask())::bigint[])"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="unit_kind", condition=Q(kind__in=UnitKind.values)),
            models.CheckConstraint(name="unit_level", condition=Q(level__in=Level.values)),
            models.CheckConstraint(
                name="unit_closed_after_opened",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["region"], name="unit_region"),
            models.Index(fields=["level", "path"], name="unit_level_path"),
            models.Index(fields=["industrial_path"], name="unit_industrial_path"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="unit_reports_somewhere",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="IF NEW.industrial_path = '' THEN NEW.industrial_path := NEW.path; END IF; RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Edge(models.Model):
    """One dated line of reporting: unit → parent in a channel, half-open [since, until)."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="edges")
    parent = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    channel = models.TextField(choices=Channel, default=Channel.TERRITORIAL)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    begun_by = models.ForeignKey(
        "Reorganisation", models.PROTECT, null=True, blank=True, related_name="edges_begun"
    )

    is_source = True
    app_reads_only = True
    wall = walls.inherits("unit_id", Unit)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="edge_one_open", fields=["unit", "channel"], condition=Q(until=None)
            ),
            models.CheckConstraint(name="edge_dates", condition=Q(until=None) | Q(until__gt=F("since"))),
            models.CheckConstraint(name="edge_not_itself", condition=~Q(unit=F("parent"))),
        ]


class UnitFace(models.Model):
    """What a unit was called and numbered in [since, until). Its present face stands on the unit itself."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="faces")
    code = models.TextField()
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    region = models.TextField()
    since = models.DateField()
    until = models.DateField()
    ended_by = models.ForeignKey(
        "Reorganisation", models.PROTECT, null=True, blank=True, related_name="faces_ended"
    )

    app_reads_only = True
    wall = walls.inherits("unit_id", Unit)

    class Meta:
        constraints = [
            models.CheckConstraint(name="face_dates", condition=Q(until__gt=F("since"))),
            models.UniqueConstraint(name="face_until_once", fields=["unit", "until"]),
        ]
        indexes = [models.Index(fields=["code"], name="face_code")]

    def __str__(self) -> str:
        return self.name


class Ownership(models.TextChoices):
    STATE = "state", _("state-owned")
    COLLECTIVE = "collective", _("collective")
    PRIVATE = "private", _("private")
    FOREIGN = "foreign", _("foreign-invested")
    HMT = "hmt", _("Hong Kong, Macao and Taiwan invested")
    PUBLIC = "public", _("public institution")
    SOCIAL = "social", _("social organisation")
    SELF_EMPLOYED = "self_employed", _("self-employed")


class SizeClass(models.TextChoices):
    LARGE = "large", _("large")
    MEDIUM = "medium", _("medium")
    SMALL = "small", _("small")
    MICRO = "micro", _("micro")


class LegalForm(models.TextChoices):
    """Registered kinds of market entities for statistics (市场主体统计分类, 国统字〔2023〕14号), by their codes.

    110, 120 and 130 are for what a source does not divide further. What is no market entity has none.
    """

    LIMITED = "110", _("limited liability company")
    STATE_SOLE = "111", _("wholly state-owned company")
    PRIVATE_LIMITED = "112", _("private limited liability company")
    OTHER_LIMITED = "119", _("other limited liability company")
    SHARES = "120", _("company limited by shares")
    PRIVATE_SHARES = "121", _("private company limited by shares")
    OTHER_SHARES = "129", _("other company limited by shares")
    NOT_COMPANY = "130", _("enterprise that is no company")
    WHOLE_PEOPLE = "131", _("enterprise owned by the whole people")
    COLLECTIVE = "132", _("enterprise owned by a collective")
    SHARE_COOPERATIVE = "133", _("share cooperative enterprise")
    JOINT = "134", _("jointly operated enterprise")
    SOLE = "140", _("sole proprietorship")
    PARTNERSHIP = "150", _("partnership")
    OTHER_DOMESTIC = "190", _("other domestic enterprise")
    HMT_LIMITED = "210", _("limited liability company with Hong Kong, Macao or Taiwan investment")
    HMT_SHARES = "220", _("company limited by shares with Hong Kong, Macao or Taiwan investment")
    HMT_PARTNERSHIP = "230", _("partnership with Hong Kong, Macao or Taiwan investment")
    HMT_OTHER = "290", _("other enterprise with Hong Kong, Macao or Taiwan investment")
    FOREIGN_LIMITED = "310", _("limited liability company with foreign investment")
    FOREIGN_SHARES = "320", _("company limited by shares with foreign investment")
    FOREIGN_PARTNERSHIP = "330", _("partnership with foreign investment")
    FOREIGN_OTHER = "390", _("other enterprise with foreign investment")
    FARMERS = "400", _("farmers’ cooperative")
    INDIVIDUAL = "500", _("individual business")
    OTHER = "900", _("other market entity")


class EntityState(models.TextChoices):
    CANDIDATE = "candidate", _("to be verified")
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    DEREGISTERED = "deregistered", _("deregistered")


class LegalEntity(models.Model):
    """Who employs, with or without a union: one row for each unified social credit code (GB 32100).

    legal_form   empty where it is not known, or where it is no market entity
    park         of the places' published list of parks (园区); empty outside of them
    chains       of the places' published list of industrial chains (产业链)
    declared_on  the day of which `declared_workers` is true, where it was said
    """

    uscc = models.CharField(max_length=18, null=True, blank=True, unique=True)
    uscc_missing_reason = models.TextField(blank=True, default="")
    name = models.TextField()
    ownership = models.TextField(choices=Ownership)
    legal_form = models.TextField(choices=LegalForm, blank=True, default="", db_default="")
    industry = models.CharField(max_length=5)  # GB/T 4754-2017
    chains = ArrayField(models.TextField(), blank=True, default=list, db_default=[])
    size_class = models.TextField(choices=SizeClass)
    region = models.TextField()
    park = models.TextField(blank=True, default="", db_default="")
    state = models.TextField(choices=EntityState, default=EntityState.ACTIVE)
    declared_workers = models.PositiveIntegerField(null=True, blank=True)
    declared_on = models.DateField(null=True, blank=True)
    branch_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="branches")
    group = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="members")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="entities")  # the responsible union
    path = PathField(editable=False)  # the responsible union's present path
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    is_source = True
    wall = walls.Wall(
        "in_tree(path) OR unit_id = ANY (my_units())"
        " OR unit_id = ANY ((SELECT units_of_own_cases())::bigint[])",
        writing="in_tree(path)",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="entity_uscc_or_reason", condition=Q(uscc__isnull=False) | ~Q(uscc_missing_reason="")
            ),
            models.CheckConstraint(name="entity_ownership", condition=Q(ownership__in=Ownership.values)),
            models.CheckConstraint(name="entity_size", condition=Q(size_class__in=SizeClass.values)),
            models.CheckConstraint(name="entity_state", condition=Q(state__in=EntityState.values)),
            models.CheckConstraint(name="entity_legal_form", condition=Q(legal_form__in=["", *LegalForm])),
            models.CheckConstraint(
                name="entity_declared_on_a_day",
                condition=Q(declared_on=None) | Q(declared_workers__isnull=False),
            ),
            models.CheckConstraint(
                name="entity_below_another", condition=~Q(branch_of=F("id")) & ~Q(group=F("id"))
            ),
        ]
        indexes = [models.Index(fields=["path", "id"], name="entity_path")]
        triggers = [walls.mirrors_path("entity_path_follows_unit")]

    def __str__(self) -> str:
        return self.name


class EntityFace(models.Model):
    """What a legal entity was called, and how it was classed, in [since, until). Written once, never changed."""

    entity = models.ForeignKey(LegalEntity, models.CASCADE, related_name="faces")
    name = models.TextField()
    ownership = models.TextField(choices=Ownership)
    legal_form = models.TextField(choices=LegalForm, blank=True, default="", db_default="")
    industry = models.CharField(max_length=5)
    chains = ArrayField(models.TextField(), blank=True, default=list, db_default=[])
    size_class = models.TextField(choices=SizeClass)
    region = models.TextField()
    park = models.TextField(blank=True, default="", db_default="")
    state = models.TextField(choices=EntityState)
    since = models.DateField()
    until = models.DateField()

    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM orgs_legalentity e WHERE e.id = orgs_entityface.entity_id)",
        adding="EXISTS (SELECT 1 FROM orgs_legalentity e WHERE e.id = entity_id AND in_tree(e.path))",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="entityface_dates", condition=Q(until__gt=F("since"))),
            models.UniqueConstraint(name="entityface_until_once", fields=["entity", "until"]),
        ]

    def __str__(self) -> str:
        return self.name


class ChangeKind(models.TextChoices):
    FOUND = "found", c("reorganisation", "add a unit below")
    MOVE = "move", c("reorganisation", "move")
    MERGE = "merge", c("reorganisation", "merge")
    SPLIT = "split", c("reorganisation", "split off")
    RENAME = "rename", c("reorganisation", "rename")
    RENUMBER = "renumber", c("reorganisation", "renumber")
    CLOSE = "close", c("reorganisation", "close")


class ChangeState(models.TextChoices):
    PROPOSED = "proposed", c("reorganisation", "to be approved")
    APPROVED = "approved", c("reorganisation", "approved")
    APPLIED = "applied", c("reorganisation", "in force")
    REFUSED = "refused", c("reorganisation", "refused")
    WITHDRAWN = "withdrawn", c("reorganisation", "withdrawn")
    FAILED = "failed", c("reorganisation", "failed")


class Grants(models.TextChoices):
    """What becomes of the roles held over a unit that ends."""

    END = "end", _("they end")
    MOVE = "move", _("they pass to the successor")


class Reorganisation(models.Model):
    """One change of the tree: proposed by one steward, approved by another, applied by the worker from `on`.

    unit      what is changed: the unit that moves, ends, is renamed, from which a part is split off or below which one
              is added
    target    the new parent of a move (none: the industrial line ends), the successor of a unit that ends
    name …    of the new face, of the part split off, or of the unit added, which has a level and a kind too
    made      the unit that was added or split off

    A change made on the command line has nobody in `proposed_by` and is applied from the start.
    """

    kind = models.TextField(choices=ChangeKind)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="reorganisations")
    path = PathField(editable=False)
    target = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.TextField(choices=Channel, default=Channel.TERRITORIAL)
    name = models.TextField(blank=True, default="")
    name_en = models.TextField(blank=True, default="")
    code = models.TextField(blank=True, default="")
    region = models.TextField(blank=True, default="")
    level = models.TextField(choices=Level, blank=True, default="")
    unit_kind = models.TextField(choices=UnitKind, blank=True, default="")
    entities = models.ManyToManyField(LegalEntity, through="MovedEntity", related_name="+")
    grants = models.TextField(choices=Grants, default=Grants.END)
    on = models.DateField()
    document = models.TextField(blank=True, default="")  # 文号
    reason = models.TextField(blank=True, default="")
    state = models.TextField(choices=ChangeState, default=ChangeState.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, default="")  # of who decided
    applied_at = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True, default="")
    made = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")

    wall = walls.Wall("in_tree(path)", writing="reorganises(path)")

    class Meta:
        constraints = [
            models.CheckConstraint(name="change_kind", condition=Q(kind__in=ChangeKind.values)),
            models.CheckConstraint(name="change_state", condition=Q(state__in=ChangeState.values)),
            models.CheckConstraint(name="change_grants", condition=Q(grants__in=Grants.values)),
            models.CheckConstraint(
                name="change_by_two",
                condition=Q(proposed_by=None)
                | Q(state__in=["proposed", "withdrawn"])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
            ),
            models.CheckConstraint(
                name="change_founds_a_unit",
                condition=~Q(kind="found")
                | (
                    Q(level__in=Level.values, unit_kind__in=UnitKind.values)
                    & ~Q(name="")
                    & ~Q(code="")
                    & ~Q(region="")
                ),
            ),
            models.CheckConstraint(name="change_documented", condition=Q(proposed_by=None) | ~Q(document="")),
        ]
        indexes = [
            models.Index(fields=["path", "id"], name="change_path"),
            models.Index(fields=["on", "id"], name="change_waiting", condition=Q(state="approved")),
        ]
        triggers = [
            walls.mirrors_path("change_path_follows_unit"),
            pgtrigger.Trigger(
                name="change_by_steps",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                IF my_user() IS NULL THEN RETURN NEW; END IF;
                IF TG_OP = 'INSERT' THEN
                  IF NEW.state <> 'proposed' OR NEW.proposed_by_id IS DISTINCT FROM my_user()
                     OR NEW.decided_by_id IS NOT NULL
                  THEN RAISE EXCEPTION 'a change begins as the proposal of whoever writes it' USING ERRCODE = '23514';
                  END IF;
                  NEW.proposed_at := now();
                  RETURN NEW;
                END IF;
                IF to_jsonb(NEW) - 'state' - 'decided_by_id' - 'decided_at' - 'note'
                   <> to_jsonb(OLD) - 'state' - 'decided_by_id' - 'decided_at' - 'note'
                   OR OLD.state <> 'proposed' OR NEW.state NOT IN ('approved', 'refused', 'withdrawn')
                   OR NEW.decided_by_id IS DISTINCT FROM my_user()
                   OR (NEW.state = 'withdrawn') <> (OLD.proposed_by_id = my_user())
                THEN RAISE EXCEPTION 'a proposal is decided by another, or withdrawn by its author'
                  USING ERRCODE = '23514';
                END IF;
                NEW.decided_at := now();
                RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="change_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.unit}"  # type: ignore[attr-defined]


class MovedEntity(models.Model):
    """An entity that goes along with the part that is split off."""

    reorganisation = models.ForeignKey(Reorganisation, models.PROTECT, related_name="moved_entities")
    entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")

    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM orgs_reorganisation r WHERE r.id = orgs_movedentity.reorganisation_id)",
        adding="EXISTS (SELECT 1 FROM orgs_reorganisation r WHERE r.id = reorganisation_id"
        " AND r.state = 'proposed' AND r.proposed_by_id = my_user())",
    )

    class Meta:
        constraints = [models.UniqueConstraint(name="movedentity_once", fields=["reorganisation", "entity"])]
