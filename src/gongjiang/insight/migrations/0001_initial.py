import django.contrib.postgres.fields
import django.db.models.deletion
import gongjiang.kernel.migrating
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
                    name='FactFiles',
                    fields=[
                        ('fact', models.TextField(primary_key=True, serialize=False)),
                        ('base', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                        ('delta', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                        ('rows', models.BigIntegerField()),
                        ('changed', models.BigIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name='Publication',
                    fields=[
                        ('indicator', models.TextField(primary_key=True, serialize=False)),
                        ('cells', models.TextField()),
                        ('affected', models.TextField()),
                        ('items', models.TextField()),
                        ('opened', models.TextField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Cell',
                    fields=[
                        ('pk', models.CompositePrimaryKey('unit', 'indicator', 'view', 'kind', 'start', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('indicator', models.TextField()),
                        ('view', models.TextField(choices=[('as_was', 'as it was then'), ('as_is', 'as it is now')])),
                        ('kind', models.TextField(choices=[('year', 'year'), ('quarter', 'quarter'), ('month', 'month')])),
                        ('start', models.DateField()),
                        ('value', models.BigIntegerField()),
                        ('unit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='orgs.unit')),
                    ],
                ),
                migrations.CreateModel(
                    name='Counted',
                    fields=[
                        ('id', models.SmallIntegerField(primary_key=True, serialize=False)),
                        ('position', models.TextField()),
                        ('as_of', models.DateTimeField()),
                        ('today', models.DateField()),
                        ('version', models.BigIntegerField()),
                        ('server', models.TextField()),
                        ('declared', models.TextField()),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='counted_once')],
                    },
                ),
                migrations.CreateModel(
                    name='PublicFigure',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('indicator', models.TextField()),
                        ('start', models.DateField()),
                        ('value', models.BigIntegerField()),
                        ('unit', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='orgs.unit')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('unit', 'indicator'), name='public_figure_once')],
                    },
                ),
            ],
        ),
    ]
