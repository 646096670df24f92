"""A turn's role is a word of the kernel's access; a new role needs no migration here."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0002_editions_and_participants")]

    operations = [
        migrations.AlterField(
            model_name="turn", name="role", field=models.TextField(blank=True, default="")
        ),
    ]
