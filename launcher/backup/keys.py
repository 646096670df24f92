"""The installation's keys inside a backup: under a passphrase, or not at all."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from launcher.messages import Problem

#: What `secrets.json` holds: keys by name, and keys that were added under their number.
Secrets = dict[str, Any]

SHORTEST = 12
_BOUND_TO = b"gongjiang secrets 1"
_N, _R, _P = 2**15, 8, 1


def passphrase(file: Path) -> bytes:
    """The first line of a file. Raises Problem when it cannot be read or is shorter than SHORTEST characters."""
    try:
        line = file.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "UTF-8"
        raise Problem("backup.passphrase_unreadable", status=2, file=file, reason=reason) from None
    if len(line) < SHORTEST:
        raise Problem("backup.passphrase_short", status=2, file=file, length=len(line), shortest=SHORTEST)
    return line.encode()


def mark(secrets: Secrets) -> str:
    """Sixteen digits that tell one set of keys from another and give nothing of them away; added keys count."""
    return _mark(secrets, _added(secrets, "hash_keys"), _added(secrets, "data_keys"))


def fit(secrets: Secrets, marked: str) -> bool:
    """Whether the keys of that mark are among these, which may hold some that were added later."""
    hashes, data = _added(secrets, "hash_keys"), _added(secrets, "data_keys")
    return any(
        _mark(secrets, hashes[:h], data[:d]) == marked
        for h in range(len(hashes) + 1)
        for d in range(len(data) + 1)
    )


def _added(secrets: Secrets, kind: str) -> list[str]:
    """The keys of `rotate --new`, in the order in which they were added."""
    added = secrets.get(kind) or {}
    return [f" {kind} {number} {added[number]}" for number in sorted(added, key=int)]


def _mark(secrets: Secrets, hashes: list[str], data: list[str]) -> str:
    keys = f"{secrets['hash_key']} {secrets['data_key']}" + "".join([*hashes, *data])
    return hashlib.sha256(b"gongjiang keys " + keys.encode()).hexdigest()[:16]


def seal(secrets: Secrets, phrase: bytes) -> bytes:
    """The keys under a passphrase: scrypt for the key, AES-256-GCM for the content, as a JSON text."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_derived(phrase, salt, _N, _R, _P)).encrypt(
        nonce, json.dumps(secrets).encode(), _BOUND_TO
    )
    return json.dumps(
        {
            "kdf": "scrypt",
            "n": _N,
            "r": _R,
            "p": _P,
            "salt": base64.b64encode(salt).decode(),
            "cipher": "AES-256-GCM",
            "nonce": base64.b64encode(nonce).decode(),
            "content": base64.b64encode(sealed).decode(),
        }
    ).encode()


def unseal(sealed: bytes, phrase: bytes) -> Secrets:
    """The keys again. Raises Problem when the passphrase is another one."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    box = json.loads(sealed)
    salt, nonce, content = (base64.b64decode(box[name]) for name in ("salt", "nonce", "content"))
    try:
        opened = AESGCM(_derived(phrase, salt, box["n"], box["r"], box["p"])).decrypt(
            nonce, content, _BOUND_TO
        )
    except InvalidTag:
        raise Problem("restore.passphrase", status=2) from None
    secrets: Secrets = json.loads(opened)
    return secrets


def _derived(phrase: bytes, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(phrase, salt=salt, n=n, r=r, p=p, maxmem=256 * n * r, dklen=32)
