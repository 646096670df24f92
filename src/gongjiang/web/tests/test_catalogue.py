"""The Chinese catalogue: renewed before anybody reads an old word from it."""

import re
from pathlib import Path

import pytest
from django.utils.translation.trans_real import translation

from gongjiang.web import catalogue


def test_catalogue_compiled_at_the_start_replaces_what_was_read_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "MO", tmp_path / "django.mo")
    before = translation("zh-hans")
    catalogue.compile_when_stale()
    assert translation("zh-hans") is not before
    current = translation("zh-hans")
    catalogue.compile_when_stale()
    assert translation("zh-hans") is current


def test_every_translation_takes_the_words_that_are_put_into_it() -> None:
    """A bare % in a text that words are put into breaks the page that says it; a lost word says nothing."""
    broken = []
    for message in catalogue.translations().values():
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        said = message.id[0] if isinstance(message.id, tuple) else message.id
        for text in texts:
            if re.search(r"%\(\w+\)[sd]", said):
                taken = set(re.findall(r"%\((\w+)\)", "".join(message.id)))
                try:
                    assert text % dict.fromkeys(taken, 1)
                except (KeyError, TypeError, ValueError) as why:
                    broken.append(f"{said!r}: {text!r}: {why}")
    assert broken == []
