"""Scoring: a panel with its criteria and seats, what lies before it under blind codes, points, and the standing.

Everything that decides a rank is a row or a column here; a panel is prepared, opened, locked, and never unlocked.
The database keeps to it: each trigger below holds the panel's row while it looks at its state.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.access.roles import SeatRole
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import PathField


class PanelState(models.TextChoices):
    PREPARING = "preparing", c("panel", "In preparation")
    OPEN = "open", c("panel", "Scoring")
    LOCKED = "locked", c("panel", "Locked")


class Rounding(models.TextChoices):
    HALF_UP = "half_up", c("rounding", "half up")
    HALF_EVEN = "half_even", c("rounding", "half to even")
    DOWN = "down", c("rounding", "cut off")


class TieKind(models.TextChoices):
    CRITERION = "criterion", c("tie", "Higher points in a criterion")
    ADMIT_ALL = "admit_all", c("tie", "All tied at the cut pass")
    CHAIR = "chair", c("tie", "The chair decides")


class Result(models.TextChoices):
    PASSED = "passed", c("standing", "Passed")
    RESERVE = "reserve", c("standing", "Reserve")
    OUT = "out", c("standing", "Not passed")


class RecusalKind(models.TextChoices):
    DECLARED = "declared", c("recusal", "declared by the judge")
    ORDERED = "ordered", c("recusal", "ordered by the organiser")
    OWN = "own", c("recusal", "takes part in it")
    WORKPLACE = "workplace", c("recusal", "works at the same workplace")
    UNIT = "unit", c("recusal", "holds office in a unit that recommended it")


def _while(states: str, operation: pgtrigger.Operation, name: str, panel: str) -> pgtrigger.Trigger:
    """A trigger that refuses a row unless its panel is in one of these states. `panel` is SQL over `row`."""
    old, new = panel.replace("row.", "OLD."), panel.replace("row.", "NEW.")
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        func=f"""
        IF coalesce(hold_panel(CASE WHEN TG_OP = 'DELETE' THEN {old} ELSE {new} END), '') <> ALL (ARRAY[{states}])
        THEN RAISE EXCEPTION 'the panel is past that' USING ERRCODE = '23514'; END IF;
        RETURN COALESCE(NEW, OLD);
        """,
    )


_ANY = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
_PREPARING = "'preparing'"
_OPEN = "'open'"
_UNLOCKED = "'preparing', 'open'"
_OF_ITEM = "(SELECT i.panel_id FROM review_item i WHERE i.id = row.item_id)"


class Panel(models.Model):
    """Those who judge one stage of an edition, and the rules by which points become a standing.

    stage         the programme's own word for the stage, e.g. "paper" or "roadshow"
    blind         judges see codes and masked packs only; None: not decided
    minimum       judges without whom an item has no result
    drop          how many of the highest and of the lowest sheets each are left out of the mean
    precision     decimal places of a total; `rounding` says how it gets there
    passes        how many pass; 0: there is no cut
    reserves      how many after them are kept as reserve
    earlier       the locked panel whose totals count for `earlier_share` per cent
    replaces      the locked panel that this one corrects, and why
    fingerprint   SHA-256 of everything that the standing was computed from
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="panels")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    stage = models.TextField()
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    state = models.TextField(choices=PanelState, default=PanelState.PREPARING)
    blind = models.BooleanField(null=True, blank=True)
    minimum = models.PositiveSmallIntegerField(null=True, blank=True)
    drop = models.PositiveSmallIntegerField(null=True, blank=True)
    precision = models.PositiveSmallIntegerField(null=True, blank=True)
    rounding = models.TextField(choices=[("", ""), *Rounding.choices], blank=True, default="")
    passes = models.PositiveIntegerField(null=True, blank=True)
    reserves = models.PositiveIntegerField(null=True, blank=True)
    earlier = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="later")
    earlier_share = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)  # per cent
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    reason = models.TextField(blank=True, default="")
    opened_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    fingerprint = models.TextField(blank=True, default="")

    wall = walls.Wall("in_tree(path) OR seated_on(id)", writing="leads_panel(id, path)")

    class Meta:
        constraints = [
            models.CheckConstraint(name="panel_state", condition=Q(state__in=PanelState.values)),
            models.CheckConstraint(name="panel_rounding", condition=Q(rounding__in=["", *Rounding.values])),
            models.CheckConstraint(name="panel_precision", condition=Q(precision=None) | Q(precision__lte=6)),
            models.CheckConstraint(
                name="panel_some_sheet_counts",
                condition=Q(minimum=None) | Q(drop=None) | Q(minimum__gt=F("drop") * 2),
            ),
            models.CheckConstraint(
                name="panel_earlier_share",
                condition=Q(earlier_share=None) | Q(earlier_share__gt=0, earlier_share__lt=100),
            ),
            models.CheckConstraint(
                name="panel_whole_when_open",
                condition=Q(state=PanelState.PREPARING)
                | Q(
                    blind__isnull=False,
                    minimum__gte=1,
                    drop__isnull=False,
                    precision__isnull=False,
                    passes__isnull=False,
                    reserves__isnull=False,
                    opened_at__isnull=False,
                )
                & ~Q(rounding=""),
            ),
            models.CheckConstraint(
                name="panel_locked_whole",
                condition=Q(state=PanelState.LOCKED, locked_at__isnull=False) & ~Q(fingerprint="")
                | ~Q(state=PanelState.LOCKED) & Q(locked_at=None, fingerprint=""),
            ),
            models.CheckConstraint(
                name="panel_corrects_with_reason", condition=Q(replaces=None) | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["path", "id"], name="panel_path")]
        triggers = [
            walls.mirrors_path("panel_path_follows_unit"),
            pgtrigger.Trigger(
                name="panel_goes_one_way",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                IF TG_OP = 'DELETE' THEN
                  IF OLD.state <> 'preparing'
                  THEN RAISE EXCEPTION 'an open panel stays' USING ERRCODE = '23514'; END IF;
                  RETURN OLD;
                END IF;
                IF OLD.path IS DISTINCT FROM NEW.path AND
                   to_jsonb(NEW) - 'path' = to_jsonb(OLD) - 'path' THEN RETURN NEW; END IF;
                IF OLD.state = 'locked'
                THEN RAISE EXCEPTION 'a locked panel is not changed' USING ERRCODE = '23514'; END IF;
                IF ROW(OLD.state, NEW.state) NOT IN (ROW('preparing', 'preparing'), ROW('preparing', 'open'),
                   ROW('open', 'locked'))
                THEN RAISE EXCEPTION 'a panel is prepared, opened and locked' USING ERRCODE = '23514'; END IF;
                IF OLD.state = 'open' AND to_jsonb(NEW) - ARRAY['state', 'locked_at', 'locked_by_id', 'fingerprint']
                   IS DISTINCT FROM to_jsonb(OLD) - ARRAY['state', 'locked_at', 'locked_by_id', 'fingerprint']
                THEN RAISE EXCEPTION 'the rules of an open panel are frozen' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Criterion(models.Model):
    """What is judged, with its weight in per cent and the most points a judge can give."""

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    weight = models.DecimalField(max_digits=5, decimal_places=2)
    maximum = models.DecimalField(max_digits=6, decimal_places=2)

    wall = walls.Wall("seated_on(panel_id) OR runs_panel(panel_id)", writing="runs_panel(panel_id)")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="criterion_position_once", fields=["panel", "position"]),
            models.CheckConstraint(name="criterion_weight", condition=Q(weight__gt=0, weight__lte=100)),
            models.CheckConstraint(name="criterion_maximum", condition=Q(maximum__gt=0)),
        ]
        triggers = [_while(_PREPARING, _ANY, "criterion_frozen", "row.panel_id")]

    def __str__(self) -> str:
        return self.name


class TieStep(models.Model):
    """One step of the order in which equal totals are told apart."""

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="tie_steps")
    position = models.PositiveSmallIntegerField()
    kind = models.TextField(choices=TieKind)
    criterion = models.ForeignKey(Criterion, models.CASCADE, null=True, blank=True, related_name="+")

    wall = walls.Wall("seated_on(panel_id) OR runs_panel(panel_id)", writing="runs_panel(panel_id)")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="tiestep_position_once", fields=["panel", "position"]),
            models.CheckConstraint(
                name="tiestep_criterion",
                condition=Q(kind=TieKind.CRITERION, criterion__isnull=False)
                | Q(kind__in=[TieKind.ADMIT_ALL, TieKind.CHAIR], criterion=None),
            ),
        ]
        triggers = [_while(_PREPARING, _ANY, "tiestep_frozen", "row.panel_id")]


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
                operation=_ANY,
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


class Item(models.Model):
    """What is judged, as judges know it: a code and a place in the order. Whose it is, `Decoding` alone knows.

    calibration    everybody scores it so as to compare; it has no place in the standing
    withdrawn_at   it takes part no longer, for the reason given
    """

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="items")
    code = models.TextField()
    position = models.PositiveIntegerField()
    calibration = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True, default="")

    wall = walls.Wall("seated_on(panel_id) OR runs_panel(panel_id)", writing="runs_panel(panel_id)")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="item_code_once", fields=["panel", "code"]),
            models.UniqueConstraint(
                name="item_position_once",
                fields=["panel", "position"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="item_withdrawn_with_reason",
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason=""),
            ),
        ]
        triggers = [
            _while(_PREPARING, pgtrigger.Insert | pgtrigger.Delete, "item_entered_before", "row.panel_id"),
            pgtrigger.Trigger(
                name="item_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF hold_panel(NEW.panel_id) = 'locked' OR NEW.panel_id <> OLD.panel_id OR NEW.code <> OLD.code
                   OR NEW.calibration <> OLD.calibration OR OLD.withdrawn_at IS NOT NULL
                THEN RAISE EXCEPTION 'the item is frozen' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Decoding(models.Model):
    """Which case stands behind a code. Judges of a blind panel have no sight of it, now or later."""

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="decoding")
    panel = models.ForeignKey(Panel, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="decodings")

    wall = walls.Wall("runs_panel(panel_id) OR sees_through(panel_id)", writing="runs_panel(panel_id)")

    class Meta:
        constraints = [models.UniqueConstraint(name="decoding_case_once", fields=["panel", "case"])]
        indexes = [models.Index(fields=["case"], name="decoding_case")]
        triggers = [
            pgtrigger.Protect(name="decoding_stays", operation=pgtrigger.Update),
            _while(_PREPARING, pgtrigger.Insert | pgtrigger.Delete, "decoding_frozen", "row.panel_id"),
        ]


class Part(models.Model):
    """One part of the pack that judges read: a text or a file, masked, frozen when the item was entered.

    stored, media_type, bytes, digest   of a file in the store of case files; `ending` is all that is left of its name
    """

    item = models.ForeignKey(Item, models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField()
    label = models.TextField()
    text = models.TextField(blank=True, default="")
    stored = models.TextField(blank=True, default="")
    media_type = models.TextField(blank=True, default="")
    bytes = models.PositiveBigIntegerField(default=0)
    digest = models.BinaryField(max_length=32, null=True, blank=True)
    ending = models.TextField(blank=True, default="")

    wall = walls.Wall("judges_item(item_id) OR runs_item(item_id)", writing="runs_item(item_id)")

    class Meta:
        constraints = [models.UniqueConstraint(name="part_position_once", fields=["item", "position"])]
        triggers = [_while(_PREPARING, _ANY, "part_frozen", _OF_ITEM)]


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
            _while(_UNLOCKED, pgtrigger.Insert, "recusal_before_the_lock", _OF_ITEM),
        ]


class Score(models.Model):
    """The points of one judge for one item in one criterion. Nobody else sees them before the lock."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="scores")
    item = models.ForeignKey(Item, models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    points = models.DecimalField(max_digits=6, decimal_places=2)
    at = models.DateTimeField()

    wall = walls.Wall("my_seat(seat_id) OR shown_scores(item_id)", writing="my_seat(seat_id)")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="score_once", fields=["seat", "item", "criterion"]),
            models.CheckConstraint(name="score_points", condition=Q(points__gte=0)),
        ]
        indexes = [models.Index(fields=["item"], name="score_item")]
        triggers = [
            pgtrigger.Protect(name="score_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="score_while_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                IF hold_panel((SELECT i.panel_id FROM review_item i WHERE i.id = NEW.item_id)) IS DISTINCT FROM 'open'
                THEN RAISE EXCEPTION 'the panel is not open' USING ERRCODE = '23514'; END IF;
                IF NOT EXISTS (SELECT 1 FROM review_seat s JOIN review_item i ON i.panel_id = s.panel_id
                     JOIN review_criterion c ON c.panel_id = s.panel_id
                     WHERE s.id = NEW.seat_id AND i.id = NEW.item_id AND c.id = NEW.criterion_id
                     AND s.role <> 'scrutineer' AND s.oath_at IS NOT NULL AND s.until IS NULL
                     AND i.withdrawn_at IS NULL AND NEW.points <= c.maximum)
                   OR EXISTS (SELECT 1 FROM review_recusal r WHERE r.seat_id = NEW.seat_id AND r.item_id = NEW.item_id)
                THEN RAISE EXCEPTION 'these points are not this judge''s to give' USING ERRCODE = '23514'; END IF;
                IF TG_OP = 'UPDATE' AND ROW(NEW.seat_id, NEW.item_id, NEW.criterion_id)
                   IS DISTINCT FROM ROW(OLD.seat_id, OLD.item_id, OLD.criterion_id)
                THEN RAISE EXCEPTION 'points stay where they were given' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]


class Ruling(models.Model):
    """Where the chair put an item among equals at the cut, and why; written with the lock. Append-only."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="rulings")
    item = models.OneToOneField(Item, models.PROTECT, related_name="ruling")
    position = models.PositiveSmallIntegerField()
    reason = models.TextField()
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")

    wall = walls.Wall("seated_on(panel_id) OR runs_panel(panel_id)", adding="chairs(panel_id)")

    class Meta:
        constraints = [models.CheckConstraint(name="ruling_reason", condition=~Q(reason=""))]
        triggers = [
            pgtrigger.Protect(name="ruling_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            _while(_OPEN, pgtrigger.Insert, "ruling_with_the_lock", "row.panel_id"),
        ]


class Standing(models.Model):
    """The place of one item when its panel was locked. Append-only, and there only once the panel is locked.

    total     points out of 100, rounded as the panel says
    judges    how many sheets it rests on, before the extremes were left out
    settled   what told it from its equals: names of criteria or of a rule; empty where nobody was equal
    """

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="standings")
    item = models.OneToOneField(Item, models.PROTECT, related_name="standing")
    total = models.DecimalField(max_digits=9, decimal_places=6)
    rank = models.PositiveIntegerField()
    result = models.TextField(choices=Result)
    judges = models.PositiveSmallIntegerField()
    settled = models.TextField(blank=True, default="")

    wall = walls.Wall(
        "seated_on(panel_id) OR runs_panel(panel_id)", adding="runs_panel(panel_id) OR chairs(panel_id)"
    )

    class Meta:
        constraints = [models.CheckConstraint(name="standing_result", condition=Q(result__in=Result.values))]
        indexes = [models.Index(fields=["panel", "rank"], name="standing_rank")]
        triggers = [
            pgtrigger.Protect(name="standing_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            _while(_OPEN, pgtrigger.Insert, "standing_with_the_lock", "row.panel_id"),
            pgtrigger.Trigger(
                name="standing_is_locked",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                IF hold_panel(NEW.panel_id) IS DISTINCT FROM 'locked' THEN
                  RAISE EXCEPTION 'a standing comes with the lock' USING ERRCODE = '23514';
                END IF;
                RETURN NULL;
                """,
            ),
        ]
