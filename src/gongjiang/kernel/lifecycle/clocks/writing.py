"""New moments of clocks, and `due_at` of what they measure."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import connection

from ..models import Case


def write(changed: Sequence[tuple[int, datetime, bool]], why: str, note: str, at: datetime) -> None:
    """Write new moments of clocks (key, moment, provisional), with their reason; a breach before one is taken back."""
    if not changed:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH new AS (SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::boolean[]) AS n (id, due, open)),
            logged AS (
              INSERT INTO lifecycle_moved (clock_id, before, after, why, note, at)
              SELECT k.id, k.due_at, new.due, %s, %s, %s FROM lifecycle_clock k JOIN new USING (id)
              WHERE k.due_at <> new.due)
            UPDATE lifecycle_clock k SET due_at = new.due, provisional = new.open,
              breached_at = CASE WHEN k.breached_at < new.due THEN NULL ELSE k.breached_at END
            FROM new WHERE k.id = new.id
            """,
            [*map(list, zip(*changed, strict=True)), why, note, at],
        )


def hold(cases: Collection[int]) -> None:
    """Lock these cases in the order in which everybody locks them."""
    if cases:
        list(
            Case.objects.filter(pk__in=list(cases))
            .select_for_update(of=("self",))
            .order_by("pk")
            .values_list("pk")
        )


def mirror(cases: Iterable[int]) -> None:
    """Bring `due_at` of these cases, and of their live turns, in line with their running clocks."""
    keys = sorted(set(cases))
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH running AS (
              SELECT k.case_id, k.turn_id, k.due_at, EXISTS (
                SELECT 1 FROM lifecycle_pause p WHERE p.clock_id = k.id AND p.until IS NULL) AS stands
              FROM lifecycle_clock k WHERE k.case_id = ANY (%s) AND k.stopped_at IS NULL),
            turns AS (
              UPDATE lifecycle_turn t SET due_at = CASE WHEN r.stands THEN NULL ELSE r.due_at END FROM running r
              WHERE r.turn_id = t.id
                AND t.due_at IS DISTINCT FROM CASE WHEN r.stands THEN NULL ELSE r.due_at END)
            UPDATE lifecycle_case c SET due_at = n.due FROM (
              SELECT x.id, min(r.due_at) FILTER (WHERE NOT r.stands) AS due
              FROM unnest(%s::bigint[]) AS x (id) LEFT JOIN running r ON r.case_id = x.id GROUP BY x.id) n
            WHERE c.id = n.id AND c.due_at IS DISTINCT FROM n.due
            """,
            [keys, keys],
        )
