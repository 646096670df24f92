import django.db.models.deletion
import gongjiang.kernel.migrating
import gongjiang.kernel.orgs.paths
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('orgs', '0001_initial'),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='Person',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.TextField()),
                        ('sex', models.TextField(choices=[('male', 'male'), ('female', 'female'), ('unknown', 'not known')], default='unknown')),
                        ('born_on', models.DateField(blank=True, null=True)),
                        ('state', models.TextField(choices=[('provisional', 'provisional'), ('identified', 'identified'), ('deceased', 'deceased')], default='provisional')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('sex__in', ['male', 'female', 'unknown'])), name='person_sex'), models.CheckConstraint(condition=models.Q(('state__in', ['provisional', 'identified', 'deceased'])), name='person_state'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='person_named')],
                    },
                ),
                migrations.CreateModel(
                    name='Identifier',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('identity', 'resident identity number'), ('phone', 'phone number')])),
                        ('cipher', models.BinaryField()),
                        ('digest', models.BinaryField(max_length=32)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identifiers', to='people.person')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('kind', 'phone')), fields=['digest'], name='identifier_phone')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'identity')), fields=('digest',), name='identity_once'), models.UniqueConstraint(fields=('person', 'kind'), name='identifier_kind_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['identity', 'phone'])), name='identifier_kind')],
                    },
                ),
                migrations.CreateModel(
                    name='Employment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('since', models.DateField()),
                        ('until', models.DateField(blank=True, null=True)),
                        ('form', models.TextField(choices=[('contract', 'labour contract'), ('agency', 'agency labour'), ('flexible', 'flexible work'), ('platform', 'platform work'), ('intern', 'internship')], default='contract')),
                        ('post', models.TextField(blank=True, default='')),
                        ('post_class', models.TextField(choices=[('production', 'production line'), ('technical', 'technical staff'), ('management', 'management'), ('service', 'service staff')])),
                        ('entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='employments', to='orgs.legalentity')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='employments', to='orgs.unit')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='employments', to='people.person')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('until', None)), fields=['path', 'id'], name='employment_path')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('person', 'entity'), name='employment_once_open'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('since')), _connector='OR'), name='employment_dates'), models.CheckConstraint(condition=models.Q(('form__in', ['contract', 'agency', 'flexible', 'platform', 'intern'])), name='employment_form'), models.CheckConstraint(condition=models.Q(('post_class__in', ['production', 'technical', 'management', 'service'])), name='employment_post_class')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='employment',
                    trigger=pgtrigger.compiler.Trigger(name='employment_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='93dbab5d78d027e77102b287e0f4f630f617ab48', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_employment_path_follows_unit_26ddb', table='people_employment', when='BEFORE')),
                ),
            ],
        ),
    ]
