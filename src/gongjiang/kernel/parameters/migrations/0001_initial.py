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
        ('lifecycle', '0002_version_0_2_0'),
        ('orgs', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='Proposal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('programme', models.TextField()),
                        ('name', models.TextField()),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('value', models.JSONField(null=True)),
                        ('repeals', models.BooleanField(default=False)),
                        ('opens_below', models.BooleanField(default=False)),
                        ('since', models.DateField()),
                        ('document', models.TextField()),
                        ('clause', models.TextField()),
                        ('evidence', models.TextField(choices=[('A', 'A, official text'), ('B', 'B, reprint to confirm'), ('C', 'C, template'), ('D', 'D, own design'), ('none', 'own decision')], default='none')),
                        ('preset', models.TextField(blank=True, default='')),
                        ('note', models.TextField(blank=True, default='')),
                        ('state', models.TextField(choices=[('waiting', 'waiting for a second person'), ('published', 'published'), ('declined', 'declined'), ('withdrawn', 'taken back')], default='waiting')),
                        ('proposed_at', models.DateTimeField()),
                        ('decided_at', models.DateTimeField(blank=True, null=True)),
                        ('answer', models.TextField(blank=True, default='')),
                        ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lifecycle.edition')),
                        ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['path', 'id'], name='proposal_path')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'published', 'declined', 'withdrawn'])), name='proposal_state'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='proposal_decided'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='proposal_four_eyes'), models.CheckConstraint(condition=models.Q(models.Q(('repeals', True), ('value__isnull', True)), models.Q(('repeals', False), ('value__isnull', False)), _connector='OR'), name='proposal_repeals_or_sets'), models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('programme', 'name', 'unit', 'edition'), name='proposal_one_waiting', nulls_distinct=False)],
                    },
                ),
                migrations.CreateModel(
                    name='Provision',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('programme', models.TextField()),
                        ('name', models.TextField()),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('value', models.JSONField(null=True)),
                        ('repeals', models.BooleanField(default=False)),
                        ('opens_below', models.BooleanField(default=False)),
                        ('since', models.DateField()),
                        ('document', models.TextField()),
                        ('clause', models.TextField()),
                        ('evidence', models.TextField(choices=[('A', 'A, official text'), ('B', 'B, reprint to confirm'), ('C', 'C, template'), ('D', 'D, own design'), ('none', 'own decision')], default='none')),
                        ('preset', models.TextField(blank=True, default='')),
                        ('until', models.DateField(blank=True, null=True)),
                        ('published_at', models.DateTimeField()),
                        ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lifecycle.edition')),
                        ('proposal', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='provision', to='parameters.proposal')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['unit', 'programme', 'name', 'since'], name='provision_slot')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='provision_dates'), models.CheckConstraint(condition=models.Q(models.Q(('repeals', True), ('value__isnull', True)), models.Q(('repeals', False), ('value__isnull', False)), _connector='OR'), name='provision_repeals_or_sets'), models.CheckConstraint(condition=models.Q(models.Q(('document', ''), _negated=True), models.Q(('clause', ''), _negated=True)), name='provision_cited'), models.UniqueConstraint(condition=models.Q(('until', None)), fields=('programme', 'name', 'unit', 'edition'), name='provision_one_open', nulls_distinct=False)],
                    },
                ),
                migrations.CreateModel(
                    name='EditionPin',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.TextField()),
                        ('value', models.JSONField(null=True)),
                        ('since', models.DateField()),
                        ('until', models.DateField(blank=True, null=True)),
                        ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pins', to='lifecycle.edition')),
                        ('provision', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parameters.provision')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('provision__isnull', False), ('value__isnull', True)), ('provision', None), _connector='OR'), name='pin_of_one'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='pin_dates'), models.UniqueConstraint(condition=models.Q(('until', None)), fields=('edition', 'name'), name='pin_one_open')],
                    },
                ),
                migrations.CreateModel(
                    name='DecisionRecord',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('rule', models.TextField()),
                        ('version', models.TextField()),
                        ('facts', models.JSONField()),
                        ('outcome', models.TextField()),
                        ('amount', models.BigIntegerField(blank=True, null=True)),
                        ('reasons', models.JSONField()),
                        ('at', models.DateTimeField()),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='lifecycle.case')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['case', 'id'], name='decision_case')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='decisionrecord',
                    trigger=pgtrigger.compiler.Trigger(name='decision_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7366881a5c6025d9288d79ee201a5284782862a0', operation='UPDATE OR DELETE', pgid='pgtrigger_decision_stays_6af4e', table='parameters_decisionrecord', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='provision',
                    trigger=pgtrigger.compiler.Trigger(name='provision_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='541466fcbe098d345fac21cfddaff72f660a2791', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_provision_path_follows_unit_aa14c', table='parameters_provision', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='provision',
                    trigger=pgtrigger.compiler.Trigger(name='provision_follows', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'UPDATE' THEN\n                  IF to_jsonb(NEW) - ARRAY['path', 'until'] <> to_jsonb(OLD) - ARRAY['path', 'until']\n                  THEN RAISE EXCEPTION 'what is published stays as it is' USING ERRCODE = '23514'; END IF;\n                  IF NEW.until IS DISTINCT FROM OLD.until AND NOT replaying() AND (NEW.until IS NULL\n                     OR NEW.until > OLD.until OR NEW.until < (now() AT TIME ZONE 'Asia/Shanghai')::date)\n                  THEN RAISE EXCEPTION 'a value in force ends today at the earliest' USING ERRCODE = '23514'; END IF;\n                  RETURN NEW;\n                END IF;\n                PERFORM pg_advisory_xact_lock(hashtext('parameters'), hashtext(\n                  concat_ws('/', NEW.programme, NEW.name, NEW.unit_id, NEW.edition_id)));\n                IF NOT replaying() THEN\n                  NEW.published_at := now();\n                  IF NOT EXISTS (SELECT 1 FROM parameters_proposal p WHERE p.id = NEW.proposal_id\n                    AND p.state = 'published' AND p.decided_by_id <> p.proposed_by_id\n                    AND ROW(p.programme, p.name, p.unit_id, p.edition_id, p.value, p.repeals, p.opens_below, p.since,\n                            p.document, p.clause, p.evidence, p.preset)\n                    IS NOT DISTINCT FROM ROW(NEW.programme, NEW.name, NEW.unit_id, NEW.edition_id, NEW.value,\n                            NEW.repeals, NEW.opens_below, NEW.since, NEW.document, NEW.clause, NEW.evidence,\n                            NEW.preset))\n                  THEN RAISE EXCEPTION 'two persons publish a value' USING ERRCODE = '23514'; END IF;\n                END IF;\n                IF NEW.since < (NEW.published_at AT TIME ZONE 'Asia/Shanghai')::date\n                THEN RAISE EXCEPTION 'a value is not published for the past' USING ERRCODE = '23514'; END IF;\n                IF EXISTS (SELECT 1 FROM parameters_provision o WHERE o.programme = NEW.programme AND o.name = NEW.name\n                  AND o.unit_id = NEW.unit_id AND o.edition_id IS NOT DISTINCT FROM NEW.edition_id\n                  AND o.since IS DISTINCT FROM o.until AND NEW.since IS DISTINCT FROM NEW.until\n                  AND o.since < coalesce(NEW.until, 'infinity') AND NEW.since < coalesce(o.until, 'infinity'))\n                THEN RAISE EXCEPTION 'two values would be in force on one day' USING ERRCODE = '23P01'; END IF;\n                IF EXISTS (SELECT 1 FROM parameters_provision o WHERE o.programme = NEW.programme AND o.name = NEW.name\n                  AND o.unit_id = NEW.unit_id AND o.edition_id IS NOT DISTINCT FROM NEW.edition_id\n                  AND o.since IS DISTINCT FROM o.until)\n                  AND NOT EXISTS (SELECT 1 FROM parameters_provision o WHERE o.programme = NEW.programme\n                  AND o.name = NEW.name AND o.unit_id = NEW.unit_id AND o.edition_id IS NOT DISTINCT FROM NEW.edition_id\n                  AND o.since < o.until AND o.until = NEW.since)\n                THEN RAISE EXCEPTION 'there would be a day between two values' USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='cd9c18ea5cf37b00e75d92e1411e8d7095d43fe0', operation='INSERT OR UPDATE', pgid='pgtrigger_provision_follows_47677', table='parameters_provision', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='provision',
                    trigger=pgtrigger.compiler.Trigger(name='provision_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='5b0955226864565b565c6015b10c9776d3a51766', operation='DELETE', pgid='pgtrigger_provision_stays_ddc30', table='parameters_provision', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='proposal',
                    trigger=pgtrigger.compiler.Trigger(name='proposal_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='4985848a2366c1e9c3cdabe39e5eb1753bc98970', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_proposal_path_follows_unit_4969e', table='parameters_proposal', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='proposal',
                    trigger=pgtrigger.compiler.Trigger(name='proposal_by_two_persons', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'INSERT' THEN\n                  IF my_user() IS NOT NULL THEN NEW.proposed_by_id := my_user(); END IF;\n                  RETURN NEW;\n                END IF;\n                IF OLD.state <> 'waiting' AND to_jsonb(NEW) - 'path' <> to_jsonb(OLD) - 'path'\n                THEN RAISE EXCEPTION 'a proposal that is decided stays as it is' USING ERRCODE = '23514'; END IF;\n                IF to_jsonb(NEW) - ARRAY['path', 'state', 'decided_by_id', 'decided_at', 'answer']\n                   <> to_jsonb(OLD) - ARRAY['path', 'state', 'decided_by_id', 'decided_at', 'answer']\n                THEN RAISE EXCEPTION 'what is proposed stays as it is' USING ERRCODE = '23514'; END IF;\n                IF NEW.state <> OLD.state AND my_user() IS NOT NULL THEN NEW.decided_by_id := my_user(); END IF;\n                RETURN NEW;\n                ", hash='66eccb807b4c28961f57944cc8c55536498686ad', operation='INSERT OR UPDATE', pgid='pgtrigger_proposal_by_two_persons_df522', table='parameters_proposal', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='editionpin',
                    trigger=pgtrigger.compiler.Trigger(name='pin_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF to_jsonb(NEW) - 'until' <> to_jsonb(OLD) - 'until' OR OLD.until IS NOT NULL\n                THEN RAISE EXCEPTION 'what an edition has run under stays as it is' USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='30ae9ecef1f4b6519979aceaa9cdfaa6bc0b9b9a', operation='UPDATE', pgid='pgtrigger_pin_stays_42de4', table='parameters_editionpin', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='editionpin',
                    trigger=pgtrigger.compiler.Trigger(name='pin_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='6b91f363075996cdc037facee635977276aa8705', operation='DELETE', pgid='pgtrigger_pin_is_kept_32198', table='parameters_editionpin', when='BEFORE')),
                ),
            ],
        ),
        migrations.AddField(
            model_name='proposal',
            name='after',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parameters.provision'),
        ),
    ]
