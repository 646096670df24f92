import django.contrib.postgres.fields
import django.db.models.deletion
import gongjiang.kernel.migrating
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lifecycle', '0001_initial'),
        ('orgs', '0002_version_0_2_0'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='CaseLink',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('relation', models.TextField(choices=[('merged_into', 'merged into'), ('duplicate_of', 'a duplicate of'), ('handed_over', 'handed over to'), ('continued_as', 'continued as'), ('caused_by', 'caused by')])),
                        ('reason', models.TextField()),
                        ('at', models.DateTimeField()),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links_out', to='lifecycle.case')),
                        ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links_in', to='lifecycle.case')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('relation__in', ['merged_into', 'duplicate_of', 'handed_over', 'continued_as', 'caused_by'])), name='caselink_relation'), models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='caselink_of_two'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='caselink_says_why'), models.UniqueConstraint(fields=('source', 'target', 'relation'), name='caselink_once'), models.UniqueConstraint(condition=models.Q(('relation', 'merged_into')), fields=('source',), name='caselink_merged_once')],
                    },
                ),
                migrations.CreateModel(
                    name='EditionEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.TextField()),
                        ('source', models.TextField(blank=True, default='')),
                        ('target', models.TextField()),
                        ('note', models.TextField(blank=True, default='')),
                        ('at', models.DateTimeField()),
                        ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='lifecycle.edition')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                ),
                migrations.CreateModel(
                    name='Quota',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('stream', models.TextField(choices=[('regular', 'regular'), ('separate', 'listed apart'), ('reserve', 'reserve')], default='regular')),
                        ('limit', models.PositiveIntegerField()),
                        ('taken', models.PositiveIntegerField(default=0)),
                        ('allotted_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='allotments', to='lifecycle.quota')),
                        ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotas', to='lifecycle.edition')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotas', to='orgs.unit')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('stream__in', ['regular', 'separate', 'reserve'])), name='quota_stream'), models.CheckConstraint(condition=models.Q(('taken__gte', 0), ('taken__lte', models.F('limit'))), name='quota_not_exceeded'), models.UniqueConstraint(fields=('edition', 'unit', 'stream'), name='quota_once'), models.CheckConstraint(condition=models.Q(('allotted_from', models.F('pk')), _negated=True), name='quota_not_from_itself')],
                    },
                ),
                migrations.CreateModel(
                    name='Reckoned',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('stamp', models.TextField()),
                        ('at', models.DateTimeField()),
                    ],
                ),
                migrations.RemoveConstraint(
                    model_name='edition',
                    name='edition_state',
                ),
                migrations.RemoveConstraint(
                    model_name='window',
                    name='window_kind',
                ),
                migrations.AddField(
                    model_name='edition',
                    name='brand',
                    field=models.TextField(blank=True, default=''),
                ),
                migrations.AddField(
                    model_name='edition',
                    name='brand_en',
                    field=models.TextField(blank=True, default=''),
                ),
                migrations.AddField(
                    model_name='edition',
                    name='channel',
                    field=models.TextField(choices=[('territorial', 'territorial'), ('industrial', 'industrial')], default='territorial'),
                ),
                migrations.AddField(
                    model_name='edition',
                    name='parent',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='lifecycle.edition'),
                ),
                migrations.AddField(
                    model_name='edition',
                    name='published_at',
                    field=models.DateTimeField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='participant',
                    name='flag_rule',
                    field=models.TextField(blank=True, db_default='', default=''),
                ),
                migrations.AddField(
                    model_name='participant',
                    name='flags',
                    field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, db_default=[], default=list, size=None),
                ),
                migrations.AddField(
                    model_name='participant',
                    name='grade',
                    field=models.TextField(blank=True, db_default='', default=''),
                ),
                migrations.AddField(
                    model_name='participant',
                    name='post',
                    field=models.TextField(blank=True, db_default='', default=''),
                ),
                migrations.AlterField(
                    model_name='edition',
                    name='state',
                    field=models.TextField(choices=[('draft', 'in preparation'), ('approved', 'approved'), ('published', 'published'), ('settled', 'settled'), ('archived', 'archived'), ('cancelled', 'cancelled')], default='draft'),
                ),
                migrations.AlterField(
                    model_name='window',
                    name='kind',
                    field=models.TextField(choices=[('apply', 'applications'), ('qualify', 'qualification'), ('review', 'review'), ('roadshow', 'roadshow'), ('publicity', 'publicity'), ('appeal', 'objections and appeals'), ('convert', 'conversion'), ('cover', 'cover'), ('claim', 'claims')]),
                ),
                migrations.AddConstraint(
                    model_name='edition',
                    constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'approved', 'published', 'settled', 'archived', 'cancelled'])), name='edition_state'),
                ),
                migrations.AddConstraint(
                    model_name='edition',
                    constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['territorial', 'industrial'])), name='edition_channel'),
                ),
                migrations.AddConstraint(
                    model_name='edition',
                    constraint=models.CheckConstraint(condition=models.Q(('parent', models.F('pk')), _negated=True), name='edition_not_its_own_parent'),
                ),
                migrations.AddConstraint(
                    model_name='window',
                    constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['apply', 'qualify', 'review', 'roadshow', 'publicity', 'appeal', 'convert', 'cover', 'claim'])), name='window_kind'),
                ),
                migrations.AlterField(
                    model_name='turn',
                    name='role',
                    field=models.TextField(blank=True, default=''),
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name='case',
                    name='case_through_the_door',
                ),
                migrations.RemoveConstraint(
                    model_name='deadlinerule',
                    name='deadlinerule_one_open',
                ),
                migrations.AddField(
                    model_name='deadlinerule',
                    name='confirmed_at',
                    field=models.DateTimeField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='deadlinerule',
                    name='confirmed_by',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AddField(
                    model_name='deadlinerule',
                    name='extension_limit',
                    field=models.PositiveSmallIntegerField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='deadlinerule',
                    name='extension_role',
                    field=models.TextField(blank=True, db_default='', default=''),
                ),
                migrations.AddField(
                    model_name='deadlinerule',
                    name='proposed_by',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AddField(
                    model_name='edition',
                    name='approved_by',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AddField(
                    model_name='edition',
                    name='created_by',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AddField(
                    model_name='edition',
                    name='version',
                    field=models.PositiveIntegerField(db_default=1, default=1),
                ),
                migrations.AddConstraint(
                    model_name='deadlinerule',
                    constraint=models.UniqueConstraint(condition=models.Q(('until', None), models.Q(('proposed_by', None), ('confirmed_by__isnull', False), _connector='OR')), fields=('flow', 'state', 'edition', 'unit'), name='deadlinerule_one_open', nulls_distinct=False),
                ),
                migrations.AddConstraint(
                    model_name='deadlinerule',
                    constraint=models.CheckConstraint(condition=models.Q(('proposed_by', None), ('confirmed_by', None), models.Q(('confirmed_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='deadlinerule_by_two'),
                ),
                migrations.AddConstraint(
                    model_name='deadlinerule',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), _connector='OR'), name='deadlinerule_confirmed'),
                ),
                migrations.AddConstraint(
                    model_name='deadlinerule',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('extension_limit', None), ('extension_role', '')), models.Q(('extension_limit__gte', 1), models.Q(('extension_role', ''), _negated=True)), _connector='OR'), name='deadlinerule_extension'),
                ),
                migrations.AddConstraint(
                    model_name='edition',
                    constraint=models.CheckConstraint(condition=models.Q(('created_by', None), models.Q(('approved_by', models.F('created_by')), _negated=True), _connector='OR'), name='edition_by_two'),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='participant',
                    trigger=pgtrigger.compiler.Trigger(name='participant_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF NOT replaying() AND (\n                  TG_OP <> 'DELETE' AND NOT participants_open(NEW.case_id)\n                  OR TG_OP <> 'INSERT' AND NOT participants_open(OLD.case_id))\n                THEN RAISE EXCEPTION 'the participants of a submitted case are frozen' USING ERRCODE = '23514';\n                END IF;\n                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                RETURN NEW;\n                ", hash='f74daabca8ec60ee59d692b044fb7720c6de0540', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_participant_frozen_252b9', table='lifecycle_participant', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='case',
                    trigger=pgtrigger.compiler.Trigger(name='case_through_the_door', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF replaying() THEN RETURN NEW; END IF;\n                IF TG_OP = 'INSERT' THEN\n                  IF NEW.version <> 1 OR NOT EXISTS (SELECT 1 FROM lifecycle_flowedge e\n                    WHERE e.flow = NEW.flow AND e.source = '' AND e.target = NEW.state AND e.phase = NEW.phase)\n                  THEN RAISE EXCEPTION 'a case of % does not begin in %', NEW.flow, NEW.state\n                    USING ERRCODE = '23514';\n                  END IF;\n                  NEW.path := reporting_path(NEW.unit_id, channel_of(NEW.edition_id));\n                  RETURN NEW;\n                END IF;\n                IF ROW(NEW.flow, NEW.opened_at, NEW.confidential)\n                   IS DISTINCT FROM ROW(OLD.flow, OLD.opened_at, OLD.confidential)\n                   OR (OLD.phase <> 'draft' AND ROW(NEW.unit_id, NEW.applicant_id, NEW.number, NEW.edition_id)\n                   IS DISTINCT FROM ROW(OLD.unit_id, OLD.applicant_id, OLD.number, OLD.edition_id))\n                THEN RAISE EXCEPTION 'flow, unit, applicant, number and edition of a submitted case are frozen'\n                  USING ERRCODE = '23514';\n                END IF;\n                IF ROW(NEW.path, NEW.unit_id, NEW.edition_id)\n                  IS DISTINCT FROM ROW(OLD.path, OLD.unit_id, OLD.edition_id)\n                THEN NEW.path := reporting_path(NEW.unit_id, channel_of(NEW.edition_id)); END IF;\n                IF NEW.version = OLD.version AND ROW(NEW.state, NEW.phase, NEW.outcome, NEW.closed_at)\n                   IS DISTINCT FROM ROW(OLD.state, OLD.phase, OLD.outcome, OLD.closed_at)\n                THEN RAISE EXCEPTION 'the state of a case changes through its flow only' USING ERRCODE = '23514';\n                END IF;\n                IF NEW.version <> OLD.version THEN\n                  IF NEW.version <> OLD.version + 1\n                  THEN RAISE EXCEPTION 'the version of a case rises by one' USING ERRCODE = '23514'; END IF;\n                  IF NOT EXISTS (SELECT 1 FROM lifecycle_flowedge e WHERE e.flow = NEW.flow\n                    AND e.source = OLD.state AND e.target = NEW.state AND e.phase = NEW.phase)\n                  THEN RAISE EXCEPTION '% does not lead from % to % in phase %',\n                    NEW.flow, OLD.state, NEW.state, NEW.phase\n                    USING ERRCODE = '23514';\n                  END IF;\n                END IF;\n                RETURN NEW;\n                ", hash='0cd54e5ea5556933af246d9728b964d792e29f82', operation='INSERT OR UPDATE', pgid='pgtrigger_case_through_the_door_5dc91', table='lifecycle_case', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='deadlinerule',
                    trigger=pgtrigger.compiler.Trigger(name='deadlinerule_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF my_user() IS NULL THEN\n                  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                  RETURN NEW;\n                END IF;\n                IF TG_OP = 'INSERT' THEN\n                  IF NEW.proposed_by_id IS DISTINCT FROM my_user() OR NEW.confirmed_by_id IS NOT NULL\n                  THEN RAISE EXCEPTION 'a rule is proposed by one and confirmed by another' USING ERRCODE = '23514';\n                  END IF;\n                  RETURN NEW;\n                END IF;\n                IF TG_OP = 'DELETE' THEN\n                  IF OLD.proposed_by_id IS NULL OR OLD.confirmed_by_id IS NOT NULL\n                  THEN RAISE EXCEPTION 'a rule in force is ended, never taken away' USING ERRCODE = '23514'; END IF;\n                  RETURN OLD;\n                END IF;\n                IF to_jsonb(NEW) - ARRAY['until', 'confirmed_by_id', 'confirmed_at']\n                   IS DISTINCT FROM to_jsonb(OLD) - ARRAY['until', 'confirmed_by_id', 'confirmed_at']\n                   OR OLD.confirmed_by_id IS NOT NULL AND NEW.confirmed_by_id IS DISTINCT FROM OLD.confirmed_by_id\n                   OR NEW.confirmed_by_id IS DISTINCT FROM OLD.confirmed_by_id AND NEW.confirmed_by_id <> my_user()\n                THEN RAISE EXCEPTION 'a rule is confirmed and ended, never changed' USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='7969c3e3b8a97a0c4dfe88fa529ff070da1e878b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_deadlinerule_frozen_ac2a8', table='lifecycle_deadlinerule', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='edition',
                    trigger=pgtrigger.compiler.Trigger(name='edition_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (\n                  ('draft', 'approved'), ('approved', 'draft'), ('approved', 'published'), ('published', 'settled'),\n                  ('settled', 'archived'),\n                  ('draft', 'cancelled'), ('approved', 'cancelled'), ('published', 'cancelled'))\n                THEN RAISE EXCEPTION 'an edition does not lead from % to %', OLD.state, NEW.state\n                  USING ERRCODE = '23514'; END IF;\n                IF OLD.state <> 'draft' AND ROW(NEW.programme, NEW.unit_id, NEW.parent_id, NEW.name, NEW.name_en,\n                    NEW.brand, NEW.brand_en, NEW.channel, NEW.created_by_id)\n                  IS DISTINCT FROM ROW(OLD.programme, OLD.unit_id, OLD.parent_id, OLD.name, OLD.name_en,\n                    OLD.brand, OLD.brand_en, OLD.channel, OLD.created_by_id)\n                THEN RAISE EXCEPTION 'an edition is frozen once it is approved' USING ERRCODE = '23514'; END IF;\n                IF OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at\n                THEN RAISE EXCEPTION 'an edition is published once' USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='b40d0648845fc78da5410759ca58e2e379228387', operation='UPDATE', pgid='pgtrigger_edition_moves_334bd', table='lifecycle_edition', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='caselink',
                    trigger=pgtrigger.compiler.Trigger(name='caselink_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bd8c5b8fd186c86ad2ac45f94e865a8740aef5dc', operation='UPDATE OR DELETE', pgid='pgtrigger_caselink_stays_6285d', table='lifecycle_caselink', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='caselink',
                    trigger=pgtrigger.compiler.Trigger(name='caselink_no_circle', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                PERFORM pg_advisory_xact_lock(hashtext('lifecycle_caselink'), hashtext(NEW.relation));\n                IF link_leads_back(NEW.source_id, NEW.target_id, NEW.relation) THEN\n                  RAISE EXCEPTION 'case % would come back to itself', NEW.source_id\n                    USING ERRCODE = '23514', CONSTRAINT = 'caselink_no_circle';\n                END IF;\n                RETURN NEW;\n                ", hash='eab286ba36edfce5f706445ba213577e87292941', operation='INSERT', pgid='pgtrigger_caselink_no_circle_98b35', table='lifecycle_caselink', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='caselink',
                    trigger=pgtrigger.compiler.Trigger(name='caselink_merged_is_closed', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.relation = 'merged_into')", constraint='CONSTRAINT', func="\n                IF NOT merged(NEW.source_id) THEN\n                  RAISE EXCEPTION 'case % is not closed as merged', NEW.source_id USING ERRCODE = '23514';\n                END IF;\n                RETURN NULL;\n                ", hash='22ff9c4c510f0795c9d31df3e23a9d3a04acd52a', operation='INSERT', pgid='pgtrigger_caselink_merged_is_closed_1fc14', table='lifecycle_caselink', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='editionevent',
                    trigger=pgtrigger.compiler.Trigger(name='editionevent_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b1307285d0477460890d9fb240a5d8ef3ed13fdb', operation='UPDATE OR DELETE', pgid='pgtrigger_editionevent_stays_fc223', table='lifecycle_editionevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='quota',
                    trigger=pgtrigger.compiler.Trigger(name='quota_set_by_who_runs_it', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF my_user() IS NOT NULL AND NOT runs_edition(NEW.edition_id) THEN\n                  RAISE EXCEPTION 'places of edition % are set by whoever runs it', NEW.edition_id\n                    USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='882eb8e3d936b1badac0d63534b0e65f98a67bd4', operation='INSERT OR UPDATE OF "limit", "allotted_from_id", "unit_id", "stream"', pgid='pgtrigger_quota_set_by_who_runs_it_3e733', table='lifecycle_quota', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='quota',
                    trigger=pgtrigger.compiler.Trigger(name='quota_within_the_one_above', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                IF quota_overdrawn(NEW.id) OR NEW.allotted_from_id IS NOT NULL AND quota_overdrawn(NEW.allotted_from_id)\n                THEN RAISE EXCEPTION 'more places are allotted than there are'\n                  USING ERRCODE = '23514', CONSTRAINT = 'quota_within_the_one_above'; END IF;\n                RETURN NULL;\n                ", hash='4e1b004243dc3576a3317b774f96bebc16ded2f1', operation='INSERT OR UPDATE', pgid='pgtrigger_quota_within_the_one_above_99fee', table='lifecycle_quota', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                ),
            ],
        ),
    ]
