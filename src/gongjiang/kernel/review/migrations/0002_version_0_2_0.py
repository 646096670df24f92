import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import gongjiang.kernel.migrating
import gongjiang.kernel.orgs.paths
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lifecycle', '0003_clocks'),
        ('orgs', '0002_version_0_2_0'),
        ('review', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='Delegation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('holder_name', models.TextField()),
                        ('deputy_name', models.TextField()),
                        ('role', models.TextField(choices=[('unit_officer', 'Union officer of a workplace'), ('unit_chair', 'Union chair of a workplace'), ('officer', 'Union officer'), ('approver', 'Approver')])),
                        ('since', models.DateField()),
                        ('until', models.DateField()),
                        ('reason', models.TextField(blank=True, default='')),
                        ('at', models.DateTimeField()),
                        ('deputy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deputyships', to=settings.AUTH_USER_MODEL)),
                        ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations', to=settings.AUTH_USER_MODEL)),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['deputy', 'until'], name='delegation_deputy')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['unit_officer', 'unit_chair', 'officer', 'approver'])), name='delegation_role'), models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='delegation_dates'), models.CheckConstraint(condition=models.Q(('holder', models.F('deputy')), _negated=True), name='delegation_to_another')],
                    },
                ),
                migrations.CreateModel(
                    name='EndorsingLevel',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('level', models.TextField(choices=[('nation', 'nation'), ('province', 'province'), ('city', 'city'), ('county', 'county'), ('township', 'township'), ('enterprise', 'enterprise')])),
                        ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='endorsing_levels', to='lifecycle.edition')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('edition', 'level'), name='endorsinglevel_once'), models.CheckConstraint(condition=models.Q(('level__in', ['nation', 'province', 'city', 'county', 'township', 'enterprise'])), name='endorsinglevel_level')],
                    },
                ),
                migrations.CreateModel(
                    name='Panel',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('stage', models.TextField()),
                        ('name', models.TextField()),
                        ('name_en', models.TextField(blank=True, default='')),
                        ('state', models.TextField(choices=[('preparing', 'In preparation'), ('open', 'Scoring'), ('locked', 'Locked')], default='preparing')),
                        ('blind', models.BooleanField(blank=True, null=True)),
                        ('minimum', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('drop', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('precision', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('rounding', models.TextField(blank=True, choices=[('', ''), ('half_up', 'half up'), ('half_even', 'half to even'), ('down', 'cut off')], default='')),
                        ('passes', models.PositiveIntegerField(blank=True, null=True)),
                        ('reserves', models.PositiveIntegerField(blank=True, null=True)),
                        ('earlier_share', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                        ('reason', models.TextField(blank=True, default='')),
                        ('opened_at', models.DateTimeField(blank=True, null=True)),
                        ('locked_at', models.DateTimeField(blank=True, null=True)),
                        ('fingerprint', models.TextField(blank=True, default='')),
                        ('earlier', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='later', to='review.panel')),
                        ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='panels', to='lifecycle.edition')),
                        ('locked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='review.panel')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['path', 'id'], name='panel_path')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['preparing', 'open', 'locked'])), name='panel_state'), models.CheckConstraint(condition=models.Q(('rounding__in', ['', 'half_up', 'half_even', 'down'])), name='panel_rounding'), models.CheckConstraint(condition=models.Q(('precision', None), ('precision__lte', 6), _connector='OR'), name='panel_precision'), models.CheckConstraint(condition=models.Q(('minimum', None), ('drop', None), ('minimum__gt', django.db.models.expressions.CombinedExpression(models.F('drop'), '*', models.Value(2))), _connector='OR'), name='panel_some_sheet_counts'), models.CheckConstraint(condition=models.Q(('earlier_share', None), models.Q(('earlier_share__gt', 0), ('earlier_share__lt', 100)), _connector='OR'), name='panel_earlier_share'), models.CheckConstraint(condition=models.Q(('state', 'preparing'), models.Q(('blind__isnull', False), ('drop__isnull', False), ('minimum__gte', 1), ('opened_at__isnull', False), ('passes__isnull', False), ('precision__isnull', False), ('reserves__isnull', False), models.Q(('rounding', ''), _negated=True)), _connector='OR'), name='panel_whole_when_open'), models.CheckConstraint(condition=models.Q(models.Q(('locked_at__isnull', False), ('state', 'locked'), models.Q(('fingerprint', ''), _negated=True)), models.Q(models.Q(('state', 'locked'), _negated=True), ('fingerprint', ''), ('locked_at', None)), _connector='OR'), name='panel_locked_whole'), models.CheckConstraint(condition=models.Q(('replaces', None), models.Q(('reason', ''), _negated=True), _connector='OR'), name='panel_corrects_with_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='Item',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.TextField()),
                        ('position', models.PositiveIntegerField()),
                        ('calibration', models.BooleanField(default=False)),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                        ('withdrawn_reason', models.TextField(blank=True, default='')),
                        ('panel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='review.panel')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('panel', 'code'), name='item_code_once'), models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('panel', 'position'), name='item_position_once'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_reason', '')), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='item_withdrawn_with_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='Draw',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('purpose', models.TextField(choices=[('order', 'order of appearance'), ('sample', 'sample for checking'), ('lot', 'who receives')])),
                        ('title', models.TextField()),
                        ('algorithm', models.TextField()),
                        ('entries', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                        ('entries_hash', models.TextField()),
                        ('commitment', models.TextField()),
                        ('source', models.TextField()),
                        ('committed_at', models.DateTimeField()),
                        ('public_at', models.DateTimeField()),
                        ('public_value', models.TextField(blank=True, default='')),
                        ('secret', models.TextField(blank=True, default='')),
                        ('seed', models.TextField(blank=True, default='')),
                        ('result', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                        ('result_hash', models.TextField(blank=True, default='')),
                        ('drawn_at', models.DateTimeField(blank=True, null=True)),
                        ('supervised_by', models.TextField(blank=True, default='')),
                        ('drawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='lifecycle.edition')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('panel', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='review.panel')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('purpose__in', ['order', 'sample', 'lot'])), name='draw_purpose'), models.CheckConstraint(condition=models.Q(('public_at__gt', models.F('committed_at')), models.Q(('source', ''), _negated=True)), name='draw_commits_first'), models.CheckConstraint(condition=models.Q(models.Q(('drawn_at', None), ('public_value', ''), ('result_hash', ''), ('secret', ''), ('seed', '')), models.Q(('drawn_at__gte', models.F('public_at')), models.Q(('public_value', ''), _negated=True), models.Q(('secret', ''), _negated=True), models.Q(('seed', ''), _negated=True)), _connector='OR'), name='draw_whole')],
                    },
                ),
                migrations.CreateModel(
                    name='Decoding',
                    fields=[
                        ('item', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='decoding', serialize=False, to='review.item')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decodings', to='lifecycle.case')),
                        ('panel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='review.panel')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['case'], name='decoding_case')],
                        'constraints': [models.UniqueConstraint(fields=('panel', 'case'), name='decoding_case_once')],
                    },
                ),
                migrations.CreateModel(
                    name='DrawSecret',
                    fields=[
                        ('draw', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='sealed', serialize=False, to='review.draw')),
                        ('cipher', models.BinaryField()),
                    ],
                ),
                migrations.CreateModel(
                    name='DrawDrop',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('token', models.TextField()),
                        ('reason', models.TextField()),
                        ('at', models.DateTimeField()),
                        ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drops', to='review.draw')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('draw', 'token'), name='drawdrop_once'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='drawdrop_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='Criterion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('position', models.PositiveSmallIntegerField()),
                        ('name', models.TextField()),
                        ('name_en', models.TextField(blank=True, default='')),
                        ('weight', models.DecimalField(decimal_places=2, max_digits=5)),
                        ('maximum', models.DecimalField(decimal_places=2, max_digits=6)),
                        ('panel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='review.panel')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('panel', 'position'), name='criterion_position_once'), models.CheckConstraint(condition=models.Q(('weight__gt', 0), ('weight__lte', 100)), name='criterion_weight'), models.CheckConstraint(condition=models.Q(('maximum__gt', 0)), name='criterion_maximum')],
                    },
                ),
                migrations.CreateModel(
                    name='Part',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('position', models.PositiveSmallIntegerField()),
                        ('label', models.TextField()),
                        ('text', models.TextField(blank=True, default='')),
                        ('stored', models.TextField(blank=True, default='')),
                        ('media_type', models.TextField(blank=True, default='')),
                        ('bytes', models.PositiveBigIntegerField(default=0)),
                        ('digest', models.BinaryField(blank=True, max_length=32, null=True)),
                        ('ending', models.TextField(blank=True, default='')),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='review.item')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('item', 'position'), name='part_position_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Seat',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.TextField()),
                        ('role', models.TextField(choices=[('panel_chair', 'Chair of the panel'), ('panelist', 'Judge'), ('scrutineer', 'Scrutineer')])),
                        ('since', models.DateTimeField()),
                        ('until', models.DateTimeField(blank=True, null=True)),
                        ('oath_at', models.DateTimeField(blank=True, null=True)),
                        ('panel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='review.panel')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('until', None)), fields=['user'], name='seat_user')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['panel_chair', 'panelist', 'scrutineer'])), name='seat_role'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='seat_dates'), models.UniqueConstraint(condition=models.Q(('until', None)), fields=('panel', 'user'), name='seat_once_live'), models.UniqueConstraint(condition=models.Q(('role', 'panel_chair'), ('until', None)), fields=('panel',), name='seat_one_chair')],
                    },
                ),
                migrations.CreateModel(
                    name='Score',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('points', models.DecimalField(decimal_places=2, max_digits=6)),
                        ('at', models.DateTimeField()),
                        ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.criterion')),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='review.item')),
                        ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='review.seat')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['item'], name='score_item')],
                        'constraints': [models.UniqueConstraint(fields=('seat', 'item', 'criterion'), name='score_once'), models.CheckConstraint(condition=models.Q(('points__gte', 0)), name='score_points')],
                    },
                ),
                migrations.CreateModel(
                    name='Ruling',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('position', models.PositiveSmallIntegerField()),
                        ('reason', models.TextField()),
                        ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='ruling', to='review.item')),
                        ('panel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rulings', to='review.panel')),
                        ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.seat')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='ruling_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='Recusal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('declared', 'declared by the judge'), ('ordered', 'ordered by the organiser'), ('own', 'takes part in it'), ('workplace', 'works at the same workplace'), ('unit', 'holds office in a unit that recommended it')])),
                        ('reason', models.TextField(blank=True, default='')),
                        ('at', models.DateTimeField()),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recusals', to='review.item')),
                        ('seat', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recusals', to='review.seat')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('seat', 'item'), name='recusal_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['declared', 'ordered', 'own', 'workplace', 'unit'])), name='recusal_kind'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'ordered'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='recusal_ordered_with_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='Standing',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('total', models.DecimalField(decimal_places=6, max_digits=9)),
                        ('rank', models.PositiveIntegerField()),
                        ('result', models.TextField(choices=[('passed', 'Passed'), ('reserve', 'Reserve'), ('out', 'Not passed')])),
                        ('judges', models.PositiveSmallIntegerField()),
                        ('settled', models.TextField(blank=True, default='')),
                        ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='standing', to='review.item')),
                        ('panel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='standings', to='review.panel')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['panel', 'rank'], name='standing_rank')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('result__in', ['passed', 'reserve', 'out'])), name='standing_result')],
                    },
                ),
                migrations.CreateModel(
                    name='Swap',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('reason', models.TextField()),
                        ('at', models.DateTimeField()),
                        ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='swaps', to='lifecycle.edition')),
                        ('into', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lifecycle.case')),
                        ('out', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lifecycle.case')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='swap_reason'), models.CheckConstraint(condition=models.Q(('out', models.F('into')), _negated=True), name='swap_of_two')],
                    },
                ),
                migrations.CreateModel(
                    name='TieStep',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('position', models.PositiveSmallIntegerField()),
                        ('kind', models.TextField(choices=[('criterion', 'Higher points in a criterion'), ('admit_all', 'All tied at the cut pass'), ('chair', 'The chair decides')])),
                        ('criterion', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='review.criterion')),
                        ('panel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tie_steps', to='review.panel')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('panel', 'position'), name='tiestep_position_once'), models.CheckConstraint(condition=models.Q(models.Q(('criterion__isnull', False), ('kind', 'criterion')), models.Q(('criterion', None), ('kind__in', ['admit_all', 'chair'])), _connector='OR'), name='tiestep_criterion')],
                    },
                ),
                migrations.CreateModel(
                    name='Candidate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('position', models.PositiveIntegerField()),
                        ('sent_at', models.DateTimeField(blank=True, null=True)),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='candidacies', to='lifecycle.case')),
                        ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='candidates', to='lifecycle.edition')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                        ('stream', models.TextField(default='regular')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('unit', 'case'), name='candidate_once'), models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('edition', 'unit', 'position'), name='candidate_position_once'), models.CheckConstraint(condition=models.Q(('position__gte', 1)), name='candidate_position')],
                    },
                ),
                migrations.AddField(
                    model_name='endorsement',
                    name='in_name_of',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.RemoveConstraint(
                    model_name='endorsement',
                    name='endorsement_verdict',
                ),
                migrations.AlterField(
                    model_name='endorsement',
                    name='verdict',
                    field=models.TextField(choices=[('endorsed', 'Endorsed'), ('returned', 'Returned'), ('refused', 'Refused'), ('granted', 'Granted'), ('recalled', 'Called back')]),
                ),
                migrations.AddConstraint(
                    model_name='endorsement',
                    constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['endorsed', 'returned', 'refused', 'granted', 'recalled'])), name='endorsement_verdict'),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='candidate',
                    trigger=pgtrigger.compiler.Trigger(name='candidate_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='165bd110f730dff9654d2b78ae5b69e87fbc95f5', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_candidate_path_follows_unit_1de8e', table='review_candidate', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='delegation',
                    trigger=pgtrigger.compiler.Trigger(name='delegation_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='7eb9af7f7b775f01dc9b53f0579fca5b553b9c05', operation='DELETE', pgid='pgtrigger_delegation_stays_fecb7', table='review_delegation', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='delegation',
                    trigger=pgtrigger.compiler.Trigger(name='delegation_only_ends', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF NEW.until > OLD.until OR to_jsonb(NEW) - 'until' IS DISTINCT FROM to_jsonb(OLD) - 'until'\n                THEN RAISE EXCEPTION 'a delegation can only be ended earlier' USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='9d04d5f6fc1eca0a8c100376236afdaa49e57a7a', operation='UPDATE', pgid='pgtrigger_delegation_only_ends_524d1', table='review_delegation', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='drawsecret',
                    trigger=pgtrigger.compiler.Trigger(name='drawsecret_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6657677da8ffc9b4e1bbd61677baac3437ecab25', operation='UPDATE OR DELETE', pgid='pgtrigger_drawsecret_stays_ccf10', table='review_drawsecret', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='drawdrop',
                    trigger=pgtrigger.compiler.Trigger(name='drawdrop_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9fbabecb0b4846f77d2578162233893996d4bb32', operation='UPDATE OR DELETE', pgid='pgtrigger_drawdrop_stays_7cdf2', table='review_drawdrop', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='panel',
                    trigger=pgtrigger.compiler.Trigger(name='panel_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='cb31d400011cdab45b7b33fab3ac828357f6fba7', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_panel_path_follows_unit_d7fbc', table='review_panel', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='panel',
                    trigger=pgtrigger.compiler.Trigger(name='panel_goes_one_way', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'DELETE' THEN\n                  IF OLD.state <> 'preparing'\n                  THEN RAISE EXCEPTION 'an open panel stays' USING ERRCODE = '23514'; END IF;\n                  RETURN OLD;\n                END IF;\n                IF OLD.path IS DISTINCT FROM NEW.path AND\n                   to_jsonb(NEW) - 'path' = to_jsonb(OLD) - 'path' THEN RETURN NEW; END IF;\n                IF OLD.state = 'locked'\n                THEN RAISE EXCEPTION 'a locked panel is not changed' USING ERRCODE = '23514'; END IF;\n                IF ROW(OLD.state, NEW.state) NOT IN (ROW('preparing', 'preparing'), ROW('preparing', 'open'),\n                   ROW('open', 'locked'))\n                THEN RAISE EXCEPTION 'a panel is prepared, opened and locked' USING ERRCODE = '23514'; END IF;\n                IF OLD.state = 'open' AND to_jsonb(NEW) - ARRAY['state', 'locked_at', 'locked_by_id', 'fingerprint']\n                   IS DISTINCT FROM to_jsonb(OLD) - ARRAY['state', 'locked_at', 'locked_by_id', 'fingerprint']\n                THEN RAISE EXCEPTION 'the rules of an open panel are frozen' USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='1a8ff4459a5c5ce6146fde9b4be99d2f74ae19ca', operation='UPDATE OR DELETE', pgid='pgtrigger_panel_goes_one_way_312f3', table='review_panel', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='item',
                    trigger=pgtrigger.compiler.Trigger(name='item_entered_before', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF coalesce(hold_panel(CASE WHEN TG_OP = 'DELETE' THEN OLD.panel_id ELSE NEW.panel_id END), '') <> ALL (ARRAY['preparing'])\n        THEN RAISE EXCEPTION 'the panel is past that' USING ERRCODE = '23514'; END IF;\n        RETURN COALESCE(NEW, OLD);\n        ", hash='15a6d045a148dd8f01fba1fbffcd3e2c78e3ae32', operation='INSERT OR DELETE', pgid='pgtrigger_item_entered_before_20771', table='review_item', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='item',
                    trigger=pgtrigger.compiler.Trigger(name='item_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF hold_panel(NEW.panel_id) = 'locked' OR NEW.panel_id <> OLD.panel_id OR NEW.code <> OLD.code\n                   OR NEW.calibration <> OLD.calibration OR OLD.withdrawn_at IS NOT NULL\n                THEN RAISE EXCEPTION 'the item is frozen' USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='60b8332e112141212ee69468e2a453e1d27b58a0', operation='UPDATE', pgid='pgtrigger_item_frozen_ecd43', table='review_item', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='draw',
                    trigger=pgtrigger.compiler.Trigger(name='draw_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='6c4c1c9db9f5a2751f5ea224969c1e84a8b46bbe', operation='DELETE', pgid='pgtrigger_draw_stays_79879', table='review_draw', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='draw',
                    trigger=pgtrigger.compiler.Trigger(name='draw_is_drawn_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF OLD.drawn_at IS NOT NULL OR ROW(NEW.edition_id, NEW.unit_id, NEW.panel_id, NEW.purpose, NEW.title,\n                  NEW.algorithm, NEW.entries, NEW.entries_hash, NEW.commitment, NEW.source, NEW.committed_at,\n                  NEW.public_at)\n                  IS DISTINCT FROM ROW(OLD.edition_id, OLD.unit_id, OLD.panel_id, OLD.purpose, OLD.title,\n                  OLD.algorithm, OLD.entries, OLD.entries_hash, OLD.commitment, OLD.source, OLD.committed_at,\n                  OLD.public_at)\n                THEN RAISE EXCEPTION 'what a draw has committed to is never changed' USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='5a61e90784b5020e50ba113aec0a35a372f2c9bb', operation='UPDATE', pgid='pgtrigger_draw_is_drawn_once_1cc77', table='review_draw', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='criterion',
                    trigger=pgtrigger.compiler.Trigger(name='criterion_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF coalesce(hold_panel(CASE WHEN TG_OP = 'DELETE' THEN OLD.panel_id ELSE NEW.panel_id END), '') <> ALL (ARRAY['preparing'])\n        THEN RAISE EXCEPTION 'the panel is past that' USING ERRCODE = '23514'; END IF;\n        RETURN COALESCE(NEW, OLD);\n        ", hash='ddc9f933d6d9686ad1aa99aa836a40f71de9a2ab', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_criterion_frozen_b87c7', table='review_criterion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='part',
                    trigger=pgtrigger.compiler.Trigger(name='part_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF coalesce(hold_panel(CASE WHEN TG_OP = 'DELETE' THEN (SELECT i.panel_id FROM review_item i WHERE i.id = OLD.item_id) ELSE (SELECT i.panel_id FROM review_item i WHERE i.id = NEW.item_id) END), '') <> ALL (ARRAY['preparing'])\n        THEN RAISE EXCEPTION 'the panel is past that' USING ERRCODE = '23514'; END IF;\n        RETURN COALESCE(NEW, OLD);\n        ", hash='403ac70d1ae247fe9edb1d3845c4ce9eba2d4b55', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_part_frozen_a8b31', table='review_part', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='seat',
                    trigger=pgtrigger.compiler.Trigger(name='seat_is_given', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'DELETE' THEN\n                  IF hold_panel(OLD.panel_id) = 'preparing' THEN RETURN OLD; END IF;\n                  RAISE EXCEPTION 'a seat is ended, not deleted' USING ERRCODE = '23514';\n                END IF;\n                IF hold_panel(NEW.panel_id) NOT IN ('preparing', 'open')\n                THEN RAISE EXCEPTION 'the panel is locked' USING ERRCODE = '23514'; END IF;\n                IF my_user() IS NOT NULL AND TG_OP = 'INSERT' AND NOT runs_panel(NEW.panel_id)\n                THEN RAISE EXCEPTION 'nobody seats himself' USING ERRCODE = '23514'; END IF;\n                IF TG_OP = 'INSERT' THEN\n                  IF NEW.oath_at IS NOT NULL AND my_user() IS NOT NULL\n                  THEN RAISE EXCEPTION 'an oath is one''s own' USING ERRCODE = '23514'; END IF;\n                  RETURN NEW;\n                END IF;\n                IF to_jsonb(NEW) - ARRAY['until', 'oath_at'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['until', 'oath_at']\n                   OR OLD.until IS NOT NULL\n                THEN RAISE EXCEPTION 'a seat is ended, not changed' USING ERRCODE = '23514'; END IF;\n                IF NEW.oath_at IS DISTINCT FROM OLD.oath_at\n                   AND (OLD.oath_at IS NOT NULL OR NEW.user_id <> COALESCE(my_user(), NEW.user_id))\n                THEN RAISE EXCEPTION 'an oath is one''s own' USING ERRCODE = '23514'; END IF;\n                IF NEW.until IS DISTINCT FROM OLD.until AND my_user() IS NOT NULL AND NOT runs_panel(NEW.panel_id)\n                THEN RAISE EXCEPTION 'the organiser ends a seat' USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='453add6a280c275f63755f40183f31f4cd1eae1d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_seat_is_given_0d180', table='review_seat', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='score',
                    trigger=pgtrigger.compiler.Trigger(name='score_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='2a5231a9afe13e7a1ea48583ebf09291b56e0c92', operation='DELETE', pgid='pgtrigger_score_stays_49979', table='review_score', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='score',
                    trigger=pgtrigger.compiler.Trigger(name='score_while_open', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF hold_panel((SELECT i.panel_id FROM review_item i WHERE i.id = NEW.item_id)) IS DISTINCT FROM 'open'\n                THEN RAISE EXCEPTION 'the panel is not open' USING ERRCODE = '23514'; END IF;\n                IF NOT EXISTS (SELECT 1 FROM review_seat s JOIN review_item i ON i.panel_id = s.panel_id\n                     JOIN review_criterion c ON c.panel_id = s.panel_id\n                     WHERE s.id = NEW.seat_id AND i.id = NEW.item_id AND c.id = NEW.criterion_id\n                     AND s.role <> 'scrutineer' AND s.oath_at IS NOT NULL AND s.until IS NULL\n                     AND i.withdrawn_at IS NULL AND NEW.points <= c.maximum)\n                   OR EXISTS (SELECT 1 FROM review_recusal r WHERE r.seat_id = NEW.seat_id AND r.item_id = NEW.item_id)\n                THEN RAISE EXCEPTION 'these points are not this judge''s to give' USING ERRCODE = '23514'; END IF;\n                IF TG_OP = 'UPDATE' AND ROW(NEW.seat_id, NEW.item_id, NEW.criterion_id)\n                   IS DISTINCT FROM ROW(OLD.seat_id, OLD.item_id, OLD.criterion_id)\n                THEN RAISE EXCEPTION 'points stay where they were given' USING ERRCODE = '23514'; END IF;\n                RETURN NEW;\n                ", hash='5204fcf97597afe5ad69bfafae713853bb33534a', operation='INSERT OR UPDATE', pgid='pgtrigger_score_while_open_9f3dc', table='review_score', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='ruling',
                    trigger=pgtrigger.compiler.Trigger(name='ruling_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4ea36955f1cce9982db5f4283164a04fb11dddbb', operation='UPDATE OR DELETE', pgid='pgtrigger_ruling_stays_8e40e', table='review_ruling', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='ruling',
                    trigger=pgtrigger.compiler.Trigger(name='ruling_with_the_lock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF coalesce(hold_panel(CASE WHEN TG_OP = 'DELETE' THEN OLD.panel_id ELSE NEW.panel_id END), '') <> ALL (ARRAY['open'])\n        THEN RAISE EXCEPTION 'the panel is past that' USING ERRCODE = '23514'; END IF;\n        RETURN COALESCE(NEW, OLD);\n        ", hash='9ac7cd7c1ecc0946ac24f6f61f8db6a1c1f0feff', operation='INSERT', pgid='pgtrigger_ruling_with_the_lock_7daa9', table='review_ruling', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='recusal',
                    trigger=pgtrigger.compiler.Trigger(name='recusal_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='926e8dd750ea1d913fefb3ff99fd29f45e4ee04a', operation='UPDATE OR DELETE', pgid='pgtrigger_recusal_stays_27a00', table='review_recusal', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='recusal',
                    trigger=pgtrigger.compiler.Trigger(name='recusal_before_the_lock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF coalesce(hold_panel(CASE WHEN TG_OP = 'DELETE' THEN (SELECT i.panel_id FROM review_item i WHERE i.id = OLD.item_id) ELSE (SELECT i.panel_id FROM review_item i WHERE i.id = NEW.item_id) END), '') <> ALL (ARRAY['preparing', 'open'])\n        THEN RAISE EXCEPTION 'the panel is past that' USING ERRCODE = '23514'; END IF;\n        RETURN COALESCE(NEW, OLD);\n        ", hash='25d427371110aa38eb9ea26440c8ded809538f60', operation='INSERT', pgid='pgtrigger_recusal_before_the_lock_519ec', table='review_recusal', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='standing',
                    trigger=pgtrigger.compiler.Trigger(name='standing_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1d83d355e12b588a87e5dd69c6d73c951da9046a', operation='UPDATE OR DELETE', pgid='pgtrigger_standing_stays_b3262', table='review_standing', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='standing',
                    trigger=pgtrigger.compiler.Trigger(name='standing_with_the_lock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF coalesce(hold_panel(CASE WHEN TG_OP = 'DELETE' THEN OLD.panel_id ELSE NEW.panel_id END), '') <> ALL (ARRAY['open'])\n        THEN RAISE EXCEPTION 'the panel is past that' USING ERRCODE = '23514'; END IF;\n        RETURN COALESCE(NEW, OLD);\n        ", hash='95963fcbd4e706826e0943bd44c4d13cc3f289fb', operation='INSERT', pgid='pgtrigger_standing_with_the_lock_b6b8a', table='review_standing', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='standing',
                    trigger=pgtrigger.compiler.Trigger(name='standing_is_locked', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                IF hold_panel(NEW.panel_id) IS DISTINCT FROM 'locked' THEN\n                  RAISE EXCEPTION 'a standing comes with the lock' USING ERRCODE = '23514';\n                END IF;\n                RETURN NULL;\n                ", hash='866b8864f47943aca1e7240af6df14ed4a02a6ac', operation='INSERT', pgid='pgtrigger_standing_is_locked_49312', table='review_standing', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='swap',
                    trigger=pgtrigger.compiler.Trigger(name='swap_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='cebb7462613a9ff32c0e7ac0d7ce7b3a57dc349a', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_swap_path_follows_unit_c95ce', table='review_swap', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='swap',
                    trigger=pgtrigger.compiler.Trigger(name='swap_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='37bc280442477455e222c07680a5055c49c3c339', operation='UPDATE OR DELETE', pgid='pgtrigger_swap_stays_f2d03', table='review_swap', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='tiestep',
                    trigger=pgtrigger.compiler.Trigger(name='tiestep_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF coalesce(hold_panel(CASE WHEN TG_OP = 'DELETE' THEN OLD.panel_id ELSE NEW.panel_id END), '') <> ALL (ARRAY['preparing'])\n        THEN RAISE EXCEPTION 'the panel is past that' USING ERRCODE = '23514'; END IF;\n        RETURN COALESCE(NEW, OLD);\n        ", hash='01d0f7c03c87deaa3a500db8b5d8baa74e16ba36', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_tiestep_frozen_fa754', table='review_tiestep', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='decoding',
                    trigger=pgtrigger.compiler.Trigger(name='decoding_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='c110440082a528b3c37e1767aec1d61f86bd4590', operation='UPDATE', pgid='pgtrigger_decoding_stays_142c5', table='review_decoding', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='decoding',
                    trigger=pgtrigger.compiler.Trigger(name='decoding_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF coalesce(hold_panel(CASE WHEN TG_OP = 'DELETE' THEN OLD.panel_id ELSE NEW.panel_id END), '') <> ALL (ARRAY['preparing'])\n        THEN RAISE EXCEPTION 'the panel is past that' USING ERRCODE = '23514'; END IF;\n        RETURN COALESCE(NEW, OLD);\n        ", hash='69d0a6777efaec2f1441e61396b44e83ef86544a', operation='INSERT OR DELETE', pgid='pgtrigger_decoding_frozen_c8693', table='review_decoding', when='BEFORE')),
                ),
            ],
        ),
    ]
