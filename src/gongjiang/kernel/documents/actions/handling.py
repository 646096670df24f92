"""What happens to a document once it is drawn up: printed, stamped, matched, issued, delivered, archived or void."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.names import clean_name

from .. import making
from ..kinds import kinds
from ..models import (
    LOOSE,
    Document,
    FileKind,
)
from ..queries import paper_of
from ..text import digest, write
from .recording import WORD_TYPE, S, judged, keep, locked, move, publish


def rewrite(document: Document, *, title: str, context: Mapping[str, Any], actor: Actor) -> Document:
    """Change the text of a document that nobody has stamped yet; what was printed of it no longer counts."""
    with transaction.atomic():
        row = locked(document, actor, LOOSE)
        declared = kinds()[row.kind]
        text = write(declared.template, {**context, "number": row.number, "title": title})
        row.title, row.text, row.pages = " ".join(title.split()), text, None
        row.digest = digest(row.number, title, text)
        move(row, S.GENERATED, actor, "", "title", "text", "digest", "pages")
        publish([row], declared, row.unit)
    return row


def print_(document: Document, *, address: str, actor: Actor) -> Document:
    """Make Word and, where the machine has a font for it, PDF, and keep both.

    Without PDF the pages are not known, and the stamped scan is compared by number alone.
    """
    with transaction.atomic():
        row = locked(document, actor, (S.GENERATED,))
        paper = paper_of(row, row.unit, address=address)
        name = clean_name(f"{row.number} {row.title}", ("",), _("document"))
        row.version += 1
        keep(row, FileKind.WORD, making.word(paper), f"{name}.docx", WORD_TYPE, actor=actor)
        try:
            content, row.pages = making.pdf(paper)
        except making.NoFont:
            row.pages = None
        else:
            keep(row, FileKind.PDF, content, f"{name}.pdf", "application/pdf", actor=actor)
        row.version -= 1
        move(row, S.PRINTED, actor, "", "pages")
    return row


def take_scan(document: Document, upload: Upload, *, actor: Actor) -> Document:
    """Take in the scan of the stamped paper; from now on the text is frozen. Raises ValidationError on a wrong file."""
    file = judged(upload)
    with transaction.atomic():
        row = locked(document, actor, (S.PRINTED,))
        move(row, S.STAMPED, actor)
        keep(row, FileKind.STAMPED_SCAN, upload.content, *file, actor=actor)
    return row


def match(document: Document, *, number: str, pages: int, actor: Actor) -> Document:
    """Say that number and pages of the stamped paper are the document's. Raises ValidationError where they are not."""
    with transaction.atomic():
        row = locked(document, actor, (S.STAMPED,))
        wrong: dict[str, list[str]] = {}
        if _bare(number) != _bare(row.number):
            wrong["number"] = [
                _("The paper bears %(paper)s, this document is %(number)s. Upload the right scan.")
                % {"paper": number, "number": row.number}
            ]
        if row.pages is not None and pages != row.pages:
            wrong["pages"] = [
                _(
                    "The paper has %(paper)s pages, this document has %(pages)s. A page may be missing in the scan."
                )
                % {"paper": pages, "pages": row.pages}
            ]
        if wrong:
            raise ValidationError(wrong)
        move(row, S.MATCHED, actor)
    return row


def scan_again(document: Document, *, reason: str, actor: Actor) -> Document:
    """The scan does not match: another one is needed."""
    with transaction.atomic():
        row = locked(document, actor, (S.STAMPED,))
        move(row, S.PRINTED, actor, reason)
    return row


def release(document: Document, *, actor: Actor) -> Document:
    """Issue a document whose stamped scan matches."""
    with transaction.atomic():
        row = locked(document, actor, (S.MATCHED,))
        move(row, S.ISSUED, actor)
    return row


def deliver(document: Document, *, how: str, actor: Actor, proof: Upload | None = None) -> Document:
    """Say how it was delivered, with a proof where there is one."""
    file = judged(proof) if proof else None
    with transaction.atomic():
        row = locked(document, actor, (S.ISSUED,))
        move(row, S.DELIVERED, actor, how)
        if proof and file:
            keep(row, FileKind.DELIVERY_PROOF, proof.content, *file, actor=actor)
    return row


def archive(document: Document, *, actor: Actor) -> Document:
    """Close the file."""
    with transaction.atomic():
        row = locked(document, actor, (S.ISSUED, S.DELIVERED))
        move(row, S.ARCHIVED, actor)
    return row


def void(document: Document, *, reason: str, actor: Actor) -> Document:
    """Give up a document that was never issued. Its number stays with it. Raises ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError(
            {"reason": [_("Say why it is void; the number stays in the series with this reason.")]}
        )
    with transaction.atomic():
        row = locked(document, actor, (S.GENERATED, S.PRINTED, S.STAMPED, S.MATCHED))
        move(row, S.VOID, actor, reason)
    return row


def _bare(number: str) -> str:
    """A number as it is compared: brackets of any kind and spaces make no difference."""
    return "".join(
        c
        for c in number.replace("[", "〔").replace("]", "〕").replace("（", "〔").replace("）", "〕")
        if c.strip()
    )
