"""What a call may leave out: government awards, disputes, works of earlier calls; and 小改造 as a kind."""

from django.db import migrations, models

FUNCTIONS = """
-- Which of these results were in another call of the union that makes this one, and whether they won there.
CREATE OR REPLACE FUNCTION innovations_went_before(keys bigint[], a_call bigint)
RETURNS TABLE (result bigint, won boolean) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT e.result_id, bool_or(e.prize_id IS NOT NULL OR c.outcome = 'granted')
   FROM innovations_entry e JOIN lifecycle_case c ON c.id = e.case_id
   JOIN lifecycle_edition o ON o.id = c.edition_id
   JOIN lifecycle_edition now ON now.id = a_call AND o.unit_id = now.unit_id AND o.id <> now.id
   WHERE e.result_id = ANY (keys) AND c.outcome NOT IN ('withdrawn', 'revoked')
   GROUP BY e.result_id $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('innovations', '0004_awards_in_force'),
        ('lifecycle', '0006_clocks_of_live_turns'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='result',
            name='result_category',
        ),
        migrations.AddField(
            model_name='result',
            name='disputed',
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='result',
            name='gov_award',
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='card',
            name='category',
            field=models.TextField(choices=[('invention', 'Small invention'), ('creation', 'Small creation'), ('improvement', 'Small improvement'), ('design', 'Small design'), ('suggestion', 'Small suggestion'), ('renovation', 'Small renovation')]),
        ),
        migrations.AlterField(
            model_name='result',
            name='category',
            field=models.TextField(choices=[('invention', 'Small invention'), ('creation', 'Small creation'), ('improvement', 'Small improvement'), ('design', 'Small design'), ('suggestion', 'Small suggestion'), ('renovation', 'Small renovation')]),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.CheckConstraint(condition=models.Q(('category__in', ['invention', 'creation', 'improvement', 'design', 'suggestion', 'renovation'])), name='result_category'),
        ),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
    ]
