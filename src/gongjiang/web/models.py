"""What the shell itself remembers: which forms have been acted upon, and how somebody likes to see a list."""

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


class SavedFilter(models.Model):
    """Filters of one list that a person has given a name.

    path      of the list
    query     as it stands in the address, without the place in the pages
    first     the list opens with it where the address asks for nothing
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    path = models.TextField()
    name = models.TextField()
    query = models.TextField()
    first = models.BooleanField(default=False)

    wall = walls.Wall("user_id = my_user()")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="savedfilter_name", fields=["user", "path", "name"]),
            models.UniqueConstraint(
                name="savedfilter_first", fields=["user", "path"], condition=models.Q(first=True)
            ),
        ]

    def get_absolute_url(self) -> str:
        return f"{self.path}?{self.query}"
