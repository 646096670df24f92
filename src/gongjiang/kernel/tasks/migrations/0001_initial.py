import django.db.models.deletion
import gongjiang.kernel.migrating
import gongjiang.kernel.orgs.paths
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('lifecycle', '0002_version_0_2_0'),
        ('orgs', '0002_version_0_2_0'),
        ('people', '0002_version_0_2_0'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='Task',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('assign', 'something to do'), ('consult', 'an opinion'), ('rectify', 'something to put right'), ('follow_up', 'a follow-up'), ('visit', 'a visit'), ('fault', 'a fault to mend'), ('supervise', 'supervision')])),
                        ('subject', models.TextField()),
                        ('detail', models.TextField(blank=True, default='')),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('state', models.TextField(choices=[('open', 'open'), ('done', 'done, to be verified'), ('returned', 'sent back'), ('verified', 'verified'), ('cancelled', 'cancelled')], default='open')),
                        ('opened_at', models.DateTimeField()),
                        ('due_at', models.DateTimeField()),
                        ('reply', models.TextField(blank=True, default='')),
                        ('evidence', models.TextField(blank=True, default='')),
                        ('verdict', models.TextField(blank=True, choices=[('agreed', 'agreed'), ('objected', 'objected'), ('', 'none')], default='')),
                        ('valid_to', models.DateField(blank=True, null=True)),
                        ('done_at', models.DateTimeField(blank=True, null=True)),
                        ('ended_at', models.DateTimeField(blank=True, null=True)),
                        ('recurrence', models.TextField(blank=True, null=True, unique=True)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks_asked', to='orgs.unit')),
                        ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='lifecycle.case')),
                        ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='lifecycle.edition')),
                        ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='orgs.unit')),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='people.person')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state__in', ['open', 'returned'])), fields=['owner', 'due_at', 'id'], name='task_owner_waits'), models.Index(condition=models.Q(('state__in', ['open', 'returned'])), fields=['person', 'due_at', 'id'], name='task_person_waits'), models.Index(fields=['asked_by', 'state', 'due_at', 'id'], name='task_asked'), models.Index(fields=['case'], name='task_case')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['assign', 'consult', 'rectify', 'follow_up', 'visit', 'fault', 'supervise'])), name='task_kind'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'done', 'returned', 'verified', 'cancelled'])), name='task_state'), models.CheckConstraint(condition=models.Q(('verdict__in', ['agreed', 'objected', ''])), name='task_verdict'), models.CheckConstraint(condition=models.Q(('subject', ''), _negated=True), name='task_says_what'), models.CheckConstraint(condition=models.Q(models.Q(('owner', None), ('person__isnull', False)), models.Q(('owner__isnull', False), ('person', None)), _connector='OR'), name='task_of_one'), models.CheckConstraint(condition=models.Q(('verified_by', None), ('done_by', None), models.Q(('verified_by', models.F('done_by')), _negated=True), _connector='OR'), name='task_verified_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['done', 'verified']), _negated=True), models.Q(models.Q(('reply', ''), _negated=True), ('done_at__isnull', False)), _connector='OR'), name='task_done_has_a_reply'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['done', 'verified']), _negated=True), models.Q(('kind__in', ['fault', 'rectify', 'supervise']), _negated=True), models.Q(('evidence', ''), _negated=True), _connector='OR'), name='task_evidence'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['verified', 'cancelled'])), models.Q(models.Q(('state__in', ['verified', 'cancelled']), _negated=True), ('ended_at', None)), _connector='OR'), name='task_ended')],
                    },
                ),
                migrations.CreateModel(
                    name='Helper',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='helpers', to='tasks.task')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('task', 'unit'), name='helper_once')],
                    },
                ),
                migrations.CreateModel(
                    name='TaskEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.TextField()),
                        ('target', models.TextField(choices=[('open', 'open'), ('done', 'done, to be verified'), ('returned', 'sent back'), ('verified', 'verified'), ('cancelled', 'cancelled')])),
                        ('note', models.TextField(blank=True, default='')),
                        ('at', models.DateTimeField()),
                        ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='tasks.task')),
                        ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                ),
                migrations.CreateModel(
                    name='Visit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField()),
                        ('on', models.DateField()),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('findings', models.TextField()),
                        ('checklist', models.TextField(blank=True, default='')),
                        ('signed_by', models.TextField(blank=True, default='')),
                        ('recorded_at', models.DateTimeField()),
                        ('device', models.TextField(blank=True, null=True, unique=True)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='lifecycle.case')),
                        ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('task', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='tasks.task')),
                        ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['path', 'on', 'id'], name='visit_path')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('case', None), ('unit__isnull', False)), models.Q(('case__isnull', False), ('unit', None)), _connector='OR'), name='visit_to_one'), models.CheckConstraint(condition=models.Q(models.Q(('findings', ''), _negated=True), models.Q(('kind', ''), _negated=True)), name='visit_found_something')],
                    },
                ),
                migrations.CreateModel(
                    name='Visitor',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.TextField()),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                        ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visitors', to='tasks.visit')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('visit', 'name'), name='visitor_once'), models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('visit', 'person'), name='visitor_person_once')],
                    },
                ),
                migrations.CreateModel(
                    name='TaskFile',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('name', models.TextField()),
                        ('media_type', models.TextField()),
                        ('bytes', models.PositiveBigIntegerField()),
                        ('digest', models.BinaryField(max_length=32)),
                        ('stored', models.TextField(unique=True)),
                        ('at', models.DateTimeField()),
                        ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='tasks.task')),
                    ],
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='task',
                    trigger=pgtrigger.compiler.Trigger(name='task_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='23a009a06e63a44cd97ca3e498203f95fdb634b8', operation='DELETE', pgid='pgtrigger_task_stays_c5a07', table='tasks_task', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='task',
                    trigger=pgtrigger.compiler.Trigger(name='task_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.asked_by_id); RETURN NEW;', hash='b2eb8af949dab992eebed1f1ab27ad61b1de9323', operation='INSERT OR UPDATE OF "asked_by_id", "path"', pgid='pgtrigger_task_path_follows_unit_85b61', table='tasks_task', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='task',
                    trigger=pgtrigger.compiler.Trigger(name='task_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (\n                  ('open', 'done'), ('returned', 'done'), ('done', 'returned'), ('done', 'verified'),\n                  ('open', 'cancelled'), ('returned', 'cancelled'), ('done', 'cancelled'))\n                  OR OLD.ended_at IS NOT NULL AND NEW.path = OLD.path\n                  OR ROW(NEW.kind, NEW.subject, NEW.case_id, NEW.edition_id, NEW.asked_by_id, NEW.user_id,\n                    NEW.opened_at, NEW.recurrence) IS DISTINCT FROM ROW(OLD.kind, OLD.subject, OLD.case_id,\n                    OLD.edition_id, OLD.asked_by_id, OLD.user_id, OLD.opened_at, OLD.recurrence)\n                THEN RAISE EXCEPTION 'a task does not change so' USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='21327ce067ff6290db54372fda86957ee68fee33', operation='UPDATE', pgid='pgtrigger_task_moves_3d3c7', table='tasks_task', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='taskevent',
                    trigger=pgtrigger.compiler.Trigger(name='taskevent_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='176f668dd59e2c056911440b8cd7cee002fe0125', operation='UPDATE OR DELETE', pgid='pgtrigger_taskevent_stays_ed680', table='tasks_taskevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='visit',
                    trigger=pgtrigger.compiler.Trigger(name='visit_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='d0bd84b63c57c6a0f3dd3cdc636c4b4f6cabc179', operation='DELETE', pgid='pgtrigger_visit_stays_15860', table='tasks_visit', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='visit',
                    trigger=pgtrigger.compiler.Trigger(name='visit_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.by_id); RETURN NEW;', hash='cc88b63783510e675d22adcee481649b642a835e', operation='INSERT OR UPDATE OF "by_id", "path"', pgid='pgtrigger_visit_path_follows_unit_aba43', table='tasks_visit', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='taskfile',
                    trigger=pgtrigger.compiler.Trigger(name='taskfile_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='67d47f7de9cf3c26d6b4e5ca7ac8a50c9f0457d9', operation='UPDATE OR DELETE', pgid='pgtrigger_taskfile_stays_72ffc', table='tasks_taskfile', when='BEFORE')),
                ),
            ],
        ),
    ]
