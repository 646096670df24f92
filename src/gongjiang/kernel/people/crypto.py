"""Encryption of identifiers and the keyed hash that finds them again.

One provider interface, so that AES-GCM/HMAC-SHA-256 and SM4-GCM/HMAC-SM3 are interchangeable; the stored
bytes begin with the provider's number. Keys come from the installation's secrets, never from the database.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable
from functools import cache
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


class Provider(Protocol):
    """What an algorithm suite offers; `number` marks the bytes it wrote."""

    number: int

    def encrypt(self, plain: bytes) -> bytes: ...

    def decrypt(self, cipher: bytes) -> bytes: ...

    def digest(self, message: bytes) -> bytes: ...


class International:
    """AES-256-GCM with a random 96-bit nonce, and HMAC-SHA-256."""

    number = 1

    def __init__(self, data_key: bytes, hash_key: bytes) -> None:
        self._aes = AESGCM(data_key)
        self._hash = hmac.new(hash_key, digestmod=hashlib.sha256)

    def encrypt(self, plain: bytes) -> bytes:
        nonce = os.urandom(12)
        return bytes([self.number]) + nonce + self._aes.encrypt(nonce, plain, None)

    def decrypt(self, cipher: bytes) -> bytes:
        if cipher[0] != self.number:
            raise ValueError(f"These bytes were written by provider {cipher[0]}, not {self.number}.")
        return self._aes.decrypt(cipher[1:13], cipher[13:], None)

    def digest(self, message: bytes) -> bytes:
        keyed = self._hash.copy()
        keyed.update(message)
        return keyed.digest()


@cache
def provider() -> Provider:
    """The suite in force."""
    return International(
        base64.b64decode(settings.SECRETS["data_key"])[:32],
        base64.b64decode(settings.SECRETS["hash_key"])[:32],
    )


def seal(value: str) -> bytes:
    """The encrypted form of an identifier."""
    return provider().encrypt(value.encode())


def reveal(cipher: bytes) -> str:
    """The identifier behind its encrypted form. Raises ValueError or InvalidTag on foreign bytes."""
    return provider().decrypt(bytes(cipher)).decode()


def keyed_hash(kind: str, value: str) -> bytes:
    """32 bytes that are equal for equal identifiers of one kind, and tell nothing without the key."""
    return provider().digest(f"{kind}:{value}".encode())


def seal_many(kind: str, values: Iterable[str]) -> list[tuple[bytes, bytes]]:
    """(encrypted, keyed hash) for each identifier, in order."""
    suite = provider()
    return [(suite.encrypt(v.encode()), suite.digest(f"{kind}:{v}".encode())) for v in values]
