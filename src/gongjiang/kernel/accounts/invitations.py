"""Invitations: the link with which whoever was given a role sets the first password of the account made for it.

Nothing is stored. A link is signed over the account, its password and its last login, so it is void as soon as a
password is set or the account was entered in another way; after `PASSWORD_RESET_TIMEOUT`; and when no role is left.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor, scope
from gongjiang.kernel.access.models import Grant

from .backends import PasswordBackend
from .models import User


class _Tokens(PasswordResetTokenGenerator):
    key_salt = "gongjiang.invitation"


_TOKENS = _Tokens()
_DIGITS = 18  # a key of that length fits


def waits(user: User) -> bool:
    """Whether nobody has entered this account yet."""
    return user.is_active and user.last_login is None and not user.has_usable_password()


def word(user: User) -> str:
    """What the link ends with."""
    return f"{user.pk}-{_TOKENS.make_token(user)}"


def lasts_until() -> datetime:
    """Until when a link holds that is made now."""
    return timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


def invited(said: str) -> User | None:
    """The account that a link is for; None where it does not hold, or no longer."""
    key, _dash, token = said.partition("-")
    if not (key.isascii() and key.isdigit() and len(key) <= _DIGITS):
        return None
    user = PasswordBackend().get_user(int(key))
    if user is None or not waits(user) or not _TOKENS.check_token(user, token):
        return None
    with scope(Actor(user=user.pk)):
        kept = Grant.objects.filter(user=user).exclude(until__lte=timezone.localdate()).exists()
    return user if kept else None


def accept(user: User, *, new: str) -> None:
    """The first password of an invited account. Raises ValidationError by field, also where it was set meanwhile."""
    try:
        validate_password(new, user)
    except ValidationError as wrong:
        raise ValidationError({"new": wrong.messages}) from wrong
    with scope(Actor(user=user.pk)):
        untouched = User.objects.filter(pk=user.pk, password=user.password, last_login=None)
        if not untouched.update(password=make_password(new)):
            raise ValidationError(_("A password was set with this link already. Sign in with it."))
        user.refresh_from_db()
