"""Choosing files in a form, and what is said of them there."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from gongjiang.kernel.files.actions import MEGABYTE, Upload
from gongjiang.kernel.files.formats import ACCEPT


class FilesInput(forms.FileInput):
    """Several files at once; a phone offers its camera beside its albums."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"accept": ACCEPT, "multiple": True})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        return files.getlist(name) if hasattr(files, "getlist") else []


class FilesField(forms.Field):
    """Zero or more files of one kind, as `Upload`s. What each of them is, the kernel judges."""

    widget = FilesInput

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.kind = kind

    def clean(self, value: Any) -> list[Upload]:
        return [Upload(self.kind, f.name or "", f.read(), f.size or 0) for f in value or ()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)


def limits_said() -> str:
    """What may be chosen, for the hint below a field."""
    return _(
        "JPG, PNG, WebP, PDF, .docx or .xlsx; each at most %(most)s MB, all together at most %(together)s MB."
    ) % {
        "most": settings.FILE_MOST_BYTES // MEGABYTE,
        "together": settings.CASE_MOST_BYTES // MEGABYTE,
    }


def measured(size: int) -> str:
    """A size as people say it.

    >>> measured(800), measured(740_000), measured(1_900_000)
    ('1 KB', '723 KB', '1.8 MB')
    """
    kilobytes = max(1, round(size / 1024))
    return f"{kilobytes} KB" if kilobytes < 1000 else f"{size / 1024 / 1024:.1f} MB"
