"""Files at rest: encrypted in pieces under random names, beside the database."""

import hashlib
import os
import secrets
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.utils.translation import gettext as _

from gongjiang.kernel.people.crypto import provider

MAGIC = b"GJF1"
PIECE = 1024 * 1024
_HEAD = struct.Struct(">I?")  # number of the piece, whether it is the last
_LENGTH = struct.Struct(">I")


class Lost(OSError):
    """A stored file that is gone or has been damaged; the message is for whoever asked for it."""


def digest(content: bytes) -> bytes:
    """32 bytes that are equal for equal files of one installation, and tell nothing without its key."""
    return provider().digest(hashlib.sha256(content).digest())


class Kept:
    """A file while it is written: what is handed over is sealed a megabyte at a time.

    name    under which it will be found
    bytes   how much has been handed over
    """

    def __init__(self, name: str, handle: BinaryIO) -> None:
        self.name, self.bytes = name, 0
        self._handle, self._suite, self._held, self._number = handle, provider(), bytearray(), 0
        self._seen = hashlib.sha256()

    def write(self, content: bytes) -> int:
        self._held += content
        while len(self._held) > PIECE:
            self._seal(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        self.bytes += len(content)
        return len(content)

    def flush(self) -> None:
        """Nothing: a piece is sealed when it is full."""

    def finish(self) -> None:
        """Seal what is left; nothing can be written after it."""
        self._seal(bytes(self._held), last=True)
        self._held.clear()

    @property
    def digest(self) -> bytes:
        """What `digest()` of the whole content is, once it has been finished."""
        return provider().digest(self._seen.digest())

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._seen.update(piece)
        sealed = self._suite.encrypt(_HEAD.pack(self._number, last) + piece)
        self._handle.write(_LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


@dataclass(frozen=True)
class Store:
    """One folder of stored files. Every part of the kernel that keeps files has its own and sweeps it."""

    name: str

    @property
    def folder(self) -> Path:
        return Path(settings.DATA) / "files" / self.name

    def keep(self, content: bytes) -> str:
        """Store a file, safely on disk before this returns; its random name. Raises OSError when the disk is full.

        A process that dies between this and the row that names the file leaves a stray.
        """
        with self.writing() as kept:
            kept.write(content)
        return kept.name

    @contextmanager
    def writing(self) -> Iterator["Kept"]:
        """A new file to be written piece by piece, never in clear on the disk; it is there once the block has ended.

        A block that raises leaves nothing. Raises OSError when the disk is full.
        """
        folder = self.folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = secrets.token_hex(16)
        part = folder / f"{name}.part"
        try:
            with part.open("xb") as handle:
                handle.write(MAGIC)
                kept = Kept(name, handle)
                yield kept
                kept.finish()
                handle.flush()
                os.fsync(handle.fileno())
            part.rename(folder / name)
            _settle(folder)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def fetch(self, name: str) -> bytes:
        """The content of a stored file. Raises Lost."""
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """The content of a stored file, a megabyte at a time. Raises Lost, possibly after some pieces."""
        try:
            with self._path(name).open("rb") as handle:
                yield from _opened(handle.read)
        except (OSError, ValueError, IndexError, struct.error, InvalidTag) as wrong:
            raise Lost(
                _("The uploaded file is no longer on the server, or damaged. Please upload it again.")
            ) from wrong

    def check(self, name: str, expected: bytes) -> None:
        """Raises Lost unless the stored file is whole and has this digest; reads it once, in pieces."""
        seen = hashlib.sha256()
        for piece in self.pieces(name):
            seen.update(piece)
        if not secrets.compare_digest(provider().digest(seen.digest()), expected):
            raise Lost(_("The uploaded file is no longer on the server, or damaged. Please upload it again."))

    def holds(self, name: str) -> bool:
        """Whether there is a file of that name; says nothing of its content."""
        return name.isalnum() and (self.folder / name).is_file()

    def drop(self, name: str) -> None:
        """Delete a stored file; nothing where it is gone already."""
        if name and name.isalnum():
            (self.folder / name).unlink(missing_ok=True)
            (self.folder / f"{name}.part").unlink(missing_ok=True)

    def names(self, *, older_than: float) -> Iterator[str]:
        """Names of the files, half-written ones too, last changed before that time in seconds since 1970."""
        if self.folder.is_dir():
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if entry.stat().st_mtime < older_than:
                        yield entry.name.removesuffix(".part")

    def _path(self, name: str) -> Path:
        if not name or not name.isalnum():
            raise ValueError(name)
        return self.folder / name


def _opened(read: Callable[[int], bytes]) -> Iterator[bytes]:
    if read(len(MAGIC)) != MAGIC:
        raise ValueError("no stored file")
    suite, number, last = provider(), 0, False
    while not last:
        (length,) = _LENGTH.unpack(read(_LENGTH.size))
        if length > 2 * PIECE:
            raise ValueError("no length of a piece")
        piece = suite.decrypt(read(length))
        counted, last = _HEAD.unpack_from(piece)
        if counted != number:
            raise ValueError("pieces out of order")
        yield piece[_HEAD.size :]
        number += 1


def _settle(folder: Path) -> None:
    """Make the renamed entry itself last through a power cut, where the system can do that for a folder."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
