"""How an uploaded file is received: in memory and no further than the page allows, never as a readable file on disk."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from gongjiang.kernel.access.actor import ANONYMOUS


@dataclass(frozen=True)
class Limits:
    """What a page takes in, in bytes: of one file, and of one request."""

    file: int
    together: int


NONE = Limits(0, 0)


class CappedUploadHandler(FileUploadHandler):
    """Keeps what the page's `uploads` allows and one byte more, of the anonymous nothing.

    The files still come with their names and their whole `size`, so that a form can refuse them in its own words, and
    a sign-in page can name those that must be chosen again.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.used = 0

    @property
    def limits(self) -> Limits:
        if getattr(self.request, "actor", ANONYMOUS).is_anonymous:
            return NONE
        match = getattr(self.request, "resolver_match", None)
        return getattr(getattr(match and match.func, "view_class", None), "uploads", None) or NONE

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.held = BytesIO()
        limits = self.limits
        self.room = min(limits.file, limits.together - self.used) + 1 if limits.file else 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        taken = raw_data[: max(0, self.room)]
        self.held.write(taken)
        self.room -= len(taken)
        self.used += len(taken)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.held.seek(0)
        return InMemoryUploadedFile(
            self.held,
            self.field_name,
            self.file_name or "",
            self.content_type or "",
            file_size,
            self.charset,
            self.content_type_extra,
        )
