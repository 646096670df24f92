import django.db.models.deletion
import gongjiang.kernel.migrating
import gongjiang.kernel.orgs.paths
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='Unit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.TextField(unique=True)),
                        ('name', models.TextField()),
                        ('name_en', models.TextField(blank=True, default='')),
                        ('kind', models.TextField(choices=[('union', 'union'), ('federation', 'federation'), ('department', 'department'), ('team', 'team')], default='union')),
                        ('level', models.TextField(choices=[('nation', 'nation'), ('province', 'province'), ('city', 'city'), ('county', 'county'), ('township', 'township'), ('enterprise', 'enterprise')])),
                        ('region', models.TextField()),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', unique=True)),
                        ('opened_on', models.DateField()),
                        ('closed_on', models.DateField(blank=True, null=True)),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['region'], name='unit_region'), models.Index(fields=['level', 'path'], name='unit_level_path')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['union', 'federation', 'department', 'team'])), name='unit_kind'), models.CheckConstraint(condition=models.Q(('level__in', ['nation', 'province', 'city', 'county', 'township', 'enterprise'])), name='unit_level'), models.CheckConstraint(condition=models.Q(('closed_on', None), ('closed_on__gte', models.F('opened_on')), _connector='OR'), name='unit_closed_after_opened')],
                    },
                ),
                migrations.CreateModel(
                    name='LegalEntity',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uscc', models.CharField(blank=True, max_length=18, null=True, unique=True)),
                        ('uscc_missing_reason', models.TextField(blank=True, default='')),
                        ('name', models.TextField()),
                        ('ownership', models.TextField(choices=[('state', 'state-owned'), ('collective', 'collective'), ('private', 'private'), ('foreign', 'foreign-invested'), ('hmt', 'Hong Kong, Macao and Taiwan invested'), ('public', 'public institution'), ('social', 'social organisation'), ('self_employed', 'self-employed')])),
                        ('industry', models.CharField(max_length=5)),
                        ('size_class', models.TextField(choices=[('large', 'large'), ('medium', 'medium'), ('small', 'small'), ('micro', 'micro')])),
                        ('region', models.TextField()),
                        ('state', models.TextField(choices=[('candidate', 'to be verified'), ('active', 'active'), ('suspended', 'suspended'), ('deregistered', 'deregistered')], default='active')),
                        ('declared_workers', models.PositiveIntegerField(blank=True, null=True)),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('opened_on', models.DateField()),
                        ('closed_on', models.DateField(blank=True, null=True)),
                        ('branch_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='branches', to='orgs.legalentity')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entities', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['path', 'id'], name='entity_path')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('uscc__isnull', False), models.Q(('uscc_missing_reason', ''), _negated=True), _connector='OR'), name='entity_uscc_or_reason'), models.CheckConstraint(condition=models.Q(('ownership__in', ['state', 'collective', 'private', 'foreign', 'hmt', 'public', 'social', 'self_employed'])), name='entity_ownership'), models.CheckConstraint(condition=models.Q(('size_class__in', ['large', 'medium', 'small', 'micro'])), name='entity_size'), models.CheckConstraint(condition=models.Q(('state__in', ['candidate', 'active', 'suspended', 'deregistered'])), name='entity_state')],
                    },
                ),
                migrations.CreateModel(
                    name='Edge',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.TextField(choices=[('territorial', 'territorial'), ('industrial', 'industrial')], default='territorial')),
                        ('since', models.DateField()),
                        ('until', models.DateField(blank=True, null=True)),
                        ('parent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edges', to='orgs.unit')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('unit', 'channel'), name='edge_one_open'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('since')), _connector='OR'), name='edge_dates'), models.CheckConstraint(condition=models.Q(('unit', models.F('parent')), _negated=True), name='edge_not_itself')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='legalentity',
                    trigger=pgtrigger.compiler.Trigger(name='entity_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='b8684d0e9fba03dc12fac9a04ac58723f0be6caf', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_entity_path_follows_unit_cab40', table='orgs_legalentity', when='BEFORE')),
                ),
            ],
        ),
    ]
