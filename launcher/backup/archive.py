"""The file of a backup: a plain tar, whose last members say what must be in it and that it is whole.

`database.dump`, `files/…`, `accounts.json` in a demo, `secrets.sealed` where a passphrase was given, then
`manifest.json` with the length and SHA-256 of each, then `manifest.sha256`. Any tar program can take it apart.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any

from launcher.messages import Problem

FORMAT = 1
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
DUMP, KEYS, ACCOUNTS, FILES = "database.dump", "secrets.sealed", "accounts.json", "files/"
PIECE = 1024 * 1024
BLOCK = tarfile.BLOCKSIZE

Watch = Callable[[int], None]


class Writer:
    """Writes members one after another and keeps their digests. Used as a context; `finish` makes it a backup.

    The content goes to `<file>.part`, which takes the file's name only when it is complete and on the disk.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._part = file.with_name(file.name + ".part")
        self._stream: IO[bytes] = os.fdopen(
            os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
        )
        self.members: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._part.unlink(missing_ok=True)

    def add(self, name: str, content: bytes) -> None:
        """A member whose content is at hand."""
        self._stream.write(_header(name, len(content)))
        self._stream.write(content)
        self._note(name, len(content), hashlib.sha256(content).hexdigest())

    def stream(self, name: str, source: IO[bytes], watch: Watch = lambda done: None) -> None:
        """A member read from `source` to its end, whose length nobody knows before; `watch` gets the bytes so far."""
        start = self._stream.tell()
        self._stream.write(_header(name, 0))
        digest, size = hashlib.sha256(), 0
        while piece := source.read(PIECE):
            self._stream.write(piece)
            digest.update(piece)
            size += len(piece)
            watch(size)
        end = self._stream.tell()
        self._stream.seek(start)
        self._stream.write(_header(name, size))
        self._stream.seek(end)
        self._note(name, size, digest.hexdigest())

    def finish(self, manifest: dict[str, Any]) -> int:
        """Add the manifest and its digest, and give the file its name; returns its length in bytes."""
        body = json.dumps({**manifest, "members": self.members}, indent=1, ensure_ascii=False).encode()
        self.add(MANIFEST, body)
        self.add(SEAL, hashlib.sha256(body).hexdigest().encode())
        self._stream.write(bytes(2 * BLOCK))
        self._stream.flush()
        os.fsync(self._stream.fileno())
        size = self._stream.tell()
        self._part.rename(self.file)
        return size

    def _note(self, name: str, size: int, digest: str) -> None:
        self._stream.write(bytes(-size % BLOCK))
        self.members[name] = {"bytes": size, "sha256": digest}


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(time.time())
    return member.tobuf(tarfile.GNU_FORMAT)


class Reader:
    """A backup that was read through once and is whole. Raises Problem where it is not; changes nothing."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self._stream = file.open("rb")
        except OSError as error:
            raise Problem("restore.unreadable", file=file, reason=error.strerror) from None
        try:
            self._places, self.manifest = self._checked()
        except BaseException:
            self._stream.close()
            raise

    def close(self) -> None:
        self._stream.close()

    def names(self, prefix: str = "") -> list[str]:
        """The members whose name begins so."""
        return [name for name in self._places if name.startswith(prefix)]

    def read(self, name: str) -> bytes:
        """The content of a small member."""
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """The content of a member, piece by piece."""
        start, left = self._places[name]
        self._stream.seek(start)
        while left:
            piece = self._stream.read(min(PIECE, left))
            if not piece:
                raise Problem("restore.damaged", file=self.file)
            left -= len(piece)
            yield piece

    def _checked(self) -> tuple[dict[str, tuple[int, int]], dict[str, Any]]:
        places: dict[str, tuple[int, int]] = {}
        found: dict[str, dict[str, Any]] = {}
        kept = {MANIFEST: b"", SEAL: b""}
        try:
            with tarfile.open(fileobj=self._stream, mode="r:") as tar:
                for member in tar:
                    content = tar.extractfile(member)
                    if content is None or member.name in found or not _is_plain(member.name):
                        raise Problem("restore.damaged", file=self.file)
                    digest = hashlib.sha256()
                    while piece := content.read(PIECE):
                        digest.update(piece)
                        if member.name in kept:
                            kept[member.name] += piece
                    places[member.name] = (member.offset_data, member.size)
                    found[member.name] = {"bytes": member.size, "sha256": digest.hexdigest()}
        except tarfile.TarError:
            raise Problem("restore.damaged" if places else "restore.foreign", file=self.file) from None
        if not kept[SEAL]:
            raise Problem("restore.cut_off" if DUMP in places else "restore.foreign", file=self.file)
        if found[MANIFEST]["sha256"].encode() != kept[SEAL]:
            raise Problem("restore.damaged", file=self.file)
        manifest: dict[str, Any] = json.loads(kept[MANIFEST])
        if manifest["format"] != FORMAT:
            raise Problem("restore.format", file=self.file, version=manifest["version"])
        if manifest["members"] != {name: what for name, what in found.items() if name not in kept}:
            raise Problem("restore.damaged", file=self.file)
        return places, manifest


def _is_plain(name: str) -> bool:
    """Whether a name stays below the place it is put into.

    >>> _is_plain("files/imports/a"), _is_plain("files/../../a"), _is_plain("/a")
    (True, False, False)
    """
    parts = PurePosixPath(name).parts
    return bool(parts) and ".." not in parts and parts[0] != "/"
