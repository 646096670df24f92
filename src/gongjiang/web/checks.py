"""Start-up checks: every URL says who may open it, and no list declares more orders than it should."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from gongjiang.kernel.access.rules import Rule

from .views.access import Open
from .views.listing import ORDERS, ListView

#: Callables of libraries that check access themselves: the API declares it on each operation.
ELSEWHERE = ("ninja.", "django.contrib.staticfiles.", "django.views.static")


def patterns(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL pattern with the whole route that leads to it."""
    for each in (resolver or get_resolver()).url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, route)
        else:
            yield route, each


def declared_access(callback: Any) -> Any:
    """What a view, class-based or not, declares as its access; None where it declares nothing."""
    return getattr(getattr(callback, "view_class", callback), "access", None)


def _callback(pattern: URLPattern) -> Any:
    return pattern.callback.func if isinstance(pattern.callback, partial) else pattern.callback


def _elsewhere(pattern: URLPattern) -> bool:
    callback = _callback(pattern)
    return bool(getattr(getattr(callback, "func", callback), "__module__", "").startswith(ELSEWHERE))


@register()
def every_address_leads_to_one_page(**_: Any) -> list[CheckMessage]:
    """Two pages at one address: the second is never shown. Two of one name: links lead to whichever comes last."""
    found: list[CheckMessage] = []
    for what, said in (("address", _addresses()), ("name", _names())):
        twice = sorted({each for each, n in Counter(said).items() if n > 1})
        found += [Error(f"Two pages have the {what} {each!r}.", id="web.E004") for each in twice]
    return found


def _addresses() -> Iterator[str]:
    return (route for route, pattern in patterns() if not _elsewhere(pattern))


def _names(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from _names(each, f"{before}{each.namespace}:" if each.namespace else before)
        elif each.name:
            yield before + each.name


@register()
def every_url_declares_access(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for route, pattern in patterns():
        if _elsewhere(pattern):
            continue
        callback = _callback(pattern)
        name = getattr(getattr(callback, "view_class", callback), "__qualname__", str(callback))
        if not isinstance(declared_access(callback), Open | Rule):
            found.append(Error(f"/{route}: {name} does not declare `access`.", id="web.E001"))
        view = getattr(callback, "view_class", None)
        if view is not None and issubclass(view, ListView):
            if not 1 <= len(view.orders) <= ORDERS:
                wrong = f"/{route}: {name} declares {len(view.orders)} orders, not 1 to {ORDERS}."
                found.append(Error(wrong, id="web.E002"))
            found += [
                Error(
                    f"/{route}: the order {o.code!r} of {name} does not end in a unique column.",
                    id="web.E003",
                )
                for o in view.orders
                if o.columns[-1].removeprefix("-").split("__")[-1] not in ("pk", "id")
            ]
    return found
