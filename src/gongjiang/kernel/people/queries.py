"""What is read of people beside their rows: where they stand, and where employments overlap."""

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import pgettext_lazy as c

from .models import PersonState

#: What a page says of a person's course.
STANDING = {
    "provisional": PersonState.PROVISIONAL.label,
    "identified": PersonState.IDENTIFIED.label,
    "employed": c("person", "employed"),
    "left": c("person", "has left"),
    "retired": PersonState.RETIRED.label,
    "deceased": PersonState.DECEASED.label,
    "merged": PersonState.MERGED.label,
}


def standing(persons: Iterable[int]) -> dict[int, tuple[str, int]]:
    """person -> (code of `STANDING`, number of open employments), in the present scope. One query.

    Employed and left are read from the employments and stored nowhere; a retired or deceased person stays so.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, CASE WHEN p.state IN ('retired', 'deceased', 'merged') THEN p.state"
            " WHEN count(e.id) FILTER (WHERE e.until IS NULL) > 0 THEN 'employed'"
            " WHEN count(e.id) > 0 THEN 'left' ELSE p.state END, count(e.id) FILTER (WHERE e.until IS NULL)"
            " FROM people_person p LEFT JOIN people_employment e ON e.person_id = p.id"
            " WHERE p.id = ANY (%s) GROUP BY p.id",
            [list(persons)],
        )
        return {person: (state, jobs) for person, state, jobs in cursor.fetchall()}


def overlapping(persons: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """person -> pairs of employments that overlap in time, in the present scope. Flagged, never refused. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.person_id, e.id, f.id FROM people_employment e JOIN people_employment f"
            " ON f.person_id = e.person_id AND f.id > e.id"
            " AND daterange(e.since, e.until) && daterange(f.since, f.until)"
            " WHERE e.person_id = ANY (%s) ORDER BY e.id, f.id",
            [list(persons)],
        )
        found: dict[int, list[tuple[int, int]]] = {}
        for person, one, other in cursor.fetchall():
            found.setdefault(person, []).append((one, other))
        return found
