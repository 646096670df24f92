"""What the pages read of documents."""

from django.db.models import Max, QuerySet

from gongjiang.kernel.orgs.models import Unit

from .codes import shown
from .kinds import Layout, kinds
from .making import Paper
from .models import Document, DocumentFile, DocumentState, FileKind, NumberWord, PublicDocument
from .text import Block, Shape, blocks


def number_word(unit: int, kind: str) -> str:
    """The word that this unit's numbers of this kind begin with; "" where nobody has set one."""
    found = dict(NumberWord.objects.filter(unit=unit, kind__in=("", kind)).values_list("kind", "word"))
    return found.get(kind) or found.get("", "")


def paper_of(document: Document, issuer: Unit, *, address: str = "") -> Paper:
    """An issued document as it is printed; `address` is where strangers check its code."""
    kind = kinds().get(document.kind)
    layout = kind.layout if kind else Layout.LETTER
    certificate = layout == Layout.CERTIFICATE
    return Paper(
        layout=layout,
        issuer=issuer.name,
        number=document.number,
        title=document.title,
        text=document.text,
        on=document.on,
        code=shown(document.code) if certificate else "",
        address=address if certificate else "",
    )


def file_of(document: Document, kind: FileKind) -> DocumentFile | None:
    """The kept Word or PDF of the present text; None where the text was changed since, or none was made."""
    drawn = document.events.filter(target=DocumentState.GENERATED).aggregate(last=Max("version"))["last"] or 0
    files = DocumentFile.objects.filter(document=document, kind=kind, version__gt=drawn)
    return files.order_by("-at", "-pk").first()


def checked(code: str) -> PublicDocument | None:
    """What a stranger may read of the document with this code."""
    return PublicDocument.objects.filter(code=code).first()


def files_of(document: Document) -> QuerySet[DocumentFile]:
    """Every file, oldest first."""
    return DocumentFile.objects.filter(document=document).order_by("at", "pk")


def blocks_of(document: Document) -> list[Block]:
    """The text in its pieces, for a page; nothing of a registered one."""
    return blocks(document.text) if document.text else []


def parts_of(document: Document) -> tuple[str, str]:
    """To whom a letter goes, and its paragraphs a line each, as its form asks for them."""
    found = blocks_of(document)
    to = "".join(b.text.removesuffix("：") for b in found if b.shape == Shape.FLUSH)
    return to, "\n".join(b.text for b in found if b.shape == Shape.PARAGRAPH)
