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
        ('documents', '0001_initial'),
        ('lifecycle', '0002_version_0_2_0'),
        ('orgs', '0002_version_0_2_0'),
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='PublicCredential',
                    fields=[
                        ('code', models.TextField(primary_key=True, serialize=False)),
                        ('kind', models.TextField(choices=[('grade', 'skill grade'), ('certificate', 'certificate'), ('qualification', 'qualification'), ('title', 'title'), ('honour', 'honour'), ('designation', 'designation')])),
                        ('name', models.TextField()),
                        ('name_en', models.TextField(blank=True, default='')),
                        ('holder', models.TextField()),
                        ('issuer', models.TextField()),
                        ('issuer_en', models.TextField(blank=True, default='')),
                        ('number', models.TextField()),
                        ('on', models.DateField()),
                        ('valid_from', models.DateField()),
                        ('valid_to', models.DateField(blank=True, null=True)),
                        ('state', models.TextField(choices=[('valid', 'Valid'), ('suspended', 'Suspended'), ('expired', 'Expired'), ('revoked', 'Revoked')])),
                        ('state_on', models.DateField()),
                        ('document', models.TextField(blank=True, default='')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                    ],
                ),
                migrations.CreateModel(
                    name='Credential',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('grade', 'skill grade'), ('certificate', 'certificate'), ('qualification', 'qualification'), ('title', 'title'), ('honour', 'honour'), ('designation', 'designation')])),
                        ('level', models.TextField(blank=True, default='')),
                        ('name', models.TextField()),
                        ('name_en', models.TextField(blank=True, default='')),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('holder_path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('number', models.TextField()),
                        ('on', models.DateField()),
                        ('valid_from', models.DateField()),
                        ('valid_to', models.DateField(blank=True, null=True)),
                        ('state', models.TextField(choices=[('valid', 'Valid'), ('suspended', 'Suspended'), ('expired', 'Expired'), ('revoked', 'Revoked')], default='valid')),
                        ('code', models.TextField(unique=True)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credentials', to='lifecycle.case')),
                        ('certificate', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='certifies', to='documents.document')),
                        ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='granted', to='documents.document')),
                        ('holder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credentials', to='orgs.unit')),
                        ('holder_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credentials', to='people.person')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credentials_issued', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['path', 'id'], name='credential_path'), models.Index(fields=['holder_path', 'id'], name='credential_holder_path'), models.Index(fields=['person'], name='credential_person')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['grade', 'certificate', 'qualification', 'title', 'honour', 'designation'])), name='credential_kind'), models.CheckConstraint(condition=models.Q(('state__in', ['valid', 'suspended', 'expired', 'revoked'])), name='credential_state'), models.CheckConstraint(condition=models.Q(models.Q(('holder', None), ('person__isnull', False)), models.Q(('holder', models.F('holder_unit')), ('person', None)), _connector='OR'), name='credential_of_one_holder'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='credential_dates'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('number', ''), _negated=True)), name='credential_named'), models.UniqueConstraint(fields=('unit', 'kind', 'number'), name='credential_number_once'), models.UniqueConstraint(condition=models.Q(('case__isnull', False)), fields=('case', 'kind', 'level', 'name', 'person', 'holder'), name='credential_once_a_case', nulls_distinct=False)],
                    },
                ),
                migrations.CreateModel(
                    name='CredentialEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField()),
                        ('state', models.TextField(choices=[('valid', 'Valid'), ('suspended', 'Suspended'), ('expired', 'Expired'), ('revoked', 'Revoked')])),
                        ('on', models.DateField()),
                        ('reason', models.TextField(blank=True, default='')),
                        ('at', models.DateTimeField()),
                        ('credential', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='credentials.credential')),
                        ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('credential', 'version'), name='credentialevent_version_once')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='credential',
                    trigger=pgtrigger.compiler.Trigger(name='credential_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='dc2b15ee0a1e70b859dac0f405a2168529c4fa2d', operation='DELETE', pgid='pgtrigger_credential_stays_5c046', table='credentials_credential', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='credential',
                    trigger=pgtrigger.compiler.Trigger(name='credential_only_its_state', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'UPDATE' THEN\n                  IF to_jsonb(NEW) - '{state,version,path,holder_path,certificate_id,person_id}'::text[] <>\n                     to_jsonb(OLD) - '{state,version,path,holder_path,certificate_id,person_id}'::text[]\n                     OR (OLD.certificate_id IS NOT NULL AND NEW.certificate_id IS DISTINCT FROM OLD.certificate_id)\n                     OR (OLD.person_id IS DISTINCT FROM NEW.person_id AND NOT\n                         pg_has_role(current_user, (SELECT relowner FROM pg_class\n                           WHERE oid = 'credentials_credential'::regclass), 'MEMBER'))\n                  THEN RAISE EXCEPTION 'of credential % only the state changes', OLD.number\n                    USING ERRCODE = '23514'; END IF;\n                  IF NEW.state <> OLD.state AND OLD.state = 'revoked'\n                  THEN RAISE EXCEPTION 'credential % stays revoked', OLD.number USING ERRCODE = '23514'; END IF;\n                  IF NEW.state <> OLD.state AND NEW.version <> OLD.version + 1\n                  THEN RAISE EXCEPTION 'the version of a credential rises by one' USING ERRCODE = '23514'; END IF;\n                END IF;\n                NEW.path := unit_path(NEW.unit_id);\n                NEW.holder_path := unit_path(NEW.holder_unit_id);\n                RETURN NEW;\n                ", hash='8779fb150c78c63854570ce4ae18710e02aa16ac', operation='INSERT OR UPDATE', pgid='pgtrigger_credential_only_its_state_7cf05', table='credentials_credential', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='credentialevent',
                    trigger=pgtrigger.compiler.Trigger(name='credentialevent_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1d1b994c6552d4e77028201bdb5dee640e9d8dff', operation='UPDATE OR DELETE', pgid='pgtrigger_credentialevent_stays_dc5f2', table='credentials_credentialevent', when='BEFORE')),
                ),
            ],
        ),
    ]
