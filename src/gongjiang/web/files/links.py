"""Addresses of files: signed, for one account and for a while, so that a copied or logged one is worth little.

A link is no permission: whoever opens it is asked the case's rule again.
"""

from datetime import timedelta

from django.core import signing
from django.urls import reverse

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.files.models import File

LASTS = timedelta(minutes=15)
_SALT = "gongjiang.files"


class Expired(Exception):
    """The link was good and is too old. `key` is the file's."""

    def __init__(self, key: int) -> None:
        self.key = key
        super().__init__(key)


def link_to(file: File, actor: Actor) -> str:
    """The address from which this actor may fetch the file for the next quarter of an hour."""
    signed = signing.TimestampSigner(salt=_SALT).sign_object([file.pk, actor.user], compress=False)
    return reverse("file", args=[signed])


def file_of(link: str, actor: Actor) -> int | None:
    """The key of the file that a link is to; None for a link that is another's or nobody's. Raises Expired."""
    signer = signing.TimestampSigner(salt=_SALT)
    try:
        key, user = signer.unsign_object(link)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if user != actor.user:
        return None
    try:
        signer.unsign(link, max_age=LASTS)
    except signing.SignatureExpired as old:
        raise Expired(key) from old
    return int(key)
