"""Exports; lines are written when a file is checked and once more when it is taken in, with room for that beside them."""

import django.db.models.deletion
import gongjiang.kernel.migrating
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0001_initial'),
        ('orgs', '0002_version_0_2_0'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='ExportJob',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('address', models.TextField()),
                        ('query', models.TextField(blank=True, default='')),
                        ('title', models.TextField()),
                        ('conditions', models.TextField(blank=True, default='')),
                        ('language', models.CharField(max_length=10)),
                        ('format', models.TextField(choices=[('xlsx', 'Excel workbook'), ('csv', 'text file (CSV)')])),
                        ('tier', models.TextField(choices=[('T0', 'T0'), ('T1', 'T1'), ('T2', 'T2')])),
                        ('purpose', models.TextField(blank=True, default='')),
                        ('note', models.TextField(blank=True, default='')),
                        ('reach', models.BinaryField(max_length=32)),
                        ('state', models.TextField(choices=[('queued', 'waiting'), ('running', 'being written'), ('ready', 'ready'), ('failed', 'interrupted'), ('cancelled', 'stopped'), ('expired', 'deleted')], default='queued')),
                        ('total', models.PositiveIntegerField(default=0)),
                        ('done', models.PositiveIntegerField(default=0)),
                        ('problem', models.TextField(blank=True, default='')),
                        ('file', models.TextField(blank=True, default='')),
                        ('bytes', models.PositiveBigIntegerField(default=0)),
                        ('digest', models.BinaryField(blank=True, max_length=32, null=True)),
                        ('asked_at', models.DateTimeField(auto_now_add=True)),
                        ('as_of', models.DateTimeField(blank=True, null=True)),
                        ('finished_at', models.DateTimeField(blank=True, null=True)),
                        ('expires_at', models.DateTimeField(blank=True, null=True)),
                        ('touched_at', models.DateTimeField(auto_now_add=True)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='export_jobs', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['user', 'id'], name='export_user')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'ready', 'failed', 'cancelled', 'expired'])), name='export_state'), models.CheckConstraint(condition=models.Q(('format__in', ['xlsx', 'csv'])), name='export_format'), models.CheckConstraint(condition=models.Q(('tier__in', ['T0', 'T1', 'T2'])), name='export_tier'), models.CheckConstraint(condition=models.Q(models.Q(('tier', 'T2'), _negated=True), models.Q(models.Q(('purpose', ''), _negated=True), models.Q(('note', ''), _negated=True)), _connector='OR'), name='export_sensitive_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), _negated=True), models.Q(models.Q(('file', ''), _negated=True), ('as_of__isnull', False), ('expires_at__isnull', False)), _connector='OR'), name='export_ready_has_file')],
                    },
                ),
                migrations.RemoveConstraint(
                    model_name='importbatch',
                    name='batch_state',
                ),
                migrations.AddField(
                    model_name='importline',
                    name='subject',
                    field=models.BigIntegerField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='importbatch',
                    name='errors_file',
                    field=models.TextField(blank=True, default=''),
                ),
                migrations.AlterField(
                    model_name='importbatch',
                    name='state',
                    field=models.TextField(choices=[('uploaded', 'uploaded'), ('mapped', 'being checked'), ('checked', 'checked'), ('confirmed', 'being taken in'), ('applied', 'taken in'), ('failed', 'interrupted'), ('cancelled', 'stopped'), ('undoing', 'being undone'), ('undone', 'undone')], default='uploaded'),
                ),
                migrations.AddConstraint(
                    model_name='importbatch',
                    constraint=models.CheckConstraint(condition=models.Q(('state__in', ['uploaded', 'mapped', 'checked', 'confirmed', 'applied', 'failed', 'cancelled', 'undoing', 'undone'])), name='batch_state'),
                ),
                migrations.AlterField(
                    model_name='importline',
                    name='batch',
                    field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='exchange.importbatch'),
                ),
            ],
        ),
        migrations.RunSQL("ALTER TABLE exchange_importline SET (fillfactor = 50)", migrations.RunSQL.noop),
    ]
