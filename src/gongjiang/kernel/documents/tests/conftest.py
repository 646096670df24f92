"""A place for files, English sentences, and a unit whose numbers begin with a word."""

from pathlib import Path

import pytest
from django.utils import translation

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.documents import actions
from gongjiang.kernel.documents.models import Document
from tests.cast import Cast


@pytest.fixture(autouse=True)
def place(settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path / "files"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def issued(cast: Cast, kind: str = "letter", who: str = "superior", **more) -> Document:
    """A document of the city, drawn up by a member of the cast."""
    actor = cast[who].actor
    with scope(actor):
        actions.set_number_word(cast.city, "演工发", actor=actor)
        return actions.issue(
            kind,
            unit=cast.city,
            title="关于演示的函",
            context={"paragraphs": ["现将有关事项函告如下。"]},
            actor=actor,
            **more,
        )


def done(cast: Cast, document: Document, name: str, who: str = "superior", **more) -> Document:
    """The document after an action by a member of the cast, in that member's scope."""
    actor = cast[who].actor
    with scope(actor):
        return getattr(actions, name)(document, actor=actor, **more)
