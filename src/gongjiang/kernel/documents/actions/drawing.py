"""Drawing up documents with numbers of their series, and registering what came from outside."""

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
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.lifecycle.numbers import take
from gongjiang.kernel.orgs.models import Unit

from .. import codes
from ..kinds import kinds
from ..models import (
    Direction,
    Document,
    DocumentEvent,
    FileKind,
)
from ..queries import number_word
from ..text import digest, write
from .recording import S, clerk, judged, keep, publish


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
    clerk(actor, unit)
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
        publish([d for d, draft in zip(made, drafts, strict=True) if not draft.code], declared, unit)
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
    clerk(actor, unit)
    issuer_name, number, title = (" ".join(said.split()) for said in (issuer_name, number, title))
    file = judged(upload) if upload else None
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
                keep(made, FileKind.RECEIVED, upload.content, *file, actor=actor)
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
