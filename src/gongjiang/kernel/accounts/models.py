"""Accounts: who may sign in. Roles are grants, and nobody is a superuser."""

from typing import Any

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

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

    wall = walls.Wall("id = my_user() OR holds_in_my_tree(id)", writing="id = my_user()")

    def __str__(self) -> str:
        return self.display_name


class SecondFactor(models.Model):
    """The authenticator of an account (time-based one-time passwords, RFC 6238). It counts once it is confirmed."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="second_factor")
    secret = models.BinaryField()  # sealed
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.PositiveBigIntegerField(default=0)  # a code is good once

    wall = walls.Wall("user_id = my_user()")


class RecoveryCode(models.Model):
    """One of the codes to be kept on paper for the day the authenticator is lost. Each is good once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField()
    used_at = models.DateTimeField(null=True, blank=True)

    wall = walls.Wall("user_id = my_user()")

    class Meta:
        constraints = [models.UniqueConstraint(name="recoverycode_once", fields=["user", "digest"])]


class Throttle(models.Model):
    """How often sign-in has failed of late under one key: an account name, an address, or the two together; or how
    often something public was tried from an address, which is never locked.

    Written through `sign_in_failed`, `sign_in_succeeded` and `tried` alone, since nobody is signed in yet.
    """

    key = models.BinaryField(unique=True)  # keyed hash: neither name nor address can be read back
    failures = models.PositiveIntegerField()
    since = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)

    wall = walls.closed()


class SignOn(models.Model):
    """The account as an identity provider knows it (OpenID Connect: issuer and subject)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ons")
    issuer = models.TextField()
    subject = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    wall = walls.Wall("user_id = my_user()")

    class Meta:
        constraints = [models.UniqueConstraint(name="signon_once", fields=["issuer", "subject"])]


class Means(models.TextChoices):
    PASSWORD = "password", _("password")
    SECOND_FACTOR = "second_factor", _("password and authenticator")
    RECOVERY_CODE = "recovery_code", _("password and recovery code")
    SINGLE_SIGN_ON = "single_sign_on", _("single sign-on")
    DEMO = "demo", _("one click in the demonstration")


class Login(models.Model):
    """That an account signed in: when, by which means, from where. Append-only; the account's owner reads it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="logins")
    at = models.DateTimeField()
    means = models.TextField(choices=Means)
    address = models.GenericIPAddressField(null=True)

    wall = walls.Wall("user_id = my_user()", adding="user_id = my_user()")

    class Meta:
        constraints = [models.CheckConstraint(name="login_means", condition=Q(means__in=Means.values))]
        indexes = [models.Index(fields=["user", "-at"], name="login_user")]


class Elevation(models.Model):
    """A time-boxed stretch in which an account may do what touches everybody, with the reason given. Append-only.

    There is no superuser: whoever changes grants or the tree proves again who it is, says why, and loses it again.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="elevations")
    reason = models.TextField()
    since = models.DateTimeField()
    until = models.DateTimeField()

    wall = walls.Wall("user_id = my_user()", adding="user_id = my_user()")

    class Meta:
        constraints = [
            models.CheckConstraint(name="elevation_dates", condition=Q(until__gt=F("since"))),
            models.CheckConstraint(name="elevation_reason", condition=~Q(reason="")),
        ]
        triggers = [pgtrigger.Protect(name="elevation_stays", operation=pgtrigger.Update | pgtrigger.Delete)]
