import django.db.models.deletion
import gongjiang.kernel.migrating
import gongjiang.kernel.orgs.paths
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('orgs', '0001_initial'),
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='NumberSeries',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('series', models.TextField(unique=True)),
                        ('last', models.PositiveIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name='Edition',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('programme', models.TextField()),
                        ('name', models.TextField()),
                        ('name_en', models.TextField(blank=True, default='')),
                        ('state', models.TextField(choices=[('draft', 'in preparation'), ('published', 'published'), ('settled', 'settled'), ('cancelled', 'cancelled')], default='draft')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='orgs.unit')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'published', 'settled', 'cancelled'])), name='edition_state'), models.UniqueConstraint(fields=('programme', 'unit', 'name'), name='edition_name_once')],
                    },
                ),
                migrations.CreateModel(
                    name='DeadlineRule',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('flow', models.TextField()),
                        ('state', models.TextField()),
                        ('amount', models.PositiveSmallIntegerField()),
                        ('counted_in', models.TextField(choices=[('working_day', 'working days'), ('calendar_day', 'calendar days')])),
                        ('ends_at', models.TextField(choices=[('18:00', '18:00'), ('24:00', '24:00')])),
                        ('counts_first_day', models.BooleanField(default=False)),
                        ('rolls_forward', models.BooleanField(default=False)),
                        ('document', models.TextField()),
                        ('since', models.DateField()),
                        ('until', models.DateField(blank=True, null=True)),
                        ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deadline_rules', to='orgs.unit')),
                        ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deadline_rules', to='lifecycle.edition')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('edition__isnull', False), ('unit', None)), models.Q(('edition', None), ('unit__isnull', False)), _connector='OR'), name='deadlinerule_of_one'), models.CheckConstraint(condition=models.Q(('amount__gte', 1)), name='deadlinerule_amount'), models.CheckConstraint(condition=models.Q(('counted_in__in', ['working_day', 'calendar_day'])), name='deadlinerule_counted_in'), models.CheckConstraint(condition=models.Q(('ends_at__in', ['18:00', '24:00'])), name='deadlinerule_ends_at'), models.CheckConstraint(condition=models.Q(('document', ''), _negated=True), name='deadlinerule_cited'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('since')), _connector='OR'), name='deadlinerule_dates'), models.UniqueConstraint(condition=models.Q(('until', None)), fields=('flow', 'state', 'edition', 'unit'), name='deadlinerule_one_open', nulls_distinct=False)],
                    },
                ),
                migrations.CreateModel(
                    name='Case',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.TextField(blank=True, null=True, unique=True)),
                        ('flow', models.TextField()),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C')),
                        ('state', models.TextField()),
                        ('phase', models.TextField(choices=[('draft', 'Draft'), ('intake', 'Intake'), ('handling', 'Handling'), ('publicity', 'Publicity'), ('fulfilment', 'Fulfilment'), ('follow_up', 'Follow-up'), ('closed', 'Closed')])),
                        ('outcome', models.TextField(blank=True, choices=[('granted', 'Granted'), ('refused', 'Refused'), ('completed', 'Completed'), ('withdrawn', 'Withdrawn'), ('merged', 'Merged'), ('transferred', 'Transferred'), ('lapsed', 'Lapsed'), ('revoked', 'Revoked')], default='')),
                        ('opened_at', models.DateTimeField()),
                        ('due_at', models.DateTimeField(blank=True, null=True)),
                        ('closed_at', models.DateTimeField(blank=True, null=True)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('confidential', models.BooleanField(default=False)),
                        ('applicant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='people.person')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='orgs.unit')),
                        ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='lifecycle.edition')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['flow', 'path', 'id'], name='case_flow_path'), models.Index(fields=['path', 'id'], name='case_path'), models.Index(fields=['applicant', 'id'], name='case_applicant'), models.Index(fields=['edition'], name='case_edition')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('phase__in', ['draft', 'intake', 'handling', 'publicity', 'fulfilment', 'follow_up', 'closed'])), name='case_phase'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('outcome__in', ['granted', 'refused', 'completed', 'withdrawn', 'merged', 'transferred', 'lapsed', 'revoked']), ('phase', 'closed')), models.Q(models.Q(('phase', 'closed'), _negated=True), ('closed_at', None), ('outcome', '')), _connector='OR'), name='case_closed_has_outcome'), models.CheckConstraint(condition=models.Q(('phase', 'draft'), ('number__isnull', False), ('outcome', 'withdrawn'), _connector='OR'), name='case_numbered_unless_draft'), models.CheckConstraint(condition=models.Q(('confidential', False), ('applicant', None), _connector='OR'), name='case_confidential_is_nobodys')],
                    },
                ),
                migrations.CreateModel(
                    name='FlowEdge',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('flow', models.TextField()),
                        ('source', models.TextField(blank=True, default='')),
                        ('target', models.TextField()),
                        ('phase', models.TextField(default='')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('flow', 'source', 'target'), name='flow_edge_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Participant',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.TextField()),
                        ('position', models.PositiveSmallIntegerField(default=1)),
                        ('share', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participants', to='lifecycle.case')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='people.person')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('case', 'person', 'role'), name='participant_once_a_role'), models.CheckConstraint(condition=models.Q(('share', None), models.Q(('share__gt', 0), ('share__lte', 100)), _connector='OR'), name='participant_share')],
                    },
                ),
                migrations.CreateModel(
                    name='Turn',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.TextField(blank=True, choices=[('', ''), ('unit_officer', 'Union officer of a workplace'), ('unit_chair', 'Union chair of a workplace'), ('officer', 'Union officer'), ('approver', 'Approver'), ('leader', 'Leader'), ('auditor', 'Auditor'), ('data_steward', 'Data steward'), ('system_admin', 'System administrator')], default='')),
                        ('flow', models.TextField()),
                        ('due_at', models.DateTimeField(blank=True, null=True)),
                        ('since', models.DateTimeField()),
                        ('until', models.DateTimeField(blank=True, null=True)),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='turns', to='lifecycle.case')),
                        ('claimed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='turns', to='people.person')),
                        ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='turns', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('until', None)), fields=['unit', 'due_at', 'id'], name='turn_unit_live'), models.Index(condition=models.Q(('until', None)), fields=['person', 'id'], name='turn_person_live'), models.Index(condition=models.Q(('until__isnull', False)), fields=['unit', 'until', 'id'], name='turn_unit_past')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', False), ('unit', None)), models.Q(('person', None), ('unit__isnull', False)), _connector='OR'), name='turn_of_one'), models.UniqueConstraint(condition=models.Q(('until', None)), fields=('case',), name='turn_one_live')],
                    },
                ),
                migrations.CreateModel(
                    name='Window',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('apply', 'applications')])),
                        ('since', models.DateTimeField()),
                        ('until', models.DateTimeField()),
                        ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='windows', to='lifecycle.edition')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='window_dates'), models.CheckConstraint(condition=models.Q(('kind__in', ['apply'])), name='window_kind')],
                    },
                ),
                migrations.CreateModel(
                    name='CaseEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField()),
                        ('name', models.TextField()),
                        ('source', models.TextField(blank=True, default='')),
                        ('target', models.TextField()),
                        ('role', models.TextField(blank=True, default='')),
                        ('note', models.TextField(blank=True, default='')),
                        ('at', models.DateTimeField()),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='lifecycle.case')),
                        ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('case', 'version'), name='event_version_once')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='caseevent',
                    trigger=pgtrigger.compiler.Trigger(name='event_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='978499bccc3486b9cc72cb1c77d004c71c9af13a', operation='UPDATE OR DELETE', pgid='pgtrigger_event_stays_13729', table='lifecycle_caseevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='caseevent',
                    trigger=pgtrigger.compiler.Trigger(name='event_of_the_step_just_made', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF NOT replaying() AND NOT EXISTS (SELECT 1 FROM lifecycle_case c\n                  JOIN lifecycle_flowedge e ON e.flow = c.flow AND e.source = NEW.source AND e.target = NEW.target\n                  WHERE c.id = NEW.case_id AND c.version = NEW.version AND c.state = NEW.target)\n                THEN RAISE EXCEPTION 'case % has made no such step as this event', NEW.case_id USING ERRCODE = '23514';\n                END IF;\n                RETURN NEW;\n                ", hash='d9e6a1723576bd91e9009d026409f2cff911f1c5', operation='INSERT', pgid='pgtrigger_event_of_the_step_just_made_ce786', table='lifecycle_caseevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='case',
                    trigger=pgtrigger.compiler.Trigger(name='case_through_the_door', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF replaying() THEN RETURN NEW; END IF;\n                IF TG_OP = 'INSERT' THEN\n                  IF NEW.version <> 1 OR NOT EXISTS (SELECT 1 FROM lifecycle_flowedge e\n                    WHERE e.flow = NEW.flow AND e.source = '' AND e.target = NEW.state AND e.phase = NEW.phase)\n                  THEN RAISE EXCEPTION 'a case of % does not begin in %', NEW.flow, NEW.state\n                    USING ERRCODE = '23514';\n                  END IF;\n                  NEW.path := unit_path(NEW.unit_id);\n                  RETURN NEW;\n                END IF;\n                IF ROW(NEW.flow, NEW.opened_at, NEW.confidential)\n                   IS DISTINCT FROM ROW(OLD.flow, OLD.opened_at, OLD.confidential)\n                   OR (OLD.phase <> 'draft' AND ROW(NEW.unit_id, NEW.applicant_id, NEW.number, NEW.edition_id)\n                   IS DISTINCT FROM ROW(OLD.unit_id, OLD.applicant_id, OLD.number, OLD.edition_id))\n                THEN RAISE EXCEPTION 'flow, unit, applicant, number and edition of a submitted case are frozen'\n                  USING ERRCODE = '23514';\n                END IF;\n                IF NEW.path <> OLD.path OR NEW.unit_id <> OLD.unit_id\n                THEN NEW.path := unit_path(NEW.unit_id); END IF;\n                IF NEW.version = OLD.version AND ROW(NEW.state, NEW.phase, NEW.outcome, NEW.closed_at)\n                   IS DISTINCT FROM ROW(OLD.state, OLD.phase, OLD.outcome, OLD.closed_at)\n                THEN RAISE EXCEPTION 'the state of a case changes through its flow only' USING ERRCODE = '23514';\n                END IF;\n                IF NEW.version <> OLD.version THEN\n                  IF NEW.version <> OLD.version + 1\n                  THEN RAISE EXCEPTION 'the version of a case rises by one' USING ERRCODE = '23514'; END IF;\n                  IF NOT EXISTS (SELECT 1 FROM lifecycle_flowedge e WHERE e.flow = NEW.flow\n                    AND e.source = OLD.state AND e.target = NEW.state AND e.phase = NEW.phase)\n                  THEN RAISE EXCEPTION '% does not lead from % to % in phase %',\n                    NEW.flow, OLD.state, NEW.state, NEW.phase\n                    USING ERRCODE = '23514';\n                  END IF;\n                END IF;\n                RETURN NEW;\n                ", hash='d6d3d3113ccfc5e099a43e9fac58f379a2f38b34', operation='INSERT OR UPDATE', pgid='pgtrigger_case_through_the_door_5dc91', table='lifecycle_case', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='case',
                    trigger=pgtrigger.compiler.Trigger(name='case_has_its_event', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                IF NOT event_written(NEW.id, NEW.version, NEW.state) THEN\n                  RAISE EXCEPTION 'case % changed without its event', NEW.id USING ERRCODE = '23514';\n                END IF;\n                RETURN NULL;\n                ", hash='0e2b0b3f1bb16180e727123d79644c68735c39fd', operation='INSERT OR UPDATE OF "version"', pgid='pgtrigger_case_has_its_event_d7f79', table='lifecycle_case', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='case',
                    trigger=pgtrigger.compiler.Trigger(name='case_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='024759c238b7b4cba69e5a8c411a40cd9fe4b0d1', operation='DELETE', pgid='pgtrigger_case_stays_330b7', table='lifecycle_case', when='BEFORE')),
                ),
            ],
        ),
    ]
