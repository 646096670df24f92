"""What a list of enterprises says besides name and code, and what it wrote, so that it can be undone."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from gongjiang.kernel.migrating import AtOnce


#: The former faces that an import gave to enterprises hold again, and are forgotten as such; of the caller's own reach,
#: and only where nothing has followed them. Answers how many.
TAKE_BACK = """
CREATE OR REPLACE FUNCTION registry_take_back_faces(a_batch bigint, entities bigint[]) RETURNS bigint SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE found_ bigint;
BEGIN
  WITH gone AS (
    DELETE FROM orgs_entityface f
    USING registry_entitywritten w JOIN exchange_importbatch b ON b.id = w.batch_id
      JOIN orgs_legalentity l ON l.id = w.entity
    WHERE w.batch_id = a_batch AND w.entity = ANY (entities) AND in_tree(b.path) AND in_tree(l.path)
      AND b.state = 'undoing' AND f.entity_id = w.entity AND f.until = w.face_until
      AND NOT EXISTS (SELECT 1 FROM orgs_entityface x WHERE x.entity_id = f.entity_id AND x.until > f.until)
    RETURNING f.*),
  put_back AS (
    UPDATE orgs_legalentity l SET name = g.name, ownership = g.ownership, legal_form = g.legal_form,
      industry = g.industry, chains = g.chains, size_class = g.size_class, region = g.region, park = g.park,
      state = g.state
    FROM gone g WHERE l.id = g.entity_id RETURNING 1)
  SELECT count(*) INTO found_ FROM put_back;
  RETURN found_;
END $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0002_version_0_2_0'),
        ('orgs', '0003_lists_of_enterprises'),
        ('registry', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='EntityWritten',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('entity', models.BigIntegerField()),
                    ('is_new', models.BooleanField()),
                    ('face_until', models.DateField(blank=True, null=True)),
                    ('was_declared_workers', models.PositiveIntegerField(blank=True, null=True)),
                    ('was_declared_on', models.DateField(blank=True, null=True)),
                    ('mark', models.TextField()),
                    ('batch', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.importbatch')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('batch', 'entity'), name='entitywritten_once')],
                },
            ),
            migrations.AddField(
                model_name='candidate',
                name='chains',
                field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None),
            ),
            migrations.AddField(
                model_name='candidate',
                name='declared_on',
                field=models.DateField(blank=True, null=True),
            ),
            migrations.AddField(
                model_name='candidate',
                name='legal_form',
                field=models.TextField(blank=True, choices=[('110', 'limited liability company'), ('111', 'wholly state-owned company'), ('112', 'private limited liability company'), ('119', 'other limited liability company'), ('120', 'company limited by shares'), ('121', 'private company limited by shares'), ('129', 'other company limited by shares'), ('130', 'enterprise that is no company'), ('131', 'enterprise owned by the whole people'), ('132', 'enterprise owned by a collective'), ('133', 'share cooperative enterprise'), ('134', 'jointly operated enterprise'), ('140', 'sole proprietorship'), ('150', 'partnership'), ('190', 'other domestic enterprise'), ('210', 'limited liability company with Hong Kong, Macao or Taiwan investment'), ('220', 'company limited by shares with Hong Kong, Macao or Taiwan investment'), ('230', 'partnership with Hong Kong, Macao or Taiwan investment'), ('290', 'other enterprise with Hong Kong, Macao or Taiwan investment'), ('310', 'limited liability company with foreign investment'), ('320', 'company limited by shares with foreign investment'), ('330', 'partnership with foreign investment'), ('390', 'other enterprise with foreign investment'), ('400', 'farmers’ cooperative'), ('500', 'individual business'), ('900', 'other market entity')], default=''),
            ),
            migrations.AddField(
                model_name='candidate',
                name='park',
                field=models.TextField(blank=True, default=''),
            ),
            migrations.AddConstraint(
                model_name='candidate',
                constraint=models.CheckConstraint(condition=models.Q(('legal_form__in', ['', '110', '111', '112', '119', '120', '121', '129', '130', '131', '132', '133', '134', '140', '150', '190', '210', '220', '230', '290', '310', '320', '330', '390', '400', '500', '900'])), name='candidate_legal_form'),
            ),
        ]),
        migrations.RunSQL(TAKE_BACK, "DROP FUNCTION registry_take_back_faces(bigint, bigint[])"),
    ]
