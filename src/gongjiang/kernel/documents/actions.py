"""Issuing documents and everything that happens to one. A number once given stays given, void or not."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.formats import Unfit, recognise
from gongjiang.kernel.files.names import clean_name
from gongjiang.kernel.files.store import digest as file_digest
from gongjiang.kernel.lifecycle.flow import Forbidden, Stale
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.lifecycle.numbers import take
from gongjiang.kernel.orgs.models import Unit

from . import codes, making
from .kinds import DocumentKind, kinds
from .models import (
    LOOSE,
    STORE,
    Direction,
    Document,
    DocumentEvent,
    DocumentFile,
    DocumentState,
    FileKind,
    NumberWord,
    PublicDocument,
)
from .queries import number_word, paper_of
from .rules import CLERKS
from .text import digest, write

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
S = DocumentState


@dataclass(frozen=True)
class Draft:
    """One document to be issued. `values` fill the template of its kind; `code` where something else bears it too."""

    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
    case: Case | None = None
    code: str = ""


def issue(
    kind: str,
    *,
    unit: Unit,
    title: str,
    context: Mapping[str, Any],
    actor: Actor,
    case: Case | None = None,
    edition: Edition | None = None,
    on: dt.date | None = None,
    replaces: Document | None = None,
) -> Document:
    """Draw up one document with the next number of its series. Raises Forbidden and ValidationError."""
    return issue_many(
        kind,
        [Draft(title, context, case)],
        unit=unit,
        actor=actor,
        edition=edition,
        on=on,
        replaces=replaces,
    )[0]


def issue_many(
    kind: str,
    drafts: Sequence[Draft],
    *,
    unit: Unit,
    actor: Actor,
    edition: Edition | None = None,
    on: dt.date | None = None,
    replaces: Document | None = None,
) -> list[Document]:
    """Draw up documents of one kind, numbered in the order given: all or none. One transaction, set-wise.

    A kind without a stamp is issued at once; another waits for its stamped scan. Raises Forbidden where the actor is
    no clerk of the unit, and ValidationError where nobody has said what its numbers begin with.
    """
    declared = kinds()[kind]
    _clerk(actor, unit)
    on, at = on or timezone.localdate(), timezone.now()
    if not drafts:
        return []
    if replaces is not None and replaces.unit_id != unit.pk:
        raise Forbidden
    word = number_word(unit.pk, kind)
    if not word:
        raise ValidationError(
            _(
                "What the numbers of %(unit)s's documents begin with is not set yet. Set it under Documents, Numbers;"
                " then send this again."
            )
            % {"unit": unit.name}
        )
    with transaction.atomic():
        first = take(f"DOC-{unit.pk}-{word}-{on.year}", len(drafts))
        rows = []
        for place, draft in enumerate(drafts):
            number = f"{word}〔{on.year}〕{first + place}号"
            text = write(declared.template, {**draft.values, "number": number, "title": draft.title})
            rows.append(
                Document(
                    kind=kind,
                    unit=unit,
                    path=unit.path,
                    number=number,
                    year=on.year,
                    ordinal=first + place,
                    title=" ".join(draft.title.split()),
                    on=on,
                    case=draft.case,
                    edition=edition,
                    state=S.GENERATED if declared.stamped else S.ISSUED,
                    needs_stamp=declared.stamped,
                    text=text,
                    digest=digest(number, draft.title, text),
                    code=draft.code or codes.new(),
                    replaces=replaces,
                )
            )
        made = Document.objects.bulk_create(rows)
        DocumentEvent.objects.bulk_create(
            DocumentEvent(document=d, version=1, target=d.state, user_id=actor.user, at=at) for d in made
        )
        _publish([d for d, draft in zip(made, drafts, strict=True) if not draft.code], declared, unit)
    return made


def register(
    kind: str,
    *,
    unit: Unit,
    issuer_name: str,
    number: str,
    title: str,
    on: dt.date,
    actor: Actor,
    upload: Upload | None = None,
    case: Case | None = None,
) -> Document:
    """Put a document that came from outside on record, under its sender's number. Raises ValidationError, Forbidden."""
    _clerk(actor, unit)
    issuer_name, number, title = (" ".join(said.split()) for said in (issuer_name, number, title))
    file = _judged(upload) if upload else None
    try:
        with transaction.atomic():
            made = Document.objects.create(
                direction=Direction.REGISTERED,
                kind=kind,
                unit=unit,
                path=unit.path,
                issuer_name=issuer_name,
                number=number,
                title=title,
                on=on,
                case=case,
                state=S.ISSUED,
                needs_stamp=False,
                digest=digest(number, title, ""),
                code=codes.new(),
            )
            DocumentEvent.objects.create(
                document=made, version=1, target=S.ISSUED, user_id=actor.user, at=timezone.now()
            )
            if upload and file:
                _keep(made, FileKind.RECEIVED, upload.content, *file, actor=actor)
    except IntegrityError as twice:
        if "document_registered_once" not in str(twice):
            raise
        raise ValidationError(
            {
                "number": [
                    _("%(number)s of %(issuer)s is on record already.")
                    % {"number": number, "issuer": issuer_name}
                ]
            }
        ) from twice
    return made


def rewrite(document: Document, *, title: str, context: Mapping[str, Any], actor: Actor) -> Document:
    """Change the text of a document that nobody has stamped yet; what was printed of it no longer counts."""
    with transaction.atomic():
        row = _locked(document, actor, LOOSE)
        declared = kinds()[row.kind]
        text = write(declared.template, {**context, "number": row.number, "title": title})
        row.title, row.text, row.pages = " ".join(title.split()), text, None
        row.digest = digest(row.number, title, text)
        _move(row, S.GENERATED, actor, "", "title", "text", "digest", "pages")
        _publish([row], declared, row.unit)
    return row


def print_(document: Document, *, address: str, actor: Actor) -> Document:
    """Make Word and, where the machine has a font for it, PDF, and keep both.

    Without PDF the pages are not known, and the stamped scan is compared by number alone.
    """
    with transaction.atomic():
        row = _locked(document, actor, (S.GENERATED,))
        paper = paper_of(row, row.unit, address=address)
        name = clean_name(f"{row.number} {row.title}", ("",), _("document"))
        row.version += 1
        _keep(row, FileKind.WORD, making.word(paper), f"{name}.docx", WORD_TYPE, actor=actor)
        try:
            content, row.pages = making.pdf(paper)
        except making.NoFont:
            row.pages = None
        else:
            _keep(row, FileKind.PDF, content, f"{name}.pdf", "application/pdf", actor=actor)
        row.version -= 1
        _move(row, S.PRINTED, actor, "", "pages")
    return row


def take_scan(document: Document, upload: Upload, *, actor: Actor) -> Document:
    """Take in the scan of the stamped paper; from now on the text is frozen. Raises ValidationError on a wrong file."""
    file = _judged(upload)
    with transaction.atomic():
        row = _locked(document, actor, (S.PRINTED,))
        _move(row, S.STAMPED, actor)
        _keep(row, FileKind.STAMPED_SCAN, upload.content, *file, actor=actor)
    return row


def match(document: Document, *, number: str, pages: int, actor: Actor) -> Document:
    """Say that number and pages of the stamped paper are the document's. Raises ValidationError where they are not."""
    with transaction.atomic():
        row = _locked(document, actor, (S.STAMPED,))
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
        _move(row, S.MATCHED, actor)
    return row


def scan_again(document: Document, *, reason: str, actor: Actor) -> Document:
    """The scan does not match: another one is needed."""
    with transaction.atomic():
        row = _locked(document, actor, (S.STAMPED,))
        _move(row, S.PRINTED, actor, reason)
    return row


def release(document: Document, *, actor: Actor) -> Document:
    """Issue a document whose stamped scan matches."""
    with transaction.atomic():
        row = _locked(document, actor, (S.MATCHED,))
        _move(row, S.ISSUED, actor)
    return row


def deliver(document: Document, *, how: str, actor: Actor, proof: Upload | None = None) -> Document:
    """Say how it was delivered, with a proof where there is one."""
    file = _judged(proof) if proof else None
    with transaction.atomic():
        row = _locked(document, actor, (S.ISSUED,))
        _move(row, S.DELIVERED, actor, how)
        if proof and file:
            _keep(row, FileKind.DELIVERY_PROOF, proof.content, *file, actor=actor)
    return row


def archive(document: Document, *, actor: Actor) -> Document:
    """Close the file."""
    with transaction.atomic():
        row = _locked(document, actor, (S.ISSUED, S.DELIVERED))
        _move(row, S.ARCHIVED, actor)
    return row


def void(document: Document, *, reason: str, actor: Actor) -> Document:
    """Give up a document that was never issued. Its number stays with it. Raises ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError(
            {"reason": [_("Say why it is void; the number stays in the series with this reason.")]}
        )
    with transaction.atomic():
        row = _locked(document, actor, (S.GENERATED, S.PRINTED, S.STAMPED, S.MATCHED))
        _move(row, S.VOID, actor, reason)
    return row


def set_number_word(unit: Unit, word: str, *, actor: Actor, kind: str = "") -> NumberWord:
    """Say what the numbers of a unit's documents begin with, from the next one on. Raises ValidationError."""
    _clerk(actor, unit)
    word = "".join(word.split())
    if not 1 <= len(word) <= 20 or set(word) & set("〔〕[]"):
        raise ValidationError(
            {
                "word": [
                    _(
                        "One to twenty characters without brackets, for example 长工发. Year and number follow."
                    )
                ]
            }
        )
    made, _new = NumberWord.objects.update_or_create(unit=unit, kind=kind, defaults={"word": word})
    return made


def _clerk(actor: Actor, unit: Unit) -> None:
    if not any(g.unit == unit.pk for g in actor.held(*CLERKS)):
        raise Forbidden


def _locked(document: Document, actor: Actor, states: Sequence[str]) -> Document:
    """The document held until the end of the transaction. Raises Forbidden, or Stale where it has moved on."""
    row = (
        Document.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=document.pk).first()
    )
    if row is None:
        raise Forbidden
    _clerk(actor, row.unit)
    if row.state not in states:
        raise Stale(row)
    return row


def _move(row: Document, target: str, actor: Actor, note: str = "", *fields: str) -> None:
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
        _publish([row], kinds().get(row.kind), row.unit)


def _publish(made: Sequence[Document], kind: DocumentKind | None, unit: Unit) -> None:
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


def _judged(upload: Upload) -> tuple[str, str]:
    """Name and media type of a file that may be taken in. Raises ValidationError by its kind."""
    try:
        found = recognise(upload.content, upload.name)
    except Unfit as why:
        raise ValidationError({upload.kind: [str(why)]}) from why
    return clean_name(upload.name, found.endings, _("file"), found.mistaken), found.media_type


def _keep(
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
        user_id=actor.user,  # type: ignore[misc]
        at=timezone.now(),
    )


def _bare(number: str) -> str:
    """A number as it is compared: brackets of any kind and spaces make no difference."""
    return "".join(
        c
        for c in number.replace("[", "〔").replace("]", "〕").replace("（", "〔").replace("）", "〕")
        if c.strip()
    )
