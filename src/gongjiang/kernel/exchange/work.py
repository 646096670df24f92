"""The long part: checking every row, taking in what is new or changed, putting it back; a piece at a time.

Each piece is one transaction in the sender's own scope, with the progress in it. A killed worker loses at most the
piece it was at; two workers at the same batch take turns and write nothing twice.
"""

import logging
from collections.abc import Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from django.db import IntegrityError, InterfaceError, OperationalError, connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor, load, scope
from gongjiang.kernel.bulk import array
from gongjiang.kernel.files.store import Lost

from . import writing
from .cells import BadCell, Cell, is_empty
from .kinds import ImportKind, Row, Verdict
from .kinds import kind as kind_named
from .mapping import Mapping
from .models import STORE, BatchState, ImportBatch, ImportLine, LineStatus
from .reading import Table

PIECE = 10_000
ATTEMPTS = 5
REMEMBERED = 5_000  # different texts of a column whose meaning is kept while a file is read
NOTES = "；"

log = logging.getLogger(__name__)


class Halted(Exception):
    """An import that cannot go on; the message is for its sender."""


def advance(key: int) -> None:
    """Do what the batch waits for: check, take in, or undo; nothing where it waits for nothing.

    What goes wrong with the file or the rows ends in the state `failed` with a sentence; a lost database
    connection is raised, and the batch goes on when it is woken again.
    """
    batch = _batch(key)
    if batch is None or not batch.is_running:
        return
    actor = load(batch.uploaded_by_id)
    with translation.override(batch.language):
        try:
            _advance(batch, actor)
        except (OperationalError, InterfaceError):
            raise
        except Exception as wrong:
            log.exception("import batch %s", key)
            said = (
                str(wrong)
                if isinstance(wrong, Lost | Halted)
                else _(
                    "The import was interrupted by a fault of the program; the rows dealt with so far stay as they are."
                    " You can go on; if it stops again, please tell the administrator."
                )
            )
            ImportBatch.objects.filter(pk=key, state=batch.state).update(
                state=BatchState.FAILED, problem=said, finished_at=timezone.now()
            )


def _batch(key: int) -> ImportBatch | None:
    """The batch, read by the worker before it is anybody in particular."""
    return ImportBatch.objects.filter(pk=key).first()


def _advance(batch: ImportBatch, actor: Actor) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(touched_at=timezone.now())
    kind = kind_named(batch.kind)
    if batch.state == BatchState.UNDOING:
        while _piece(batch.pk, batch.state, None, kind, actor):
            pass
        return
    table = kind.table_in(STORE.fetch(batch.file), batch.file_name)
    with Ahead(table, kind, batch) as rows:
        while _piece(batch.pk, batch.state, rows, kind, actor):
            pass


def _piece(key: int, state: str, rows: "Ahead | None", kind: ImportKind, actor: Actor) -> bool:
    """Deal with the next rows; False when the batch has left this state. Somebody else's clash is tried again."""
    for attempt in range(ATTEMPTS):
        try:
            with scope(actor):
                batch = (
                    ImportBatch.objects.select_for_update(of=("self",))
                    .select_related("unit")
                    .filter(pk=key)
                    .first()
                )
                if batch is None:
                    raise Halted(
                        _(
                            "Whoever uploaded this file no longer has access to it, so nothing more was taken in."
                        )
                    )
                if batch.state != state:
                    return False
                goes_on = _put_back(batch, kind, actor) if rows is None else _take(batch, rows, kind, actor)
                batch.touched_at = timezone.now()
                batch.save()
                return goes_on
        except IntegrityError:
            if attempt == ATTEMPTS - 1:
                raise
    return False


def _take(batch: ImportBatch, rows: "Ahead", kind: ImportKind, actor: Actor) -> bool:
    batch.total = rows.total
    chunk = rows.from_row(batch.done)
    if not chunk:
        _finish(batch, kind, actor)
    elif batch.state == BatchState.MAPPED:
        _check(batch, chunk, kind, actor)
    else:
        _apply(batch, chunk, kind, actor)
    batch.done = min(batch.done + len(chunk), batch.total)
    return bool(chunk)


def _put_back(batch: ImportBatch, kind: ImportKind, actor: Actor) -> bool:
    assert kind.undo is not None
    try:
        put_back = kind.undo(batch, actor)
    except IntegrityError as wrong:
        raise Halted(
            _("Somebody has begun to use a record of this import meanwhile, so the rest cannot be undone.")
        ) from wrong
    if not put_back:
        batch.state, batch.finished_at = BatchState.UNDONE, timezone.now()
    batch.done = min(batch.done + put_back, batch.total)
    return bool(put_back)


class Ahead:
    """The parsed rows of a file, a piece at a time, the next piece read while the present one is being written.

    One who asks again for the same place gets the same rows; one who begins in the middle waits until the rows
    before have been read, because a value may stand in a file only once.
    """

    def __init__(self, table: Table, kind: ImportKind, batch: ImportBatch) -> None:
        self.total = len(table.rows)
        required = frozenset(c.name for c in kind.required(batch))
        self._rows = parsed(table, batch.mapping, kind, required)
        self._language = batch.language
        self._next = 0
        self._start, self._held = -1, list[Row]()
        self._pool = ThreadPoolExecutor(1)
        self._coming = self._pool.submit(self._read, batch.done)

    def __enter__(self) -> "Ahead":
        return self

    def __exit__(self, *_wrong: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def from_row(self, place: int) -> list[Row]:
        """The next rows from the one at this place on; none at the end."""
        if place != self._start:
            self._start, self._held = self._coming.result()
            self._coming = self._pool.submit(self._read, self._start + len(self._held))
        assert place == self._start
        return self._held

    def _read(self, place: int) -> tuple[int, list[Row]]:
        with translation.override(self._language):
            while self._next < place and next(self._rows, None) is not None:
                self._next += 1
            held = list(islice(self._rows, PIECE))
        self._next += len(held)
        return place, held


def parsed(table: Table, mapping: Mapping, kind: ImportKind, required: Container[str]) -> Iterator[Row]:
    """Every row with its cells read; a wrong cell becomes a problem that names its column. Asks no database."""
    columns = [
        (c.name, c.parse, mapping.columns[c.name], mapping.header_of(c.name))
        for c in kind.columns
        if c.name in mapping.columns
    ]
    seen: dict[str, dict[object, int]] = {name: {} for name in kind.unique}
    before: dict[str, dict[Cell, Any]] = {name: {} for name, *_rest in columns}
    for number, cells in table.rows:
        row = Row(number)
        values = row.values
        for name, parse, index, header in columns:
            cell = cells[index]
            known = before[name]
            if type(cell) is str and cell in known:
                values[name] = known[cell]
                continue
            if is_empty(cell):
                if name in required:
                    row.problems.append(_("“%(header)s” is empty") % {"header": header})
                continue
            try:
                values[name] = value = parse(cell)
                if type(cell) is str and len(known) < REMEMBERED:
                    known[cell] = value
            except BadCell as wrong:
                row.problems.append(_("“%(header)s”: %(said)s") % {"header": header, "said": wrong})
            except ValueError as wrong:
                row.problems.append(str(wrong))
        for name, rows in seen.items():
            if name not in values:
                continue
            first = rows.setdefault(values[name], number)
            if first != number:
                row.problems.append(
                    _("“%(header)s” is the same as in row %(row)s; keep one of the two rows")
                    % {"header": mapping.header_of(name), "row": first}
                )
        yield row


def _judged(batch: ImportBatch, chunk: Sequence[Row], kind: ImportKind, actor: Actor) -> list[Verdict]:
    sound = [row for row in chunk if not row.problems]
    wrong = [row for row in chunk if row.problems]
    said = iter(kind.judge(sound, batch, actor) if sound else ())
    meant = iter(kind.about(wrong, batch, actor) if wrong and kind.about else [None] * len(wrong))
    return [
        Verdict(LineStatus.ERROR, tuple(row.problems), subject=next(meant)) if row.problems else next(said)
        for row in chunk
    ]


def _count(batch: ImportBatch, verdicts: Sequence[Verdict], step: int = 1) -> None:
    for verdict in verdicts:
        setattr(batch, verdict.status, getattr(batch, verdict.status) + step)


def _check(batch: ImportBatch, chunk: Sequence[Row], kind: ImportKind, actor: Actor) -> None:
    verdicts = _judged(batch, chunk, kind, actor)
    _count(batch, verdicts)
    _write(batch, chunk, verdicts, kind)


def _apply(batch: ImportBatch, chunk: Sequence[Row], kind: ImportKind, actor: Actor) -> None:
    """Judge again, because the world may have moved since the check, and write what still differs."""
    waiting = (LineStatus.NEW, LineStatus.CHANGED)
    before = dict(
        ImportLine.objects.filter(
            batch=batch, row__gte=chunk[0].number, row__lte=chunk[-1].number, status__in=waiting
        ).values_list("row", "status")
    )
    chosen = [row for row in chunk if row.number in before]
    if not chosen:
        return
    verdicts = _judged(batch, chosen, kind, actor)
    planned = [place for place, verdict in enumerate(verdicts) if verdict.plan is not None]
    subjects = kind.apply([verdicts[place] for place in planned], batch, actor)
    for place, subject in zip(planned, subjects, strict=True):
        verdicts[place] = verdicts[place]._replace(subject=subject)
    for row, verdict in zip(chosen, verdicts, strict=True):
        if before[row.number] != verdict.status:
            setattr(batch, before[row.number], getattr(batch, before[row.number]) - 1)
            _count(batch, [verdict])
    _write(batch, chosen, verdicts, kind)


def _write(batch: ImportBatch, rows: Sequence[Row], verdicts: Sequence[Verdict], kind: ImportKind) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_importline (batch_id, row, status, who, note, subject)"
            " SELECT %s, * FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::bigint[])"
            " ON CONFLICT (batch_id, row) DO UPDATE"
            " SET status = excluded.status, note = excluded.note, subject = excluded.subject",
            [
                batch.pk,
                array([row.number for row in rows]),
                array([verdict.status for verdict in verdicts]),
                array([str(row.values.get(kind.who, "")) for row in rows]),
                array([NOTES.join(verdict.notes) for verdict in verdicts]),
                array([verdict.subject for verdict in verdicts]),
            ],
        )


def _finish(batch: ImportBatch, kind: ImportKind, actor: Actor) -> None:
    now, taken_in = timezone.now(), batch.state != BatchState.MAPPED
    if taken_in:
        batch.state, batch.finished_at = BatchState.APPLIED, now
    else:
        batch.state, batch.checked_at = BatchState.CHECKED, now
    if kind.absent is not None:
        batch.absent = kind.absent(batch, actor, taken_in)
    STORE.drop(batch.errors_file)
    batch.errors_file = ""
    if batch.error:
        with STORE.writing() as kept:
            writing.errors(batch, kind, kept)
        batch.errors_file = kept.name
