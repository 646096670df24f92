"""What a browser keeps of a form that is being filled, encrypted, so that a lost connection costs nothing.

The page hands its own user's key to `static/gongjiang/drafts.js`; the key is the same after the next sign-in and
nobody else's. Signing out wipes what was kept. Confidential forms never ask for a keeper.
"""

from base64 import b64encode
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from gongjiang.kernel.access.actor import actor_of


@dataclass(frozen=True)
class Keeper:
    """What a form's page tells the browser: under whose mark it keeps, and with which key."""

    owner: str
    key: str


def keeper(request: HttpRequest) -> Keeper | None:
    """The keeper of whoever is signed in; None for the anonymous."""
    user = actor_of(request).user
    if user is None:
        return None
    mark = salted_hmac("gongjiang.web.drafts.owner", str(user), algorithm="sha256").hexdigest()[:16]
    key = salted_hmac("gongjiang.web.drafts.key", str(user), algorithm="sha256").digest()
    return Keeper(mark, b64encode(key).decode())
