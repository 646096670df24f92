"""Slowing down whoever sends a public form, or guesses codes, again and again from one address."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from gongjiang.kernel.accounts import throttle


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind a proxy that speaks https for us, what that proxy says."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SECURE else ""
    return forwarded.rsplit(",", 1)[-1].strip() or str(request.META.get("REMOTE_ADDR", ""))


def too_many(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """Count one more attempt at `what` from this address; whether there were more than `most` of them within
    `seconds`. Counted under a keyed hash: no address is kept. A page that refuses must be `counted`.
    """
    return throttle.tried(what, address_of(request), seconds=seconds) > most


def counted(response: HttpResponse) -> HttpResponse:
    """A refusal that does not take back the count of the attempt."""
    response.keeps_writes = True  # type: ignore[attr-defined]
    return response
