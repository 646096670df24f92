"""Legal form, industrial chains and park of enterprises, and the day of the number that they declare."""

import django.contrib.postgres.fields
from django.db import migrations, models

from gongjiang.kernel.migrating import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ('orgs', '0002_version_0_2_0'),
    ]

    operations = [
        AtOnce([
            migrations.AddField(
                model_name='entityface',
                name='chains',
                field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, db_default=[], default=list, size=None),
            ),
            migrations.AddField(
                model_name='entityface',
                name='legal_form',
                field=models.TextField(blank=True, choices=[('110', 'limited liability company'), ('111', 'wholly state-owned company'), ('112', 'private limited liability company'), ('119', 'other limited liability company'), ('120', 'company limited by shares'), ('121', 'private company limited by shares'), ('129', 'other company limited by shares'), ('130', 'enterprise that is no company'), ('131', 'enterprise owned by the whole people'), ('132', 'enterprise owned by a collective'), ('133', 'share cooperative enterprise'), ('134', 'jointly operated enterprise'), ('140', 'sole proprietorship'), ('150', 'partnership'), ('190', 'other domestic enterprise'), ('210', 'limited liability company with Hong Kong, Macao or Taiwan investment'), ('220', 'company limited by shares with Hong Kong, Macao or Taiwan investment'), ('230', 'partnership with Hong Kong, Macao or Taiwan investment'), ('290', 'other enterprise with Hong Kong, Macao or Taiwan investment'), ('310', 'limited liability company with foreign investment'), ('320', 'company limited by shares with foreign investment'), ('330', 'partnership with foreign investment'), ('390', 'other enterprise with foreign investment'), ('400', 'farmers’ cooperative'), ('500', 'individual business'), ('900', 'other market entity')], db_default='', default=''),
            ),
            migrations.AddField(
                model_name='entityface',
                name='park',
                field=models.TextField(blank=True, db_default='', default=''),
            ),
            migrations.AddField(
                model_name='legalentity',
                name='chains',
                field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, db_default=[], default=list, size=None),
            ),
            migrations.AddField(
                model_name='legalentity',
                name='declared_on',
                field=models.DateField(blank=True, null=True),
            ),
            migrations.AddField(
                model_name='legalentity',
                name='legal_form',
                field=models.TextField(blank=True, choices=[('110', 'limited liability company'), ('111', 'wholly state-owned company'), ('112', 'private limited liability company'), ('119', 'other limited liability company'), ('120', 'company limited by shares'), ('121', 'private company limited by shares'), ('129', 'other company limited by shares'), ('130', 'enterprise that is no company'), ('131', 'enterprise owned by the whole people'), ('132', 'enterprise owned by a collective'), ('133', 'share cooperative enterprise'), ('134', 'jointly operated enterprise'), ('140', 'sole proprietorship'), ('150', 'partnership'), ('190', 'other domestic enterprise'), ('210', 'limited liability company with Hong Kong, Macao or Taiwan investment'), ('220', 'company limited by shares with Hong Kong, Macao or Taiwan investment'), ('230', 'partnership with Hong Kong, Macao or Taiwan investment'), ('290', 'other enterprise with Hong Kong, Macao or Taiwan investment'), ('310', 'limited liability company with foreign investment'), ('320', 'company limited by shares with foreign investment'), ('330', 'partnership with foreign investment'), ('390', 'other enterprise with foreign investment'), ('400', 'farmers’ cooperative'), ('500', 'individual business'), ('900', 'other market entity')], db_default='', default=''),
            ),
            migrations.AddField(
                model_name='legalentity',
                name='park',
                field=models.TextField(blank=True, db_default='', default=''),
            ),
            migrations.AddConstraint(
                model_name='legalentity',
                constraint=models.CheckConstraint(condition=models.Q(('legal_form__in', ['', '110', '111', '112', '119', '120', '121', '129', '130', '131', '132', '133', '134', '140', '150', '190', '210', '220', '230', '290', '310', '320', '330', '390', '400', '500', '900'])), name='entity_legal_form'),
            ),
            migrations.AddConstraint(
                model_name='legalentity',
                constraint=models.CheckConstraint(condition=models.Q(('declared_on', None), ('declared_workers__isnull', False), _connector='OR'), name='entity_declared_on_a_day'),
            ),
        ]),
    ]
