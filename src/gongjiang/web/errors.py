"""Pages for when something is wrong: what it is, what is safe, what to do next. None needs the database."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse

from . import kept


def _page(request: HttpRequest, name: str, status: int, **more: object) -> HttpResponse:
    from django.utils.translation import get_language

    language = "zh-CN" if str(get_language()).startswith("zh") else "en"
    context = {"lang": language, "elder": request.COOKIES.get("elder") == "1", "status": status, **more}
    return HttpResponse(render_to_string(f"errors/{name}.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read, or was too large."""
    return _page(request, "bad_request", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403. Rows that one may not see are 404; this is for everything else."""
    return _page(request, "forbidden", 403)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the address leads nowhere, or to nothing of the reader's."""
    return _page(request, "missing", 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 when it is the database that does not answer. Nothing of the request was stored."""
    lost = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    response = _page(request, "unavailable" if lost else "broken", 503 if lost else 500)
    if lost:
        response.headers["Retry-After"] = "10"
    return response


def _keeps_typed(request: HttpRequest) -> bool:
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return bool(getattr(getattr(view, "view_class", None), "keeps_typed", False))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token no longer fits: what was typed waits in the session and the form is shown again filled."""
    path = request.get_full_path()
    if path.startswith(reverse("sign-in")):
        return _page(request, "expired", 403, again=path)
    saved = False
    signed_in = getattr(request, "session", None) is not None and bool(request.session.session_key)
    if signed_in and _keeps_typed(request):
        saved = kept.put_away(request, kept.from_lost(request, path))
    return _page(request, "expired", 403, again=path, saved=saved)
