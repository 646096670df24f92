import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
import gongjiang.kernel.migrating
import gongjiang.kernel.orgs.paths
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
        ('orgs', '0002_version_0_2_0'),
        ('people', '0002_version_0_2_0'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='HandOver',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ('role', models.TextField(blank=True, default='')),
                        ('path', gongjiang.kernel.orgs.paths.PathField(blank=True, db_collation='C', default='', editable=False)),
                        ('title', models.TextField()),
                        ('conditions', models.TextField(blank=True, default='')),
                        ('rows', models.PositiveIntegerField()),
                        ('tier', models.TextField()),
                        ('purpose', models.TextField(blank=True, default='')),
                        ('note', models.TextField(blank=True, default='')),
                        ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['path', 'id'], name='hand_over_path'), models.Index(fields=['user', 'id'], name='hand_over_user')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('tier__in', ('T0', 'T1', 'T2'))), name='hand_over_tier'), models.CheckConstraint(condition=models.Q(models.Q(('tier', 'T2'), _negated=True), models.Q(models.Q(('purpose', ''), _negated=True), django.db.models.lookups.GreaterThanOrEqual(django.db.models.functions.text.Length(django.db.models.functions.text.Trim('note')), 6)), _connector='OR'), name='hand_over_explained')],
                    },
                ),
                migrations.RemoveConstraint(
                    model_name='disclosure',
                    name='disclosure_role',
                ),
                migrations.RemoveConstraint(
                    model_name='disclosure',
                    name='disclosure_kind',
                ),
                migrations.AlterField(
                    model_name='disclosure',
                    name='kind',
                    field=models.TextField(choices=[('reveal', 'shown in full'), ('export', 'written into a file')], default='reveal'),
                ),
                migrations.AlterField(
                    model_name='disclosure',
                    name='role',
                    field=models.TextField(choices=[('unit_officer', 'Union officer of a workplace'), ('unit_chair', 'Union chair of a workplace'), ('officer', 'Union officer'), ('approver', 'Approver'), ('leader', 'Leader'), ('finance_maker', 'Finance clerk of a workplace'), ('team_leader', 'Team leader'), ('auditor', 'Auditor'), ('data_steward', 'Data steward'), ('system_admin', 'System administrator'), ('security_admin', 'Security administrator'), ('audit_admin', 'Audit administrator')]),
                ),
                migrations.AddConstraint(
                    model_name='disclosure',
                    constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['reveal', 'export'])), name='disclosure_kind'),
                ),
                migrations.AddConstraint(
                    model_name='disclosure',
                    constraint=models.CheckConstraint(condition=models.Q(('role__in', ['unit_officer', 'unit_chair', 'officer', 'approver', 'leader', 'finance_maker', 'team_leader', 'auditor', 'data_steward', 'system_admin', 'security_admin', 'audit_admin'])), name='disclosure_role'),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='handover',
                    trigger=pgtrigger.compiler.Trigger(name='hand_over_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'path' <> to_jsonb(OLD) - 'path'\n                THEN RAISE EXCEPTION 'a hand-over stays as it was written' USING ERRCODE = '23514'; END IF;\n                IF TG_OP = 'INSERT' AND my_user() IS NOT NULL THEN NEW.at := now(); END IF;\n                NEW.path := coalesce(unit_path(NEW.unit_id), '');\n                RETURN NEW;\n                ", hash='d9e637a6270b7bc879cadd9a5cd0c83f8c167289', operation='INSERT OR UPDATE', pgid='pgtrigger_hand_over_stays_6de83', table='audit_handover', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='handover',
                    trigger=pgtrigger.compiler.Trigger(name='hand_over_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='8828c8b0ee191d1e788c7009f001c3811b17af4e', operation='DELETE', pgid='pgtrigger_hand_over_is_kept_d83bc', table='audit_handover', when='BEFORE')),
                ),
            ],
        ),
    ]
