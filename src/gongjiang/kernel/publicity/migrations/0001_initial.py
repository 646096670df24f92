import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import gongjiang.kernel.migrating
import gongjiang.kernel.orgs.paths
import gongjiang.kernel.publicity.models
import gongjiang.kernel.publicity.snapshot
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('documents', '0001_initial'),
        ('lifecycle', '0002_version_0_2_0'),
        ('orgs', '0002_version_0_2_0'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='Publicity',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.TextField(unique=True)),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('kind', models.TextField()),
                        ('round', models.PositiveSmallIntegerField(default=1)),
                        ('title', models.TextField()),
                        ('title_en', models.TextField(blank=True, default='')),
                        ('text', models.TextField(blank=True, default='')),
                        ('opened_at', models.DateTimeField()),
                        ('days', models.PositiveSmallIntegerField()),
                        ('closes_at', models.DateTimeField()),
                        ('answer_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('snapshot', gongjiang.kernel.publicity.snapshot.SnapshotField()),
                        ('digest', models.BinaryField(max_length=32)),
                        ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                        ('cancel_reason', models.TextField(blank=True, default='')),
                        ('ended_at', models.DateTimeField(blank=True, null=True)),
                        ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='publicities', to='documents.document')),
                        ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='publicities', to='lifecycle.edition')),
                        ('publicised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publicities', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['closes_at', 'id'], name='publicity_closes'), models.Index(fields=['path', 'id'], name='publicity_path')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opened_at'))), name='publicity_window'), models.CheckConstraint(condition=models.Q(('days__gte', 1)), name='publicity_days'), models.CheckConstraint(condition=models.Q(models.Q(('title', ''), _negated=True), models.Q(('kind', ''), _negated=True)), name='publicity_named'), models.CheckConstraint(condition=models.Q(models.Q(('cancel_reason', ''), ('cancelled_at', None)), models.Q(('cancelled_at__isnull', False), models.Q(('cancel_reason', ''), _negated=True)), _connector='OR'), name='publicity_cancelled_why'), models.UniqueConstraint(fields=('edition', 'unit', 'kind', 'round'), name='publicity_round_once', nulls_distinct=False)],
                    },
                ),
                migrations.CreateModel(
                    name='Objection',
                    fields=[
                        ('id', models.BigIntegerField(default=gongjiang.kernel.publicity.models.fresh_key, editable=False, primary_key=True, serialize=False)),
                        ('kind', models.TextField(choices=[('objection', 'objection'), ('appeal', 'appeal')])),
                        ('position', models.PositiveIntegerField(blank=True, null=True)),
                        ('received_at', models.DateTimeField()),
                        ('due_at', models.DateTimeField(blank=True, null=True)),
                        ('matter', models.BinaryField()),
                        ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='lifecycle.case')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('publicity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='publicity.publicity')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['unit', 'received_at'], name='objection_unit'), models.Index(fields=['case'], name='objection_case')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['objection', 'appeal'])), name='objection_kind'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'objection'), ('publicity__isnull', False)), models.Q(('case__isnull', False), ('kind', 'appeal'), ('position', None), ('publicity', None)), _connector='OR'), name='objection_of_one_thing')],
                    },
                ),
                migrations.CreateModel(
                    name='ObjectionAuthor',
                    fields=[
                        ('objection', models.OneToOneField(db_index=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='author', serialize=False, to='publicity.objection')),
                        ('sealed', models.BinaryField()),
                        ('author', models.BinaryField(max_length=32, unique=True)),
                        ('receipt', models.BinaryField(max_length=32, unique=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='AuthorDisclosure',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('purpose', models.TextField(choices=[('handling', 'handling an application of this person'), ('correction', 'checking or correcting the register'), ('contact', 'getting in touch with this person'), ('request', 'asked for by an authority, under the law'), ('other', 'another purpose')])),
                        ('note', models.TextField()),
                        ('request', models.UUIDField(default=uuid.uuid4, unique=True)),
                        ('at', models.DateTimeField()),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('objection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disclosures', to='publicity.objection')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('purpose__in', ['handling', 'correction', 'contact', 'request', 'other'])), name='authordisclosure_purpose'), models.CheckConstraint(condition=django.db.models.lookups.GreaterThanOrEqual(django.db.models.functions.text.Length(django.db.models.functions.text.Trim('note')), 6), name='authordisclosure_explained')],
                    },
                ),
                migrations.CreateModel(
                    name='ObjectionFile',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('name', models.TextField()),
                        ('media_type', models.TextField()),
                        ('bytes', models.PositiveBigIntegerField()),
                        ('digest', models.BinaryField(max_length=32)),
                        ('stored', models.TextField(unique=True)),
                        ('objection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='publicity.objection')),
                    ],
                ),
                migrations.CreateModel(
                    name='ObjectionHandler',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('since', models.DateTimeField()),
                        ('objection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handlers', to='publicity.objection')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('objection', 'user'), name='objectionhandler_once')],
                    },
                ),
                migrations.CreateModel(
                    name='PublicityCase',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('position', models.PositiveIntegerField()),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publicities', to='lifecycle.case')),
                        ('publicity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='publicity.publicity')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('publicity', 'position'), name='publicitycase_position_once'), models.UniqueConstraint(fields=('publicity', 'case'), name='publicitycase_case_once'), models.CheckConstraint(condition=models.Q(('position__gte', 1)), name='publicitycase_position')],
                    },
                ),
                migrations.CreateModel(
                    name='Ruling',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('result', models.TextField(choices=[('upheld', 'upheld'), ('rejected', 'rejected')])),
                        ('reasons', models.TextField()),
                        ('at', models.DateTimeField()),
                        ('told_at', models.DateTimeField(blank=True, null=True)),
                        ('objection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='ruling', to='publicity.objection')),
                        ('ruled_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('result__in', ['upheld', 'rejected'])), name='ruling_result'), models.CheckConstraint(condition=models.Q(('reasons', ''), _negated=True), name='ruling_reasoned')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='objectionauthor',
                    trigger=pgtrigger.compiler.Trigger(name='objectionauthor_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='205436907bb574d84aa92cb474ae39fb2e057e44', operation='UPDATE OR DELETE', pgid='pgtrigger_objectionauthor_stays_bea38', table='publicity_objectionauthor', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='authordisclosure',
                    trigger=pgtrigger.compiler.Trigger(name='authordisclosure_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='438b2e12ae9ce8e386a3a704d3d1e53fa0b561b3', operation='UPDATE OR DELETE', pgid='pgtrigger_authordisclosure_stays_dfaa5', table='publicity_authordisclosure', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='objectionfile',
                    trigger=pgtrigger.compiler.Trigger(name='objectionfile_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8a35ba793ca0768f18bde93850d9bb7100f43386', operation='UPDATE OR DELETE', pgid='pgtrigger_objectionfile_stays_1bca5', table='publicity_objectionfile', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='objectionhandler',
                    trigger=pgtrigger.compiler.Trigger(name='objectionhandler_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='61a0742037cd1cf9de84c7f99b36a0934b66f8dc', operation='UPDATE OR DELETE', pgid='pgtrigger_objectionhandler_stays_69011', table='publicity_objectionhandler', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='publicity',
                    trigger=pgtrigger.compiler.Trigger(name='publicity_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='14625e2719382103865340b6ef7977634d8af49a', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_publicity_path_follows_unit_207a2', table='publicity_publicity', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='publicity',
                    trigger=pgtrigger.compiler.Trigger(name='publicity_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='12367dd5092e5f8e97046b1b07e76819892e4923', operation='DELETE', pgid='pgtrigger_publicity_stays_232a1', table='publicity_publicity', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='publicity',
                    trigger=pgtrigger.compiler.Trigger(name='publicity_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF to_jsonb(NEW) - '{path,closes_at,cancelled_at,cancel_reason,ended_at}'::text[] <>\n                   to_jsonb(OLD) - '{path,closes_at,cancelled_at,cancel_reason,ended_at}'::text[]\n                THEN RAISE EXCEPTION 'notice % is frozen', OLD.number USING ERRCODE = '23514'; END IF;\n                IF NEW.closes_at < OLD.closes_at OR (NEW.closes_at <> OLD.closes_at\n                   AND (OLD.closes_at < now() OR OLD.cancelled_at IS NOT NULL))\n                THEN RAISE EXCEPTION 'notice % is only prolonged, and only while it is open', OLD.number\n                  USING ERRCODE = '23514'; END IF;\n                IF OLD.cancelled_at IS NOT NULL AND ROW(NEW.cancelled_at, NEW.cancel_reason)\n                   IS DISTINCT FROM ROW(OLD.cancelled_at, OLD.cancel_reason)\n                   OR OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at\n                THEN RAISE EXCEPTION 'notice % ends once', OLD.number USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='354b899a6c9b66bb496f22f88f5431b03d6f3cdc', operation='UPDATE', pgid='pgtrigger_publicity_is_frozen_77931', table='publicity_publicity', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='objection',
                    trigger=pgtrigger.compiler.Trigger(name='objection_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3c7fb826abebe099848d6125314b5638c224853e', operation='UPDATE OR DELETE', pgid='pgtrigger_objection_stays_3bd16', table='publicity_objection', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='objection',
                    trigger=pgtrigger.compiler.Trigger(name='objection_in_time', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE p publicity_publicity%ROWTYPE;', func="\n                IF NOT replaying() THEN NEW.received_at := clock_timestamp(); END IF;\n                IF NEW.kind = 'objection' THEN\n                  SELECT * INTO p FROM publicity_publicity WHERE id = NEW.publicity_id;\n                  IF p.cancelled_at IS NOT NULL OR NEW.received_at < p.opened_at OR NEW.received_at > p.closes_at\n                  THEN RAISE EXCEPTION 'notice % takes no objection now', p.number USING ERRCODE = '23514'; END IF;\n                  IF NEW.position IS NOT NULL AND (NEW.position < 1\n                     OR NEW.position > jsonb_array_length(p.snapshot -> 'rows'))\n                  THEN RAISE EXCEPTION 'notice % has no row %', p.number, NEW.position USING ERRCODE = '23514';\n                  END IF;\n                  NEW.unit_id := p.unit_id;\n                  NEW.case_id := publicised_case(NEW.publicity_id, NEW.position);\n                ELSIF NOT replaying() THEN\n                  NEW.unit_id := appealed_to(NEW.case_id, NEW.received_at);\n                  IF NEW.unit_id IS NULL\n                  THEN RAISE EXCEPTION 'case % takes no appeal now', NEW.case_id USING ERRCODE = '23514'; END IF;\n                END IF;\n                RETURN NEW;\n                ", hash='53b0afa4a7a8fb14cc1f470a3dcfeba414aaadaa', operation='INSERT', pgid='pgtrigger_objection_in_time_c2682', table='publicity_objection', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='publicitycase',
                    trigger=pgtrigger.compiler.Trigger(name='publicitycase_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='939bc05e54aa5a631c22a9b8f9e916737bb541b7', operation='UPDATE OR DELETE', pgid='pgtrigger_publicitycase_stays_ea738', table='publicity_publicitycase', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='ruling',
                    trigger=pgtrigger.compiler.Trigger(name='ruling_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='af658c78afcb4692b38843b864043b440e60a0df', operation='DELETE', pgid='pgtrigger_ruling_stays_74ceb', table='publicity_ruling', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='ruling',
                    trigger=pgtrigger.compiler.Trigger(name='ruling_is_final_and_anothers', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'UPDATE' THEN\n                  IF OLD.told_at IS NOT NULL OR to_jsonb(NEW) - 'told_at' <> to_jsonb(OLD) - 'told_at'\n                  THEN RAISE EXCEPTION 'a ruling is final' USING ERRCODE = '23514'; END IF;\n                ELSIF had_part_in(NEW.ruled_by_id, NEW.objection_id) THEN\n                  RAISE EXCEPTION 'whoever had a part in the decision does not rule on it' USING ERRCODE = '23514';\n                END IF;\n                RETURN NEW;\n                ", hash='7c250977c6cd8aa6fa441eeb942c2080e873aeff', operation='INSERT OR UPDATE', pgid='pgtrigger_ruling_is_final_and_anothers_ad51f', table='publicity_ruling', when='BEFORE')),
                ),
            ],
        ),
    ]
