"""Every request runs in the scope of whoever is signed in, in one transaction."""

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from gongjiang.kernel.access.actor import ANONYMOUS, load, scope

UNSCOPED = ("/static/", "/healthz")


class ScopeMiddleware:
    """Sets `request.actor` and runs the view inside `scope(actor)`; a response of 500 rolls everything back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(UNSCOPED):
            request.actor = ANONYMOUS  # type: ignore[attr-defined]
            return self.get_response(request)
        key = request.session.get(SESSION_KEY)
        actor = load(int(key)) if key else ANONYMOUS
        request.actor = actor  # type: ignore[attr-defined]
        try:
            with scope(actor):
                response = self.get_response(request)
                if response.status_code >= 500:
                    raise _Undo(response)
        except _Undo as undo:
            return undo.response
        return response


class _Undo(Exception):
    def __init__(self, response: HttpResponse) -> None:
        self.response = response
