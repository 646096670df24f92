"""Evidence of the demo's results: a drawing and a workbook, both invented and saying so."""

import struct
import zlib
from io import BytesIO
from random import Random

from xlsxwriter import Workbook

from gongjiang.kernel.files.actions import Upload

from .models import EvidenceKind

WIDTH, HEIGHT = 480, 320
PAPER, LINE, FILL = (250, 248, 243), (40, 60, 90), (196, 214, 228)


def evidence(title: str, random: Random) -> list[Upload]:
    """What the author of a result of that title sent."""
    return [
        Upload(EvidenceKind.PHOTO, "示意图（演示）.png", _drawing(random)),
        Upload(EvidenceKind.PAPER, "试用记录（演示）.xlsx", _records(title, random)),
    ]


def _drawing(random: Random) -> bytes:
    """A PNG of a few parts on a base."""
    rows = [bytearray(bytes(PAPER) * WIDTH) for _ in range(HEIGHT)]

    def box(left: int, top: int, right: int, bottom: int) -> None:
        for y in range(top, bottom):
            edge = y - top < 2 or bottom - y <= 2
            inner = LINE if edge else FILL
            rows[y][left * 3 : right * 3] = (
                bytes(LINE) * 2 + bytes(inner) * (right - left - 4) + bytes(LINE) * 2
            )

    box(40, 250, 440, 280)
    for place in range(4):
        left = 60 + place * 95
        box(left, random.randint(90, 190), left + random.randint(50, 80), 250)
    packed = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def _records(title: str, random: Random) -> bytes:
    held = BytesIO()
    with Workbook(held, {"in_memory": True}) as book:
        sheet = book.add_worksheet("试用记录")
        sheet.write_row(0, 0, [f"{title}　演示数据，纯属虚构"])
        sheet.write_row(1, 0, ["班次", "原用时（分钟）", "现用时（分钟）"])
        for shift in range(1, 21):
            sheet.write_row(1 + shift, 0, [shift, random.randint(35, 50), random.randint(6, 15)])
    return held.getvalue()
