"""Opening the list behind an address again: for whoever asks for a file, for the worker, and at the download."""

from types import SimpleNamespace
from typing import Any

from django.http import Http404, HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.exchange.exports import Gone, Sheet
from gongjiang.web.views import admits

LEFT_OUT = ("after", "before")  # the place of a page: a file has all of them


def open_sheet(address: str, query: str, language: str, actor: Actor) -> Sheet:
    """The list of a page as this actor sees it now. Raises Gone where the page has none for them."""
    with translation.override(language):
        sheet = _sheet(address, query, actor)
    if sheet is None:
        raise Gone(
            _("This list is no longer there for you. It may have been closed, or your duties have changed.")
        )
    return sheet


def _sheet(address: str, query: str, actor: Actor) -> Sheet | None:
    try:
        match = resolve(address)
    except Resolver404:
        return None
    view_class = getattr(match.func, "view_class", None)
    if view_class is None or not hasattr(view_class, "sheet"):
        return None
    view: Any = view_class(**getattr(match.func, "view_initkwargs", {}))
    view.setup(_request(address, query, actor), *match.args, **match.kwargs)
    if not admits(view.access, actor):
        return None
    try:
        view.prepare()
    except Http404:
        return None
    found: Sheet | None = view.sheet()
    return found


def _request(address: str, query: str, actor: Actor) -> HttpRequest:
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", address, address
    given = QueryDict(query, mutable=True)
    for name in LEFT_OUT:
        given.pop(name, None)
    request.GET = given  # type: ignore[assignment]
    request.actor = actor  # type: ignore[attr-defined]
    request.htmx = False  # type: ignore[attr-defined]
    request.user = SimpleNamespace(pk=actor.user, is_authenticated=not actor.is_anonymous)  # type: ignore[assignment]
    return request
