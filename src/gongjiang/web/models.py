"""What the shell itself remembers: which forms have been acted upon."""

from django.db import models


class Receipt(models.Model):
    """One sent form, by the once-key it carried, and where its result is: a second click gets the first's answer."""

    once = models.UUIDField(primary_key=True)
    location = models.TextField(blank=True, default="")
    said = models.TextField(blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["at"], name="receipt_at")]
