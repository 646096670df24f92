import django.db.models.deletion
import gongjiang.kernel.migrating
import gongjiang.kernel.orgs.paths
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orgs', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='EntityFace',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.TextField()),
                        ('ownership', models.TextField(choices=[('state', 'state-owned'), ('collective', 'collective'), ('private', 'private'), ('foreign', 'foreign-invested'), ('hmt', 'Hong Kong, Macao and Taiwan invested'), ('public', 'public institution'), ('social', 'social organisation'), ('self_employed', 'self-employed')])),
                        ('industry', models.CharField(max_length=5)),
                        ('size_class', models.TextField(choices=[('large', 'large'), ('medium', 'medium'), ('small', 'small'), ('micro', 'micro')])),
                        ('region', models.TextField()),
                        ('state', models.TextField(choices=[('candidate', 'to be verified'), ('active', 'active'), ('suspended', 'suspended'), ('deregistered', 'deregistered')])),
                        ('since', models.DateField()),
                        ('until', models.DateField()),
                        ('entity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='faces', to='orgs.legalentity')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='entityface_dates'), models.UniqueConstraint(fields=('entity', 'until'), name='entityface_until_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Reorganisation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('move', 'move'), ('merge', 'merge'), ('split', 'split off'), ('rename', 'rename'), ('renumber', 'renumber'), ('close', 'close')])),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('channel', models.TextField(choices=[('territorial', 'territorial'), ('industrial', 'industrial')], default='territorial')),
                        ('name', models.TextField(blank=True, default='')),
                        ('name_en', models.TextField(blank=True, default='')),
                        ('code', models.TextField(blank=True, default='')),
                        ('region', models.TextField(blank=True, default='')),
                        ('grants', models.TextField(choices=[('end', 'they end'), ('move', 'they pass to the successor')], default='end')),
                        ('on', models.DateField()),
                        ('document', models.TextField(blank=True, default='')),
                        ('reason', models.TextField(blank=True, default='')),
                        ('state', models.TextField(choices=[('proposed', 'to be approved'), ('approved', 'approved'), ('applied', 'in force'), ('refused', 'refused'), ('withdrawn', 'withdrawn'), ('failed', 'failed')], default='proposed')),
                        ('proposed_at', models.DateTimeField()),
                        ('decided_at', models.DateTimeField(blank=True, null=True)),
                        ('note', models.TextField(blank=True, default='')),
                        ('applied_at', models.DateTimeField(blank=True, null=True)),
                        ('failure', models.TextField(blank=True, default='')),
                        ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('made', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('target', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reorganisations', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['path', 'id'], name='change_path'), models.Index(condition=models.Q(('state', 'approved')), fields=['on', 'id'], name='change_waiting')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['move', 'merge', 'split', 'rename', 'renumber', 'close'])), name='change_kind'), models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'approved', 'applied', 'refused', 'withdrawn', 'failed'])), name='change_state'), models.CheckConstraint(condition=models.Q(('grants__in', ['end', 'move'])), name='change_grants'), models.CheckConstraint(condition=models.Q(('proposed_by', None), ('state__in', ['proposed', 'withdrawn']), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='change_by_two'), models.CheckConstraint(condition=models.Q(('proposed_by', None), models.Q(('document', ''), _negated=True), _connector='OR'), name='change_documented')],
                    },
                ),
                migrations.CreateModel(
                    name='MovedEntity',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.legalentity')),
                        ('reorganisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moved_entities', to='orgs.reorganisation')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('reorganisation', 'entity'), name='movedentity_once')],
                    },
                ),
                migrations.CreateModel(
                    name='UnitFace',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.TextField()),
                        ('name', models.TextField()),
                        ('name_en', models.TextField(blank=True, default='')),
                        ('region', models.TextField()),
                        ('since', models.DateField()),
                        ('until', models.DateField()),
                        ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='faces_ended', to='orgs.reorganisation')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='faces', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['code'], name='face_code')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='face_dates'), models.UniqueConstraint(fields=('unit', 'until'), name='face_until_once')],
                    },
                ),
                migrations.AddField(
                    model_name='unit',
                    name='industrial_path',
                    field=gongjiang.kernel.orgs.paths.PathField(blank=True, db_collation='C', default=''),
                ),
                migrations.AddIndex(
                    model_name='unit',
                    index=models.Index(fields=['industrial_path'], name='unit_industrial_path'),
                ),
                migrations.AddField(
                    model_name='legalentity',
                    name='group',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='orgs.legalentity'),
                ),
                migrations.AddConstraint(
                    model_name='legalentity',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('branch_of', models.F('id')), _negated=True), models.Q(('group', models.F('id')), _negated=True)), name='entity_below_another'),
                ),
                migrations.AddField(
                    model_name='edge',
                    name='begun_by',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='edges_begun', to='orgs.reorganisation'),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='unit',
                    trigger=pgtrigger.compiler.Trigger(name='unit_reports_somewhere', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NEW.industrial_path = '' THEN NEW.industrial_path := NEW.path; END IF; RETURN NEW;", hash='5aacb58ceee85c046427cd7168dbdc49960c254a', operation='INSERT', pgid='pgtrigger_unit_reports_somewhere_2ad10', table='orgs_unit', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='reorganisation',
                    trigger=pgtrigger.compiler.Trigger(name='change_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='c916c6c4d886b07c6461cb9ced765786db704084', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_change_path_follows_unit_990f6', table='orgs_reorganisation', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='reorganisation',
                    trigger=pgtrigger.compiler.Trigger(name='change_by_steps', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF my_user() IS NULL THEN RETURN NEW; END IF;\n                IF TG_OP = 'INSERT' THEN\n                  IF NEW.state <> 'proposed' OR NEW.proposed_by_id IS DISTINCT FROM my_user()\n                     OR NEW.decided_by_id IS NOT NULL\n                  THEN RAISE EXCEPTION 'a change begins as the proposal of whoever writes it' USING ERRCODE = '23514';\n                  END IF;\n                  NEW.proposed_at := now();\n                  RETURN NEW;\n                END IF;\n                IF to_jsonb(NEW) - 'state' - 'decided_by_id' - 'decided_at' - 'note'\n                   <> to_jsonb(OLD) - 'state' - 'decided_by_id' - 'decided_at' - 'note'\n                   OR OLD.state <> 'proposed' OR NEW.state NOT IN ('approved', 'refused', 'withdrawn')\n                   OR NEW.decided_by_id IS DISTINCT FROM my_user()\n                   OR (NEW.state = 'withdrawn') <> (OLD.proposed_by_id = my_user())\n                THEN RAISE EXCEPTION 'a proposal is decided by another, or withdrawn by its author'\n                  USING ERRCODE = '23514';\n                END IF;\n                NEW.decided_at := now();\n                RETURN NEW;\n                ", hash='3a525282d66c13983f005a33b858cc3df050aee1', operation='INSERT OR UPDATE', pgid='pgtrigger_change_by_steps_876e1', table='orgs_reorganisation', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='reorganisation',
                    trigger=pgtrigger.compiler.Trigger(name='change_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='1b19259ed634d85241da8043e3ec20a7a5d7472e', operation='DELETE', pgid='pgtrigger_change_is_kept_adaae', table='orgs_reorganisation', when='BEFORE')),
                ),
            ],
        ),
        migrations.AddField(
            model_name='reorganisation',
            name='entities',
            field=models.ManyToManyField(related_name='+', through='orgs.MovedEntity', to='orgs.legalentity'),
        ),
        migrations.RunSQL("UPDATE orgs_unit SET industrial_path = path", migrations.RunSQL.noop),
    ]
