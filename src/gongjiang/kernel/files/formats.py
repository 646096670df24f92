"""What a file really is, by its content: accepted, or refused in one sentence that says how to mend it.

Nothing is decoded here: an image's size stands in its header, an office document is a list of names. So a file made
to hurt a decoder finds none.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from enum import Enum
from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as c


class Format(Enum):
    """What is accepted: its media type and its endings, the first of which it is given."""

    JPEG = ("image/jpeg", (".jpg", ".jpeg", ".jfif"), c("format", "a JPEG photo"))
    PNG = ("image/png", (".png",), c("format", "a PNG image"))
    WEBP = ("image/webp", (".webp",), c("format", "a WebP image"))
    PDF = ("application/pdf", (".pdf",), c("format", "a PDF document"))
    DOCX = (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (".docx",),
        c("format", "a Word document"),
    )
    XLSX = (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        (".xlsx",),
        c("format", "an Excel workbook"),
    )

    @property
    def media_type(self) -> str:
        return self.value[0]

    @property
    def endings(self) -> tuple[str, ...]:
        return self.value[1]

    @property
    def label(self) -> Any:
        return self.value[2]

    @property
    def mistaken(self) -> tuple[str, ...]:
        """Endings that such a file often bears by mistake: one image's on another."""
        return tuple(e for f in Format if f.is_image and self.is_image and f is not self for e in f.endings)

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")


#: For a form's `accept`: a phone then offers its camera, and hands over a HEIC photo as JPEG.
ACCEPT = ",".join(f.media_type for f in Format)


class Unfit(ValueError):
    """A file that is not accepted; the message is a sentence for its sender, without the file's name."""


class _Broken(Exception):
    """The structure of a format does not hold."""


def recognise(content: bytes, name: str) -> Format:
    """What an uploaded file is. Its name counts only where it claims to be something else.

    Raises Unfit.
    """
    if not content:
        raise Unfit(_("The file is empty. It may not have been copied completely; please choose it again."))
    found = _known(content)
    if found is None:
        raise Unfit(_stranger(content))
    ending = PurePath(name.replace("\\", "/")).suffix.lower()
    claimed = next((f for f in Format if ending in f.endings), None)
    if claimed is not found and ending not in found.mistaken and (claimed or ending in _DISGUISES):
        raise Unfit(
            _(
                "By its name it ends in “%(ending)s”, but it is really %(found)s. Please give it the ending %(right)s."
            )
            % {"ending": ending, "found": found.label, "right": found.endings[0]}
        )
    if found.is_image:
        _measured(found, content)
    elif found is Format.PDF and b"%%EOF" not in content[-2048:]:
        raise Unfit(_cut_off())
    return found


def possible() -> str:
    """The sentence that says what is accepted."""
    return _("Photos (JPG, PNG, WebP), PDF, Word (.docx) and Excel (.xlsx) files are possible.")


def _known(content: bytes) -> Format | None:
    if content.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Format.WEBP
    if content.startswith(b"%PDF-"):
        return Format.PDF
    return _office(content) if content.startswith(b"PK\x03\x04") else None


# ── images ───────────────────────────────────────────────────────────────────


def _measured(found: Format, content: bytes) -> None:
    """Raises Unfit for an image that is cut off, has no readable header, or is larger than the settings allow."""
    reader = {Format.JPEG: _jpeg, Format.PNG: _png, Format.WEBP: _webp}[found]
    try:
        width, height = reader(content)
    except (struct.error, IndexError, _Broken) as wrong:
        raise Unfit(_cut_off()) from wrong
    if not width or not height:
        raise Unfit(_("The image has no width or no height. Please take it again, or save it anew."))
    if width * height > settings.FILE_MOST_PIXELS:
        raise Unfit(
            _(
                "The image has %(width)s × %(height)s points; at most %(most)s points are possible."
                " Please save it smaller."
            )
            % {"width": width, "height": height, "most": f"{settings.FILE_MOST_PIXELS:,}"}
        )


def _cut_off() -> str:
    return _(
        "The file is cut off: its end is missing. It may not have been copied completely; please choose it again."
    )


#: Start-of-frame markers: all from C0 to CF but the tables DHT, JPG and DAC.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _jpeg(content: bytes) -> tuple[int, int]:
    """(width, height). Phones write more behind the end of the image, so the end is only looked for."""
    at, size = 2, None
    while True:
        while content[at] == 0xFF and content[at + 1] == 0xFF:
            at += 1
        mark, kind = struct.unpack_from(">BB", content, at)
        if mark != 0xFF:
            raise _Broken
        (length,) = struct.unpack_from(">H", content, at + 2)
        if kind in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            size = (width, height)
        at += 2 + max(2, length)
        if kind == 0xDA:
            break
    if size is None or content.find(b"\xff\xd9", at) < 0:
        raise _Broken
    return size


def _png(content: bytes) -> tuple[int, int]:
    """(width, height); every chunk up to the last one must be there."""
    chunks = _chunks(content)
    first, start = next(chunks, (b"", 0))
    if first != b"IHDR":
        raise _Broken
    if not any(kind == b"IEND" for kind, _start in chunks):
        raise _Broken
    width, height = struct.unpack_from(">II", content, start)
    return width, height


def _chunks(content: bytes) -> Iterator[tuple[bytes, int]]:
    at = 8
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        if at + 12 + length > len(content):
            return
        yield kind, at + 8
        at += 12 + length


def _webp(content: bytes) -> tuple[int, int]:
    (size,) = struct.unpack_from("<I", content, 4)
    if len(content) < size + 8:
        raise _Broken
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise _Broken


# ── office documents ─────────────────────────────────────────────────────────

_MAIN = {"word/document.xml": Format.DOCX, "xl/workbook.xml": Format.XLSX}
_TYPES = "[Content_Types].xml"
_MOST_MEMBERS = 5_000
_MOST_UNPACKED = 500 * 1024 * 1024
_ENCRYPTED = 1


def _office(content: bytes) -> Format | None:
    """Word or Excel, None for any other package. Raises Unfit for one with macros, a bomb, or one that is cut off."""
    try:
        package = zipfile.ZipFile(BytesIO(content))
        members = package.infolist()
        names = {m.filename for m in members}
        found = next((f for main, f in _MAIN.items() if main in names), None)
        if found is None or _TYPES not in names:
            return None
        types = package.open(_TYPES).read(1024 * 1024)
    except RuntimeError:
        types = b""  # protected; said below
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, OSError, struct.error) as wrong:
        raise Unfit(_cut_off()) from wrong
    if b"macroEnabled" in types or b"vbaProject" in types or any("vbaproject" in n.lower() for n in names):
        raise Unfit(
            _(
                "The document holds macros. Please save it without macros, as .docx or .xlsx, and choose it again."
            )
        )
    unpacked = sum(m.file_size for m in members)
    if len(members) > _MOST_MEMBERS or unpacked > _MOST_UNPACKED:
        raise Unfit(_("The document is far larger inside than it looks. Please save it anew, or as PDF."))
    if any(m.flag_bits & _ENCRYPTED for m in members):
        raise Unfit(
            _("The document is protected by a password. Please save it without one and choose it again.")
        )
    return found


# ── what else it may be ──────────────────────────────────────────────────────

#: Endings that no accepted file carries in good faith.
_DISGUISES = {
    *(".exe", ".com", ".bat", ".cmd", ".scr", ".msi", ".js", ".vbs", ".ps1", ".sh"),
    *(".html", ".htm", ".svg", ".zip", ".rar", ".7z", ".mp4"),
}
_PROGRAM = c("format", "a program")
_PACKED = c("format", "a packed archive")
_TIFF = c("format", "a TIFF image")
_MEDIA = c("format", "a sound or a video")
_UNPACK = gettext_lazy("Unpack it and choose the files themselves.")
_AS_JPEG = gettext_lazy("Set the camera to “most compatible”, or send the photo as JPG.")
_AS_NEW = gettext_lazy("Open it, save it as .docx, .xlsx or PDF without a password, and choose that.")
_AS_PDF = gettext_lazy("Save the drawing as PDF and choose that.")

#: (how it begins, what that is, what to do)
_SIGNS: tuple[tuple[bytes, Any, Any], ...] = (
    (b"MZ", _PROGRAM, ""),
    (b"\x7fELF", _PROGRAM, ""),
    (b"\xca\xfe\xba\xbe", _PROGRAM, ""),
    (b"#!", _PROGRAM, ""),
    (b"GIF8", c("format", "a GIF image"), ""),
    (b"BM", c("format", "a BMP image"), ""),
    (b"II*\0", _TIFF, ""),
    (b"MM\0*", _TIFF, ""),
    (b"\x1aE\xdf\xa3", _MEDIA, ""),
    (b"RIFF", _MEDIA, ""),
    (b"ID3", _MEDIA, ""),
    (b"PK", _PACKED, _UNPACK),
    (b"Rar!", _PACKED, _UNPACK),
    (b"7z\xbc\xaf'\x1c", _PACKED, _UNPACK),
    (b"\x1f\x8b", _PACKED, _UNPACK),
    (b"\xd0\xcf\x11\xe0", c("format", "an old or password-protected Office document"), _AS_NEW),
    (b"{\\rtf", c("format", "an RTF document"), _AS_NEW),
    (b"AC10", c("format", "an AutoCAD drawing"), _AS_PDF),
)
_PAGES = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script")


def _stranger(content: bytes) -> str:
    """What to say of a file that is none of the accepted formats: what it is, what to do, what is possible."""
    label, way = _named(content)
    if label:
        said = _("It is really %(found)s, whatever its name says.") % {"found": label}
    else:
        said = _("What kind of file it is cannot be told.")
    between = "" if said.endswith("。") else " "
    return between.join(str(part) for part in (said, way, possible()) if part)


def _named(content: bytes) -> tuple[Any, Any]:
    if content[4:8] == b"ftyp":
        is_photo = content[8:11] in (b"hei", b"hev", b"mif", b"msf")
        return (c("format", "a HEIC photo"), _AS_JPEG) if is_photo else (_MEDIA, "")
    for sign, label, way in _SIGNS:
        if content.startswith(sign):
            return label, way
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_PAGES):
        return c("format", "a web page"), ""
    return ("", "") if b"\0" in content[:4096] else (c("format", "plain text"), "")
