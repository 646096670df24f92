"""What is told of an earlier result: an award counts from its decision until it is revoked; ties go to the same kind."""

from django.db import migrations

FUNCTIONS = """
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
      SELECT o.case_id, innovations_alike(r.title_key, o.title_key) AS score FROM innovations_result o
      JOIN lifecycle_case oc ON oc.id = o.case_id
      WHERE o.bands && r.bands AND o.case_id <> r.case_id AND oc.opened_at <= c.opened_at
        AND oc.phase <> 'draft' AND oc.outcome <> 'withdrawn'
      ORDER BY 2 DESC, (o.category = r.category) DESC, 1 LIMIT most
    ) s WHERE s.score >= at_least;
END $$;

CREATE OR REPLACE FUNCTION innovations_told(keys bigint[])
RETURNS TABLE (result bigint, title text, unit_name text, filed_in integer, was_granted boolean) STABLE SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT r.case_id,
      CASE WHEN r.secrecy = 'open' AND r.accepted_on IS NOT NULL THEN r.title ELSE '' END,
      CASE WHEN r.secrecy = 'open' AND r.accepted_on IS NOT NULL THEN u.name ELSE '' END,
      extract(year FROM c.opened_at AT TIME ZONE 'Asia/Shanghai')::integer,
      c.outcome <> 'revoked' AND EXISTS (
        SELECT 1 FROM innovations_entry e JOIN lifecycle_case ec ON ec.id = e.case_id
        WHERE e.result_id = r.case_id AND ec.outcome <> 'revoked'
          AND (e.prize_id IS NOT NULL OR ec.outcome = 'granted'))
    FROM innovations_result r JOIN lifecycle_case c ON c.id = r.case_id JOIN orgs_unit u ON u.id = c.unit_id
    WHERE r.case_id = ANY (keys);
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [("innovations", "0003_entries_in_calls")]

    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop)]
