"""Encryption of identifiers and the keyed hash that finds them again.

One provider interface, so that AES-GCM/HMAC-SHA-256 and SM4-GCM/HMAC-SM3 are interchangeable; the stored
bytes begin with the provider's number. Keys come from the installation's secrets, never from the database.
"""

import base64
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

#: Kinds of identifiers: their hashes are made with the newest hash key, everything else's with the first.
ROTATED = ("identity", "phone")


class Provider(Protocol):
    """What an algorithm suite offers; `number` marks the bytes it wrote.

    data_key_number, hash_key_number   of the newest keys, those that write
    """

    number: int
    data_key_number: int
    hash_key_number: int

    def encrypt(self, plain: bytes) -> bytes: ...

    def encrypt_many(self, plains: Sequence[bytes]) -> list[bytes]: ...

    def decrypt(self, cipher: bytes) -> bytes: ...

    def is_current(self, cipher: bytes) -> bool: ...

    def digest(self, message: bytes) -> bytes: ...

    def digest_identifier(self, message: bytes) -> bytes: ...


class _Keyed:
    """HMAC-SHA-256 with one key (RFC 2104); both paddings are hashed once, which halves what a short message costs."""

    def __init__(self, key: bytes) -> None:
        if len(key) > 64:
            key = hashlib.sha256(key).digest()
        padded = key.ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def __call__(self, message: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


class International:
    """AES-256-GCM with a random 96-bit nonce, and HMAC-SHA-256.

    What the first data key wrote begins with 1; what a later one wrote, with 2 and the number of the key. So bytes of
    several keys are read side by side, and the newest key writes.
    """

    number, keyed = 1, 2

    def __init__(
        self,
        data_key: bytes,
        hash_key: bytes,
        data_keys: Mapping[int, bytes] | None = None,
        hash_keys: Mapping[int, bytes] | None = None,
    ) -> None:
        self._aes = {n: AESGCM(key) for n, key in {1: data_key, **(data_keys or {})}.items()}
        hashes = {1: hash_key, **(hash_keys or {})}
        self.data_key_number, self.hash_key_number = max(self._aes), max(hashes)
        self._hash = _Keyed(hash_key)
        self._identifiers = _Keyed(hashes[self.hash_key_number])

    def _head(self) -> bytes:
        n = self.data_key_number
        return bytes([self.number]) if n == 1 else bytes([self.keyed, n])

    def encrypt(self, plain: bytes) -> bytes:
        (cipher,) = self.encrypt_many([plain])
        return cipher

    def encrypt_many(self, plains: Sequence[bytes]) -> list[bytes]:
        head, encrypt = self._head(), self._aes[self.data_key_number].encrypt
        random = os.urandom(12 * len(plains))
        nonces = [random[at : at + 12] for at in range(0, len(random), 12)]
        return [
            head + nonce + encrypt(nonce, plain, None) for nonce, plain in zip(nonces, plains, strict=True)
        ]

    def decrypt(self, cipher: bytes) -> bytes:
        key, head = (cipher[1], 2) if cipher[0] == self.keyed else (1, 1)
        if cipher[0] not in (self.number, self.keyed):
            raise ValueError(f"These bytes were written by provider {cipher[0]}, not {self.number}.")
        if key not in self._aes:
            raise ValueError(f"These bytes were written with data key {key}, which the secrets do not have.")
        return self._aes[key].decrypt(cipher[head : head + 12], cipher[head + 12 :], None)

    def is_current(self, cipher: bytes) -> bool:
        """Whether the newest data key wrote these bytes."""
        return bytes(cipher).startswith(self._head())

    def digest(self, message: bytes) -> bytes:
        return self._hash(message)

    def digest_identifier(self, message: bytes) -> bytes:
        """As `digest`, with the newest hash key."""
        return self._identifiers(message)


@cache
def provider() -> Provider:
    """The suite in force."""
    known: Mapping[str, Any] = settings.SECRETS
    later = {
        name: {int(n): base64.b64decode(key)[:32] for n, key in known.get(name, {}).items()}
        for name in ("data_keys", "hash_keys")
    }
    return International(
        base64.b64decode(settings.SECRETS["data_key"])[:32],
        base64.b64decode(settings.SECRETS["hash_key"])[:32],
        later["data_keys"],
        later["hash_keys"],
    )


def seal(value: str) -> bytes:
    """The encrypted form of an identifier."""
    return provider().encrypt(value.encode())


def reveal(cipher: bytes) -> str:
    """The identifier behind its encrypted form. Raises ValueError or InvalidTag on foreign bytes."""
    return provider().decrypt(bytes(cipher)).decode()


def keyed_hash(kind: str, value: str) -> bytes:
    """32 bytes that are equal for equal identifiers of one kind, and tell nothing without the key."""
    (digest,) = keyed_hashes(kind, [value])
    return digest


def keyed_hashes(kind: str, values: Iterable[str]) -> list[bytes]:
    """`keyed_hash` of many, in order."""
    suite = provider()
    digest, head = suite.digest_identifier if kind in ROTATED else suite.digest, f"{kind}:"
    return [digest((head + value).encode()) for value in values]


def seal_many(kind: str, values: Iterable[str]) -> list[tuple[bytes, bytes]]:
    """(encrypted, keyed hash) for each identifier, in order."""
    held = list(values)
    ciphers = provider().encrypt_many([value.encode() for value in held])
    return list(zip(ciphers, keyed_hashes(kind, held), strict=True))
