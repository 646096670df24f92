"""What an import wrote is found by the index of its constraint alone."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0003_lean_indexes'),
        ('registry', '0002_register_in_depth'),
    ]

    operations = [
        migrations.AlterField(
            model_name='written',
            name='batch',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.importbatch'),
        ),
    ]
