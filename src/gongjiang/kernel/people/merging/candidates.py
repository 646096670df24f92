"""Finding records that are alike: by blocks of one name and birthday, and of one phone, all in one statement."""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from gongjiang.kernel.orgs.paths import ancestors

from ..models import MatchRule

#: A phone that more persons than this have given is an office's, and says nothing.
SHARED_BY = 10

_FIND = """
WITH alike AS (
  SELECT x.id AS a, y.id AS b FROM people_person x JOIN people_person y
    ON y.name_key = x.name_key AND y.born_on = x.born_on AND y.id > x.id
  WHERE {changed_person}
  UNION
  SELECT x.person_id, y.person_id FROM people_identifier x JOIN people_identifier y
    ON y.digest = x.digest AND y.kind = 'phone' AND y.person_id > x.person_id
  WHERE x.kind = 'phone' AND {changed_phone}
    AND (SELECT count(*) FROM (SELECT 1 FROM people_identifier z WHERE z.kind = 'phone' AND z.digest = x.digest
      LIMIT %(shared)s + 1) AS sharing) <= %(shared)s
), pairs AS (
  SELECT DISTINCT least(x.id, y.id) AS a, greatest(x.id, y.id) AS b FROM alike
  JOIN people_person p ON p.id = alike.a JOIN people_person q ON q.id = alike.b
  JOIN people_person x ON x.id = coalesce(p.merged_into_id, p.id)
  JOIN people_person y ON y.id = coalesce(q.merged_into_id, q.id)
  WHERE x.id <> y.id
), seen AS (
  SELECT pairs.*, x.name_key = y.name_key AS same_name, coalesce(x.born_on = y.born_on, false) AS same_birth,
    EXISTS (SELECT 1 FROM people_identifier i JOIN people_identifier j ON j.digest = i.digest
      WHERE i.person_id = a AND j.person_id = b AND i.kind = 'phone' AND j.kind = 'phone') AS same_phone,
    EXISTS (SELECT 1 FROM people_employment e JOIN people_employment f ON f.entity_id = e.entity_id
      WHERE e.person_id = a AND f.person_id = b) AS same_employer,
    shared_path(work_path(a), work_path(b)) AS path
  FROM pairs JOIN people_person x ON x.id = a JOIN people_person y ON y.id = b
  WHERE x.state <> 'deceased' OR y.state <> 'deceased'
), weighed AS (
  SELECT seen.*, r.review_from, CASE WHEN same_name THEN r.weigh_name ELSE 0 END
    + CASE WHEN same_birth THEN r.weigh_birth ELSE 0 END + CASE WHEN same_phone THEN r.weigh_phone ELSE 0 END
    + CASE WHEN same_employer THEN r.weigh_employer ELSE 0 END AS score
  FROM seen JOIN LATERAL (
    SELECT m.* FROM people_matchrule m LEFT JOIN orgs_unit u ON u.id = m.unit_id
    WHERE starts_with(seen.path, coalesce(u.path, '')) AND m.since <= %(day)s
      AND (m.until IS NULL OR m.until > %(day)s)
    ORDER BY length(coalesce(u.path, '')) DESC LIMIT 1) AS r ON true
)
INSERT INTO people_matchpair
  (a_id, b_id, path, score, same_name, same_birth, same_phone, same_employer, state, found_at)
SELECT a, b, path, score, same_name, same_birth, same_phone, same_employer, 'open', now()
FROM weighed WHERE score >= review_from
ON CONFLICT (a_id, b_id) DO UPDATE SET path = excluded.path, same_name = excluded.same_name,
  same_birth = excluded.same_birth, same_phone = excluded.same_phone, same_employer = excluded.same_employer,
  score = excluded.score
WHERE people_matchpair.state = 'open' AND NOT people_matchpair.same_identity AND ROW(people_matchpair.path,
  people_matchpair.score) IS DISTINCT FROM ROW(excluded.path, excluded.score)
"""


def find(persons: Iterable[int] | None = None, on: date | None = None) -> int:
    """Put the pairs that are alike enough into the queue; returns how many are new or weigh otherwise now.

    persons  only pairs with one of these; None: among everybody

    As the worker or the owner. Where no rule is in force above both workplaces, nothing is proposed; pairs that were
    kept apart stay so.
    """
    keys = None if persons is None else list(persons)
    if keys == [] or not is_configured(on=on):
        return 0
    some = keys is not None
    query = _FIND.format(
        changed_person="(x.id = ANY (%(keys)s) OR y.id = ANY (%(keys)s))" if some else "true",
        changed_phone="(x.person_id = ANY (%(keys)s) OR y.person_id = ANY (%(keys)s))" if some else "true",
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query, {"keys": keys, "shared": SHARED_BY, "day": on or timezone.localdate()})
        return int(cursor.rowcount)


def is_configured(path: str | None = None, on: date | None = None) -> bool:
    """Whether a rule says what is worth a look: anywhere, or for the tree of `path`."""
    day = on or timezone.localdate()
    rows = MatchRule.objects.filter(Q(until=None) | Q(until__gt=day), since__lte=day)
    if path is not None:
        rows = rows.filter(Q(unit=None) | Q(unit__in=ancestors(path)))
    return rows.exists()
