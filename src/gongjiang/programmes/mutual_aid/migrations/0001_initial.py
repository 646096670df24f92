import django.db.models.deletion
import gongjiang.kernel.migrating
import gongjiang.kernel.orgs.paths
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

FUNCTIONS = """
-- Of these persons those whom another roster of the period has, wherever it is: that it does, and whether they are
-- covered by it already. Not which unit's.
CREATE OR REPLACE FUNCTION mutual_aid_listed(an_edition bigint, persons bigint[], an_enrolment bigint)
RETURNS TABLE (person bigint, state text) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT m.person_id, m.state FROM mutual_aid_membercoverage m
   WHERE m.edition_id = an_edition AND m.person_id = ANY (persons) AND m.state <> 'void'
   AND m.enrolment_id IS DISTINCT FROM an_enrolment $$;

-- The unit whose line stands is told that another roster has the same person.
CREATE OR REPLACE FUNCTION mutual_aid_tell_double(an_edition bigint, persons bigint[]) RETURNS void SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ UPDATE mutual_aid_membercoverage m SET also_listed = true
   WHERE m.edition_id = an_edition AND m.person_id = ANY (persons) AND m.state <> 'void' $$;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('ledger', '0001_initial'),
        ('lifecycle', '0003_clocks'),
        ('orgs', '0002_version_0_2_0'),
        ('people', '0002_version_0_2_0'),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='Period',
                    fields=[
                        ('edition', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='mutual_aid_period', serialize=False, to='lifecycle.edition')),
                        ('number', models.PositiveIntegerField()),
                        ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.fund')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('unit', 'number'), name='period_number_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='period_number')],
                    },
                ),
                migrations.CreateModel(
                    name='Receipt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reference', models.TextField()),
                        ('remitter', models.TextField()),
                        ('fen', models.PositiveBigIntegerField()),
                        ('received_on', models.DateField()),
                        ('recorded_at', models.DateTimeField()),
                        ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lifecycle.edition')),
                        ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.fund')),
                        ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('fen__gt', 0)), name='receipt_some'), models.CheckConstraint(condition=models.Q(models.Q(('reference', ''), _negated=True), models.Q(('remitter', ''), _negated=True)), name='receipt_named'), models.UniqueConstraint(fields=('fund', 'reference'), name='receipt_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Relative',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.TextField()),
                        ('declared_at', models.DateTimeField()),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('user', 'person'), name='relative_once')],
                    },
                ),
                migrations.CreateModel(
                    name='UnitEnrolment',
                    fields=[
                        ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='mutual_aid_enrolment', serialize=False, to='lifecycle.case')),
                        ('members', models.PositiveIntegerField()),
                        ('begins_on', models.DateField()),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('members__gte', 1)), name='enrolment_members')],
                    },
                ),
                migrations.CreateModel(
                    name='Fee',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('payer', models.TextField(choices=[('member', 'Member'), ('employer', 'Employer'), ('union', 'Union'), ('treasury', 'Treasury')])),
                        ('due', models.PositiveBigIntegerField()),
                        ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fees', to='mutual_aid.unitenrolment')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('payer__in', ['member', 'employer', 'union', 'treasury'])), name='fee_payer'), models.UniqueConstraint(fields=('enrolment', 'payer'), name='fee_once')],
                    },
                ),
                migrations.CreateModel(
                    name='MemberCoverage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('name', models.TextField()),
                        ('shares', models.PositiveSmallIntegerField(default=1)),
                        ('insurance', models.TextField(choices=[('employee', "Employees' medical insurance"), ('resident', "Residents' medical insurance")])),
                        ('state', models.TextField(choices=[('listed', 'On the roster'), ('covered', 'Enrolled'), ('void', 'Not enrolled')], default='listed')),
                        ('void_reason', models.TextField(blank=True, db_default='', default='')),
                        ('since', models.DateField(blank=True, null=True)),
                        ('until', models.DateField(blank=True, null=True)),
                        ('waits_until', models.DateField(blank=True, null=True)),
                        ('also_listed', models.BooleanField(db_default=False, default=False)),
                        ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lifecycle.edition')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                        ('previous', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mutual_aid.membercoverage')),
                        ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='mutual_aid.unitenrolment')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['enrolment', 'id'], name='cover_enrolment'), models.Index(fields=['path', 'id'], name='cover_path'), models.Index(fields=['person'], name='cover_person')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['listed', 'covered', 'void'])), name='cover_state'), models.CheckConstraint(condition=models.Q(('insurance__in', ['employee', 'resident'])), name='cover_insurance'), models.CheckConstraint(condition=models.Q(('shares__gte', 1)), name='cover_shares'), models.CheckConstraint(condition=models.Q(models.Q(('since__isnull', False), ('state', 'covered'), ('until__gt', models.F('since'))), models.Q(models.Q(('state', 'covered'), _negated=True), ('since', None), ('until', None), ('waits_until', None)), _connector='OR'), name='cover_dated_when_enrolled'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'void'), models.Q(('void_reason', ''), _negated=True)), models.Q(models.Q(('state', 'void'), _negated=True), ('void_reason', '')), _connector='OR'), name='cover_void_why'), models.UniqueConstraint(condition=models.Q(('state', 'void'), _negated=True), fields=('edition', 'person'), name='cover_once_a_period')],
                    },
                ),
                migrations.CreateModel(
                    name='Claim',
                    fields=[
                        ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='mutual_aid_claim', serialize=False, to='lifecycle.case')),
                        ('plan', models.TextField(choices=[('inpatient', 'Stay in hospital'), ('special_outpatient', 'Chronic and special outpatient'), ('critical', 'Critical illness'), ('female', 'Illness of women'), ('accident', 'Accident and disability'), ('accident_death', 'Death by accident'), ('death', 'Death by illness'), ('allowance', 'Daily allowance in hospital')])),
                        ('channel', models.TextField(choices=[('member', 'by the worker'), ('officer', 'by the union for the worker'), ('insurer', 'out of the settlements of the medical insurance')])),
                        ('admitted_on', models.DateField()),
                        ('discharged_on', models.DateField()),
                        ('settled_on', models.DateField()),
                        ('reported_on', models.DateField()),
                        ('total', models.PositiveBigIntegerField(default=0)),
                        ('pooled', models.PositiveBigIntegerField(default=0)),
                        ('deductible', models.PositiveBigIntegerField(default=0)),
                        ('copay', models.PositiveBigIntegerField(default=0)),
                        ('class_b', models.PositiveBigIntegerField(default=0)),
                        ('over_limit', models.PositiveBigIntegerField(default=0)),
                        ('above_cap', models.PositiveBigIntegerField(default=0)),
                        ('self_funded', models.PositiveBigIntegerField(default=0)),
                        ('other', models.PositiveBigIntegerField(default=0)),
                        ('settlement', models.BinaryField(default=b'')),
                        ('invoices', models.BinaryField(default=b'')),
                        ('hospital', models.BinaryField(default=b'')),
                        ('diagnosis', models.BinaryField(default=b'')),
                        ('payee', models.TextField(blank=True, default='')),
                        ('account', models.BinaryField(default=b'')),
                        ('account_tail', models.CharField(blank=True, default='', max_length=4)),
                        ('bank', models.TextField(blank=True, default='')),
                        ('waived', models.BooleanField(default=False)),
                        ('base', models.PositiveBigIntegerField(default=0)),
                        ('result', models.PositiveBigIntegerField(blank=True, null=True)),
                        ('cap_before', models.PositiveBigIntegerField(blank=True, null=True)),
                        ('cap_after', models.PositiveBigIntegerField(blank=True, null=True)),
                        ('paid_on', models.DateField(blank=True, null=True)),
                        ('handled_days', models.PositiveIntegerField(blank=True, null=True)),
                        ('filed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('coverage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='mutual_aid.membercoverage')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['coverage', 'settled_on'], name='claim_coverage')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('plan__in', ['inpatient', 'special_outpatient', 'critical', 'female', 'accident', 'accident_death', 'death', 'allowance'])), name='claim_plan'), models.CheckConstraint(condition=models.Q(('channel__in', ['member', 'officer', 'insurer'])), name='claim_channel'), models.CheckConstraint(condition=models.Q(('discharged_on__gte', models.F('admitted_on')), ('settled_on__gte', models.F('admitted_on'))), name='claim_days')],
                    },
                ),
                migrations.CreateModel(
                    name='FeeMatch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('fen', models.PositiveBigIntegerField()),
                        ('at', models.DateTimeField()),
                        ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.entry')),
                        ('fee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='mutual_aid.fee')),
                        ('receipt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='mutual_aid.receipt')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('fen__gt', 0)), name='feematch_some')],
                    },
                ),
                migrations.CreateModel(
                    name='Adjustment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('top_up', 'Paid in addition'), ('recovery', 'To be paid back')])),
                        ('fen', models.PositiveBigIntegerField()),
                        ('reason', models.TextField()),
                        ('document', models.TextField()),
                        ('at', models.DateTimeField()),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('entry', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.entry')),
                        ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='mutual_aid.claim')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['top_up', 'recovery'])), name='adjustment_kind'), models.CheckConstraint(condition=models.Q(('fen__gt', 0), models.Q(('reason', ''), _negated=True), models.Q(('document', ''), _negated=True)), name='adjustment_said')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='receipt',
                    trigger=pgtrigger.compiler.Trigger(name='receipt_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8c7b7fab2971e4fcea4e8d1d6c93f81308685392', operation='UPDATE OR DELETE', pgid='pgtrigger_receipt_stays_8f96b', table='mutual_aid_receipt', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='feematch',
                    trigger=pgtrigger.compiler.Trigger(name='feematch_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1e581033f56f16c96598716299fca1a8c8e5bd97', operation='UPDATE OR DELETE', pgid='pgtrigger_feematch_stays_be9b0', table='mutual_aid_feematch', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='feematch',
                    trigger=pgtrigger.compiler.Trigger(name='feematch_within_both', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                PERFORM pg_advisory_xact_lock(hashtextextended('mutual_aid.receipt', NEW.receipt_id));\n                PERFORM pg_advisory_xact_lock(hashtextextended('mutual_aid.fee', NEW.fee_id));\n                IF NEW.fen + (SELECT coalesce(sum(m.fen), 0) FROM mutual_aid_feematch m\n                              WHERE m.receipt_id = NEW.receipt_id)\n                   > (SELECT r.fen FROM mutual_aid_receipt r WHERE r.id = NEW.receipt_id)\n                   OR NEW.fen + (SELECT coalesce(sum(m.fen), 0) FROM mutual_aid_feematch m WHERE m.fee_id = NEW.fee_id)\n                   > (SELECT f.due FROM mutual_aid_fee f WHERE f.id = NEW.fee_id)\n                THEN RAISE EXCEPTION 'more than there is, or more than is due' USING ERRCODE = '23514',\n                  CONSTRAINT = 'feematch_within_both'; END IF;\n                RETURN NEW;\n                ", hash='8b4d702fe9983e7957a120efa859f012ad8602f4', operation='INSERT', pgid='pgtrigger_feematch_within_both_d6698', table='mutual_aid_feematch', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='membercoverage',
                    trigger=pgtrigger.compiler.Trigger(name='cover_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='4d88225ccc1be54b387112133049c3f62e757939', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_cover_path_follows_unit_6268f', table='mutual_aid_membercoverage', when='BEFORE')),
                ),
            ],
        ),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
    ]
