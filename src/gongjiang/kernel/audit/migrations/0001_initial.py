import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
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
        ('orgs', '0001_initial'),
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='Disclosure',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ('role', models.TextField(choices=[('unit_officer', 'Union officer of a workplace'), ('unit_chair', 'Union chair of a workplace'), ('officer', 'Union officer'), ('approver', 'Approver'), ('leader', 'Leader'), ('auditor', 'Auditor'), ('data_steward', 'Data steward'), ('system_admin', 'System administrator')])),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('kind', models.TextField(choices=[('reveal', 'shown in full')], default='reveal')),
                        ('what', models.TextField(choices=[('identity', 'resident identity number'), ('phone', 'phone number')])),
                        ('purpose', models.TextField(choices=[('handling', 'handling an application of this person'), ('correction', 'checking or correcting the register'), ('contact', 'getting in touch with this person'), ('request', 'asked for by an authority, under the law'), ('other', 'another purpose')])),
                        ('note', models.TextField()),
                        ('request', models.UUIDField(default=uuid.uuid4, unique=True)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disclosures', to='people.person')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['path', 'id'], name='disclosure_path'), models.Index(fields=['person', 'id'], name='disclosure_person'), models.Index(fields=['user', 'id'], name='disclosure_user')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['unit_officer', 'unit_chair', 'officer', 'approver', 'leader', 'auditor', 'data_steward', 'system_admin'])), name='disclosure_role'), models.CheckConstraint(condition=models.Q(('kind__in', ['reveal'])), name='disclosure_kind'), models.CheckConstraint(condition=models.Q(('what__in', ['identity', 'phone'])), name='disclosure_what'), models.CheckConstraint(condition=models.Q(('purpose__in', ['handling', 'correction', 'contact', 'request', 'other'])), name='disclosure_purpose'), models.CheckConstraint(condition=django.db.models.lookups.GreaterThanOrEqual(django.db.models.functions.text.Length(django.db.models.functions.text.Trim('note')), 6), name='disclosure_explained')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='disclosure',
                    trigger=pgtrigger.compiler.Trigger(name='disclosure_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'path' <> to_jsonb(OLD) - 'path'\n                THEN RAISE EXCEPTION 'a disclosure stays as it was written' USING ERRCODE = '23514'; END IF;\n                IF TG_OP = 'INSERT' AND my_user() IS NOT NULL THEN NEW.at := now(); END IF;\n                NEW.path := unit_path(NEW.unit_id);\n                RETURN NEW;\n                ", hash='51d490fd904b7e1ba4e87a87bcc607f5261e49c4', operation='INSERT OR UPDATE', pgid='pgtrigger_disclosure_stays_cf720', table='audit_disclosure', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='disclosure',
                    trigger=pgtrigger.compiler.Trigger(name='disclosure_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='8b50044a7d8aec367d371af5ee5b5ce3f493b2dc', operation='DELETE', pgid='pgtrigger_disclosure_is_kept_37f14', table='audit_disclosure', when='BEFORE')),
                ),
            ],
        ),
    ]
