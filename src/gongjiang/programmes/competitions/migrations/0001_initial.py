import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


ENTERED = """
-- Where persons stand already in the final of an event or in others of its contest, over all delegations; asked about
-- oneself or about those who work within one's reach.
CREATE OR REPLACE FUNCTION competitions_entered(people bigint[], an_event bigint, but bigint)
RETURNS TABLE (person bigint, trade text, here boolean, others bigint) STABLE SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT n.person_id, min(v.trade), bool_or(n.event_id = an_event),
       count(DISTINCT n.event_id) FILTER (WHERE n.event_id <> an_event)
   FROM competitions_entrant n
   JOIN competitions_contestevent v ON v.edition_id = n.event_id
   JOIN lifecycle_edition e ON e.id = n.event_id
   JOIN lifecycle_edition asked ON asked.id = an_event
   WHERE n.person_id = ANY (people) AND n.live AND n.stage = 'final' AND n.case_id IS DISTINCT FROM but
     AND (n.event_id = an_event OR e.parent_id = asked.parent_id)
     AND (n.person_id = me() OR EXISTS (SELECT 1 FROM people_employment w WHERE w.person_id = n.person_id
       AND w.until IS NULL AND in_tree(unit_path(w.unit_id))))
   GROUP BY n.person_id;
END $$;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('documents', '0001_initial'),
        ('lifecycle', '0003_clocks'),
        ('orgs', '0004_units_added'),
        ('people', '0003_consent_papers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Band',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('won', models.TextField(choices=[('prize', 'Prize'), ('title', 'Title')])),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.TextField()),
                ('name_en', models.TextField(blank=True, default='')),
                ('code', models.TextField(blank=True, default='')),
                ('first', models.PositiveIntegerField()),
                ('last', models.PositiveIntegerField(blank=True, null=True)),
                ('share', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contest_bands', to='lifecycle.edition')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('edition', 'won', 'position'), name='band_position_once'), models.UniqueConstraint(fields=('edition', 'won', 'name'), name='band_name_once'), models.CheckConstraint(condition=models.Q(('first__gte', 1), models.Q(models.Q(('last__gte', models.F('first')), ('share', None)), models.Q(('last', None), ('share__gt', 0), ('share__lte', 100)), _connector='OR')), name='band_ends'), models.CheckConstraint(condition=models.Q(models.Q(('code', ''), ('won', 'prize')), models.Q(('code__in', ['top_technician_title', 'skilled_hand_title']), ('won', 'title')), _connector='OR'), name='band_code')],
            },
        ),
        migrations.CreateModel(
            name='Contest',
            fields=[
                ('edition', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='contest', serialize=False, to='lifecycle.edition')),
                ('kind', models.TextField(choices=[('skill', 'Skills contest'), ('labour', 'Labour contest')], default='skill')),
                ('klass', models.TextField(choices=[('nation_1', 'National, class 1'), ('nation_2', 'National, class 2'), ('province_grand', 'Provincial grand contest'), ('province_1', 'Provincial, class 1'), ('province_2', 'Provincial, class 2'), ('city_1', 'City, class 1'), ('city_2', 'City, class 2'), ('county', 'County'), ('enterprise', 'Enterprise'), ('industry', 'Industry')])),
                ('ordinal', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('filing', models.TextField(blank=True, default='')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['skill', 'labour'])), name='contest_kind'), models.CheckConstraint(condition=models.Q(('klass__in', ['nation_1', 'nation_2', 'province_grand', 'province_1', 'province_2', 'city_1', 'city_2', 'county', 'enterprise', 'industry'])), name='contest_class')],
            },
        ),
        migrations.CreateModel(
            name='ContestEvent',
            fields=[
                ('edition', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='contest_event', serialize=False, to='lifecycle.edition')),
                ('occupation', models.TextField(validators=[django.core.validators.RegexValidator('^\\S{2,20}$')])),
                ('trade', models.TextField()),
                ('trade_en', models.TextField(blank=True, default='')),
                ('level', models.TextField(choices=[('apprentice', 'apprentice worker'), ('junior', 'junior worker'), ('intermediate', 'intermediate worker'), ('senior', 'senior worker'), ('technician', 'technician'), ('senior_technician', 'senior technician'), ('special_technician', 'special-grade technician'), ('chief_technician', 'chief technician')])),
                ('group', models.TextField(choices=[('workers', 'Workers'), ('students', 'Students'), ('teachers', 'Teachers')], default='workers')),
                ('format', models.TextField(choices=[('single', 'One person'), ('pair', 'Two persons'), ('trio', 'Three persons'), ('team', 'Team')], default='single')),
                ('size', models.PositiveSmallIntegerField(default=1)),
                ('world_skills', models.BooleanField(default=False)),
                ('theory_share', models.DecimalField(decimal_places=2, max_digits=5)),
                ('pass_mark', models.DecimalField(decimal_places=2, max_digits=5)),
                ('finalists', models.PositiveIntegerField(default=0)),
                ('task', models.TextField(blank=True, default='')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('level__in', ['apprentice', 'junior', 'intermediate', 'senior', 'technician', 'senior_technician', 'special_technician', 'chief_technician'])), name='contestevent_level'), models.CheckConstraint(condition=models.Q(('group__in', ['workers', 'students', 'teachers'])), name='contestevent_group'), models.CheckConstraint(condition=models.Q(models.Q(('format', 'single'), ('size', 1)), models.Q(('format', 'pair'), ('size', 2)), models.Q(('format', 'trio'), ('size', 3)), models.Q(('format', 'team'), ('size__gte', 2)), _connector='OR'), name='contestevent_size'), models.CheckConstraint(condition=models.Q(('theory_share__gte', 0), ('theory_share__lt', 100), models.Q(('world_skills', False), ('theory_share', 0), _connector='OR')), name='contestevent_theory'), models.CheckConstraint(condition=models.Q(('pass_mark__gte', 0), ('pass_mark__lte', 100)), name='contestevent_pass_mark'), models.CheckConstraint(condition=models.Q(models.Q(('trade', ''), _negated=True), models.Q(('occupation', ''), _negated=True)), name='contestevent_named')],
            },
        ),
        migrations.CreateModel(
            name='Entrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.TextField(choices=[('enterprise', 'Selection at the workplace'), ('county', 'Selection of the county'), ('final', 'Final')], default='final')),
                ('live', models.BooleanField(default=True)),
                ('started_on', models.DateField(blank=True, null=True)),
                ('registered_at', models.DateTimeField()),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entrants', to='lifecycle.case')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entrants', to='lifecycle.edition')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contest_starts', to='people.person')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['person'], name='entrant_person'), models.Index(fields=['case'], name='entrant_case'), models.Index(fields=['unit', '-id'], name='entrant_unit')],
                'constraints': [models.CheckConstraint(condition=models.Q(('stage__in', ['enterprise', 'county', 'final'])), name='entrant_stage'), models.CheckConstraint(condition=models.Q(models.Q(('case__isnull', False), ('stage', 'final')), models.Q(('case', None), ('started_on__isnull', False), models.Q(('stage', 'final'), _negated=True)), _connector='OR'), name='entrant_of_an_entry_or_a_roster'), models.UniqueConstraint(condition=models.Q(('live', True)), fields=('event', 'stage', 'person'), name='entrant_once_an_event')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='contest_entry', serialize=False, to='lifecycle.case')),
                ('group', models.TextField(choices=[('workers', 'Workers'), ('students', 'Students'), ('teachers', 'Teachers')], default='workers')),
                ('grade', models.TextField(blank=True, choices=[('', ''), ('apprentice', 'apprentice worker'), ('junior', 'junior worker'), ('intermediate', 'intermediate worker'), ('senior', 'senior worker'), ('technician', 'technician'), ('senior_technician', 'senior technician'), ('special_technician', 'special-grade technician'), ('chief_technician', 'chief technician')], default='')),
                ('certificate', models.TextField(blank=True, default='')),
                ('years', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('team', models.TextField(blank=True, default='')),
                ('by_unit', models.BooleanField(default=False)),
                ('theory', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ('practice', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ('seconds', models.PositiveIntegerField(blank=True, null=True)),
                ('total', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ('rank', models.PositiveIntegerField(blank=True, null=True)),
                ('title_withheld', models.TextField(blank=True, default='')),
                ('decided_on', models.DateField(blank=True, null=True)),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document')),
                ('prize', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='competitions.band')),
                ('title', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='competitions.band')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('group__in', ['workers', 'students', 'teachers'])), name='contestentry_group'), models.CheckConstraint(condition=models.Q(('rank', None), models.Q(('rank__gte', 1), ('total__isnull', False)), _connector='OR'), name='contestentry_ranked'), models.CheckConstraint(condition=models.Q(models.Q(('prize', None), ('title', None)), ('rank__isnull', False), _connector='OR'), name='contestentry_prize_has_rank')],
            },
        ),
        migrations.CreateModel(
            name='Shortfall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('choice', models.TextField(choices=[('cancel', 'Cancel the event'), ('merge', 'Merge it with another event'), ('without_titles', 'Hold it without titles')])),
                ('reason', models.TextField()),
                ('entrants', models.PositiveIntegerField()),
                ('threshold', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shortfalls', to='lifecycle.edition')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('choice__in', ['cancel', 'merge', 'without_titles'])), name='shortfall_choice'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='shortfall_reason')],
            },
        ),
        migrations.CreateModel(
            name='Upgrade',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('held', models.TextField(blank=True, choices=[('', ''), ('apprentice', 'apprentice worker'), ('junior', 'junior worker'), ('intermediate', 'intermediate worker'), ('senior', 'senior worker'), ('technician', 'technician'), ('senior_technician', 'senior technician'), ('special_technician', 'special-grade technician'), ('chief_technician', 'chief technician')], default='')),
                ('rises_to', models.TextField(choices=[('apprentice', 'apprentice worker'), ('junior', 'junior worker'), ('intermediate', 'intermediate worker'), ('senior', 'senior worker'), ('technician', 'technician'), ('senior_technician', 'senior technician'), ('special_technician', 'special-grade technician'), ('chief_technician', 'chief technician')])),
                ('rule', models.TextField()),
                ('state', models.TextField(choices=[('eligible', 'May be proposed'), ('sent', 'With the authority for skills'), ('issued', 'Issued'), ('refused', 'Not issued')], default='eligible')),
                ('sent_on', models.DateField(blank=True, null=True)),
                ('answered_on', models.DateField(blank=True, null=True)),
                ('certificate', models.TextField(blank=True, default='')),
                ('reason', models.TextField(blank=True, default='')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contest_upgrades', to='lifecycle.case')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'person'), name='upgrade_once'), models.CheckConstraint(condition=models.Q(('state__in', ['eligible', 'sent', 'issued', 'refused'])), name='upgrade_state'), models.CheckConstraint(condition=models.Q(('held', models.F('rises_to')), _negated=True), name='upgrade_rises'), models.CheckConstraint(condition=models.Q(models.Q(('answered_on', None), ('sent_on', None), ('state', 'eligible')), models.Q(('answered_on', None), ('sent_on__isnull', False), ('state', 'sent')), models.Q(('answered_on__isnull', False), ('state', 'issued'), models.Q(('certificate', ''), _negated=True)), models.Q(('answered_on__isnull', False), ('state', 'refused'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='upgrade_answered')],
            },
        ),
        migrations.RunSQL(ENTERED, "DROP FUNCTION competitions_entered(bigint[], bigint, bigint)"),
    ]
