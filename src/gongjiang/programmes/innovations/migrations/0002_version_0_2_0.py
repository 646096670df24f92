"""The result to full depth: calls, entries, likeness, rewards, conversions, showcase."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import gongjiang.kernel.migrating
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


#: What may be asked across the walls, in the owner's name. Both answer with keys only, and of what is told of a result
#: out of reach: its title and its workplace where it is open, otherwise that there is one.
FUNCTIONS = """
CREATE OR REPLACE FUNCTION innovations_alike(one text, other text) RETURNS integer IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
$$ WITH a AS (SELECT DISTINCT substr(one, i, 2) AS gram FROM generate_series(1, greatest(length(one) - 1, 1)) i),
        b AS (SELECT DISTINCT substr(other, i, 2) AS gram FROM generate_series(1, greatest(length(other) - 1, 1)) i),
        both_of AS (SELECT count(*) AS n FROM a JOIN b USING (gram))
   SELECT coalesce(round(100.0 * n / nullif((SELECT count(*) FROM a) + (SELECT count(*) FROM b) - n, 0)), 0)::integer
   FROM both_of $$;

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

-- Colleagues of whoever asks, by name and phone together, and only at the asker's own workplaces.
CREATE OR REPLACE FUNCTION innovations_colleagues(digests bytea[], names text[])
RETURNS TABLE (place bigint, person bigint) STABLE SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT t.place, min(p.id)
    FROM unnest(digests, names) WITH ORDINALITY AS t (digest, name, place)
    JOIN people_identifier i ON i.digest = t.digest AND i.kind = 'phone'
    JOIN people_person p ON p.id = i.person_id AND name_key(p.name) = name_key(t.name) AND p.state <> 'deceased'
    JOIN people_employment e ON e.person_id = p.id AND e.until IS NULL
    JOIN people_employment mine ON mine.unit_id = e.unit_id AND mine.person_id = me() AND mine.until IS NULL
    GROUP BY t.place HAVING count(DISTINCT p.id) = 1;
END $$;

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


def fill(apps, schema_editor):
    """Titles as they are compared, and the day of adoption, of the results that are there."""
    from gongjiang.programmes.innovations.rules import bands, title_key

    Result = apps.get_model("innovations", "Result")
    rows = list(Result.objects.select_related("case").only("pk", "title", "accepted_on", "case__outcome", "case__closed_at"))
    for row in rows:
        row.title_key = title_key(row.title)
        row.bands = bands(row.title_key)
        if row.case.outcome == "completed" and row.accepted_on:
            row.adopted_on = max(row.accepted_on, timezone.localdate(row.case.closed_at))
    Result.objects.bulk_update(rows, ["title_key", "bands", "adopted_on"], batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0002_version_0_2_0'),
        ('documents', '0001_initial'),
        ('files', '0001_initial'),
        ('innovations', '0001_initial'),
        ('lifecycle', '0003_clocks'),
        ('orgs', '0002_version_0_2_0'),
        ('people', '0001_initial'),
        ('targets', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='Card',
                    fields=[
                        ('result', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='card', serialize=False, to='innovations.result')),
                        ('unit_name', models.TextField()),
                        ('title', models.TextField()),
                        ('category', models.TextField(choices=[('invention', 'Small invention'), ('creation', 'Small creation'), ('improvement', 'Small improvement'), ('design', 'Small design'), ('suggestion', 'Small suggestion'), ('renovation', 'Small renovation')])),
                        ('industry', models.TextField(blank=True, default='')),
                        ('summary', models.TextField()),
                        ('is_open', models.BooleanField()),
                        ('since', models.DateField()),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['is_open', '-since', '-result'], name='card_newest')],
                    },
                ),
                migrations.CreateModel(
                    name='Conversion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('licensee_name', models.TextField()),
                        ('mode', models.TextField(choices=[('spread', 'Spread'), ('transfer', 'Transferred'), ('licence', 'Licensed'), ('joint', 'Carried out jointly')])),
                        ('on', models.DateField()),
                        ('fen', models.PositiveBigIntegerField(blank=True, null=True)),
                        ('due_on', models.DateField()),
                        ('recorded_at', models.DateTimeField()),
                        ('benefit', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='targets.target')),
                        ('contract', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.file')),
                        ('licensee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.legalentity')),
                        ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('result', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conversions', to='innovations.result')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('mode__in', ['spread', 'transfer', 'licence', 'joint'])), name='conversion_mode'), models.CheckConstraint(condition=models.Q(('due_on__gt', models.F('on'))), name='conversion_due_later'), models.CheckConstraint(condition=models.Q(('licensee_name', ''), _negated=True), name='conversion_by_somebody'), models.UniqueConstraint(fields=('result', 'licensee_name', 'mode', 'on'), name='conversion_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Interest',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('unit_name', models.TextField()),
                        ('words', models.TextField()),
                        ('asked_at', models.DateTimeField()),
                        ('answer', models.TextField(blank=True, default='')),
                        ('answered_at', models.DateTimeField(blank=True, null=True)),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('card', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='interests', to='innovations.card')),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['owner', '-id'], name='interest_of_owner')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('answered_at', None)), fields=('card', 'unit'), name='interest_once_open'), models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='interest_worded'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None)), models.Q(('answer', ''), _negated=True), _connector='OR'), name='interest_answered')],
                    },
                ),
                migrations.CreateModel(
                    name='Likeness',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('other', models.BigIntegerField()),
                        ('score', models.PositiveSmallIntegerField()),
                        ('judgement', models.TextField(choices=[('open', 'Not judged yet'), ('different', 'Something else'), ('same', 'The same')], default='open')),
                        ('reason', models.TextField(blank=True, default='')),
                        ('judged_at', models.DateTimeField(blank=True, null=True)),
                        ('found_at', models.DateTimeField()),
                        ('judged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('result', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='likenesses', to='innovations.result')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('result', 'other'), name='likeness_once'), models.CheckConstraint(condition=models.Q(('judgement__in', ['open', 'different', 'same'])), name='likeness_judgement'), models.CheckConstraint(condition=models.Q(models.Q(('judged_at', None), ('judgement', 'open'), ('reason', '')), models.Q(models.Q(('judgement', 'open'), _negated=True), models.Q(('reason', ''), _negated=True), ('judged_at__isnull', False)), _connector='OR'), name='likeness_judged_with_a_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='Patent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('invention', 'Invention'), ('utility_model', 'Utility model'), ('design', 'Design'), ('software', 'Software copyright')])),
                        ('number', models.TextField(unique=True)),
                        ('status', models.TextField(choices=[('applied', 'Applied for'), ('granted', 'Granted')])),
                        ('owner', models.TextField()),
                        ('granted_on', models.DateField(blank=True, null=True)),
                        ('result', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='patents', to='innovations.result')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['invention', 'utility_model', 'design', 'software'])), name='patent_kind'), models.CheckConstraint(condition=models.Q(models.Q(('granted_on', None), ('status', 'applied')), models.Q(('granted_on__isnull', False), ('status', 'granted')), _connector='OR'), name='patent_granted_on_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('owner', ''), _negated=True), models.Q(('number', ''), _negated=True)), name='patent_owned')],
                    },
                ),
                migrations.CreateModel(
                    name='Inventor',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                        ('patent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='inventors', to='innovations.patent')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('patent', 'person'), name='inventor_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Revocation',
                    fields=[
                        ('result', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='revocation', serialize=False, to='innovations.result')),
                        ('document', models.TextField()),
                        ('reason', models.TextField()),
                        ('on', models.DateField()),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('document', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='revocation_by_document')],
                    },
                ),
                migrations.CreateModel(
                    name='Reward',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('fen', models.PositiveBigIntegerField()),
                        ('clause', models.TextField()),
                        ('paid_on', models.DateField()),
                        ('recorded_at', models.DateTimeField()),
                        ('voided', models.TextField(blank=True, default='')),
                        ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.legalentity')),
                        ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('result', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='innovations.result')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('fen__gt', 0)), name='reward_some'), models.CheckConstraint(condition=models.Q(('clause', ''), _negated=True), name='reward_by_a_rule')],
                    },
                ),
                migrations.CreateModel(
                    name='RewardShare',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('fen', models.PositiveBigIntegerField()),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                        ('reward', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='innovations.reward')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('reward', 'person'), name='rewardshare_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Prize',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('position', models.PositiveSmallIntegerField()),
                        ('name', models.TextField()),
                        ('name_en', models.TextField(blank=True, default='')),
                        ('places', models.PositiveIntegerField()),
                        ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='innovation_prizes', to='lifecycle.edition')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('edition', 'position'), name='prize_position_once'), models.UniqueConstraint(fields=('edition', 'name'), name='prize_name_once'), models.CheckConstraint(condition=models.Q(('places__gte', 1)), name='prize_places')],
                    },
                ),
                migrations.RemoveConstraint(
                    model_name='result',
                    name='result_secrecy',
                ),
                migrations.AddField(
                    model_name='result',
                    name='adopted_on',
                    field=models.DateField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='result',
                    name='bands',
                    field=django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), db_default=[], default=list, size=None),
                ),
                migrations.AddField(
                    model_name='result',
                    name='done_from',
                    field=models.DateField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='result',
                    name='done_to',
                    field=models.DateField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='result',
                    name='earlier',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='later', to='innovations.result'),
                ),
                migrations.AddField(
                    model_name='result',
                    name='gov_plan',
                    field=models.BooleanField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='result',
                    name='industry',
                    field=models.TextField(blank=True, db_default='', default=''),
                ),
                migrations.AddField(
                    model_name='result',
                    name='ownership',
                    field=models.TextField(blank=True, choices=[('duty', "Made on duty, the enterprise's"), ('agreed', 'As agreed in writing'), ('personal', "The author's own")], db_default='', default=''),
                ),
                migrations.AddField(
                    model_name='result',
                    name='prior_awards',
                    field=models.TextField(blank=True, db_default='', default=''),
                ),
                migrations.AddField(
                    model_name='result',
                    name='route',
                    field=models.TextField(blank=True, db_default='', default=''),
                ),
                migrations.AddField(
                    model_name='result',
                    name='second_class',
                    field=models.TextField(blank=True, choices=[('product', 'Product'), ('equipment', 'Equipment'), ('public_good', 'Public good'), ('cost', 'Cost and management'), ('environment', 'Environment and energy')], db_default='', default=''),
                ),
                migrations.AddField(
                    model_name='result',
                    name='title_key',
                    field=models.TextField(blank=True, db_default='', default=''),
                ),
                migrations.AddField(
                    model_name='result',
                    name='topic',
                    field=models.TextField(blank=True, choices=[('hard_point', 'Hard problems'), ('production', 'Production and development'), ('creation', 'Innovation and creation'), ('team', 'Team building'), ('skill', 'Raising skill'), ('safety', 'Safety at work')], db_default='', default=''),
                ),
                migrations.AlterField(
                    model_name='result',
                    name='secrecy',
                    field=models.TextField(choices=[('open', 'Open'), ('internal', 'Within the organisation'), ('unreported', 'Stays in the enterprise')], default='internal'),
                ),
                migrations.AddIndex(
                    model_name='result',
                    index=models.Index(fields=['title_key'], name='result_title_key'),
                ),
                migrations.AddIndex(
                    model_name='result',
                    index=django.contrib.postgres.indexes.GinIndex(fields=['bands'], name='result_bands'),
                ),
                migrations.AddConstraint(
                    model_name='result',
                    constraint=models.CheckConstraint(condition=models.Q(('secrecy__in', ['open', 'internal', 'unreported'])), name='result_secrecy'),
                ),
                migrations.AddConstraint(
                    model_name='result',
                    constraint=models.CheckConstraint(condition=models.Q(('second_class__in', ['', 'product', 'equipment', 'public_good', 'cost', 'environment'])), name='result_second_class'),
                ),
                migrations.AddConstraint(
                    model_name='result',
                    constraint=models.CheckConstraint(condition=models.Q(('topic__in', ['', 'hard_point', 'production', 'creation', 'team', 'skill', 'safety'])), name='result_topic'),
                ),
                migrations.AddConstraint(
                    model_name='result',
                    constraint=models.CheckConstraint(condition=models.Q(('ownership__in', ['', 'duty', 'agreed', 'personal'])), name='result_ownership'),
                ),
                migrations.AddConstraint(
                    model_name='result',
                    constraint=models.CheckConstraint(condition=models.Q(('done_from', None), ('done_to', None), ('done_to__gte', models.F('done_from')), _connector='OR'), name='result_done'),
                ),
                migrations.AddConstraint(
                    model_name='result',
                    constraint=models.CheckConstraint(condition=models.Q(('adopted_on', None), ('accepted_on', None), ('adopted_on__gte', models.F('accepted_on')), _connector='OR'), name='result_adopted_after_acceptance'),
                ),
                migrations.AddField(
                    model_name='entry',
                    name='check_passed',
                    field=models.BooleanField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='entry',
                    name='document',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document'),
                ),
                migrations.AddField(
                    model_name='entry',
                    name='public_title',
                    field=models.TextField(blank=True, default=''),
                ),
                migrations.AddField(
                    model_name='entry',
                    name='prize',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='innovations.prize'),
                ),
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
                    model_name='result',
                    name='category',
                    field=models.TextField(choices=[('invention', 'Small invention'), ('creation', 'Small creation'), ('improvement', 'Small improvement'), ('design', 'Small design'), ('suggestion', 'Small suggestion'), ('renovation', 'Small renovation')]),
                ),
                migrations.AddConstraint(
                    model_name='result',
                    constraint=models.CheckConstraint(condition=models.Q(('category__in', ['invention', 'creation', 'improvement', 'design', 'suggestion', 'renovation'])), name='result_category'),
                ),
                migrations.AddField(
                    model_name='result',
                    name='team',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit'),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='revocation',
                    trigger=pgtrigger.compiler.Trigger(name='revocation_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4201724c4ef758b25c70c96fabd8808faa77d921', operation='UPDATE OR DELETE', pgid='pgtrigger_revocation_stays_05fe9', table='innovations_revocation', when='BEFORE')),
                ),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
    ]
