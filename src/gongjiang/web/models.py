"""What the shell itself remembers: which forms have been acted upon."""

from django.conf import settings
from django.db import models

from gongjiang.kernel.access import walls


class Receipt(models.Model):
    """One sent form, by the once-key it carried, and where its result is: a second click gets the first's answer."""

    once = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    location = models.TextField(blank=True, default="")
    said = models.TextField(blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)

    wall = walls.Wall("user_id IS NOT DISTINCT FROM my_user()")  # `said` may hold a title

    class Meta:
        indexes = [models.Index(fields=["at"], name="receipt_at")]
