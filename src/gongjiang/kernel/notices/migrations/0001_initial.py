import django.db.models.deletion
import gongjiang.kernel.migrating
import gongjiang.kernel.orgs.paths
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('lifecycle', '0003_clocks'),
        ('people', '0002_version_0_2_0'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name='Mark',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('since', models.DateTimeField()),
                        ('position', models.TextField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Notice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('your_turn', 'It is your turn'), ('returned', 'Returned to be mended'), ('moved', 'A step further'), ('decided', 'Decided'), ('work_waits', 'Work waits for you'), ('task', 'A task for you'), ('answered', 'A task was answered'), ('seat', 'A seat on a panel'), ('notice_over', 'A public notice has ended')])),
                        ('once', models.TextField()),
                        ('state', models.TextField(blank=True, default='')),
                        ('outcome', models.TextField(blank=True, default='')),
                        ('due_at', models.DateTimeField(blank=True, null=True)),
                        ('number', models.PositiveIntegerField(blank=True, null=True)),
                        ('at', models.DateTimeField()),
                        ('read_at', models.DateTimeField(blank=True, null=True)),
                        ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lifecycle.case')),
                        ('person', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='people.person')),
                        ('user', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('of', models.BigIntegerField(blank=True, null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['person', '-id'], name='notice_person'), models.Index(fields=['user', '-id'], name='notice_user'), models.Index(condition=models.Q(('read_at', None)), fields=['person'], name='notice_person_unread'), models.Index(condition=models.Q(('read_at', None)), fields=['user'], name='notice_user_unread')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', False), ('user', None)), models.Q(('person', None), ('user__isnull', False)), _connector='OR'), name='notice_to_one'), models.UniqueConstraint(fields=('once', 'person', 'user'), name='notice_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('kind__in', ['your_turn', 'returned', 'moved', 'decided', 'work_waits', 'task', 'answered', 'seat', 'notice_over'])), name='notice_kind')],
                    },
                ),
                migrations.CreateModel(
                    name='Delivery',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', gongjiang.kernel.orgs.paths.PathField(db_collation='C', editable=False)),
                        ('kind', models.TextField(choices=[('your_turn', 'It is your turn'), ('returned', 'Returned to be mended'), ('moved', 'A step further'), ('decided', 'Decided'), ('work_waits', 'Work waits for you'), ('task', 'A task for you'), ('answered', 'A task was answered'), ('seat', 'A seat on a panel'), ('notice_over', 'A public notice has ended')])),
                        ('channel', models.TextField(choices=[('console', 'log of this machine'), ('sms', 'SMS'), ('wechat', 'WeChat')])),
                        ('state', models.TextField(choices=[('queued', 'to be sent'), ('sending', 'being sent'), ('sent', 'sent'), ('failed', 'failed')], default='queued')),
                        ('attempts', models.PositiveSmallIntegerField(default=0)),
                        ('due_at', models.DateTimeField()),
                        ('done_at', models.DateTimeField(blank=True, null=True)),
                        ('error', models.TextField(blank=True, default='')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lifecycle.case')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person')),
                        ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notices.notice')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['due_at'], name='delivery_due'), models.Index(condition=models.Q(('state', 'failed')), fields=['path', '-id'], name='delivery_failed')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('channel__in', ['console', 'sms', 'wechat'])), name='delivery_channel'), models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'sending', 'sent', 'failed'])), name='delivery_state'), models.UniqueConstraint(fields=('notice', 'channel'), name='delivery_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Refusal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.TextField(choices=[('console', 'log of this machine'), ('sms', 'SMS'), ('wechat', 'WeChat')])),
                        ('at', models.DateTimeField()),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notice_refusals', to='people.person')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('person', 'channel'), name='refusal_once'), models.CheckConstraint(condition=models.Q(('channel__in', ['console', 'sms', 'wechat'])), name='refusal_channel')],
                    },
                ),
            ],
        ),
    ]
