"""What every action does: ask who may, hold the document, write the step, keep the file, let strangers check it."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.formats import Unfit, recognise
from gongjiang.kernel.files.names import clean_name
from gongjiang.kernel.files.store import digest as file_digest
from gongjiang.kernel.lifecycle.flow import Forbidden, Stale
from gongjiang.kernel.orgs.models import Unit

from ..kinds import DocumentKind, kinds
from ..models import (
    STORE,
    Direction,
    Document,
    DocumentEvent,
    DocumentFile,
    DocumentState,
    PublicDocument,
)
from ..rules import CLERKS

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
S = DocumentState


def clerk(actor: Actor, unit: Unit) -> None:
    if not any(g.unit == unit.pk for g in actor.held(*CLERKS)):
        raise Forbidden


def locked(document: Document, actor: Actor, states: Sequence[str]) -> Document:
    """The document held until the end of the transaction. Raises Forbidden, or Stale where it has moved on."""
    row = (
        Document.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=document.pk).first()
    )
    if row is None:
        raise Forbidden
    clerk(actor, row.unit)
    if row.state not in states:
        raise Stale(row)
    return row


def move(row: Document, target: str, actor: Actor, note: str = "", *fields: str) -> None:
    source, row.state = row.state, target
    row.version += 1
    row.save(update_fields=["state", "version", *fields])
    DocumentEvent.objects.create(
        document=row,
        version=row.version,
        source=source,
        target=target,
        user_id=actor.user,
        note=" ".join(note.split()),
        at=timezone.now(),
    )
    if target == S.ISSUED:
        publish([row], kinds().get(row.kind), row.unit)


def publish(made: Sequence[Document], kind: DocumentKind | None, unit: Unit) -> None:
    """Let strangers check what is issued by its code; what it replaces says so from now on."""
    for row in made:
        if row.state != S.ISSUED or row.direction != Direction.ISSUED:
            continue
        PublicDocument.objects.get_or_create(
            code=row.code,
            defaults={
                "unit": unit,
                "kind": row.kind,
                "number": row.number,
                "title": row.title if kind and kind.public else "",
                "issuer": unit.name,
                "issuer_en": unit.name_en,
                "on": row.on,
                "fingerprint": bytes(row.digest).hex()[:16],
            },
        )
        if row.replaces_id:
            PublicDocument.objects.filter(code=Document.objects.get(pk=row.replaces_id).code).update(
                replaced_by=row.number
            )


def judged(upload: Upload) -> tuple[str, str]:
    """Name and media type of a file that may be taken in. Raises ValidationError by its kind."""
    try:
        found = recognise(upload.content, upload.name)
    except Unfit as why:
        raise ValidationError({upload.kind: [str(why)]}) from why
    return clean_name(upload.name, found.endings, _("file"), found.mistaken), found.media_type


def keep(
    document: Document, kind: str, content: bytes, name: str, media_type: str, *, actor: Actor
) -> DocumentFile:
    """Content first, then the row; what is stored without a row is swept at night."""
    return DocumentFile.objects.create(
        document=document,
        kind=kind,
        name=name,
        media_type=media_type,
        bytes=len(content),
        digest=file_digest(content),
        stored=STORE.keep(content),
        version=document.version,
        user_id=actor.account,
        at=timezone.now(),
    )
