import django.db.models.deletion
import gongjiang.kernel.migrating
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('lifecycle', '0001_initial'),
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='File',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField()),
                        ('name', models.TextField()),
                        ('media_type', models.TextField()),
                        ('bytes', models.PositiveBigIntegerField()),
                        ('digest', models.BinaryField(max_length=32)),
                        ('stored', models.TextField(unique=True)),
                        ('uploaded_at', models.DateTimeField()),
                        ('removed_at', models.DateTimeField(blank=True, null=True)),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='lifecycle.case')),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                        ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('kind', ''), _negated=True), models.Q(('media_type', ''), _negated=True), models.Q(('stored', ''), _negated=True)), name='file_named'), models.CheckConstraint(condition=models.Q(('bytes__gt', 0)), name='file_has_content'), models.CheckConstraint(condition=models.Q(('removed_at', None), ('removed_at__gte', models.F('uploaded_at')), _connector='OR'), name='file_removed_after_upload'), models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('case', 'digest'), name='file_once_a_case')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='file',
                    trigger=pgtrigger.compiler.Trigger(name='file_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='2667fe7dcd5e6c5e5e0647fe8231fa77c48423cd', operation='DELETE', pgid='pgtrigger_file_stays_cb843', table='files_file', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='file',
                    trigger=pgtrigger.compiler.Trigger(name='file_is_only_removed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF OLD.removed_at IS NOT NULL OR NEW.removed_at IS NULL OR\n                   to_jsonb(NEW) - 'removed_at' IS DISTINCT FROM to_jsonb(OLD) - 'removed_at'\n                THEN RAISE EXCEPTION 'a file is removed once and never changed' USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='85db7168be79330900c197edd9d649ba45e4e631', operation='UPDATE', pgid='pgtrigger_file_is_only_removed_c2626', table='files_file', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='file',
                    trigger=pgtrigger.compiler.Trigger(name='file_of_whose_turn_it_is', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF NOT replaying() AND NOT EXISTS (SELECT 1 FROM lifecycle_turn t WHERE t.case_id = NEW.case_id\n                  AND t.until IS NULL AND (t.person_id = me() OR t.unit_id = ANY (held_units())))\n                THEN RAISE EXCEPTION 'files of case % are changed by whoever has its turn', NEW.case_id\n                  USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='9c39d79737bd623376a8e342bfe6696d347954e6', operation='INSERT OR UPDATE', pgid='pgtrigger_file_of_whose_turn_it_is_a56a2', table='files_file', when='BEFORE')),
                ),
            ],
        ),
    ]
