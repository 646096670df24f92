"""Documents with their numbers, files and history, and what a stranger may read of one."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.files.store import Store
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import PathField

#: Where the files of documents lie.
STORE = Store("documents")


class Direction(models.TextChoices):
    ISSUED = "issued", c("document", "issued")
    REGISTERED = "registered", c("document", "registered")


class DocumentState(models.TextChoices):
    GENERATED = "generated", c("document", "Drawn up")
    PRINTED = "printed", c("document", "Printed")
    STAMPED = "stamped", c("document", "Stamped scan came back")
    MATCHED = "matched", c("document", "Scan matches")
    ISSUED = "issued", c("document", "Issued")
    DELIVERED = "delivered", c("document", "Delivered")
    ARCHIVED = "archived", c("document", "Archived")
    VOID = "void", c("document", "Void")


S = DocumentState
#: From a state to those that may follow it; the database holds to the same table.
EDGES: dict[str, tuple[str, ...]] = {
    S.GENERATED: (S.PRINTED, S.ISSUED, S.VOID),
    S.PRINTED: (S.GENERATED, S.STAMPED, S.VOID),
    S.STAMPED: (S.PRINTED, S.MATCHED, S.VOID),
    S.MATCHED: (S.ISSUED, S.VOID),
    S.ISSUED: (S.DELIVERED, S.ARCHIVED),
    S.DELIVERED: (S.ARCHIVED,),
}
#: States in which the text can still be changed.
LOOSE = (S.GENERATED, S.PRINTED)
#: States in which a document counts.
IN_FORCE = (S.ISSUED, S.DELIVERED, S.ARCHIVED)
_PAIRS = ", ".join(f"('{source}', '{target}')" for source, targets in EDGES.items() for target in targets)
_HELD = "unit_id = ANY (held_units())"


class NumberWord(models.Model):
    """The word that the numbers of a unit's documents of one kind begin with (机关代字); "" stands for every kind."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.TextField(blank=True, default="")
    word = models.TextField()

    wall = walls.Wall("in_tree(unit_path(unit_id)) OR unit_id = ANY (my_units())", writing=_HELD)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="numberword_once", fields=["unit", "kind"]),
            models.CheckConstraint(name="numberword_said", condition=Q(word__regex=r"^[^\s〔〕]{1,20}$")),
        ]

    def __str__(self) -> str:
        return self.word


class Document(models.Model):
    """A numbered document. An issued one bears `unit`'s number of that year; a registered one its sender's.

    unit         who issued it; who registered it where it came from outside
    issuer_name  the sender of a registered one
    number       given once, never again; of an issued one word + year + ordinal, without gaps, void ones included
    text         in the markup of `text.py`: what Word and PDF are made from; empty for a registered one
    digest       of number, title and text: what "the text is frozen" means
    code         what a stranger types to check it
    pages        of the PDF, where one could be made
    """

    direction = models.TextField(choices=Direction, default=Direction.ISSUED)
    kind = models.TextField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="documents")
    path = PathField(editable=False)
    issuer_name = models.TextField(blank=True, default="")
    number = models.TextField()
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    ordinal = models.PositiveIntegerField(null=True, blank=True)
    title = models.TextField()
    on = models.DateField()
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="documents")
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, blank=True, related_name="documents")
    state = models.TextField(choices=DocumentState, default=DocumentState.GENERATED)
    needs_stamp = models.BooleanField(default=True)
    text = models.TextField(blank=True, default="")
    digest = models.BinaryField(max_length=32)
    code = models.TextField(unique=True)
    pages = models.PositiveSmallIntegerField(null=True, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    version = models.PositiveIntegerField(default=1)

    wall = walls.Wall(
        "in_tree(path) OR EXISTS (SELECT 1 FROM lifecycle_case c WHERE c.id = documents_document.case_id)"
        " OR EXISTS (SELECT 1 FROM credentials_credential c WHERE c.person_id = me()"
        " AND documents_document.id IN (c.document_id, c.certificate_id))",
        writing=_HELD,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="document_direction", condition=Q(direction__in=Direction.values)),
            models.CheckConstraint(name="document_state", condition=Q(state__in=DocumentState.values)),
            models.CheckConstraint(
                name="document_named", condition=~Q(title="") & ~Q(number="") & ~Q(kind="")
            ),
            models.CheckConstraint(
                name="document_of_one_side",
                condition=Q(
                    direction="issued",
                    issuer_name="",
                    year__isnull=False,
                    ordinal__isnull=False,
                )
                & ~Q(text="")
                | Q(
                    direction="registered", year=None, ordinal=None, text="", state__in=("issued", "archived")
                )
                & ~Q(issuer_name=""),
            ),
            models.UniqueConstraint(
                name="document_number_once", fields=["unit", "number"], condition=Q(direction="issued")
            ),
            models.UniqueConstraint(
                name="document_registered_once",
                fields=["unit", "issuer_name", "number"],
                condition=Q(direction="registered"),
            ),
            models.CheckConstraint(
                name="document_replaces_another", condition=Q(replaces=None) | ~Q(replaces=models.F("pk"))
            ),
        ]
        indexes = [
            models.Index(fields=["path", "id"], name="document_path"),
            models.Index(fields=["case"], name="document_case"),
        ]
        triggers = [
            walls.mirrors_path("document_path_follows_unit"),
            pgtrigger.Protect(name="document_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="document_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"""
                IF ROW(NEW.direction, NEW.kind, NEW.unit_id, NEW.issuer_name, NEW.number, NEW.year, NEW.ordinal,
                       NEW.case_id, NEW.edition_id, NEW.needs_stamp, NEW.code, NEW.replaces_id)
                   IS DISTINCT FROM ROW(OLD.direction, OLD.kind, OLD.unit_id, OLD.issuer_name, OLD.number, OLD.year,
                       OLD.ordinal, OLD.case_id, OLD.edition_id, OLD.needs_stamp, OLD.code, OLD.replaces_id)
                THEN RAISE EXCEPTION 'what document % is called by never changes', OLD.number
                  USING ERRCODE = '23514'; END IF;
                IF ROW(NEW.title, NEW."on", NEW.text, NEW.digest) IS DISTINCT FROM
                   ROW(OLD.title, OLD."on", OLD.text, OLD.digest) AND OLD.state NOT IN ('generated', 'printed')
                THEN RAISE EXCEPTION 'document % is frozen; a change is a new document', OLD.number
                  USING ERRCODE = '23514'; END IF;
                IF NEW.state <> OLD.state AND ((OLD.state, NEW.state) NOT IN ({_PAIRS})
                   OR (OLD.state = 'generated' AND NEW.state = 'issued' AND OLD.needs_stamp))
                THEN RAISE EXCEPTION 'document % does not go from % to %', OLD.number, OLD.state, NEW.state
                  USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.number}）"


class FileKind(models.TextChoices):
    WORD = "word", c("document file", "Word")
    PDF = "pdf", c("document file", "PDF")
    STAMPED_SCAN = "stamped_scan", c("document file", "stamped scan")
    DELIVERY_PROOF = "delivery_proof", c("document file", "proof of delivery")
    RECEIVED = "received", c("document file", "document received")


class DocumentFile(models.Model):
    """One file of a document; the content lies encrypted under the name `stored`. Rows are only added."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="files")
    kind = models.TextField(choices=FileKind)
    name = models.TextField()
    media_type = models.TextField()
    bytes = models.PositiveBigIntegerField()
    digest = models.BinaryField(max_length=32)
    stored = models.TextField(unique=True)
    version = models.PositiveIntegerField()  # the document's, when it was added
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM documents_document above WHERE above.id = document_id)",
        adding="EXISTS (SELECT 1 FROM documents_document above"
        " WHERE above.id = document_id AND above.unit_id = ANY (held_units()))",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="documentfile_kind", condition=Q(kind__in=FileKind.values)),
            models.CheckConstraint(name="documentfile_has_content", condition=Q(bytes__gt=0)),
        ]
        triggers = [
            pgtrigger.Protect(name="documentfile_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.name


class DocumentEvent(models.Model):
    """One step of a document. Append-only."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="events")
    version = models.PositiveIntegerField()
    source = models.TextField(blank=True, default="")
    target = models.TextField(choices=DocumentState)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM documents_document above WHERE above.id = document_id)",
        adding="EXISTS (SELECT 1 FROM documents_document above"
        " WHERE above.id = document_id AND above.unit_id = ANY (held_units()))",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="documentevent_version_once", fields=["document", "version"])
        ]
        triggers = [
            pgtrigger.Protect(name="documentevent_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class PublicDocument(models.Model):
    """What a stranger with the code reads. `title` only where its kind is public."""

    code = models.TextField(primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.TextField()
    number = models.TextField()
    title = models.TextField(blank=True, default="")
    issuer = models.TextField()
    issuer_en = models.TextField(blank=True, default="")
    on = models.DateField()
    fingerprint = models.TextField()
    replaced_by = models.TextField(blank=True, default="")

    wall = walls.Wall("true", writing=_HELD)
