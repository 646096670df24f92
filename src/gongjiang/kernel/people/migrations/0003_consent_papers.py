"""Scans of the signed paper beside a consent, in place of a file of a case, which a consent has not."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from gongjiang.kernel.migrating import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0002_version_0_2_0'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.RemoveField(
                model_name='consent',
                name='file',
            ),
            migrations.CreateModel(
                name='ConsentPaper',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('name', models.TextField()),
                    ('media_type', models.TextField()),
                    ('bytes', models.PositiveBigIntegerField()),
                    ('digest', models.BinaryField(max_length=32)),
                    ('stored', models.TextField(unique=True)),
                    ('at', models.DateTimeField()),
                    ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('consent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='people.consent')),
                ],
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='consentpaper',
                trigger=pgtrigger.compiler.Trigger(name='consentpaper_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5979c07b9c1ea20e2df734e32933eec7b4f419a4', operation='UPDATE OR DELETE', pgid='pgtrigger_consentpaper_stays_57328', table='people_consentpaper', when='BEFORE')),
            ),
        ]),
    ]
