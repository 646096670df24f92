import django.db.models.deletion
import gongjiang.kernel.migrating
import gongjiang.kernel.orgs.paths
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('lifecycle', '0002_version_0_2_0'),
        ('orgs', '0002_version_0_2_0'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='Document',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('direction', models.TextField(choices=[('issued', 'issued'), ('registered', 'registered')], default='issued')),
                        ('kind', models.TextField()),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('issuer_name', models.TextField(blank=True, default='')),
                        ('number', models.TextField()),
                        ('year', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('ordinal', models.PositiveIntegerField(blank=True, null=True)),
                        ('title', models.TextField()),
                        ('on', models.DateField()),
                        ('state', models.TextField(choices=[('generated', 'Drawn up'), ('printed', 'Printed'), ('stamped', 'Stamped scan came back'), ('matched', 'Scan matches'), ('issued', 'Issued'), ('delivered', 'Delivered'), ('archived', 'Archived'), ('void', 'Void')], default='generated')),
                        ('needs_stamp', models.BooleanField(default=True)),
                        ('text', models.TextField(blank=True, default='')),
                        ('digest', models.BinaryField(max_length=32)),
                        ('code', models.TextField(unique=True)),
                        ('pages', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='lifecycle.case')),
                        ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='lifecycle.edition')),
                        ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='documents.document')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='orgs.unit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['path', 'id'], name='document_path'), models.Index(fields=['case'], name='document_case')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('direction__in', ['issued', 'registered'])), name='document_direction'), models.CheckConstraint(condition=models.Q(('state__in', ['generated', 'printed', 'stamped', 'matched', 'issued', 'delivered', 'archived', 'void'])), name='document_state'), models.CheckConstraint(condition=models.Q(models.Q(('title', ''), _negated=True), models.Q(('number', ''), _negated=True), models.Q(('kind', ''), _negated=True)), name='document_named'), models.CheckConstraint(condition=models.Q(models.Q(('direction', 'issued'), ('issuer_name', ''), ('ordinal__isnull', False), ('year__isnull', False), models.Q(('text', ''), _negated=True)), models.Q(('direction', 'registered'), ('ordinal', None), ('state__in', ('issued', 'archived')), ('text', ''), ('year', None), models.Q(('issuer_name', ''), _negated=True)), _connector='OR'), name='document_of_one_side'), models.UniqueConstraint(condition=models.Q(('direction', 'issued')), fields=('unit', 'number'), name='document_number_once'), models.UniqueConstraint(condition=models.Q(('direction', 'registered')), fields=('unit', 'issuer_name', 'number'), name='document_registered_once'), models.CheckConstraint(condition=models.Q(('replaces', None), models.Q(('replaces', models.F('pk')), _negated=True), _connector='OR'), name='document_replaces_another')],
                    },
                ),
                migrations.CreateModel(
                    name='DocumentEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField()),
                        ('source', models.TextField(blank=True, default='')),
                        ('target', models.TextField(choices=[('generated', 'Drawn up'), ('printed', 'Printed'), ('stamped', 'Stamped scan came back'), ('matched', 'Scan matches'), ('issued', 'Issued'), ('delivered', 'Delivered'), ('archived', 'Archived'), ('void', 'Void')])),
                        ('note', models.TextField(blank=True, default='')),
                        ('at', models.DateTimeField()),
                        ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='documents.document')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('document', 'version'), name='documentevent_version_once')],
                    },
                ),
                migrations.CreateModel(
                    name='DocumentFile',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('word', 'Word'), ('pdf', 'PDF'), ('stamped_scan', 'stamped scan'), ('delivery_proof', 'proof of delivery'), ('received', 'document received')])),
                        ('name', models.TextField()),
                        ('media_type', models.TextField()),
                        ('bytes', models.PositiveBigIntegerField()),
                        ('digest', models.BinaryField(max_length=32)),
                        ('stored', models.TextField(unique=True)),
                        ('version', models.PositiveIntegerField()),
                        ('at', models.DateTimeField()),
                        ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='documents.document')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['word', 'pdf', 'stamped_scan', 'delivery_proof', 'received'])), name='documentfile_kind'), models.CheckConstraint(condition=models.Q(('bytes__gt', 0)), name='documentfile_has_content')],
                    },
                ),
                migrations.CreateModel(
                    name='NumberWord',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(blank=True, default='')),
                        ('word', models.TextField()),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('unit', 'kind'), name='numberword_once'), models.CheckConstraint(condition=models.Q(('word__regex', '^[^\\s〔〕]{1,20}$')), name='numberword_said')],
                    },
                ),
                migrations.CreateModel(
                    name='PublicDocument',
                    fields=[
                        ('code', models.TextField(primary_key=True, serialize=False)),
                        ('kind', models.TextField()),
                        ('number', models.TextField()),
                        ('title', models.TextField(blank=True, default='')),
                        ('issuer', models.TextField()),
                        ('issuer_en', models.TextField(blank=True, default='')),
                        ('on', models.DateField()),
                        ('fingerprint', models.TextField()),
                        ('replaced_by', models.TextField(blank=True, default='')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                    ],
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='document',
                    trigger=pgtrigger.compiler.Trigger(name='document_path_follows_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.path := unit_path(NEW.unit_id); RETURN NEW;', hash='e16781ec81cfb0ecdc36cc582a0217ff3d1699b8', operation='INSERT OR UPDATE OF "unit_id", "path"', pgid='pgtrigger_document_path_follows_unit_3e26a', table='documents_document', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='document',
                    trigger=pgtrigger.compiler.Trigger(name='document_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='1582fc61191f9cc23ce720a07bd4b1e05db47328', operation='DELETE', pgid='pgtrigger_document_stays_7d250', table='documents_document', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='document',
                    trigger=pgtrigger.compiler.Trigger(name='document_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                IF ROW(NEW.direction, NEW.kind, NEW.unit_id, NEW.issuer_name, NEW.number, NEW.year, NEW.ordinal,\n                       NEW.case_id, NEW.edition_id, NEW.needs_stamp, NEW.code, NEW.replaces_id)\n                   IS DISTINCT FROM ROW(OLD.direction, OLD.kind, OLD.unit_id, OLD.issuer_name, OLD.number, OLD.year,\n                       OLD.ordinal, OLD.case_id, OLD.edition_id, OLD.needs_stamp, OLD.code, OLD.replaces_id)\n                THEN RAISE EXCEPTION \'what document % is called by never changes\', OLD.number\n                  USING ERRCODE = \'23514\'; END IF;\n                IF ROW(NEW.title, NEW."on", NEW.text, NEW.digest) IS DISTINCT FROM\n                   ROW(OLD.title, OLD."on", OLD.text, OLD.digest) AND OLD.state NOT IN (\'generated\', \'printed\')\n                THEN RAISE EXCEPTION \'document % is frozen; a change is a new document\', OLD.number\n                  USING ERRCODE = \'23514\'; END IF;\n                IF NEW.state <> OLD.state AND ((OLD.state, NEW.state) NOT IN ((\'generated\', \'printed\'), (\'generated\', \'issued\'), (\'generated\', \'void\'), (\'printed\', \'generated\'), (\'printed\', \'stamped\'), (\'printed\', \'void\'), (\'stamped\', \'printed\'), (\'stamped\', \'matched\'), (\'stamped\', \'void\'), (\'matched\', \'issued\'), (\'matched\', \'void\'), (\'issued\', \'delivered\'), (\'issued\', \'archived\'), (\'delivered\', \'archived\'))\n                   OR (OLD.state = \'generated\' AND NEW.state = \'issued\' AND OLD.needs_stamp))\n                THEN RAISE EXCEPTION \'document % does not go from % to %\', OLD.number, OLD.state, NEW.state\n                  USING ERRCODE = \'23514\'; END IF;\n                RETURN NEW;\n                ', hash='354ec50c1c22022b4cea35386f8f5b9b9937d584', operation='UPDATE', pgid='pgtrigger_document_is_frozen_6141b', table='documents_document', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='documentevent',
                    trigger=pgtrigger.compiler.Trigger(name='documentevent_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0e60f4057580028637740ec26a40c3bfb682a738', operation='UPDATE OR DELETE', pgid='pgtrigger_documentevent_stays_2df52', table='documents_documentevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='documentfile',
                    trigger=pgtrigger.compiler.Trigger(name='documentfile_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b2b1b530f5de854b56cb9a3ec729888d7bb73fa9', operation='UPDATE OR DELETE', pgid='pgtrigger_documentfile_stays_9349e', table='documents_documentfile', when='BEFORE')),
                ),
            ],
        ),
    ]
