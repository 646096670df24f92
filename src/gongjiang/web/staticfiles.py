"""Static files without a build step: addresses that change with the content, packed copies beside the data."""

import gzip
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

WORTH_PACKING = (".css", ".js", ".mjs", ".json", ".svg", ".html")
SMALLEST = 1024


class VersionedStorage(StaticFilesStorage):
    """`{% static %}` with a mark of the content at its end, so that a browser may keep what it has for good."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._marks: dict[str, str] = {}

    def url(self, name: str | None) -> str:
        """The address of a file of the applications; without a mark where there is no such file."""
        address = super().url(name)
        mark = self._mark(name or "")
        return f"{address}?v={mark}" if mark else address

    def _mark(self, name: str) -> str:
        if name not in self._marks or settings.DEBUG:
            path = finders.find(name)
            self._marks[name] = _digest(Path(path).read_bytes())[:8] if isinstance(path, str) else ""
        return self._marks[name]


class PackedWhiteNoise(WhiteNoiseMiddleware):
    """WhiteNoise over the applications' own files, with gzip copies in the data directory."""

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        plain = super().get_static_file(path, url, stat_cache=stat_cache)
        packed = _packed(Path(path))
        if packed is None:
            return plain
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        return StaticFile(path, headers.items(), encodings={"gzip": str(packed)})


def _packed(path: Path) -> Path | None:
    """A gzip copy of a file, made once for each content; None where it is not worth it or cannot be kept."""
    if path.suffix not in WORTH_PACKING or path.stat().st_size < SMALLEST:
        return None
    content = path.read_bytes()
    kept = Path(settings.DATA) / "static" / f"{_digest(content)}.gz"
    if kept.exists():
        return kept
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as file:
            file.write(gzip.compress(content, mtime=0))
        os.replace(file.name, kept)
    except OSError:
        return None
    return kept


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
