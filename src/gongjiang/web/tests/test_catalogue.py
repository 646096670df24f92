"""The Chinese catalogue: renewed before anybody reads an old word from it."""

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
