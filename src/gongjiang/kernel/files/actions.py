"""Adding files to a case and removing them. Whose case it is, and in which states, its programme says."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.lifecycle.flow import Stale
from gongjiang.kernel.lifecycle.models import Case

from .formats import Format, Unfit, recognise
from .models import STORE, File
from .names import clean_name
from .store import digest

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """A file as somebody sent it: its name as given, and its content.

    size  of the whole file, where only its beginning was taken in because it is too large
    """

    kind: str
    name: str
    content: bytes
    size: int = 0

    @property
    def bytes(self) -> int:
        return max(self.size, len(self.content))


def attach(case: Case, uploads: Sequence[Upload], *, actor: Actor, states: Collection[str]) -> list[File]:
    """Add these files to a case that is in one of the states: all of them or none.

    Raises ValidationError, by kind, with a sentence about each file that is not accepted, and Stale when the case has
    moved on.
    """
    if not uploads:
        return []
    with transaction.atomic():
        _lock(case, states)
        there = list(File.objects.filter(case=case.pk, removed_at=None))
        if too_much := _too_much(uploads, there):
            raise ValidationError(too_much)  # what was over the limit has not even been taken in whole
        found, wrong = _judged(uploads, there)
        if wrong:
            raise ValidationError(wrong)
        return _kept(case, found, actor)


def remove(case: Case, keys: Collection[int], *, actor: Actor, states: Collection[str]) -> int:
    """Remove these files of a case that is in one of the states; returns how many. Others' keys count for nothing."""
    if not keys:
        return 0
    with transaction.atomic():
        _lock(case, states)
        return File.objects.filter(case=case.pk, pk__in=keys, removed_at=None).update(
            removed_at=timezone.now()
        )


def _lock(case: Case, states: Collection[str]) -> None:
    """Hold the case until the end of the transaction, so that it cannot move on meanwhile. Raises Stale."""
    now = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if now.state not in states:
        raise Stale(now)


def _judged(
    uploads: Sequence[Upload], there: Sequence[File]
) -> tuple[list[tuple[Upload, Format, bytes]], dict[str, list[str]]]:
    """What is accepted, and by kind a sentence about each other file."""
    known = {bytes(f.digest) for f in there}
    found: list[tuple[Upload, Format, bytes]] = []
    wrong: dict[str, list[str]] = {}
    for upload in uploads:
        try:
            if upload.bytes > settings.FILE_MOST_BYTES:
                raise Unfit(
                    _("The file has %(now).1f MB; at most %(most)s MB are possible. Please make it smaller.")
                    % {"now": upload.bytes / MEGABYTE, "most": settings.FILE_MOST_BYTES // MEGABYTE}
                )
            is_a = recognise(upload.content, upload.name)
            mark = digest(upload.content)
            if mark in known:
                raise Unfit(_("This file is attached already. Once is enough."))
        except Unfit as why:
            said = _("“%(name)s”: %(why)s") % {"name": _shown(upload.name), "why": why}
            wrong.setdefault(upload.kind, []).append(said)
        else:
            known.add(mark)
            found.append((upload, is_a, mark))
    return found, wrong


def _shown(name: str) -> str:
    """A given name as it can be said in a sentence."""
    return clean_name(name, ("",), "?")


def _too_much(uploads: Sequence[Upload], there: Sequence[File]) -> dict[str, list[str]]:
    """By the kind of the first file, why a case cannot hold so much."""
    number = len(there) + len(uploads)
    together = sum(f.bytes for f in there) + sum(u.bytes for u in uploads)
    said = []
    if number > settings.CASE_MOST_FILES:
        said.append(
            _("These would be %(now)s files; a case holds at most %(most)s.")
            % {"now": number, "most": settings.CASE_MOST_FILES}
        )
    if together > settings.CASE_MOST_BYTES:
        said.append(
            _("All files together would have %(now)s MB; a case holds at most %(most)s MB.")
            % {"now": -(-together // MEGABYTE), "most": settings.CASE_MOST_BYTES // MEGABYTE}
        )
    return {uploads[0].kind: said} if said else {}


def _kept(case: Case, found: Sequence[tuple[Upload, Format, bytes]], actor: Actor) -> list[File]:
    """Content first, then the rows; what was stored goes again when the rows cannot be written."""
    stored: list[str] = []
    now = timezone.now()
    try:
        for upload, _is_a, _mark in found:
            stored.append(STORE.keep(upload.content))
        names = _told_apart(
            [clean_name(u.name, is_a.endings, _("file"), is_a.mistaken) for u, is_a, _mark in found],
            set(File.objects.filter(case=case.pk, removed_at=None).values_list("name", flat=True)),
        )
        with transaction.atomic():
            return File.objects.bulk_create(
                File(
                    case=case,
                    kind=upload.kind,
                    name=name,
                    media_type=is_a.media_type,
                    bytes=len(upload.content),
                    digest=mark,
                    stored=place,
                    uploaded_by_id=actor.account,
                    person_id=actor.person,
                    uploaded_at=now,
                )
                for (upload, is_a, mark), name, place in zip(found, names, stored, strict=True)
            )
    except OSError as full:
        _drop(stored)
        raise ValidationError(
            _("The server could not store the files: its disk may be full. Please tell the administrator.")
        ) from full
    except BaseException:
        _drop(stored)
        raise


def _drop(stored: Sequence[str]) -> None:
    for name in stored:
        STORE.drop(name)


def _told_apart(names: Sequence[str], taken: set[str]) -> list[str]:
    """The names in order, a number behind each that is there already: a phone calls every photo image.jpg.

    >>> _told_apart(["image.jpg", "image.jpg"], {"image.jpg"})
    ['image (2).jpg', 'image (3).jpg']
    """
    used, found, counted = set(taken), [], Counter[str]()
    for name in names:
        stem, dot, ending = name.rpartition(".")
        new = name
        while new in used:
            counted[name] = max(2, counted[name] + 1)
            new = f"{stem} ({counted[name]}){dot}{ending}"
        used.add(new)
        found.append(new)
    return found
