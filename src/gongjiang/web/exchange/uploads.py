"""How an uploaded file is received: in memory and no further than the limit, never as a readable file on disk."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from gongjiang.kernel.exchange.reading import MOST_BYTES


class CappedUploadHandler(FileUploadHandler):
    """Keeps the first twenty megabytes and one byte; `size` is the file's whole size, so that a form can refuse it."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.held = BytesIO()
        self.total = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.total += len(raw_data)
        room = MOST_BYTES + 1 - self.held.tell()
        if room > 0:
            self.held.write(raw_data[:room])

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
