"""Who reported to whom, when: `ancestors(unit, ancestor, since, until)` in both views, kept beside the facts.

as_was  a unit's ancestors over time, from the dated edges; the first edge of a unit counts from ever
as_is   its ancestors now, for all time
"""

from collections.abc import Mapping

TABLE = "reporting"
COLUMNS: Mapping[str, str] = {
    "view": "string",
    "unit": "int64",
    "ancestor": "int64",
    "kept": "boolean",  # the ancestor's cells are stored: from the township upward
    "since": "date",
    "until": "date",
}
WATCHED = ("orgs_unit", "orgs_edge")
EVER, NEVER = "0001-01-01", "9999-12-31"

SELECT = f"""
    WITH RECURSIVE edge AS (
      SELECT unit_id AS unit, parent_id AS parent,
             CASE WHEN since = min(since) OVER (PARTITION BY unit_id) THEN '{EVER}'::date ELSE since END AS since,
             coalesce(until, '{NEVER}'::date) AS until
      FROM orgs_edge WHERE channel = 'territorial'
    ), up AS (
      SELECT id AS unit, id AS ancestor, '{EVER}'::date AS since, '{NEVER}'::date AS until FROM orgs_unit
      UNION ALL
      SELECT up.unit, edge.parent, greatest(up.since, edge.since), least(up.until, edge.until)
      FROM up JOIN edge ON edge.unit = up.ancestor AND edge.since < up.until AND edge.until > up.since
    ), both_views AS (
      SELECT 'as_was' AS view, unit, ancestor, since, until FROM up
      UNION ALL
      SELECT 'as_is', id, part::bigint, '{EVER}'::date, '{NEVER}'::date
      FROM orgs_unit, unnest(string_to_array(trim(both '/' from path), '/')) AS part
    )
    SELECT v.view, v.unit, v.ancestor, a.level <> 'enterprise' AND a.kind = 'union' AS kept, v.since, v.until
    FROM both_views v JOIN orgs_unit a ON a.id = v.ancestor
"""
