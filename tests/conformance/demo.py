"""The smallest demo, for tests that look at a whole installation."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from config.demo.load import empty

TODAY = "2026-11-20"


@contextmanager
def loaded(place: Path) -> Iterator[None]:
    """The county demo with its files below `place`; gone afterwards. Its tests are marked `django_db`: only so is
    there a database of theirs.
    """
    before = settings.DATA, settings.LAKE
    settings.DATA, settings.LAKE = place, place / "lake"
    call_command("demo", "--size", "county", f"--today={TODAY}", stdout=StringIO())
    yield
    with transaction.atomic():
        empty()
    shutil.rmtree(place)
    settings.DATA, settings.LAKE = before
