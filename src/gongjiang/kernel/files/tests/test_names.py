"""Names of files."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gongjiang.kernel.files.names import MOST, clean_name

PICTURE = (".jpg", ".jpeg")


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("现场 照片.JPG", "现场 照片.jpg"),
        ("C:\\Users\\工人\\图.jpeg", "图.jpeg"),
        ("../../../etc/passwd", "passwd.jpg"),
        ("发票\u202egpj.exe", "发票gpj.exe.jpg"),
        ("a\r\nSet-Cookie: x=1.jpg", "a Set-Cookie x=1.jpg"),
        ('a"b<c>|?*.jpg', "abc.jpg"),
        ("con.jpg", "_con.jpg"),
        ("   . .jpg", "file.jpg"),
        ("", "file.jpg"),
        ("e\u0301.jpg", "é.jpg"),
        ("好" * 300 + ".jpg", "好" * (MOST - 4) + ".jpg"),
    ],
)
def test_name_is_cleaned(given_name: str, clean: str) -> None:
    assert clean_name(given_name, PICTURE, "file") == clean


@given(st.text())
@example("\ud800.jpg")
@example(".jpg" * 60)
@example("a." * 120)
def test_clean_name_can_be_saved_anywhere_and_is_clean_already(given_name: str) -> None:
    name = clean_name(given_name, PICTURE, "file")
    assert clean_name(name, PICTURE, "file") == name
    assert len(name) <= MOST
    assert name.endswith(PICTURE)
    assert not set(name) & set('<>:"/\\|?*')
    assert {unicodedata.category(ch)[0] for ch in name} & {"C"} == set()
    assert name == " ".join(name.split())
    assert not name.startswith(".")
    assert len(name.encode()) <= 4 * MOST
