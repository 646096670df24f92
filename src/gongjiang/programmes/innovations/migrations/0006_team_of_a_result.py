"""The team (班组) that a result comes from, and whose leader is to confirm it."""

import django.db.models.deletion
from django.db import migrations, models

TO_CONFIRM = """
-- Results, of those within reach, whose team has a leader in force who did not make them; with that team.
CREATE OR REPLACE FUNCTION innovations_to_confirm(cases bigint[], today date)
RETURNS TABLE (result bigint, team bigint) STABLE SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT r.case_id, u.id
    FROM innovations_result r
    JOIN lifecycle_case c ON c.id = r.case_id AND (c.applicant_id = me() OR in_tree(c.path) OR reaches(c.id))
    JOIN orgs_unit u ON u.id = r.team_id AND u.parent_id = c.unit_id AND u.closed_on IS NULL
    WHERE r.case_id = ANY (cases) AND EXISTS (
      SELECT 1 FROM access_grant g JOIN accounts_user a ON a.id = g.user_id AND a.is_active
      WHERE g.unit_id = u.id AND g.role = 'team_leader' AND g.since <= today AND (g.until IS NULL OR g.until > today)
        AND NOT EXISTS (SELECT 1 FROM lifecycle_participant p
                        WHERE p.case_id = c.id AND p.person_id = a.person_id));
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_team_leader"),
        ("innovations", "0005_what_a_call_leaves_out"),
        ("orgs", "0003_reorganisations"),
    ]

    operations = [
        migrations.AddField(
            model_name="result",
            name="team",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.unit"
            ),
        ),
        migrations.RunSQL(TO_CONFIRM, "DROP FUNCTION innovations_to_confirm(bigint[], date)"),
    ]
