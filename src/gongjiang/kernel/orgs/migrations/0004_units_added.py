"""A unit below another is added by a change of the tree like any other: by two persons."""

from django.conf import settings
from django.db import migrations, models

from gongjiang.kernel.migrating import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ('orgs', '0003_lists_of_enterprises'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.RemoveConstraint(
                model_name='reorganisation',
                name='change_kind',
            ),
            migrations.AddField(
                model_name='reorganisation',
                name='level',
                field=models.TextField(blank=True, choices=[('nation', 'nation'), ('province', 'province'), ('city', 'city'), ('county', 'county'), ('township', 'township'), ('enterprise', 'enterprise')], default=''),
            ),
            migrations.AddField(
                model_name='reorganisation',
                name='unit_kind',
                field=models.TextField(blank=True, choices=[('union', 'union'), ('federation', 'federation'), ('department', 'department'), ('team', 'team')], default=''),
            ),
            migrations.AlterField(
                model_name='reorganisation',
                name='kind',
                field=models.TextField(choices=[('found', 'add a unit below'), ('move', 'move'), ('merge', 'merge'), ('split', 'split off'), ('rename', 'rename'), ('renumber', 'renumber'), ('close', 'close')]),
            ),
            migrations.AddConstraint(
                model_name='reorganisation',
                constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['found', 'move', 'merge', 'split', 'rename', 'renumber', 'close'])), name='change_kind'),
            ),
            migrations.AddConstraint(
                model_name='reorganisation',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'found'), _negated=True), models.Q(('level__in', ['nation', 'province', 'city', 'county', 'township', 'enterprise']), ('unit_kind__in', ['union', 'federation', 'department', 'team']), models.Q(('name', ''), _negated=True), models.Q(('code', ''), _negated=True), models.Q(('region', ''), _negated=True)), _connector='OR'), name='change_founds_a_unit'),
            ),
        ]),
    ]
