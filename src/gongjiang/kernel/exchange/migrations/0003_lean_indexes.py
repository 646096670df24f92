"""Lines are written when a file is checked and once more when it is taken in: room for that beside them, no index twice."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0002_exports'),
    ]

    operations = [
        migrations.RunSQL("ALTER TABLE exchange_importline SET (fillfactor = 50)", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='importline',
            name='batch',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='exchange.importbatch'),
        ),
    ]
