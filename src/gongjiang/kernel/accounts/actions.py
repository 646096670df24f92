"""Signing in and out."""

from django.contrib.auth import login, logout
from django.http import HttpRequest

from gongjiang.kernel.access.actor import Actor, scope

from .models import User


def sign_in(request: HttpRequest, user: User) -> None:
    """Start a login for an authenticated account; the session's key changes."""
    with scope(Actor(user=user.pk)):
        login(request, user, backend="gongjiang.kernel.accounts.backends.PasswordBackend")


def sign_out(request: HttpRequest) -> None:
    """End the login and forget everything its session held."""
    logout(request)
