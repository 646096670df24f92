import gongjiang.kernel.migrating
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0002_version_0_2_0'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('orgs', '0002_version_0_2_0'),
    ]

    operations = [
        gongjiang.kernel.migrating.AtOnce(
            operations=[
                migrations.RemoveConstraint(
                    model_name='grant',
                    name='grant_role',
                ),
                migrations.AlterField(
                    model_name='grant',
                    name='role',
                    field=models.TextField(choices=[('unit_officer', 'Union officer of a workplace'), ('unit_chair', 'Union chair of a workplace'), ('officer', 'Union officer'), ('approver', 'Approver'), ('leader', 'Leader'), ('finance_maker', 'Finance clerk of a workplace'), ('team_leader', 'Team leader'), ('finance_checker', 'Finance checker'), ('auditor', 'Auditor'), ('data_steward', 'Data steward'), ('system_admin', 'System administrator'), ('security_admin', 'Security administrator'), ('audit_admin', 'Audit administrator')]),
                ),
                migrations.AddConstraint(
                    model_name='grant',
                    constraint=models.CheckConstraint(condition=models.Q(('role__in', ['unit_officer', 'unit_chair', 'officer', 'approver', 'leader', 'finance_maker', 'team_leader', 'finance_checker', 'auditor', 'data_steward', 'system_admin', 'security_admin', 'audit_admin'])), name='grant_role'),
                ),
            ],
        ),
    ]
