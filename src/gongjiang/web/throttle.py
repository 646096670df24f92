"""Slowing down whoever sends a public form, or guesses codes, again and again from one address."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from gongjiang.kernel.people.crypto import keyed_hash


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind a proxy that speaks https for us, what that proxy says."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SECURE else ""
    return forwarded.rsplit(",", 1)[-1].strip() or str(request.META.get("REMOTE_ADDR", ""))


def too_many(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """Count one more attempt at `what` from this address; whether there were more than `most` of them within
    `seconds`. Counted in the cache, under a keyed hash: no address is kept.
    """
    key = f"throttle-{keyed_hash(f'throttle {what}', address_of(request)).hex()}"
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key)) > most
    except ValueError:  # it ended in between
        return False
