import django.db.models.deletion
import gongjiang.kernel.migrating
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('files', '0001_initial'),
        ('lifecycle', '0002_version_0_2_0'),
        ('orgs', '0002_version_0_2_0'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='Target',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(blank=True, default='')),
                        ('text', models.TextField(blank=True, default='')),
                        ('indicator', models.TextField(blank=True, default='')),
                        ('uom', models.TextField()),
                        ('baseline', models.BigIntegerField(blank=True, null=True)),
                        ('baseline_on', models.DateField(blank=True, null=True)),
                        ('goal', models.BigIntegerField(blank=True, null=True)),
                        ('goal_on', models.DateField(blank=True, null=True)),
                        ('direction', models.TextField(choices=[('up', 'the more the better'), ('down', 'the less the better')], default='up')),
                        ('source', models.TextField(blank=True, default='')),
                        ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='lifecycle.case')),
                        ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='lifecycle.edition')),
                        ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='orgs.unit')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('case__isnull', False), ('edition', None), ('unit', None)), models.Q(('case', None), ('edition', None), ('unit__isnull', False)), models.Q(('case', None), ('edition__isnull', False), ('unit', None)), _connector='OR'), name='target_of_one'), models.CheckConstraint(condition=models.Q(models.Q(('kind', ''), _negated=True), models.Q(('text', ''), _negated=True), models.Q(('indicator', ''), _negated=True), _connector='OR'), name='target_says_what'), models.CheckConstraint(condition=models.Q(('uom', ''), _negated=True), name='target_measured'), models.CheckConstraint(condition=models.Q(('direction__in', ['up', 'down'])), name='target_direction'), models.UniqueConstraint(condition=models.Q(('case__isnull', False), models.Q(('kind', ''), _negated=True)), fields=('case', 'kind'), name='target_kind_once_a_case')],
                    },
                ),
                migrations.CreateModel(
                    name='Reading',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('since', models.DateField()),
                        ('until', models.DateField()),
                        ('value', models.BigIntegerField()),
                        ('level', models.TextField(choices=[('self_reported', 'Self-reported'), ('finance_confirmed', 'Confirmed by finance'), ('third_party', 'Confirmed by a third party')], default='self_reported')),
                        ('method', models.TextField(blank=True, default='')),
                        ('compared', models.TextField(blank=True, default='')),
                        ('basis', models.TextField(blank=True, default='')),
                        ('note', models.TextField(blank=True, default='')),
                        ('at', models.DateTimeField()),
                        ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.file')),
                        ('first', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='targets.reading')),
                        ('reported_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='targets.reading')),
                        ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='targets.target')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['first'], name='reading_of_line')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='reading_dates'), models.CheckConstraint(condition=models.Q(('level__in', ['self_reported', 'finance_confirmed', 'third_party'])), name='reading_level'), models.CheckConstraint(condition=models.Q(('confirmed_by', None), ('reported_by', None), models.Q(('confirmed_by', models.F('reported_by')), _negated=True), _connector='OR'), name='reading_confirmed_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_by', None), ('level', 'self_reported')), models.Q(('confirmed_by__isnull', False), ('level__in', ['finance_confirmed', 'third_party'])), _connector='OR'), name='reading_says_who_confirmed'), models.CheckConstraint(condition=models.Q(models.Q(('first', None), ('supersedes', None)), models.Q(('first__isnull', False), ('supersedes__isnull', False)), _connector='OR'), name='reading_line'), models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('target', 'since'), name='reading_begins_once')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='reading',
                    trigger=pgtrigger.compiler.Trigger(name='reading_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d623036b3eb26b8b19cb05b8008a3236c014443f', operation='UPDATE OR DELETE', pgid='pgtrigger_reading_stays_a088e', table='targets_reading', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='reading',
                    trigger=pgtrigger.compiler.Trigger(name='reading_replaces_its_own', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."supersedes_id" IS NOT NULL)', func="\n                IF NOT EXISTS (SELECT 1 FROM targets_reading r WHERE r.id = NEW.supersedes_id\n                  AND r.target_id = NEW.target_id AND coalesce(r.first_id, r.id) = NEW.first_id)\n                THEN RAISE EXCEPTION 'a reading replaces one of the same target and line'\n                  USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='fe65f583b1403db733da772126b597dcb6bf347b', operation='INSERT', pgid='pgtrigger_reading_replaces_its_own_0f2fa', table='targets_reading', when='BEFORE')),
                ),
            ],
        ),
    ]
