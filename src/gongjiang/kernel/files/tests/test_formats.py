"""What a file really is."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gongjiang.kernel.files.formats import Format, Unfit, recognise

from . import samples


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def why(content: bytes, name: str = "现场.jpg") -> str:
    with pytest.raises(Unfit) as refusal:
        recognise(content, name)
    return str(refusal.value)


GOOD = [
    (samples.jpeg(), "image.jpg", Format.JPEG),
    (samples.jpeg(tail=b"motion photo" * 100), "image.jpeg", Format.JPEG),
    (samples.png(), "a.PNG", Format.PNG),
    (samples.webp(), "a.webp", Format.WEBP),
    (samples.webp(kind=b"VP8L"), "a.webp", Format.WEBP),
    (samples.webp(kind=b"VP8 "), "a.webp", Format.WEBP),
    (samples.pdf(), "a.pdf", Format.PDF),
    (samples.docx(), "a.docx", Format.DOCX),
    (samples.xlsx(), "a.xlsx", Format.XLSX),
    (samples.png(), "微信图片", Format.PNG),
    (samples.png(), "微信图片.jpg", Format.PNG),
    (samples.pdf(), "证明.tmp", Format.PDF),
]


@pytest.mark.parametrize(("content", "name", "is_a"), GOOD)
def test_file_is_what_its_content_says(content: bytes, name: str, is_a: Format) -> None:
    assert recognise(content, name) is is_a


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (samples.pdf(), "照片.jpg", "ends in “.jpg”, but it is really a PDF document. Please give it the ending .pdf."),
        (samples.docx(), "a.xlsx", "really a Word document. Please give it the ending .docx."),
        (samples.jpeg(), "a.jpg.exe", "ends in “.exe”, but it is really a JPEG photo."),
        (b"MZ\x90\0" + b"\0" * 60, "a.jpg", "really a program, whatever its name says. Photos (JPG"),
        (b"\x7fELF" + b"\0" * 60, "a.pdf", "really a program"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "a.png", "really a web page"),
        (b"\xef\xbb\xbf <svg onload=alert(1)>", "a.png", "really a web page"),
        (b"GIF89a" + b"\0" * 60, "a.gif", "really a GIF image"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 60, "IMG_1.HEIC", "a HEIC photo, whatever its name says. Set the camera"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 60, "a.mp4", "a sound or a video"),
        (samples.package({"a.txt": b"1"}), "a.docx", "a packed archive, whatever its name says. Unpack it"),
        (b"Rar!\x1a\x07" + b"\0" * 60, "a.rar", "Unpack it"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "a.doc", "old or password-protected Office document"),
        (b"AC1032" + b"\0" * 60, "a.dwg", "Save the drawing as PDF"),
        ("只是文字".encode(), "a.pdf", "plain text"),
        (b"\x01\0\x02\0" * 30, "a.jpg", "What kind of file it is cannot be told. Photos (JPG"),
        (b"", "a.jpg", "The file is empty."),
        (samples.docx(**{"word/vbaProject.bin": b"x"}), "a.docx", "holds macros"),
        (samples.docx(**{"[Content_Types].xml": b"ms-word.document.macroEnabled.main+xml"}), "a.docx", "holds macros"),
        (samples.png(40_000, 40_000), "a.png", "40000 × 40000 points; at most 100,000,000"),
        (samples.jpeg(65_000, 65_000), "a.jpg", "65000 × 65000 points"),
        (samples.webp(16_000, 16_000), "a.webp", "16000 × 16000 points"),
        (samples.png(0, 5), "a.png", "no width or no height"),
    ],
)  # fmt: skip
def test_file_is_refused_with_what_it_is_and_how_to_mend_it(content: bytes, name: str, said: str) -> None:
    assert said in why(content, name)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (samples.jpeg()[:-2], "a.jpg"),
        (samples.jpeg()[:60], "a.jpg"),
        (samples.jpeg()[:3], "a.jpg"),
        (samples.png()[:-12], "a.png"),
        (samples.png()[:30], "a.png"),
        (samples.webp()[:-1], "a.webp"),
        (samples.pdf()[:-8], "a.pdf"),
        (samples.docx()[:-30], "a.docx"),
        (samples.xlsx()[:50], "a.xlsx"),
    ],
)
def test_cut_off_file_is_refused(content: bytes, name: str) -> None:
    assert "cut off" in why(content, name)


def test_document_that_unpacks_to_gigabytes_is_refused() -> None:
    """Judged by what the package says of itself; nothing of it is unpacked."""
    bomb = bytearray(samples.docx())
    at = bomb.rindex(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = (3 * 1024**3).to_bytes(4, "little")
    assert "far larger inside" in why(bytes(bomb), "a.docx")


@given(st.sampled_from(GOOD), st.data())
def test_spoilt_file_is_accepted_or_refused_and_never_fails(
    good: tuple[bytes, str, Format], data: st.DataObject
) -> None:
    content, name, _ = good
    at = data.draw(st.integers(0, len(content)))
    junk = data.draw(st.binary(max_size=20))
    spoilt = content[:at] + junk + content[at + data.draw(st.integers(0, 20)) :]
    try:
        assert recognise(spoilt, name) in Format
    except Unfit as refusal:
        assert str(refusal).endswith((".", ")"))


@given(st.binary(max_size=200), st.text(max_size=20))
def test_any_bytes_are_accepted_or_refused(content: bytes, name: str) -> None:
    try:
        recognise(content, name)
    except Unfit as refusal:
        assert str(refusal)
