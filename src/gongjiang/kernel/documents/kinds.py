"""Kinds of documents. A programme's `flow.py` declares those that its moves give rise to, as `DOCUMENTS`."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.catalogue import declared


class Layout(StrEnum):
    LETTER = "letter"  # 公文: letterhead, number, title, text, signature, date
    CERTIFICATE = "certificate"  # landscape, with a code that a stranger can check


@dataclass(frozen=True)
class DocumentKind:
    """What is issued, and how it looks.

    code      "programme.kind"; kinds of the kernel have no programme
    template  the text, a Django template in the markup of `text.py`; one source for Word and PDF
    stamped   it counts only once its stamped scan has come back and matches
    public    its title may be shown to whoever checks its code
    """

    code: str
    label: Any
    template: str
    layout: Layout = Layout.LETTER
    stamped: bool = True
    public: bool = False


LETTER = DocumentKind("letter", c("document", "Letter"), "documents/letter.txt")
DECISION = DocumentKind("decision", c("document", "Decision"), "documents/letter.txt", public=True)
CERTIFICATE = DocumentKind(
    "certificate",
    c("document", "Certificate"),
    "documents/certificate.txt",
    layout=Layout.CERTIFICATE,
    stamped=False,
)


@cache
def kinds() -> dict[str, DocumentKind]:
    """Every declared kind by its code."""
    found = [LETTER, DECISION, CERTIFICATE, *declared("flow", "DOCUMENTS")]
    return {kind.code: kind for kind in found}


def label(code: str) -> str:
    """The word for a kind; the code itself where its programme is gone."""
    kind = kinds().get(code)
    return str(kind.label) if kind else code
