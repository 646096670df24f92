"""Every request runs in the scope of whoever is signed in, in one transaction."""

from collections.abc import Callable

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from gongjiang.kernel.access.actor import ANONYMOUS, Actor, load_with_password, scope

from .models import User

UNSCOPED = ("/static/", "/healthz")


class ScopeMiddleware:
    """Sets `request.actor` and runs the view inside `scope(actor)`.

    A response of 400 or more rolls back what the view wrote, unless it says `keeps_writes = True`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(UNSCOPED):
            request.actor = ANONYMOUS  # type: ignore[attr-defined]
            return self.get_response(request)
        actor = signed_in(request)
        request.actor = actor  # type: ignore[attr-defined]
        try:
            with scope(actor):
                response = self.get_response(request)
                if response.status_code >= 400 and not getattr(response, "keeps_writes", False):
                    raise _Undo(response)
        except _Undo as undo:
            return undo.response
        return response


def signed_in(request: HttpRequest) -> Actor:
    """Whose login this is; ANONYMOUS when there is none, or the password has changed since it began."""
    key = request.session.get(SESSION_KEY)
    if not key:
        return ANONYMOUS
    actor, password = load_with_password(int(key))
    proof = User(password=password).get_session_auth_hash()
    return actor if constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), proof) else ANONYMOUS


class _Undo(Exception):
    def __init__(self, response: HttpResponse) -> None:
        self.response = response
