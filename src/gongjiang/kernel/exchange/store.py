"""Uploaded files at rest: encrypted in pieces under random names, beside the database."""

import os
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.utils.translation import gettext as _

from gongjiang.kernel.people.crypto import provider

MAGIC = b"GJF1"
PIECE = 1024 * 1024
_HEAD = struct.Struct(">I?")  # number of the piece, whether it is the last


class Lost(OSError):
    """A stored file that is gone or has been damaged; the message is for its sender."""


def _folder() -> Path:
    return Path(settings.DATA) / "files" / "imports"


def keep(content: bytes) -> str:
    """Store a file; returns its name. Raises OSError when the disk is full."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = secrets.token_hex(16)
    part = folder / f"{name}.part"
    suite = provider()
    count = max(1, -(-len(content) // PIECE))
    try:
        with part.open("xb") as handle:
            handle.write(MAGIC)
            for number in range(count):
                piece = content[number * PIECE : (number + 1) * PIECE]
                sealed = suite.encrypt(_HEAD.pack(number, number == count - 1) + piece)
                handle.write(struct.pack(">I", len(sealed)) + sealed)
            handle.flush()
            os.fsync(handle.fileno())
        part.rename(folder / name)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return name


def fetch(name: str) -> bytes:
    """The content of a stored file. Raises Lost."""
    try:
        if not name or not name.isalnum():
            raise ValueError(name)
        return b"".join(_pieces((_folder() / name).read_bytes()))
    except (OSError, ValueError, struct.error, InvalidTag) as wrong:
        raise Lost(
            _("The uploaded file is no longer on the server, or damaged. Please upload it again.")
        ) from wrong


def _pieces(stored: bytes) -> Iterator[bytes]:
    if not stored.startswith(MAGIC):
        raise ValueError("no stored file")
    suite, at, number, last = provider(), len(MAGIC), 0, False
    while not last:
        (length,) = struct.unpack_from(">I", stored, at)
        piece = suite.decrypt(stored[at + 4 : at + 4 + length])
        counted, last = _HEAD.unpack_from(piece)
        if counted != number:
            raise ValueError("pieces out of order")
        yield piece[_HEAD.size :]
        at, number = at + 4 + length, number + 1


def drop(name: str) -> None:
    """Delete a stored file; nothing where it is gone already."""
    if name and name.isalnum():
        (_folder() / name).unlink(missing_ok=True)


def strays(known: set[str], *, older_than: float) -> list[str]:
    """Names of stored files that no batch knows, last changed before that time in seconds since 1970."""
    folder = _folder()
    if not folder.is_dir():
        return []
    return [f.name for f in folder.iterdir() if f.stem not in known and f.stat().st_mtime < older_than]
