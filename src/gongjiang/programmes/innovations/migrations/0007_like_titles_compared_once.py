"""Earlier results with the same title are compared once, and the asked title is taken apart once."""

from django.db import migrations

SIMILAR = """
CREATE OR REPLACE FUNCTION innovations_similar(cases bigint[], at_least integer, most integer)
RETURNS TABLE (result bigint, other bigint, score integer) STABLE SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT r.case_id, s.case_id, s.score
    FROM unnest(cases) AS asked (id)
    JOIN innovations_result r ON r.case_id = asked.id
    JOIN lifecycle_case c ON c.id = r.case_id AND (c.applicant_id = me() OR in_tree(c.path) OR reaches(c.id))
    CROSS JOIN LATERAL (
      SELECT array_agg(DISTINCT substr(r.title_key, i, 2)) AS grams
      FROM generate_series(1, greatest(length(r.title_key) - 1, 1)) i
    ) mine
    CROSS JOIN LATERAL (
      SELECT o.case_id, k.score FROM (
        SELECT d.title_key, round(100.0 * g.shared / (g.all_of + cardinality(mine.grams) - g.shared))::integer AS score
        FROM (SELECT DISTINCT n.title_key FROM innovations_result n WHERE n.bands && r.bands) d
        CROSS JOIN LATERAL (
          SELECT count(*) AS all_of, count(*) FILTER (WHERE gram = ANY (mine.grams)) AS shared FROM (
            SELECT DISTINCT substr(d.title_key, i, 2) AS gram
            FROM generate_series(1, greatest(length(d.title_key) - 1, 1)) i) theirs
        ) g
        OFFSET 0
      ) k
      JOIN innovations_result o ON o.title_key = k.title_key
      JOIN lifecycle_case oc ON oc.id = o.case_id
      WHERE k.score >= at_least AND o.case_id <> r.case_id AND oc.opened_at <= c.opened_at
        AND oc.phase <> 'draft' AND oc.outcome <> 'withdrawn'
      ORDER BY 2 DESC, 1 LIMIT most
    ) s;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("innovations", "0006_team_of_a_result")]

    operations = [migrations.RunSQL(SIMILAR, migrations.RunSQL.noop)]
