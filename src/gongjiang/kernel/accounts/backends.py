"""Sign-in by password, before anybody's scope exists."""

from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection
from django.http import HttpRequest

from gongjiang.kernel.access.actor import Actor, scope

from .models import User


def candidate(username: str) -> int | None:
    """The key of the account of that name, through the one function that may look across accounts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_named(%s)", [username])
        key: int | None = cursor.fetchone()[0]
    return key


def account_of(actor: Actor) -> User:
    """The account of whoever is signed in. Raises User.DoesNotExist for the anonymous."""
    return User.objects.get(pk=actor.user or 0)


class PasswordBackend:
    """Django's authentication backend over walled accounts."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        """The account when name and password fit; None otherwise, in the same time."""
        key = candidate(username) if username and password else None
        user = self.get_user(key) if key is not None else None
        if user is None:
            make_password(password)
            return None
        return user if check_password(password, user.password) else None

    def get_user(self, user_id: int) -> User | None:
        """The active account of that key, read inside its own scope."""
        with scope(Actor(user=user_id)):
            return User.objects.filter(pk=user_id, is_active=True).first()
