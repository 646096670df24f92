"""Slowing down whoever guesses: failures are counted by account name, by address, and by both together.

Everything is counted in the database, so that it holds over every web process.
"""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import connection

from gongjiang.kernel.people.crypto import keyed_hash


def keys(username: str, address: str) -> Mapping[bytes, int]:
    """Key → how many failures lock it. Name and address together lock first, so that nobody shuts another out."""
    few, some, many = settings.SIGN_IN_FAILURES
    name = username.strip().lower()
    return {
        keyed_hash("sign-in pair", f"{name} {address}"): few,
        keyed_hash("sign-in name", name): some,
        keyed_hash("sign-in address", address): many,
    }


def locked_until(username: str, address: str) -> datetime | None:
    """Until when no sign-in is tried under these keys; None where one may be."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sign_in_locked(%s)", [list(keys(username, address))])
        found: datetime | None = cursor.fetchone()[0]
    return found


def failed(username: str, address: str) -> None:
    """Count one failure. The transaction it stands in must be committed, whatever page answers."""
    with connection.cursor() as cursor:
        for key, most in keys(username, address).items():
            cursor.execute(
                "SELECT sign_in_failed(%s, %s, %s)", [key, most, int(settings.SIGN_IN_LOCK.total_seconds())]
            )


def succeeded(username: str, address: str) -> None:
    """Forget the failures of this name from this address; those of the address alone stay counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sign_in_succeeded(%s)", [list(keys(username, address))[:2]])


def tried(what: str, address: str, *, seconds: int) -> int:
    """Count one attempt at something public; returns how many there were from this address since the first of them,
    which counts for `seconds`. The transaction it stands in must be committed, whatever page answers.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT tried(%s, %s)", [keyed_hash(f"throttle {what}", address), seconds])
        count: int = cursor.fetchone()[0]
    return count
