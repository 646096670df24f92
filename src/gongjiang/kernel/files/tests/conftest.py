"""A place for files, and a flow whose cases hold them."""

from pathlib import Path

import pytest
from django.utils import translation

from gongjiang.kernel.lifecycle.tests.conftest import flow, lasting_flow

__all__ = ["flow", "in_english", "lasting_flow", "place"]


@pytest.fixture(autouse=True)
def place(settings, tmp_path: Path) -> Path:
    """Where this test's files lie."""
    settings.DATA = tmp_path
    return tmp_path / "files" / "cases"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield
