import django.db.models.deletion
import gongjiang.kernel.migrating
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='CodeList',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.SlugField(max_length=40)),
                        ('version', models.CharField(max_length=20)),
                        ('name', models.TextField()),
                        ('name_en', models.TextField(blank=True, default='')),
                        ('source', models.TextField()),
                        ('as_of', models.DateField()),
                        ('published_on', models.DateField()),
                        ('digest', models.CharField(blank=True, default='', max_length=64)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='codelist_version')],
                    },
                ),
                migrations.CreateModel(
                    name='Code',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=20)),
                        ('level', models.CharField(blank=True, default='', max_length=12)),
                        ('name', models.TextField()),
                        ('name_en', models.TextField(blank=True, default='')),
                        ('since', models.DateField()),
                        ('until', models.DateField(blank=True, null=True)),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='codes.code')),
                        ('list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='codes.codelist')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('list', 'code', 'level'), name='code_in_list'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('since')), _connector='OR'), name='code_dates')],
                    },
                ),
                migrations.CreateModel(
                    name='Crosswalk',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('on', models.DateField()),
                        ('new', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='predecessors', to='codes.code')),
                        ('old', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='successors', to='codes.code')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('old', 'new'), name='crosswalk_once'), models.CheckConstraint(condition=models.Q(('old', models.F('new')), _negated=True), name='crosswalk_not_itself')],
                    },
                ),
            ],
        ),
    ]
