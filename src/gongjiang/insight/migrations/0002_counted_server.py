from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_initial")]

    operations = [
        migrations.AddField("counted", "server", models.TextField(default=""), preserve_default=False),
    ]
