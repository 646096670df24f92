"""Depth for people: optional facts, flags, consent, sources, likeness and merges, and names made for matching."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import gongjiang.kernel.migrating
import gongjiang.kernel.orgs.paths
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# The generated column stands on these two: a change of either is a migration of its own, which writes the column anew.
NAMES = r"""
CREATE OR REPLACE FUNCTION name_key(name text) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
$$ SELECT lower(regexp_replace(normalize(name, NFKC),
     '[[:space:]\u00B7\u2022\u2027\u2219\u22C5\u30FB\u2010-\u2015\u2018\u2019\u200B-\u200D\uFE00-\uFE0F\uFEFF''.-]', '', 'g')) $$;

CREATE OR REPLACE FUNCTION bigrams(words text) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
BEGIN
  CASE length(words)
    WHEN 2 THEN RETURN ARRAY[words];
    WHEN 3 THEN RETURN ARRAY[left(words, 2), right(words, 2)];
    WHEN 4 THEN RETURN ARRAY[left(words, 2), substr(words, 2, 2), right(words, 2)];
    ELSE RETURN (SELECT coalesce(array_agg(DISTINCT substr(words, i, 2)), '{}')
                 FROM generate_series(1, length(words) - 1) AS i);
  END CASE;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0001_initial'),
        ('orgs', '0002_version_0_2_0'),
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(NAMES, migrations.RunSQL.noop),
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='ConsentText',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('purpose', models.SlugField(max_length=60)),
                        ('version', models.PositiveSmallIntegerField()),
                        ('title', models.TextField()),
                        ('title_en', models.TextField(blank=True, default='')),
                        ('text', models.TextField()),
                        ('text_en', models.TextField(blank=True, default='')),
                        ('scope', models.TextField()),
                        ('since', models.DateField()),
                        ('until', models.DateField(blank=True, null=True)),
                        ('document', models.TextField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('purpose', 'version'), name='consenttext_version_once'), models.UniqueConstraint(condition=models.Q(('until', None)), fields=('purpose',), name='consenttext_one_open'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('since')), _connector='OR'), name='consenttext_dates'), models.CheckConstraint(condition=models.Q(models.Q(('title', ''), _negated=True), models.Q(('text', ''), _negated=True), models.Q(('document', ''), _negated=True)), name='consenttext_said')],
                    },
                ),
                migrations.CreateModel(
                    name='Consent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('purpose', models.SlugField(max_length=60)),
                        ('given_by', models.TextField(choices=[('self', 'the person'), ('guardian', 'a guardian'), ('assisted', 'the person, with the help of the union')], default='self')),
                        ('guardian', models.TextField(blank=True, default='')),
                        ('channel', models.TextField(choices=[('web', 'on this site'), ('paper', 'on paper'), ('counter', 'at a counter'), ('phone', 'by phone')], default='web')),
                        ('given_at', models.DateTimeField()),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                        ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.file')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='people.person')),
                        ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='people.consenttext')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['purpose', 'person'], name='consent_purpose')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('person', 'purpose'), name='consent_one_standing'), models.CheckConstraint(condition=models.Q(('given_by__in', ['self', 'guardian', 'assisted'])), name='consent_given_by'), models.CheckConstraint(condition=models.Q(('channel__in', ['web', 'paper', 'counter', 'phone'])), name='consent_channel'), models.CheckConstraint(condition=models.Q(models.Q(('given_by', 'guardian'), _negated=True), models.Q(('guardian', ''), _negated=True), _connector='OR'), name='consent_guardian_named'), models.CheckConstraint(condition=models.Q(('withdrawn_at', None), ('withdrawn_at__gte', models.F('given_at')), _connector='OR'), name='consent_withdrawn_after')],
                    },
                ),
                migrations.CreateModel(
                    name='DerivedFlag',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('flag', models.TextField(choices=[('industrial_worker', 'industrial worker'), ('frontline', 'front line'), ('migrant_worker', 'migrant worker'), ('new_form_worker', 'worker in a new form of employment'), ('non_public', 'in the non-public sector'), ('female', 'woman'), ('ethnic_minority', 'ethnic minority')])),
                        ('rule', models.SlugField(max_length=60)),
                        ('since', models.DateField()),
                        ('until', models.DateField(blank=True, null=True)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='flags', to='people.person')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['person'], name='derivedflag_person')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('person', 'flag'), name='derivedflag_one_open'), models.CheckConstraint(condition=models.Q(('flag__in', ['industrial_worker', 'frontline', 'migrant_worker', 'new_form_worker', 'non_public', 'female', 'ethnic_minority'])), name='derivedflag_flag'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('since')), _connector='OR'), name='derivedflag_dates')],
                    },
                ),
                migrations.CreateModel(
                    name='FieldSource',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('field', models.TextField()),
                        ('source', models.TextField(choices=[('registry', 'household registry'), ('insurance', 'social insurance'), ('enterprise', "the employer's roster"), ('union', 'the union'), ('self', 'the person')])),
                        ('digest', models.BinaryField(max_length=32)),
                        ('seen_at', models.DateTimeField()),
                        ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='field_sources', to='people.person')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('person', 'field', 'source'), name='fieldsource_once'), models.CheckConstraint(condition=models.Q(('source__in', ['registry', 'insurance', 'enterprise', 'union', 'self'])), name='fieldsource_source')],
                    },
                ),
                migrations.CreateModel(
                    name='FlagRule',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('flag', models.TextField(choices=[('industrial_worker', 'industrial worker'), ('frontline', 'front line'), ('migrant_worker', 'migrant worker'), ('new_form_worker', 'worker in a new form of employment'), ('non_public', 'in the non-public sector'), ('female', 'woman'), ('ethnic_minority', 'ethnic minority')])),
                        ('rule', models.SlugField(max_length=60)),
                        ('industries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=5), blank=True, db_default=[], default=list, size=None)),
                        ('since', models.DateField()),
                        ('until', models.DateField(blank=True, null=True)),
                        ('document', models.TextField()),
                        ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='flag_rules', to='orgs.unit')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('flag', 'unit'), name='flagrule_one_open', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('flag__in', ['industrial_worker', 'frontline', 'migrant_worker', 'new_form_worker', 'non_public', 'female', 'ethnic_minority'])), name='flagrule_flag'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('since')), _connector='OR'), name='flagrule_dates'), models.CheckConstraint(condition=models.Q(('document', ''), _negated=True), name='flagrule_cited')],
                    },
                ),
                migrations.CreateModel(
                    name='MatchPair',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('score', models.PositiveSmallIntegerField()),
                        ('same_identity', models.BooleanField(db_default=False, default=False)),
                        ('same_name', models.BooleanField(db_default=False, default=False)),
                        ('same_birth', models.BooleanField(db_default=False, default=False)),
                        ('same_phone', models.BooleanField(db_default=False, default=False)),
                        ('same_employer', models.BooleanField(db_default=False, default=False)),
                        ('state', models.TextField(choices=[('open', 'to be looked at'), ('merged', 'merged'), ('kept_apart', 'kept apart')], default='open')),
                        ('found_at', models.DateTimeField()),
                        ('at', models.DateTimeField(blank=True, null=True)),
                        ('note', models.TextField(blank=True, db_default='', default='')),
                        ('a', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                        ('b', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['path', 'id'], name='matchpair_open')],
                        'constraints': [models.UniqueConstraint(fields=('a', 'b'), name='matchpair_once'), models.CheckConstraint(condition=models.Q(('a__lt', models.F('b'))), name='matchpair_ordered'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'merged', 'kept_apart'])), name='matchpair_state'), models.CheckConstraint(condition=models.Q(('state', 'open'), ('at__isnull', False), _connector='OR'), name='matchpair_decided')],
                    },
                ),
                migrations.CreateModel(
                    name='MatchRule',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('review_from', models.PositiveSmallIntegerField()),
                        ('weigh_identity', models.PositiveSmallIntegerField()),
                        ('weigh_name', models.PositiveSmallIntegerField()),
                        ('weigh_birth', models.PositiveSmallIntegerField()),
                        ('weigh_phone', models.PositiveSmallIntegerField()),
                        ('weigh_employer', models.PositiveSmallIntegerField()),
                        ('auto_merge', models.BooleanField()),
                        ('always_two', models.BooleanField(default=False)),
                        ('since', models.DateField()),
                        ('until', models.DateField(blank=True, null=True)),
                        ('document', models.TextField()),
                        ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='match_rules', to='orgs.unit')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('unit',), name='matchrule_one_open', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('review_from__gte', 1)), name='matchrule_review'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('since')), _connector='OR'), name='matchrule_dates'), models.CheckConstraint(condition=models.Q(('document', ''), _negated=True), name='matchrule_cited')],
                    },
                ),
                migrations.CreateModel(
                    name='MergeRecord',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('state', models.TextField(choices=[('proposed', 'proposed'), ('done', 'merged'), ('declined', 'declined'), ('undone', 'undone')], default='proposed')),
                        ('needs_second', models.BooleanField()),
                        ('note', models.TextField(blank=True, default='')),
                        ('proposed_at', models.DateTimeField()),
                        ('decided_at', models.DateTimeField(blank=True, null=True)),
                        ('undone_at', models.DateTimeField(blank=True, null=True)),
                        ('former_state', models.TextField(blank=True, default='')),
                        ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                        ('pair', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='people.matchpair')),
                        ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('survivor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                        ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['path', 'id'], name='merge_path')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'done', 'declined', 'undone'])), name='merge_state'), models.CheckConstraint(condition=models.Q(('survivor', models.F('other')), _negated=True), name='merge_of_two'), models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'done'])), fields=('pair',), name='merge_one_standing'), models.CheckConstraint(condition=models.Q(models.Q(('needs_second', True), ('state', 'done'), _negated=True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='merge_second_person')],
                    },
                ),
                migrations.CreateModel(
                    name='MergeChoice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('field', models.TextField()),
                        ('record', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='choices', to='people.mergerecord')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('record', 'field'), name='mergechoice_once')],
                    },
                ),
                migrations.CreateModel(
                    name='MergeMove',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('table', models.TextField()),
                        ('column', models.TextField()),
                        ('row', models.BigIntegerField()),
                        ('did', models.TextField(choices=[('moved', 'moved'), ('stayed', 'stayed'), ('dropped', 'dropped'), ('changed', 'changed'), ('swapped', 'swapped')])),
                        ('image', models.TextField(blank=True, db_default='', default='')),
                        ('record', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='people.mergerecord')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('did__in', ['moved', 'stayed', 'dropped', 'changed', 'swapped'])), name='mergemove_did')],
                    },
                ),
                migrations.CreateModel(
                    name='SourceRank',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('field', models.TextField(blank=True, default='')),
                        ('source', models.TextField(choices=[('registry', 'household registry'), ('insurance', 'social insurance'), ('enterprise', "the employer's roster"), ('union', 'the union'), ('self', 'the person')])),
                        ('rank', models.PositiveSmallIntegerField()),
                        ('since', models.DateField()),
                        ('until', models.DateField(blank=True, null=True)),
                        ('document', models.TextField()),
                        ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='source_ranks', to='orgs.unit')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('unit', 'field', 'source'), name='sourcerank_one_open', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('source__in', ['registry', 'insurance', 'enterprise', 'union', 'self'])), name='sourcerank_source'), models.CheckConstraint(condition=models.Q(('rank__gte', 1)), name='sourcerank_rank'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('since')), _connector='OR'), name='sourcerank_dates'), models.CheckConstraint(condition=models.Q(('document', ''), _negated=True), name='sourcerank_cited')],
                    },
                ),
                migrations.AddField(
                    model_name='person',
                    name='name_key',
                    field=models.GeneratedField(db_persist=True, expression=models.Func(models.F('name'), function='name_key'), output_field=models.TextField()),
                ),
                migrations.RemoveConstraint(
                    model_name='person',
                    name='person_state',
                ),
                migrations.AddField(
                    model_name='employment',
                    name='place',
                    field=models.TextField(blank=True, db_default='', default=''),
                ),
                migrations.AddField(
                    model_name='employment',
                    name='team',
                    field=models.TextField(blank=True, db_default='', default=''),
                ),
                migrations.AddField(
                    model_name='employment',
                    name='wage_is_main',
                    field=models.BooleanField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='identifier',
                    name='keys',
                    field=models.PositiveSmallIntegerField(db_default=1, default=1),
                ),
                migrations.AddField(
                    model_name='identifier',
                    name='verified_at',
                    field=models.DateTimeField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='person',
                    name='education',
                    field=models.TextField(blank=True, choices=[('primary', 'primary school or less'), ('lower_secondary', 'lower secondary'), ('upper_secondary', 'upper secondary or vocational'), ('college', 'junior college'), ('bachelor', 'bachelor'), ('master', 'master'), ('doctor', 'doctor')], db_default='', default=''),
                ),
                migrations.AddField(
                    model_name='person',
                    name='ethnicity',
                    field=models.CharField(blank=True, db_default='', default='', max_length=2),
                ),
                migrations.AddField(
                    model_name='person',
                    name='hukou',
                    field=models.TextField(blank=True, choices=[('rural', 'rural'), ('urban', 'urban')], db_default='', default=''),
                ),
                migrations.AddField(
                    model_name='person',
                    name='initials',
                    field=models.TextField(blank=True, db_default='', default=''),
                ),
                migrations.AddField(
                    model_name='person',
                    name='merged_into',
                    field=models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='people.person'),
                ),
                migrations.AlterField(
                    model_name='person',
                    name='state',
                    field=models.TextField(choices=[('provisional', 'provisional'), ('identified', 'identified'), ('retired', 'retired'), ('deceased', 'deceased'), ('merged', 'merged into another record')], default='provisional'),
                ),
                migrations.AddIndex(
                    model_name='person',
                    index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('name_key'), function='bigrams'), name='person_bigrams'),
                ),
                migrations.AddIndex(
                    model_name='person',
                    index=models.Index(fields=['name_key', 'born_on'], name='person_name_birth'),
                ),
                migrations.AddIndex(
                    model_name='person',
                    index=models.Index(condition=models.Q(('initials', ''), _negated=True), fields=['initials'], name='person_initials', opclasses=['text_pattern_ops']),
                ),
                migrations.AddConstraint(
                    model_name='person',
                    constraint=models.CheckConstraint(condition=models.Q(('state__in', ['provisional', 'identified', 'retired', 'deceased', 'merged'])), name='person_state'),
                ),
                migrations.AddConstraint(
                    model_name='person',
                    constraint=models.CheckConstraint(condition=models.Q(('hukou__in', ['', 'rural', 'urban'])), name='person_hukou'),
                ),
                migrations.AddConstraint(
                    model_name='person',
                    constraint=models.CheckConstraint(condition=models.Q(('education__in', ['', 'primary', 'lower_secondary', 'upper_secondary', 'college', 'bachelor', 'master', 'doctor'])), name='person_education'),
                ),
                migrations.AddConstraint(
                    model_name='person',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('merged_into__isnull', False), ('state', 'merged')), models.Q(models.Q(('state', 'merged'), _negated=True), ('merged_into', None)), _connector='OR'), name='person_merged'),
                ),
                migrations.AddConstraint(
                    model_name='person',
                    constraint=models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='person_not_into_itself'),
                ),
                migrations.RemoveConstraint(
                    model_name='employment',
                    name='employment_once_open',
                ),
                migrations.AlterField(
                    model_name='identifier',
                    name='person',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='identifiers', to='people.person'),
                ),
                migrations.AddIndex(
                    model_name='person',
                    index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='person_merged_into'),
                ),
                migrations.AddConstraint(
                    model_name='employment',
                    constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('person', 'entity'), include=('path',), name='employment_once_open'),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='consent',
                    trigger=pgtrigger.compiler.Trigger(name='consent_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF to_jsonb(NEW) - 'withdrawn_at' - 'person_id' <> to_jsonb(OLD) - 'withdrawn_at' - 'person_id'\n                   OR NEW.person_id <> OLD.person_id AND NOT replaying()\n                   OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at\n                THEN RAISE EXCEPTION 'a consent stays as it was given' USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='0e3e9b0e19b0a5a7552c6dfae2de28be82e59592', operation='UPDATE', pgid='pgtrigger_consent_stays_e28e2', table='people_consent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='consent',
                    trigger=pgtrigger.compiler.Trigger(name='consent_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='b8ea4e3b2fe6135435f80b1fd7d6e327f3633f6e', operation='DELETE', pgid='pgtrigger_consent_is_kept_d686d', table='people_consent', when='BEFORE')),
                ),
            ],
        ),
    ]
