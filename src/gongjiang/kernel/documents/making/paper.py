"""What is to be put on paper, whatever makes it."""

import datetime as dt
import struct
import zlib
from dataclasses import dataclass

import qrcode

from gongjiang.kernel.documents.kinds import Layout

QUIET = 4  # modules of white around a QR code; its standard asks for four


@dataclass(frozen=True)
class Paper:
    """A document as it is printed. All words are those of the document; nothing is translated.

    issuer   who issues it, as it stands at the head and below
    code     as it is printed; address: where a stranger checks it, also as a QR code on a certificate
    """

    layout: Layout
    issuer: str
    number: str
    title: str
    text: str
    on: dt.date
    code: str = ""
    address: str = ""

    @property
    def day(self) -> str:
        """2026年1月3日."""
        return f"{self.on.year}年{self.on.month}月{self.on.day}日"


def matrix(address: str) -> list[list[bool]]:
    """The modules of a QR code with the white around it; True is black."""
    code = qrcode.QRCode(border=QUIET, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(address)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def svg(address: str) -> str:
    """A QR code as a drawing."""
    rows = matrix(address)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, black in enumerate(row) if black)
    size = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>'
    )


def png(address: str, *, scale: int = 8) -> bytes:
    """A QR code as a picture of one bit a pixel, for Word."""
    rows = matrix(address)
    lines = []
    for row in rows:
        bits = "".join(("0" if black else "1") * scale for black in row)
        bits += "0" * (-len(bits) % 8)
        line = b"\0" + bytes(int(bits[n : n + 8], 2) for n in range(0, len(bits), 8))
        lines += [line] * scale
    size = len(rows) * scale

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", size, size, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"".join(lines), 9))
        + chunk(b"IEND", b"")
    )
