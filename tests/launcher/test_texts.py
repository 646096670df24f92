"""Every sentence of the launcher exists in both languages and is filled in the same way."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from launcher import messages
from launcher.texts import TEXTS

LAUNCHER = Path(messages.__file__).parent


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_texts_have_the_same_fields_in_both_languages() -> None:
    assert {key for key, (english, chinese) in TEXTS.items() if fields(english) != fields(chinese)} == set()


def test_texts_are_chinese_in_chinese() -> None:
    same = {key for key, (english, chinese) in TEXTS.items() if chinese.isascii() or not english.isascii()}
    dashes = {key for key in same if not any("\u4e00" <= letter <= "\u9fff" for letter in TEXTS[key][1])}
    assert dashes == {"plain", "demo.step", "check.step"}


def test_texts_are_all_used() -> None:
    code = "".join(path.read_text() for path in LAUNCHER.rglob("*.py") if path.parent.name != "texts")
    assert {key for key in TEXTS if f'"{key}"' not in code} == set()


@pytest.mark.parametrize(
    ("environment", "chinese"),
    [
        ({}, False),
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, False),
        ({"LANG": "C", "LC_MESSAGES": "zh_TW"}, True),
    ],
)
def test_language_follows_the_locale(
    environment: dict[str, str], chinese: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert messages.speaks_chinese() == chinese
