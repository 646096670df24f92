"""Clocks of turns and of tasks; turns that are live with a time limit get the clock that measures it."""

import django.db.models.deletion
import gongjiang.kernel.migrating
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


BEGIN = """
INSERT INTO lifecycle_clock (case_id, turn_id, event, region, started_at, due_at, first_due_at, provisional)
SELECT t.case_id, t.id, c.state, u.region, t.since, t.due_at, t.due_at, false
FROM lifecycle_turn t JOIN lifecycle_case c ON c.id = t.case_id JOIN orgs_unit u ON u.id = c.unit_id
WHERE t.until IS NULL AND t.due_at IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('lifecycle', '0002_version_0_2_0'),
        ('orgs', '0002_version_0_2_0'),
        ('tasks', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='Clock',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('event', models.TextField()),
                        ('region', models.TextField(blank=True, default='')),
                        ('started_at', models.DateTimeField()),
                        ('due_at', models.DateTimeField()),
                        ('first_due_at', models.DateTimeField()),
                        ('provisional', models.BooleanField(default=False)),
                        ('stopped_at', models.DateTimeField(blank=True, null=True)),
                        ('breached_at', models.DateTimeField(blank=True, null=True)),
                        ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='lifecycle.case')),
                        ('rule', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='lifecycle.deadlinerule')),
                        ('task', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='tasks.task')),
                        ('turn', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='clock', to='lifecycle.turn')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('breached_at', None), ('stopped_at', None)), fields=['due_at'], name='clock_running'), models.Index(condition=models.Q(('breached_at__isnull', False), ('stopped_at', None)), fields=['id'], name='clock_breached'), models.Index(fields=['case'], name='clock_case')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('case', None), ('task__isnull', False), ('turn', None)), models.Q(('case__isnull', False), ('task', None)), _connector='OR'), name='clock_of_one'), models.CheckConstraint(condition=models.Q(('breached_at', None), ('breached_at__gte', models.F('started_at')), _connector='OR'), name='clock_breached_when_due'), models.UniqueConstraint(condition=models.Q(('stopped_at', None)), fields=('case', 'event'), name='clock_one_running'), models.UniqueConstraint(condition=models.Q(('stopped_at', None)), fields=('task',), name='clock_one_a_task')],
                    },
                ),
                migrations.CreateModel(
                    name='Extension',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('days', models.PositiveSmallIntegerField()),
                        ('reason', models.TextField()),
                        ('at', models.DateTimeField()),
                        ('clock', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='lifecycle.clock')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('days__gte', 1), models.Q(('reason', ''), _negated=True)), name='extension_of_days')],
                    },
                ),
                migrations.CreateModel(
                    name='Moved',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('before', models.DateTimeField()),
                        ('after', models.DateTimeField()),
                        ('why', models.TextField(choices=[('calendar', 'the calendar has changed'), ('pause', 'it stood still meanwhile'), ('extension', 'it was extended')])),
                        ('note', models.TextField(blank=True, default='')),
                        ('at', models.DateTimeField()),
                        ('clock', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='lifecycle.clock')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('why__in', ['calendar', 'pause', 'extension'])), name='moved_why')],
                    },
                ),
                migrations.CreateModel(
                    name='Pause',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reason', models.TextField()),
                        ('sender', models.TextField()),
                        ('since', models.DateTimeField()),
                        ('until', models.DateTimeField(blank=True, null=True)),
                        ('clock', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pauses', to='lifecycle.clock')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('sender', ''), _negated=True)), name='pause_says_why'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='pause_dates'), models.UniqueConstraint(condition=models.Q(('until', None)), fields=('clock', 'sender'), name='pause_one_open_a_sender')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='clock',
                    trigger=pgtrigger.compiler.Trigger(name='clock_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='7554bdad875ffeec3c8e8cee577141cde8ad077f', operation='DELETE', pgid='pgtrigger_clock_stays_fafeb', table='lifecycle_clock', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='clock',
                    trigger=pgtrigger.compiler.Trigger(name='clock_keeps_its_start', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF ROW(NEW.case_id, NEW.task_id, NEW.turn_id, NEW.rule_id, NEW.event, NEW.started_at, NEW.first_due_at)\n                   IS DISTINCT FROM\n                   ROW(OLD.case_id, OLD.task_id, OLD.turn_id, OLD.rule_id, OLD.event, OLD.started_at, OLD.first_due_at)\n                   OR OLD.stopped_at IS NOT NULL\n                   OR OLD.breached_at IS NOT NULL AND NEW.breached_at IS NULL AND NEW.due_at <= OLD.due_at\n                THEN RAISE EXCEPTION 'a clock keeps its start, its first deadline and its breach'\n                  USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='e092c35bf0ff1093043b2f1b7607a87924459463', operation='UPDATE', pgid='pgtrigger_clock_keeps_its_start_3bc73', table='lifecycle_clock', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='extension',
                    trigger=pgtrigger.compiler.Trigger(name='extension_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1d47222b589fe80341c0eb3d550806576b72e69d', operation='UPDATE OR DELETE', pgid='pgtrigger_extension_stays_50f4b', table='lifecycle_extension', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='extension',
                    trigger=pgtrigger.compiler.Trigger(name='extension_within_its_limit', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF extended_too_far(NEW.clock_id) THEN\n                  RAISE EXCEPTION 'clock % is extended beyond its limit', NEW.clock_id\n                    USING ERRCODE = '23514', CONSTRAINT = 'extension_within_its_limit'; END IF;\n                RETURN NULL;\n                ", hash='3d4d36059246e86cd1fe8e9a5d42576fabf1bd49', operation='INSERT', pgid='pgtrigger_extension_within_its_limit_cada1', table='lifecycle_extension', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='moved',
                    trigger=pgtrigger.compiler.Trigger(name='moved_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='02ba22c58e900d497485d3521f64494df5e4da9a', operation='UPDATE OR DELETE', pgid='pgtrigger_moved_stays_d0d3e', table='lifecycle_moved', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='pause',
                    trigger=pgtrigger.compiler.Trigger(name='pause_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='15e2c9bd984c2963fb6b2086c098166b1c3be3f9', operation='DELETE', pgid='pgtrigger_pause_stays_eb4b6', table='lifecycle_pause', when='BEFORE')),
                ),
            ],
        ),
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
    ]
