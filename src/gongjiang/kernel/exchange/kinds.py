"""What can be imported: a programme declares `IMPORTS` in its `imports.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q
from django.utils import translation

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import NOTHING, Rule, within
from gongjiang.kernel.catalogue import declared

from .cells import Cell, text
from .mapping import plain
from .models import ImportBatch, LineStatus
from .reading import Table, read

Text = Any  # a str, or a lazy translation


@dataclass(frozen=True)
class Column:
    """One column that a file may have.

    name      key in `Row.values`
    label     its header in the template, in the reader's language
    parse     cell -> value, asking no database; empty cells never reach it. Raises BadCell with a clause that follows
              the header, or another ValueError with a whole sentence
    synonyms  other headers it goes by, in any language
    examples  what the template's example rows show
    """

    name: str
    label: Text
    parse: Callable[[Cell], Any] = text
    synonyms: tuple[str, ...] = ()
    required: bool = False
    examples: tuple[Text, ...] = ()
    hint: Text = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every header that means this column: its label in each language, then the synonyms."""
        labels = []
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                labels.append(str(self.label))
        return (*labels, *self.synonyms)


@dataclass
class Row:
    """One row of a file: its number, the parsed values of its filled cells, and what is wrong with the others."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


class Verdict(NamedTuple):
    """What a row means for what is already here.

    notes    for an error its reasons, otherwise what would change or should be known; sentences without identifiers
    plan     what `apply` needs to write it; None for rows that write nothing
    subject  key of the record that the row speaks of, where there is one already
    """

    status: LineStatus
    notes: tuple[str, ...] = ()
    plan: Any = None
    subject: int | None = None


@dataclass(frozen=True)
class ImportKind:
    """One kind of spreadsheet.

    name      "registry.roster"; the prefix is the programme
    roles     who may import, for the units where they hold one, and see what was imported below them
    judge     (rows without problems, batch, actor) -> one verdict each, in order; set-wise, reads only
    apply     (verdicts that have a plan, batch, actor) -> key of the record written for each; set-wise
    about     (rows with problems, batch, actor) -> key of the record that each speaks of all the same, or None
    unique    columns whose value may stand in a file only once
    who       column that names a row in lists; never an identifier
    hands     how many pieces are dealt with at once: more than one where no row's verdict depends on rows before it
    needs     (batch) -> columns required besides those always required
    absent    (batch, actor, whether to ask) -> how many records the file leaves out, by the subjects of its lines;
              asks after each of them once the file has been taken in. None where nobody asks
    touched   (batch, actor) -> how many records were changed by others since the import; it is undone only without
    undo      (batch, actor) -> how many more rows were put back, a piece at a time; 0 at the end
    done_url, upload_url, absent_url   names of the pages that show the result, begin an import, and list who is absent
    """

    name: str
    label: Text
    roles: tuple[str, ...]
    columns: tuple[Column, ...]
    judge: Callable[[Sequence[Row], ImportBatch, Actor], list[Verdict]]
    apply: Callable[[Sequence[Verdict], ImportBatch, Actor], Sequence[int | None]]
    unique: tuple[str, ...] = ()
    who: str = ""
    hands: int = 1
    needs: Callable[[ImportBatch], frozenset[str]] = lambda batch: frozenset()
    about: Callable[[Sequence[Row], ImportBatch, Actor], Sequence[int | None]] | None = None
    absent: Callable[[ImportBatch, Actor, bool], int] | None = None
    touched: Callable[[ImportBatch, Actor], int] | None = None
    undo: Callable[[ImportBatch, Actor], int] | None = None
    lead: Text = ""
    done_url: str = ""
    upload_url: str = ""
    absent_url: str = ""

    @property
    def access(self) -> Rule:
        """Which batches of this kind somebody may see, hence who may open its pages."""
        return within("path", *self.roles)

    @property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """column name -> every header it goes by."""
        return {column.name: column.names for column in self.columns}

    def table_in(self, content: bytes, file_name: str) -> Table:
        """The table in a file that should hold rows of this kind. Raises Unreadable."""
        known = {plain(name) for names in self.names.values() for name in names}
        return read(content, file_name, lambda header: plain(header) in known)

    def required(self, batch: ImportBatch) -> list[Column]:
        """The columns that a file of this batch must have."""
        more = self.needs(batch)
        return [column for column in self.columns if column.required or column.name in more]

    def missing(self, batch: ImportBatch) -> list[Column]:
        """Required columns that the batch's mapping does not give."""
        return [column for column in self.required(batch) if column.name not in batch.mapping.columns]


def kinds() -> dict[str, ImportKind]:
    """name -> kind, of every installed programme."""
    return {kind.name: kind for kind in declared("imports", "IMPORTS")}


def kind(name: str) -> ImportKind:
    """The kind of that name; KeyError where no installed programme declares it."""
    return kinds()[name]


def _visible(actor: Actor, prefix: str) -> Q:
    q = NOTHING
    for each in kinds().values():
        q |= Q(**{f"{prefix}kind": each.name}) & each.access.q(actor, prefix)
    return q


#: The batches that somebody may see: those of each kind, where they hold one of its roles.
VIEW = Rule(_visible, "import batches of the kinds one may import, within one's units")
