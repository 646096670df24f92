"""Signing in and out, passwords, and the time-boxed right to do what touches everybody."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, login, logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor, scope

from .models import Elevation, Login, Means, SignOn, User

PROVED = "second_factor"  # session: the login was made with more than a password
ELEVATED = "elevated_until"


def sign_in(request: HttpRequest, user: User, *, means: str) -> None:
    """Start a login for an authenticated account and write it down; the session's key changes."""
    with scope(Actor(user=user.pk)):
        login(request, user, backend="gongjiang.kernel.accounts.backends.PasswordBackend")
        Login.objects.create(user=user, at=timezone.now(), means=means, address=address_of(request) or None)
    request.session[PROVED] = means in (Means.SECOND_FACTOR, Means.RECOVERY_CODE, Means.SINGLE_SIGN_ON)


def sign_out(request: HttpRequest) -> None:
    """End the login and forget everything its session held."""
    logout(request)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: what the proxy says where one is configured, else the other end."""
    if settings.SECURE:
        forwarded = str(request.headers.get("X-Forwarded-For", "")).split(",")[-1].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


def change_password(request: HttpRequest, user: User, *, old: str, new: str) -> None:
    """A new password; every other login of the account ends. Raises ValidationError by field."""
    if not user.check_password(old):
        raise ValidationError({"old": _("This is not your present password.")})
    try:
        validate_password(new, user)
    except ValidationError as wrong:
        raise ValidationError({"new": wrong.messages}) from wrong
    user.set_password(new)
    user.save(update_fields=["password"])
    request.session.cycle_key()
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()


def elevate(request: HttpRequest, user: User, *, reason: str) -> datetime:
    """May do what touches everybody, until the returned moment. The caller has checked who it is."""
    now = timezone.now()
    until = now + settings.ELEVATION
    Elevation.objects.create(user=user, reason=reason, since=now, until=until)
    request.session[ELEVATED] = until.timestamp()
    return until


def elevated_until(request: HttpRequest) -> datetime | None:
    """Until when this login is elevated; None where it is not."""
    until = float(request.session.get(ELEVATED, 0))
    if until <= timezone.now().timestamp():
        return None
    return datetime.fromtimestamp(until, tz=timezone.get_current_timezone())


def lower(request: HttpRequest) -> None:
    """End the elevation before its time."""
    request.session.pop(ELEVATED, None)


def lacks_factor(request: HttpRequest, actor: Actor) -> bool:
    """Whether this login holds a role that is nothing without a second factor, and was made without one."""
    return actor.has(*settings.SECOND_FACTOR_ROLES or ("",)) and not request.session.get(PROVED)


def link(user: User, *, issuer: str, subject: str) -> None:
    """From now on this identity of an identity provider signs in as this account."""
    SignOn.objects.get_or_create(issuer=issuer, subject=subject, defaults={"user": user})


def unlink(user: User, key: int) -> None:
    SignOn.objects.filter(user=user, pk=key).delete()
