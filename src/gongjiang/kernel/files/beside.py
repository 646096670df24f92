"""Files of what is no case: their rows are the owner's, their content lies in a store of its own."""

import builtins
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from .actions import MEGABYTE, Upload
from .formats import Format, Unfit, recognise
from .names import clean_name
from .store import Store, digest

#: How old content without a row must be: none is so long on its way.
STRAY = 24 * 60 * 60  # seconds


@dataclass(frozen=True)
class Stored:
    """One file whose content is kept: the columns of its row."""

    name: str
    media_type: str
    bytes: int
    digest: builtins.bytes
    stored: str


@contextmanager
def keeping(store: Store, uploads: Sequence[Upload]) -> Iterator[list[Stored]]:
    """Keep what was sent while the block writes the rows; what was kept goes again when the block fails.

    Raises ValidationError, by kind, for what is not accepted; nothing is kept then.
    """
    kinds = [_judged(upload) for upload in uploads]
    found: list[Stored] = []
    try:
        for upload, is_a in zip(uploads, kinds, strict=True):
            name = clean_name(upload.name, is_a.endings, _("file"), is_a.mistaken)
            mark, place = digest(upload.content), store.keep(upload.content)
            found.append(Stored(name, is_a.media_type, len(upload.content), mark, place))
        yield found
    except BaseException:
        for each in found:
            store.drop(each.stored)
        raise


def sweep(store: Store, rows: "QuerySet[Any]") -> int:
    """Delete content that a crash left without a row; returns how many."""
    old, gone = store.names(older_than=time.time() - STRAY), 0
    while names := list(islice(old, 1_000)):
        needed = set(rows.filter(stored__in=names).values_list("stored", flat=True))
        for name in names:
            if name not in needed:
                store.drop(name)
                gone += 1
    return gone


def _judged(upload: Upload) -> Format:
    try:
        if upload.bytes > settings.FILE_MOST_BYTES:
            raise Unfit(
                _("The file has %(now).1f MB; at most %(most)s MB are possible. Please make it smaller.")
                % {"now": upload.bytes / MEGABYTE, "most": settings.FILE_MOST_BYTES // MEGABYTE}
            )
        return recognise(upload.content, upload.name)
    except Unfit as why:
        raise ValidationError({upload.kind: [f"{clean_name(upload.name, ('',), '?')}: {why}"]}) from why
