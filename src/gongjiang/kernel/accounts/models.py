"""Accounts: who may sign in. Roles are grants, and nobody is a superuser."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from gongjiang.kernel.access import walls
from gongjiang.kernel.people.models import Person


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A new account; `password` None makes one that cannot sign in by password."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account, of a person or of an office held without a person's record."""

    username = models.TextField(unique=True)
    display_name = models.TextField()
    person = models.OneToOneField(Person, models.PROTECT, null=True, blank=True, related_name="account")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)

    USERNAME_FIELD = "username"
    objects = UserManager()

    wall = walls.Wall("id = my_user()")

    def __str__(self) -> str:
        return self.display_name
