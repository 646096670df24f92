"""Enterprises that a list states and that are to be verified first."""

import django.db.models.deletion
import gongjiang.kernel.orgs.paths
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


#: Which of these credit codes are on the register anywhere; of whose register, nobody learns.
HELD = """
CREATE OR REPLACE FUNCTION registry_codes_held(codes text[]) RETURNS SETOF text STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT uscc::text FROM orgs_legalentity WHERE uscc = ANY (codes) $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0003_lean_indexes'),
        ('orgs', '0003_reorganisations'),
        ('registry', '0003_lean_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            model_name='candidate',
            trigger=pgtrigger.compiler.Trigger(name='candidate_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='02fbc1c6eb582ebcb0960de28097ac7c0ed2c68b', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_candidate_path_follows_unit_274da', table='registry_candidate', when='BEFORE')),
        ),
        migrations.RunSQL(HELD, "DROP FUNCTION registry_codes_held(text[])"),
    ]
