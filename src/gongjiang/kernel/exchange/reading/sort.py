"""What a file really is, by its first bytes, whatever its name says."""

import enum
import zipfile
from io import BytesIO
from pathlib import PurePath

from django.utils.translation import gettext as _


class Unreadable(ValueError):
    """A file that no table can be read from; the message is for its sender and says how to mend it."""


class Sort(enum.Enum):
    PACKAGE = ".xlsx"
    COMPOUND = ".xls"
    TEXT = ".csv"


ENDINGS = (".xlsx", ".xls", ".csv")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: First bytes -> what such a file is called.
FOREIGN = (
    (b"MZ", "exe"),
    (b"\x7fELF", "exe"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "document"),
)


def _called(what: str) -> str:
    return {
        "exe": _("a program"),
        "pdf": _("a PDF document"),
        "picture": _("a picture"),
        "archive": _("a compressed archive"),
        "document": _("a text document"),
        "page": _("a web page"),
        "slides": _("a presentation"),
    }[what]


def _disguised(what: str) -> Unreadable:
    return Unreadable(
        _(
            "By its content this file is %(what)s, not a spreadsheet."
            " Please open the roster in Excel or WPS, save it as .xlsx and upload that file."
        )
        % {"what": _called(what)}
    )


def sort_of(content: bytes, file_name: str) -> Sort:
    """Workbook or text, judged by content and checked against the name. Raises Unreadable."""
    ending = PurePath(file_name.lower()).suffix
    if ending not in ENDINGS:
        raise Unreadable(
            _(
                "The name ends in “%(ending)s”. Only .xlsx, .xls and .csv can be read; please"
                " save the roster as one of them."
            )
            % {"ending": ending or "—"}
        )
    for start, what in FOREIGN:
        if content.startswith(start):
            raise _disguised(what)
    if content.startswith(b"PK"):
        return _checked(_package(content), ending)
    if content.startswith(OLE):
        return _checked(_compound(content), ending)
    head = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype", b"<html", b"<head", b"<table", b"<meta", b"<?xml")):
        raise _disguised("page")
    if ending != Sort.TEXT.value:
        raise Unreadable(
            _(
                "The name ends in “%(ending)s”, but the content is no workbook; the file may be damaged."
                " Please open it in Excel or WPS, save it as .xlsx and upload that file."
            )
            % {"ending": ending}
        )
    return Sort.TEXT


def _checked(sort: Sort, ending: str) -> Sort:
    if ending == Sort.TEXT.value:
        raise Unreadable(
            _(
                "The name ends in .csv, but the content is an Excel workbook. Please give it the ending %(right)s."
            )
            % {"right": sort.value}
        )
    return sort


def _package(content: bytes) -> Sort:
    try:
        names = set(zipfile.ZipFile(BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError) as wrong:
        raise Unreadable(damaged()) from wrong
    if "xl/workbook.xml" in names:
        return Sort.PACKAGE
    if "word/document.xml" in names:
        raise _disguised("document")
    if "ppt/presentation.xml" in names:
        raise _disguised("slides")
    raise _disguised("archive")


def _compound(content: bytes) -> Sort:
    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        raise Unreadable(locked())
    if holds("WordDocument"):
        raise _disguised("document")
    if holds("PowerPoint Document"):
        raise _disguised("slides")
    if not (holds("Workbook") or holds("Book")):
        raise Unreadable(damaged())
    return Sort.COMPOUND


def damaged() -> str:
    return _(
        "The file is damaged and cannot be opened. Please open it in Excel or WPS, save"
        " it again and upload that file."
    )


def locked() -> str:
    return _("The file is protected by a password. Please save it without a password and upload that file.")
