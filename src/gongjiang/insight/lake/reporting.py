"""Who reported to whom, when: `ancestors(unit, ancestor, since, until)` in both views, kept beside the facts.

as_was  a unit's ancestors over time, from the dated edges; the first edge of a unit counts from ever. A unit itself
        counts while it existed: one that was split off from its first day, one that ended until its last
as_is   its ancestors now, for all time

A unit has two lines. What reports along the territorial one has the unit's key in its fact, what reports along the
industrial one the same key below zero (`facts.standard.COUNTED_AT`). No record is in both, so that a union above
both lines counts each once. While a unit has no industrial edge its industrial line is the territorial one.
"""

from collections.abc import Mapping

TABLE = "reporting"
COLUMNS: Mapping[str, str] = {
    "view": "string",
    "unit": "int64",  # below zero: along its industrial line
    "ancestor": "int64",
    "kept": "boolean",  # the ancestor's cells are stored: from the township upward
    "since": "date",
    "until": "date",
}
WATCHED = ("orgs_unit", "orgs_edge")
EVER, NEVER = "0001-01-01", "9999-12-31"

SELECT = f"""
    WITH RECURSIVE territorial AS (
      SELECT unit_id AS unit, parent_id AS parent,
             CASE WHEN since = min(since) OVER (PARTITION BY unit_id) THEN '{EVER}'::date ELSE since END AS since,
             coalesce(until, '{NEVER}'::date) AS until
      FROM orgs_edge WHERE channel = 'territorial'
    ), industrial AS (
      SELECT unit_id AS unit, parent_id AS parent, since, coalesce(until, '{NEVER}'::date) AS until
      FROM orgs_edge WHERE channel = 'industrial'
    ), without AS (  -- when a unit that has industrial edges has none
      SELECT unit, lag(until, 1, '{EVER}'::date) OVER (PARTITION BY unit ORDER BY since) AS since, since AS until
      FROM industrial
      UNION ALL
      SELECT unit, max(until), '{NEVER}'::date FROM industrial GROUP BY unit
    ), edge AS (
      SELECT 1 AS sign, unit, parent, since, until FROM territorial
      UNION ALL
      SELECT -1, unit, parent, since, until FROM industrial
      UNION ALL
      SELECT -1, t.unit, t.parent, greatest(t.since, w.since), least(t.until, w.until)
      FROM territorial t JOIN without w ON w.unit = t.unit AND t.since < w.until AND t.until > w.since
      UNION ALL
      SELECT -1, t.unit, t.parent, t.since, t.until
      FROM territorial t WHERE NOT EXISTS (SELECT 1 FROM industrial i WHERE i.unit = t.unit)
    ), up AS (
      SELECT sign, id AS unit, id AS ancestor, '{EVER}'::date AS since, '{NEVER}'::date AS until
      FROM orgs_unit, (VALUES (1), (-1)) AS s (sign)
      UNION ALL
      SELECT up.sign, up.unit, edge.parent, greatest(up.since, edge.since), least(up.until, edge.until)
      FROM up JOIN edge ON edge.sign = up.sign AND edge.unit = up.ancestor
        AND edge.since < up.until AND edge.until > up.since
    ), existed AS (
      SELECT u.id AS unit, coalesce(u.closed_on, '{NEVER}'::date) AS until,
             CASE WHEN EXISTS (SELECT 1 FROM orgs_edge e WHERE e.unit_id = u.id AND e.since < u.opened_on)
               THEN u.opened_on ELSE '{EVER}'::date END AS since
      FROM orgs_unit u
    ), both_views AS (
      SELECT 'as_was' AS view, sign * unit AS unit, ancestor, since, until FROM up WHERE unit <> ancestor
      UNION ALL
      SELECT 'as_was', sign * e.unit, e.unit, e.since, e.until FROM existed e, (VALUES (1), (-1)) AS s (sign)
      UNION ALL
      SELECT 'as_is', sign * id, part::bigint, '{EVER}'::date, '{NEVER}'::date
      FROM orgs_unit, (VALUES (1), (-1)) AS s (sign),
           unnest(string_to_array(trim(both '/' from CASE sign WHEN 1 THEN path ELSE industrial_path END), '/')) AS part
    )
    SELECT v.view, v.unit, v.ancestor, a.level <> 'enterprise' AND a.kind = 'union' AS kept, v.since, v.until
    FROM both_views v JOIN orgs_unit a ON a.id = v.ancestor
    WHERE v.since < v.until
"""
