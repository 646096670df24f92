"""What counting keeps in PostgreSQL: figures ready to read, and what the web needs to open them.

All of it can be dropped and counted again.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.orgs.models import Unit


class PeriodKind(models.TextChoices):
    YEAR = "year", c("period", "year")
    QUARTER = "quarter", c("period", "quarter")
    MONTH = "month", c("period", "month")


class View(models.TextChoices):
    AS_WAS = "as_was", c("view of a figure", "as it was then")
    AS_IS = "as_is", c("view of a figure", "as it is now")


class Cell(models.Model):
    """One counted figure: an indicator, a unit from the township upward, a period. Not stored means zero."""

    pk = models.CompositePrimaryKey("unit", "indicator", "view", "kind", "start")
    indicator = models.TextField()
    unit = models.ForeignKey(Unit, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    view = models.TextField(choices=View)
    kind = models.TextField(choices=PeriodKind)
    start = models.DateField()  # first day of the period
    value = models.BigIntegerField()

    app_reads_only = True
    wall = walls.Wall("in_tree(unit_path(unit_id))")


class PublicFigure(models.Model):
    """A figure for the public pages: this year's, of cities and above, of the host and its places."""

    indicator = models.TextField()
    unit = models.ForeignKey(Unit, models.DO_NOTHING, db_constraint=False, related_name="+")
    start = models.DateField()
    value = models.BigIntegerField()

    app_reads_only = True
    wall = walls.open_to_all("made for the public")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "indicator"], name="public_figure_once")]


class FactFiles(models.Model):
    """The files that hold one fact at the counted position, relative to the lake: base, then what changed since."""

    fact = models.TextField(primary_key=True)
    base = ArrayField(models.TextField())
    delta = ArrayField(models.TextField())
    rows = models.BigIntegerField()  # in the base
    changed = models.BigIntegerField(default=0)  # in the delta

    app_reads_only = True


class Publication(models.Model):
    """An indicator as SQL that plain DuckDB runs; `indicators/compiling.py` says what each reads and gives."""

    indicator = models.TextField(primary_key=True)
    cells = models.TextField()
    affected = models.TextField()
    items = models.TextField()
    opened = models.TextField()

    app_reads_only = True


class Counted(models.Model):
    """The position that all cells, files and publications stand at; one row, or none before the first count."""

    id = models.SmallIntegerField(primary_key=True)
    position = models.TextField()  # pg_snapshot: what was visible is counted, nothing else
    as_of = models.DateTimeField()
    today = models.DateField()  # the day that the as-of figures stand at
    version = models.BigIntegerField()  # up by one with every change
    server = models.TextField()  # the database server whose transactions `position` speaks of
    declared = models.TextField()  # digest of the declarations that were counted

    app_reads_only = True

    class Meta:
        constraints = [models.CheckConstraint(name="counted_once", condition=models.Q(id=1))]
