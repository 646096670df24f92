import django.db.models.deletion
import django.db.models.functions.datetime
import gongjiang.kernel.migrating
import gongjiang.kernel.orgs.paths
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('lifecycle', '0003_clocks'),
        ('orgs', '0002_version_0_2_0'),
        ('people', '0002_version_0_2_0'),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='Fund',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('programme', models.TextField()),
                        ('name', models.TextField()),
                        ('opened_on', models.DateField()),
                        ('closed_on', models.DateField(blank=True, null=True)),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='funds', to='orgs.unit')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('unit', 'programme', 'name'), name='fund_name_once'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('programme', ''), _negated=True)), name='fund_named'), models.CheckConstraint(condition=models.Q(('closed_on', None), ('closed_on__gt', models.F('opened_on')), _connector='OR'), name='fund_dates')],
                    },
                ),
                migrations.CreateModel(
                    name='Entry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.TextField(unique=True)),
                        ('kind', models.TextField(choices=[('income', 'Received'), ('refund', 'Given back'), ('commit', 'Committed'), ('release', 'Commitment released'), ('pay', 'Paid'), ('recover', 'Recovered')])),
                        ('fen', models.BigIntegerField()),
                        ('note', models.TextField(blank=True, db_default='', default='')),
                        ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ('about', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='ledger.entry')),
                        ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='lifecycle.case')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.fund')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['fund', 'id'], name='entry_fund'), models.Index(fields=['case', 'id'], name='entry_case'), models.Index(condition=models.Q(('about__isnull', False)), fields=['about'], name='entry_about_it')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['income', 'refund', 'commit', 'release', 'pay', 'recover'])), name='entry_kind'), models.CheckConstraint(condition=models.Q(('fen__gt', 0)), name='entry_some'), models.CheckConstraint(condition=models.Q(models.Q(('about', None), ('kind__in', ('income', 'commit'))), ('kind', 'refund'), models.Q(('about__isnull', False), ('kind__in', ('release', 'pay', 'recover'))), _connector='OR'), name='entry_about'), models.UniqueConstraint(condition=models.Q(('kind__in', ('release', 'pay'))), fields=('about',), name='entry_commitment_ends_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Account',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('source', 'Received from'), ('available', 'Available'), ('committed', 'Committed'), ('paid', 'Paid')])),
                        ('payer', models.TextField(blank=True, db_default='', default='')),
                        ('balance', models.BigIntegerField(db_default=0, default=0)),
                        ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lifecycle.edition')),
                        ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='ledger.fund')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('fund', 'kind', 'edition', 'payer'), name='account_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('kind__in', ['source', 'available', 'committed', 'paid'])), name='account_kind'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'source'), models.Q(('payer', ''), _negated=True)), models.Q(models.Q(('kind', 'source'), _negated=True), ('payer', '')), _connector='OR'), name='account_source_has_a_payer'), models.CheckConstraint(condition=models.Q(models.Q(('balance__lte', 0), ('kind', 'source')), models.Q(models.Q(('kind', 'source'), _negated=True), ('balance__gte', 0)), _connector='OR'), name='account_not_overdrawn')],
                    },
                ),
                migrations.CreateModel(
                    name='Guard',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('illness', 'illness'), ('disaster', 'disaster'), ('school_stage', 'school stage'), ('death', 'death'), ('invoice', 'invoice'), ('settlement', 'settlement of the medical insurance'), ('certificate', 'certificate'), ('activity', 'activity')])),
                        ('group', models.TextField()),
                        ('digest', models.BinaryField(max_length=32)),
                        ('day', models.DateField()),
                        ('scheme', models.TextField()),
                        ('state', models.TextField(choices=[('held', 'held'), ('paid', 'paid'), ('released', 'released')], default='held')),
                        ('fen', models.BigIntegerField(blank=True, null=True)),
                        ('at', models.DateTimeField()),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='guards', to='lifecycle.case')),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['person', 'day'], name='guard_person_day'), models.Index(fields=['case'], name='guard_case')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['illness', 'disaster', 'school_stage', 'death', 'invoice', 'settlement', 'certificate', 'activity'])), name='guard_kind'), models.CheckConstraint(condition=models.Q(('state__in', ['held', 'paid', 'released'])), name='guard_state'), models.CheckConstraint(condition=models.Q(('fen', None), ('fen__gte', 0), _connector='OR'), name='guard_fen'), models.UniqueConstraint(condition=models.Q(('state', 'released'), _negated=True), fields=('group', 'digest'), name='guard_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Line',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('fen', models.BigIntegerField()),
                        ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='ledger.entry')),
                        ('into', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                        ('out_of', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('fen__gt', 0)), name='line_some'), models.CheckConstraint(condition=models.Q(('out_of', models.F('into')), _negated=True), name='line_between_two')],
                    },
                ),
                migrations.CreateModel(
                    name='PaymentBatch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.TextField(unique=True)),
                        ('state', models.TextField(choices=[('making', 'Being made'), ('released', 'Released to the bank'), ('settled', 'Settled'), ('cancelled', 'Cancelled')], default='making')),
                        ('lines', models.PositiveIntegerField(default=0)),
                        ('fen', models.BigIntegerField(default=0)),
                        ('digest', models.BinaryField(blank=True, max_length=32, null=True)),
                        ('made_at', models.DateTimeField()),
                        ('released_at', models.DateTimeField(blank=True, null=True)),
                        ('settled_at', models.DateTimeField(blank=True, null=True)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lifecycle.edition')),
                        ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='ledger.fund')),
                        ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('released_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['fund', 'id'], name='batch_fund')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['making', 'released', 'settled', 'cancelled'])), name='batch_state_known'), models.CheckConstraint(condition=models.Q(('state__in', ('making', 'cancelled')), models.Q(('digest__isnull', False), ('lines__gte', 1), ('released_at__isnull', False), ('released_by__isnull', False), models.Q(('released_by', models.F('made_by')), _negated=True)), _connector='OR'), name='batch_released_by_another')],
                    },
                ),
                migrations.CreateModel(
                    name='BankAnswer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('digest', models.BinaryField(max_length=32)),
                        ('file_name', models.TextField()),
                        ('paid', models.PositiveIntegerField()),
                        ('bounced', models.PositiveIntegerField()),
                        ('at', models.DateTimeField()),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='ledger.paymentbatch')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('batch', 'digest'), name='bankanswer_once')],
                    },
                ),
                migrations.CreateModel(
                    name='PaymentLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('position', models.PositiveIntegerField()),
                        ('payee', models.TextField()),
                        ('account', models.BinaryField()),
                        ('account_tail', models.CharField(max_length=4)),
                        ('bank', models.TextField()),
                        ('fen', models.BigIntegerField()),
                        ('state', models.TextField(choices=[('waiting', 'Waiting for the bank'), ('paid', 'Paid'), ('bounced', 'Bounced')], default='waiting')),
                        ('reason', models.TextField(blank=True, db_default='', default='')),
                        ('answered_at', models.DateTimeField(blank=True, null=True)),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='ledger.paymentbatch')),
                        ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payment_lines', to='lifecycle.case')),
                        ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payment_lines', to='ledger.entry')),
                        ('payment', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payment_line', to='ledger.entry')),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['case', 'id'], name='payment_case')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'paid', 'bounced'])), name='payment_state'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('payment', None), ('reason', ''), ('state', 'waiting')), models.Q(('answered_at__isnull', False), ('payment__isnull', False), ('reason', ''), ('state', 'paid')), models.Q(('answered_at__isnull', False), ('payment', None), ('state', 'bounced'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='payment_answered'), models.UniqueConstraint(fields=('batch', 'position'), name='payment_position_once'), models.UniqueConstraint(fields=('batch', 'commitment'), name='payment_once_a_batch'), models.UniqueConstraint(condition=models.Q(('state', 'bounced'), _negated=True), fields=('commitment',), name='payment_one_live')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='fund',
                    trigger=pgtrigger.compiler.Trigger(name='fund_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='6e828533f18fa6bba95e55558fc4fead8067accf', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_fund_path_follows_unit_6af92', table='ledger_fund', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='fund',
                    trigger=pgtrigger.compiler.Trigger(name='fund_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='5617db17b0d074c30eecfa48b0641a5c0b8eee09', operation='DELETE', pgid='pgtrigger_fund_stays_aab92', table='ledger_fund', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='entry',
                    trigger=pgtrigger.compiler.Trigger(name='entry_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='43996b764d6e76af4df18f45dd07d60c3efef288', operation='UPDATE OR DELETE', pgid='pgtrigger_entry_stays_bd4f3', table='ledger_entry', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='entry',
                    trigger=pgtrigger.compiler.Trigger(name='entry_follows', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE of ledger_entry%ROWTYPE; back bigint;', func="\n                IF NOT replaying() THEN NEW.at := now(); END IF;\n                IF NEW.about_id IS NULL THEN RETURN NEW; END IF;\n                SELECT * INTO of FROM ledger_entry WHERE id = NEW.about_id;\n                IF of.id IS NULL OR of.fund_id <> NEW.fund_id OR of.case_id IS DISTINCT FROM NEW.case_id\n                   OR (NEW.kind, of.kind) NOT IN (('release', 'commit'), ('pay', 'commit'), ('recover', 'pay'),\n                                                  ('refund', 'income'))\n                THEN RAISE EXCEPTION 'entry % does not follow from what it is about', NEW.key USING ERRCODE = '23514';\n                END IF;\n                IF NEW.kind IN ('release', 'pay') AND NEW.fen <> of.fen\n                THEN RAISE EXCEPTION 'a commitment of % fen does not end with % fen', of.fen, NEW.fen\n                  USING ERRCODE = '23514'; END IF;\n                IF NEW.kind IN ('recover', 'refund') THEN\n                  PERFORM pg_advisory_xact_lock(hashtextextended('ledger.entry', of.id));\n                  SELECT coalesce(sum(fen), 0) INTO back FROM ledger_entry\n                  WHERE about_id = of.id AND kind = NEW.kind;\n                  IF back + NEW.fen > of.fen\n                  THEN RAISE EXCEPTION 'more would come back than went out: % of % fen', back + NEW.fen, of.fen\n                    USING ERRCODE = '23514', CONSTRAINT = 'entry_not_more_than_there_was'; END IF;\n                END IF;\n                RETURN NEW;\n                ", hash='d440666a8b9925ab12b758e2403f6004848efb6c', operation='INSERT', pgid='pgtrigger_entry_follows_ec415', table='ledger_entry', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='entry',
                    trigger=pgtrigger.compiler.Trigger(name='entry_is_whole', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                IF NEW.fen IS DISTINCT FROM entry_moves(NEW.id)\n                THEN RAISE EXCEPTION 'the lines of entry % do not move % fen', NEW.key, NEW.fen\n                  USING ERRCODE = '23514'; END IF;\n                RETURN NULL;\n                ", hash='db9ac760e19a2fe2cc2602333da98fad84d066da', operation='INSERT', pgid='pgtrigger_entry_is_whole_c52de', table='ledger_entry', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='account',
                    trigger=pgtrigger.compiler.Trigger(name='account_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='18c21b13eaa94a7470984b9189c3a7eb3e89e125', operation='DELETE', pgid='pgtrigger_account_stays_f1ae9', table='ledger_account', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='account',
                    trigger=pgtrigger.compiler.Trigger(name='account_moved_by_lines', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'INSERT' THEN\n                  IF NEW.balance <> 0 THEN RAISE EXCEPTION 'an account begins empty' USING ERRCODE = '23514'; END IF;\n                  RETURN NEW;\n                END IF;\n                IF to_jsonb(NEW) - 'balance' <> to_jsonb(OLD) - 'balance' OR pg_trigger_depth() < 2\n                THEN RAISE EXCEPTION 'the balance of an account is moved by entries alone' USING ERRCODE = '23514';\n                END IF;\n                RETURN NEW;\n                ", hash='885cb8c3660977dc3dc74a5a0ee7d2f3b9d51c82', operation='INSERT OR UPDATE', pgid='pgtrigger_account_moved_by_lines_c5566', table='ledger_account', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='guard',
                    trigger=pgtrigger.compiler.Trigger(name='guard_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='8f61bb2341223a785e0c9706c2be5b9a0b4b94b9', operation='DELETE', pgid='pgtrigger_guard_is_kept_6fee7', table='ledger_guard', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='guard',
                    trigger=pgtrigger.compiler.Trigger(name='guard_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF to_jsonb(NEW) - '{state,fen,person_id}'::text[] <> to_jsonb(OLD) - '{state,fen,person_id}'::text[]\n                   OR NEW.person_id IS DISTINCT FROM OLD.person_id AND NOT replaying()\n                   OR OLD.state = 'paid' AND NEW.state <> 'paid'\n                   OR OLD.state = 'released' AND NEW.state <> 'released'\n                THEN RAISE EXCEPTION 'what was claimed for an event stays' USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='9db57e2d6f049f1305e301f3b39362fc6ccc0362', operation='UPDATE', pgid='pgtrigger_guard_stays_a1975', table='ledger_guard', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='line',
                    trigger=pgtrigger.compiler.Trigger(name='line_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f68aacda0745d171c3f41e242badc3f5b7db5bc7', operation='UPDATE OR DELETE', pgid='pgtrigger_line_stays_f8076', table='ledger_line', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='line',
                    trigger=pgtrigger.compiler.Trigger(name='line_moves_balances', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF EXISTS (\n                  SELECT 1 FROM added l JOIN ledger_entry e ON e.id = l.entry_id\n                  LEFT JOIN ledger_account o ON o.id = l.out_of_id LEFT JOIN ledger_account i ON i.id = l.into_id\n                  WHERE o.fund_id IS DISTINCT FROM e.fund_id OR i.fund_id IS DISTINCT FROM e.fund_id\n                  OR (e.kind, o.kind, i.kind) NOT IN (('income', 'source', 'available'), ('refund', 'available', 'source'), ('commit', 'available', 'committed'), ('release', 'committed', 'available'), ('pay', 'committed', 'paid'), ('recover', 'paid', 'available'))\n                  OR e.at <> transaction_timestamp() AND NOT replaying())\n                THEN RAISE EXCEPTION 'a line that its entry does not allow' USING ERRCODE = '23514'; END IF;\n                UPDATE ledger_account a SET balance = a.balance + d.change FROM (\n                  SELECT account, sum(change) AS change FROM (\n                    SELECT into_id AS account, fen AS change FROM added\n                    UNION ALL SELECT out_of_id, -fen FROM added) AS moved\n                  GROUP BY account) AS d\n                WHERE a.id = d.account;\n                RETURN NULL;\n                ", hash='9256decb3ff7aef151b33be7216350db02bde448', level='STATEMENT', operation='INSERT', pgid='pgtrigger_line_moves_balances_adf1e', referencing='REFERENCING NEW TABLE AS added ', table='ledger_line', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='paymentbatch',
                    trigger=pgtrigger.compiler.Trigger(name='batch_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='7c51b29a2d716d9c3efe4b0d98164809e0056119', operation='DELETE', pgid='pgtrigger_batch_stays_0a25c', table='ledger_paymentbatch', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='paymentbatch',
                    trigger=pgtrigger.compiler.Trigger(name='batch_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (\n                  ('making', 'released'), ('making', 'cancelled'), ('released', 'settled'))\n                THEN RAISE EXCEPTION 'batch % does not lead from % to %', OLD.number, OLD.state, NEW.state\n                  USING ERRCODE = '23514'; END IF;\n                IF ROW(NEW.number, NEW.fund_id, NEW.edition_id, NEW.made_by_id, NEW.made_at) IS DISTINCT FROM\n                   ROW(OLD.number, OLD.fund_id, OLD.edition_id, OLD.made_by_id, OLD.made_at)\n                   OR OLD.state <> 'making' AND ROW(NEW.lines, NEW.fen, NEW.digest, NEW.released_by_id,\n                     NEW.released_at) IS DISTINCT FROM\n                     ROW(OLD.lines, OLD.fen, OLD.digest, OLD.released_by_id, OLD.released_at)\n                THEN RAISE EXCEPTION 'batch % is frozen', OLD.number USING ERRCODE = '23514'; END IF;\n                IF NEW.state = 'released' AND OLD.state = 'making' AND NOT EXISTS (\n                  SELECT 1 FROM ledger_paymentline l WHERE l.batch_id = NEW.id\n                  HAVING count(*) = NEW.lines AND coalesce(sum(l.fen), 0) = NEW.fen)\n                THEN RAISE EXCEPTION 'the lines of batch % do not add up', OLD.number USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='a5d5147e5efab6ed5b61b5fb29245fade8c9dead', operation='UPDATE', pgid='pgtrigger_batch_moves_90f07', table='ledger_paymentbatch', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='bankanswer',
                    trigger=pgtrigger.compiler.Trigger(name='bankanswer_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7c15f02f89c388d33b466d485b9ef196c9c5d549', operation='UPDATE OR DELETE', pgid='pgtrigger_bankanswer_stays_db62a', table='ledger_bankanswer', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='paymentline',
                    trigger=pgtrigger.compiler.Trigger(name='payment_of_its_commitment', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE b ledger_paymentbatch%ROWTYPE; e ledger_entry%ROWTYPE;', func="\n                IF TG_OP = 'DELETE' THEN\n                  SELECT * INTO b FROM ledger_paymentbatch WHERE id = OLD.batch_id;\n                  IF b.state = 'released' OR b.state = 'settled'\n                  THEN RAISE EXCEPTION 'batch % is frozen', b.number USING ERRCODE = '23514'; END IF;\n                  RETURN OLD;\n                END IF;\n                SELECT * INTO b FROM ledger_paymentbatch WHERE id = NEW.batch_id;\n                IF TG_OP = 'INSERT' THEN\n                  SELECT * INTO e FROM ledger_entry WHERE id = NEW.commitment_id;\n                  IF e.kind <> 'commit' OR e.fund_id <> b.fund_id OR e.fen <> NEW.fen\n                     OR e.case_id IS DISTINCT FROM NEW.case_id OR b.state <> 'making' AND NOT replaying()\n                     OR EXISTS (SELECT 1 FROM ledger_entry x WHERE x.about_id = e.id AND x.kind = 'release')\n                  THEN RAISE EXCEPTION 'no such payment follows from commitment %', e.key USING ERRCODE = '23514';\n                  END IF;\n                  RETURN NEW;\n                END IF;\n                IF to_jsonb(NEW) - '{state,reason,answered_at,payment_id,person_id}'::text[] <>\n                   to_jsonb(OLD) - '{state,reason,answered_at,payment_id,person_id}'::text[]\n                   OR NEW.person_id IS DISTINCT FROM OLD.person_id AND NOT replaying()\n                   OR NEW.state <> OLD.state AND (OLD.state <> 'waiting' OR b.state <> 'released')\n                THEN RAISE EXCEPTION 'payment % of batch % is frozen', OLD.position, b.number\n                  USING ERRCODE = '23514'; END IF;\n                IF NEW.payment_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger_entry x\n                  WHERE x.id = NEW.payment_id AND x.kind = 'pay' AND x.about_id = NEW.commitment_id)\n                THEN RAISE EXCEPTION 'payment % has another entry than its own', OLD.position\n                  USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='0c6b23e612f9724f06e6bc0b88607404832f9a69', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_payment_of_its_commitment_9ace9', table='ledger_paymentline', when='BEFORE')),
                ),
            ],
        ),
    ]
