"""A panel, its criteria, and the order in which equals are told apart: all that decides a rank is a row or a column.

A panel is prepared, opened, locked, and never unlocked. The database keeps to it: each trigger that `while_panel` makes
holds the panel's row while it looks at its state.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.lifecycle.models import Edition
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
    STAGE = "stage", c("tie", "Higher points in this stage alone")
    TIME = "time", c("tie", "Less time used")
    ADMIT_ALL = "admit_all", c("tie", "All tied at the cut pass")
    CHAIR = "chair", c("tie", "The chair decides")


#: What ends the order in which equals are told apart.
ENDS = (TieKind.ADMIT_ALL, TieKind.CHAIR)


def while_panel(states: str, operation: pgtrigger.Operation, name: str, panel: str) -> pgtrigger.Trigger:
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


#: Operations, states and a panel, as `while_panel` is told them.
ANY = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
PREPARING = "'preparing'"
OPEN = "'open'"
UNLOCKED = "'preparing', 'open'"
OF_ITEM = "(SELECT i.panel_id FROM review_item i WHERE i.id = row.item_id)"


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
        triggers = [while_panel(PREPARING, ANY, "criterion_frozen", "row.panel_id")]

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
                | Q(kind__in=[TieKind.STAGE, TieKind.TIME, *ENDS], criterion=None),
            ),
        ]
        triggers = [while_panel(PREPARING, ANY, "tiestep_frozen", "row.panel_id")]
