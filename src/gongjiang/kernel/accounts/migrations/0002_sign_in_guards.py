import django.db.models.deletion
import gongjiang.kernel.migrating
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='SecondFactor',
                    fields=[
                        ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='second_factor', serialize=False, to=settings.AUTH_USER_MODEL)),
                        ('secret', models.BinaryField()),
                        ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                        ('last_step', models.PositiveBigIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name='Throttle',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.BinaryField(unique=True)),
                        ('failures', models.PositiveIntegerField()),
                        ('since', models.DateTimeField()),
                        ('locked_until', models.DateTimeField(blank=True, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='Login',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('means', models.TextField(choices=[('password', 'password'), ('second_factor', 'password and authenticator'), ('recovery_code', 'password and recovery code'), ('single_sign_on', 'single sign-on'), ('demo', 'one click in the demonstration')])),
                        ('address', models.GenericIPAddressField(null=True)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='logins', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['user', '-at'], name='login_user')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('means__in', ['password', 'second_factor', 'recovery_code', 'single_sign_on', 'demo'])), name='login_means')],
                    },
                ),
                migrations.CreateModel(
                    name='RecoveryCode',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('digest', models.BinaryField()),
                        ('used_at', models.DateTimeField(blank=True, null=True)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('user', 'digest'), name='recoverycode_once')],
                    },
                ),
                migrations.CreateModel(
                    name='SignOn',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('issuer', models.TextField()),
                        ('subject', models.TextField()),
                        ('at', models.DateTimeField(auto_now_add=True)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_ons', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'subject'), name='signon_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Elevation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reason', models.TextField()),
                        ('since', models.DateTimeField()),
                        ('until', models.DateTimeField()),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='elevations', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='elevation_dates'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='elevation_reason')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='elevation',
                    trigger=pgtrigger.compiler.Trigger(name='elevation_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='90c8273101ba8aeb36a87368d917d0c674ce6ac7', operation='UPDATE OR DELETE', pgid='pgtrigger_elevation_stays_b0d78', table='accounts_elevation', when='BEFORE')),
                ),
            ],
        ),
    ]
