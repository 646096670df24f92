import django.db.models.deletion
import gongjiang.kernel.exchange.mapping
import gongjiang.kernel.migrating
import gongjiang.kernel.orgs.paths
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('orgs', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='ImportBatch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField()),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('language', models.CharField(max_length=10)),
                        ('file_name', models.TextField()),
                        ('file', models.TextField(blank=True, default='')),
                        ('digest', models.BinaryField(max_length=32)),
                        ('mapping', gongjiang.kernel.exchange.mapping.MappingField()),
                        ('state', models.TextField(choices=[('uploaded', 'uploaded'), ('mapped', 'being checked'), ('checked', 'checked'), ('confirmed', 'being taken in'), ('applied', 'taken in'), ('failed', 'interrupted'), ('cancelled', 'stopped')], default='uploaded')),
                        ('total', models.PositiveIntegerField(default=0)),
                        ('done', models.PositiveIntegerField(default=0)),
                        ('new', models.PositiveIntegerField(default=0)),
                        ('changed', models.PositiveIntegerField(default=0)),
                        ('same', models.PositiveIntegerField(default=0)),
                        ('error', models.PositiveIntegerField(default=0)),
                        ('absent', models.PositiveIntegerField(default=0)),
                        ('problem', models.TextField(blank=True, default='')),
                        ('uploaded_at', models.DateTimeField(auto_now_add=True)),
                        ('checked_at', models.DateTimeField(blank=True, null=True)),
                        ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                        ('finished_at', models.DateTimeField(blank=True, null=True)),
                        ('touched_at', models.DateTimeField(auto_now_add=True)),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='import_batches', to='orgs.unit')),
                        ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='import_batches', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['path', 'id'], name='batch_path')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['uploaded', 'mapped', 'checked', 'confirmed', 'applied', 'failed', 'cancelled'])), name='batch_state'), models.CheckConstraint(condition=models.Q(('done__lte', models.F('total'))), name='batch_done_of_total'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'applied'), _negated=True), ('confirmed_at__isnull', False), _connector='OR'), name='batch_applied_after_yes')],
                    },
                ),
                migrations.CreateModel(
                    name='ImportLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('row', models.PositiveIntegerField()),
                        ('status', models.TextField(choices=[('new', 'new'), ('changed', 'changed'), ('same', 'unchanged'), ('error', 'to be mended')])),
                        ('who', models.TextField(blank=True, default='')),
                        ('note', models.TextField(blank=True, default='')),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='exchange.importbatch')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['batch', 'status', 'row'], name='line_by_status')],
                        'constraints': [models.UniqueConstraint(fields=('batch', 'row'), name='line_once'), models.CheckConstraint(condition=models.Q(('status__in', ['new', 'changed', 'same', 'error'])), name='line_status'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'error'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='line_error_has_reason')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='importbatch',
                    trigger=pgtrigger.compiler.Trigger(name='batch_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='65f116307f45e1cfbea9ded542ed528bb045f1ca', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_batch_path_follows_unit_8dd98', table='exchange_importbatch', when='BEFORE')),
                ),
            ],
        ),
    ]
