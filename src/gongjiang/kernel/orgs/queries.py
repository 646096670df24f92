"""What pages read about the tree."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import get_language

from .models import ChangeKind, Reorganisation, Unit

MOST = 500
SHORTEST = 2


@dataclass(frozen=True)
class Weight:
    """What hangs on a unit. `alone`: open turns in a role that nobody holds at the successor."""

    units: int
    entities: int
    people: int
    cases: int
    turns: int
    grants: int
    alone: int


@dataclass(frozen=True)
class Moved:
    """An edge that took a unit into the territory of another (`came`), or out of it."""

    on: date
    kind: str
    document: str
    channel: str
    came: bool
    unit: str
    unit_en: str
    old: str
    old_en: str
    new: str
    new_en: str

    @property
    def name(self) -> str:
        """The unit in the reader's language, as the two below."""
        return _said(self.unit, self.unit_en)

    @property
    def from_name(self) -> str:
        return _said(self.old, self.old_en)

    @property
    def to_name(self) -> str:
        return _said(self.new, self.new_en)

    @property
    def words(self) -> str:
        """The kind of change, as one reads it."""
        return str(ChangeKind(self.kind).label) if self.kind else ""


def _said(name: str, english: str) -> str:
    return name if not english or str(get_language()).startswith("zh") else english


def weight(unit: Unit, successor: Unit | None) -> Weight | None:
    """What would be touched where the unit moves or ends; None for whoever has no say there. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM weight_of(%s, %s, %s)",
            [unit.pk, successor.pk if successor else None, timezone.localdate()],
        )
        row = cursor.fetchone()
    return Weight(*row) if row and row[0] is not None else None


def successor(change: Reorganisation) -> Unit | None:
    """Who takes over in a change that ends a unit."""
    if change.kind == ChangeKind.MERGE:
        return change.target
    return change.unit.parent if change.kind == ChangeKind.CLOSE else None


def moved(unit: Unit, after: date) -> list[Moved]:
    """The edges that make a difference between the two views of a unit's figures since a day, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM edges_moved(%s, %s)", [unit.pk, after])
        return [Moved(*row) for row in cursor.fetchall()]


def named(words: str) -> Q:
    """Units in the present scope by a part of a name, of today or former, or by the beginning of a code.

    At most five hundred; fewer than two characters find nothing.
    """
    words = "".join(words.split())
    if len(words) < SHORTEST:
        return Q(pk__in=[])
    return Q(pk__in=RawSQL("SELECT units_named(%s, %s)", [words, MOST]))
