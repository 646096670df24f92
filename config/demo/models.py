"""What the demo left in this database."""

from django.db import models


class DemoLoad(models.Model):
    """The one demo of this database, written in the transaction that loaded it: no row, no demo."""

    size = models.CharField(max_length=10)
    seed = models.IntegerField()
    today = models.DateField()
    loaded_at = models.DateTimeField(auto_now_add=True)
    seconds = models.FloatField()

    app_reads_only = True

    class Meta:
        constraints = [models.CheckConstraint(name="demo_once", condition=models.Q(pk=1))]
