"""What an import pays for each person: no index twice, and the pairs of a short name without a query."""

import django.db.models.deletion
from django.db import migrations, models


# The same pairs as before, so what is indexed stays right.
BIGRAMS = r"""
CREATE OR REPLACE FUNCTION bigrams(words text) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
BEGIN
  CASE length(words)
    WHEN 2 THEN RETURN ARRAY[words];
    WHEN 3 THEN RETURN ARRAY[left(words, 2), right(words, 2)];
    WHEN 4 THEN RETURN ARRAY[left(words, 2), substr(words, 2, 2), right(words, 2)];
    ELSE RETURN (SELECT coalesce(array_agg(DISTINCT substr(words, i, 2)), '{}')
                 FROM generate_series(1, length(words) - 1) AS i);
  END CASE;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('orgs', '0003_reorganisations'),
        ('people', '0002_people_in_depth'),
    ]

    operations = [
        migrations.RunSQL(BIGRAMS, migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='employment',
            name='employment_once_open',
        ),
        migrations.RemoveIndex(
            model_name='employment',
            name='employment_person_path',
        ),
        migrations.AlterField(
            model_name='fieldsource',
            name='person',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='field_sources', to='people.person'),
        ),
        migrations.AlterField(
            model_name='identifier',
            name='person',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='identifiers', to='people.person'),
        ),
        migrations.AlterField(
            model_name='person',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='people.person'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='person_merged_into'),
        ),
        migrations.AddConstraint(
            model_name='employment',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('person', 'entity'), include=('path',), name='employment_once_open'),
        ),
    ]
