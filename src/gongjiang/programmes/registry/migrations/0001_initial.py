import django.db.models.deletion
import gongjiang.kernel.migrating
import gongjiang.kernel.orgs.paths
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


#: Shares of the workforces of comparable enterprises: same division of industry, size class and city. Nothing where the
#: persons or enterprises are too few, and no dimension with a cell of too few: such a cell could be worked out.
PEERS = """
CREATE OR REPLACE FUNCTION registry_peers(entity bigint, k integer, firms integer)
RETURNS TABLE (dimension text, part text, share integer, persons bigint, enterprises bigint) STABLE SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN RETURN QUERY
  WITH jobs AS (
    SELECT e.person_id, e.entity_id, e.post_class, p.sex, CASE
      WHEN p.born_on IS NULL THEN 'unknown' WHEN p.born_on > current_date - interval '30 years' THEN '30'
      WHEN p.born_on > current_date - interval '40 years' THEN '40'
      WHEN p.born_on > current_date - interval '50 years' THEN '50' ELSE '150' END AS age
    FROM orgs_legalentity m
    JOIN orgs_legalentity l ON l.id <> m.id AND l.state = 'active' AND l.branch_of_id IS NULL
      AND left(l.region, 4) = left(m.region, 4) AND l.size_class = m.size_class
      AND left(ltrim(l.industry, 'ABCDEFGHIJKLMNOPQRST'), 2) = left(ltrim(m.industry, 'ABCDEFGHIJKLMNOPQRST'), 2)
    JOIN people_employment e ON e.entity_id = l.id AND e.until IS NULL
    JOIN people_person p ON p.id = e.person_id
    WHERE m.id = entity AND in_tree(m.path) AND m.industry <> ''
  ), everybody AS (SELECT count(DISTINCT person_id) AS n, count(DISTINCT entity_id) AS f FROM jobs
  ), cells AS (
    SELECT v.dimension, v.part, count(DISTINCT person_id) AS n, count(DISTINCT entity_id) AS f
    FROM jobs CROSS JOIN LATERAL (VALUES ('post_class', post_class), ('sex', sex), ('age', age)) AS v (dimension, part)
    GROUP BY 1, 2
  )
  SELECT c.dimension, c.part, round(100.0 * c.n / sum(c.n) OVER (PARTITION BY c.dimension))::integer, e.n, e.f
  FROM cells c CROSS JOIN everybody e WHERE e.n >= greatest(k, 10) AND e.f >= greatest(firms, 2) AND NOT EXISTS (
    SELECT 1 FROM cells d WHERE d.dimension = c.dimension AND (d.n < greatest(k, 10) OR d.f < greatest(firms, 2)));
END $$;
"""

#: Which of these credit codes are on the register anywhere; of whose register, nobody learns.
HELD = """
CREATE OR REPLACE FUNCTION registry_codes_held(codes text[]) RETURNS SETOF text STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT uscc::text FROM orgs_legalentity WHERE uscc = ANY (codes) $$
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('exchange', '0002_version_0_2_0'),
        ('lifecycle', '0002_version_0_2_0'),
        ('orgs', '0002_version_0_2_0'),
        ('people', '0002_version_0_2_0'),
        ('tasks', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='Correction',
                    fields=[
                        ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='registry_correction', serialize=False, to='lifecycle.case')),
                        ('fact', models.TextField(choices=[('name', 'Name'), ('sex', 'Sex'), ('post', 'Post'), ('post_class', 'Post class'), ('since', 'First day at work'), ('until', 'No longer works there since')])),
                        ('stated', models.TextField(blank=True, default='')),
                        ('wanted', models.TextField()),
                        ('reason', models.TextField()),
                        ('employment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.employment')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('fact__in', ['name', 'sex', 'post', 'post_class', 'since', 'until'])), name='correction_fact'), models.CheckConstraint(condition=models.Q(models.Q(('wanted', ''), _negated=True), models.Q(('wanted', models.F('stated')), _negated=True)), name='correction_changes_something'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='correction_has_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='Written',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('employment', models.BigIntegerField()),
                        ('person', models.BigIntegerField()),
                        ('is_new_person', models.BooleanField()),
                        ('is_new_employment', models.BooleanField()),
                        ('was_since', models.DateField(blank=True, null=True)),
                        ('was_post', models.TextField(blank=True, default='')),
                        ('was_post_class', models.TextField(blank=True, default='')),
                        ('was_sex', models.TextField(blank=True, default='')),
                        ('sets_phone', models.BooleanField(default=False)),
                        ('was_phone', models.BinaryField(blank=True, null=True)),
                        ('was_phone_digest', models.BinaryField(blank=True, max_length=32, null=True)),
                        ('mark', models.TextField()),
                        ('batch', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.importbatch')),
                        ('was_education', models.TextField(blank=True, db_default='', default='')),
                        ('was_form', models.TextField(blank=True, db_default='', default='')),
                        ('was_hukou', models.TextField(blank=True, db_default='', default='')),
                        ('was_wage', models.BooleanField(blank=True, null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('batch', 'employment'), name='written_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Absent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('asked_at', models.DateTimeField(auto_now_add=True)),
                        ('answer', models.TextField(choices=[('open', 'not answered yet'), ('left', 'has left'), ('here', 'still works here')], default='open')),
                        ('left_on', models.DateField(blank=True, null=True)),
                        ('answered_at', models.DateTimeField(blank=True, null=True)),
                        ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.importbatch')),
                        ('employment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to='people.employment')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['path', 'id'], name='absent_path')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('answer', 'open')), fields=('employment',), name='absent_asked_once'), models.CheckConstraint(condition=models.Q(('answer__in', ['open', 'left', 'here'])), name='absent_answer'), models.CheckConstraint(condition=models.Q(('left_on__isnull', False), models.Q(('answer', 'left'), _negated=True), _connector='XOR'), name='absent_left_on_a_day'), models.CheckConstraint(condition=models.Q(('answer', 'open'), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='absent_answered_by_somebody')],
                    },
                ),
                migrations.CreateModel(
                    name='Mending',
                    fields=[
                        ('task', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='registry_mending', serialize=False, to='tasks.task')),
                        ('check_code', models.SlugField(max_length=40)),
                        ('found', models.PositiveIntegerField()),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['unit', 'check_code'], name='mending_unit_check')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('found__gt', 0)), name='mending_found_some')],
                    },
                ),
                migrations.CreateModel(
                    name='PostChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('was_post', models.TextField(blank=True, default='')),
                        ('was_post_class', models.TextField(choices=[('production', 'production line'), ('technical', 'technical staff'), ('management', 'management'), ('service', 'service staff')])),
                        ('post', models.TextField(blank=True, default='')),
                        ('post_class', models.TextField(choices=[('production', 'production line'), ('technical', 'technical staff'), ('management', 'management'), ('service', 'service staff')])),
                        ('on', models.DateField()),
                        ('batch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.importbatch')),
                        ('employment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='post_changes', to='people.employment')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('post', models.F('was_post')), ('post_class', models.F('was_post_class')), _negated=True), name='postchange_changes'), models.CheckConstraint(condition=models.Q(('post_class__in', ['production', 'technical', 'management', 'service']), ('was_post_class__in', ['production', 'technical', 'management', 'service'])), name='postchange_classes')],
                    },
                ),
                migrations.CreateModel(
                    name='Candidate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('why', models.TextField(choices=[('no_code', 'no credit code is stated'), ('old_number', 'an old 15-digit registration number'), ('wrong_code', 'the credit code cannot be right'), ('elsewhere', 'the credit code is on the register of another union'), ('industry', 'the old industry code has become several')])),
                        ('name', models.TextField()),
                        ('written', models.TextField(blank=True, default='')),
                        ('ownership', models.TextField(choices=[('state', 'state-owned'), ('collective', 'collective'), ('private', 'private'), ('foreign', 'foreign-invested'), ('hmt', 'Hong Kong, Macao and Taiwan invested'), ('public', 'public institution'), ('social', 'social organisation'), ('self_employed', 'self-employed')])),
                        ('size_class', models.TextField(choices=[('large', 'large'), ('medium', 'medium'), ('small', 'small'), ('micro', 'micro')])),
                        ('industry', models.CharField(blank=True, default='', max_length=5)),
                        ('code_2011', models.CharField(blank=True, default='', max_length=5)),
                        ('region', models.TextField()),
                        ('declared_workers', models.PositiveIntegerField(blank=True, null=True)),
                        ('opened_on', models.DateField()),
                        ('stated_at', models.DateTimeField(auto_now_add=True)),
                        ('state', models.TextField(choices=[('open', 'to be verified'), ('verified', 'verified'), ('same', 'the same as one on the register'), ('rejected', 'rejected')], default='open')),
                        ('note', models.TextField(blank=True, default='')),
                        ('settled_at', models.DateTimeField(blank=True, null=True)),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.importbatch')),
                        ('entity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.legalentity')),
                        ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['path', 'id'], name='candidate_path')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('why__in', ['no_code', 'old_number', 'wrong_code', 'elsewhere', 'industry'])), name='candidate_why'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'verified', 'same', 'rejected'])), name='candidate_state'), models.CheckConstraint(condition=models.Q(('ownership__in', ['state', 'collective', 'private', 'foreign', 'hmt', 'public', 'social', 'self_employed'])), name='candidate_ownership'), models.CheckConstraint(condition=models.Q(('size_class__in', ['large', 'medium', 'small', 'micro'])), name='candidate_size'), models.CheckConstraint(condition=models.Q(models.Q(('entity__isnull', False), ('state__in', ['verified', 'same'])), models.Q(('entity', None), ('state__in', ['open', 'rejected'])), _connector='OR'), name='candidate_became_an_entity'), models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='candidate_settled_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'rejected'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='candidate_rejected_with_reason'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('unit', 'name', 'written'), name='candidate_waits_once')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='absent',
                    trigger=pgtrigger.compiler.Trigger(name='absent_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='abd1a57543c80cb8c2999782e70c2d9ef12e5abc', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_absent_path_follows_unit_5c3bf', table='registry_absent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='candidate',
                    trigger=pgtrigger.compiler.Trigger(name='candidate_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='02fbc1c6eb582ebcb0960de28097ac7c0ed2c68b', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_candidate_path_follows_unit_274da', table='registry_candidate', when='BEFORE')),
                ),
            ],
        ),
        migrations.RunSQL(PEERS, "DROP FUNCTION registry_peers(bigint, integer, integer)"),
        migrations.RunSQL(HELD, "DROP FUNCTION registry_codes_held(text[])"),
    ]
