"""The long part: checking every row, taking in what is new or changed, putting it back; a piece at a time.

Each piece is one transaction in the sender's own scope, with the progress in it. A killed worker loses at most the
pieces it was at; of two workers at the same batch one leaves, and nothing is written twice.
"""

import logging
from collections import Counter, deque
from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from django.db import IntegrityError, InterfaceError, OperationalError, connection
from django.db.models import QuerySet
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
        while _tried(lambda: _put_back(batch.pk, kind, actor)):
            pass
        return
    table = kind.table_in(STORE.fetch(batch.file), batch.file_name)
    ImportBatch.objects.filter(pk=batch.pk).update(total=len(table.rows))
    job = Job(batch.pk, batch.state, batch.language, kind, actor)
    with Ahead(table, kind, batch) as pieces:
        goes_on = (
            _side_by_side(job, pieces)
            if kind.hands > 1 and not connection.in_atomic_block
            else _in_turn(job, pieces)
        )
    if goes_on:
        _tried(lambda: _finish(job))


class Job(NamedTuple):
    """What every piece of one run is done for."""

    batch: int
    state: str
    language: str
    kind: ImportKind
    actor: Actor


class _Left(Exception):
    """The batch has left the state of the job, or another job is at it: this piece is rolled back."""


def _tried(do: Callable[[], bool]) -> bool:
    """What it does; tried again where it clashes with what somebody else wrote at the same time."""
    for _attempt in range(ATTEMPTS - 1):
        with suppress(IntegrityError):
            return do()
    return do()


def _in_turn(job: Job, pieces: "Ahead") -> bool:
    return all(_tried(partial(_piece, job, place, rows)) for place, rows in pieces)


def _side_by_side(job: Job, pieces: "Ahead") -> bool:
    """Several pieces at once, each on a connection of its own; they end in the order of the file.

    So `done` is all that tells how far the batch is, and a killed worker loses the pieces it was at.
    """

    def hand(place: int, rows: Sequence[Row], before: Future[bool] | None) -> bool:
        try:
            with translation.override(job.language):
                return _tried(partial(_piece, job, place, rows, before))
        finally:
            connection.close()

    last: Future[bool] | None = None
    at_work = deque[Future[bool]]()
    with ThreadPoolExecutor(job.kind.hands) as hands:
        for place, rows in pieces:
            if len(at_work) == job.kind.hands and not at_work.popleft().result():
                break
            last = hands.submit(hand, place, rows, last)
            at_work.append(last)
    return last is None or last.result()


def _piece(job: Job, place: int, rows: Sequence[Row], before: Future[bool] | None = None) -> bool:
    """Deal with the rows from this place on; False where the batch has left the job's state or place.

    What it writes is written first, and the batch is locked last, once the piece `before` has ended.
    """
    with suppress(_Left), scope(job.actor):
        batch = _seen(job.batch)
        if batch.state != job.state:
            raise _Left
        work = _check if job.state == BatchState.MAPPED else _apply
        more = work(batch, rows, job.kind, job.actor)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        if before is not None and not before.result():
            raise _Left
        batch = _locked(job.batch)
        if (batch.state, batch.done) != (job.state, place):
            raise _Left
        for status, count in more.items():
            setattr(batch, status, getattr(batch, status) + count)
        batch.done, batch.touched_at = place + len(rows), timezone.now()
        batch.save(update_fields=["done", "touched_at", *LineStatus.values])
        return True
    return False


def _seen(key: int, of: QuerySet[ImportBatch] | None = None) -> ImportBatch:
    """The batch as its sender sees it. Raises Halted where they see it no longer."""
    batch = (ImportBatch.objects.all() if of is None else of).select_related("unit").filter(pk=key).first()
    if batch is None:
        raise Halted(
            _("Whoever uploaded this file no longer has access to it, so nothing more was taken in.")
        )
    return batch


def _locked(key: int) -> ImportBatch:
    return _seen(key, ImportBatch.objects.select_for_update(of=("self",), no_key=True))


def _put_back(key: int, kind: ImportKind, actor: Actor) -> bool:
    assert kind.undo is not None
    with scope(actor):
        batch = _locked(key)
        if batch.state != BatchState.UNDOING:
            return False
        try:
            put_back = kind.undo(batch, actor)
        except IntegrityError as wrong:
            raise Halted(
                _(
                    "Somebody has begun to use a record of this import meanwhile, so the rest cannot be undone."
                )
            ) from wrong
        if not put_back:
            batch.state, batch.finished_at = BatchState.UNDONE, timezone.now()
        batch.done, batch.touched_at = min(batch.done + put_back, batch.total), timezone.now()
        batch.save(update_fields=["state", "finished_at", "done", "touched_at"])
        return bool(put_back)


class Ahead:
    """The parsed rows of a file from where the batch is, as (place, rows), a piece at a time.

    The next piece is read while the present one is being written. Where a batch goes on in the middle, the rows before
    are read all the same, because a value may stand in a file only once.
    """

    def __init__(self, table: Table, kind: ImportKind, batch: ImportBatch) -> None:
        required = frozenset(c.name for c in kind.required(batch))
        self._rows = parsed(table, batch.mapping, kind, required)
        self._language, self._begin = batch.language, batch.done
        self._pool = ThreadPoolExecutor(1)

    def __enter__(self) -> "Ahead":
        return self

    def __exit__(self, *_wrong: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __iter__(self) -> Iterator[tuple[int, list[Row]]]:
        place = self._begin
        coming = self._pool.submit(self._read, place)
        while rows := coming.result():
            coming = self._pool.submit(self._read, 0)
            yield place, rows
            place += len(rows)

    def _read(self, skip: int) -> list[Row]:
        with translation.override(self._language):
            deque(islice(self._rows, skip), maxlen=0)
            return list(islice(self._rows, PIECE))


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


def _check(batch: ImportBatch, chunk: Sequence[Row], kind: ImportKind, actor: Actor) -> Counter[str]:
    """Judge the rows; returns how many are what."""
    verdicts = _judged(batch, chunk, kind, actor)
    _write(batch, chunk, verdicts, kind)
    return Counter(str(verdict.status) for verdict in verdicts)


def _apply(batch: ImportBatch, chunk: Sequence[Row], kind: ImportKind, actor: Actor) -> Counter[str]:
    """Judge again, because the world may have moved since the check, and write what still differs.

    Returns how many more, or fewer, are what.
    """
    waiting = (LineStatus.NEW, LineStatus.CHANGED)
    before = dict(
        ImportLine.objects.filter(
            batch=batch, row__gte=chunk[0].number, row__lte=chunk[-1].number, status__in=waiting
        ).values_list("row", "status")
    )
    chosen = [row for row in chunk if row.number in before]
    if not chosen:
        return Counter()
    verdicts = _judged(batch, chosen, kind, actor)
    planned = [place for place, verdict in enumerate(verdicts) if verdict.plan is not None]
    subjects = kind.apply([verdicts[place] for place in planned], batch, actor)
    for place, subject in zip(planned, subjects, strict=True):
        verdicts[place] = verdicts[place]._replace(subject=subject)
    _amend(batch, chosen, verdicts)
    more = Counter(str(verdict.status) for verdict in verdicts)
    more.subtract(before[row.number] for row in chosen)
    return more


def _write(batch: ImportBatch, rows: Sequence[Row], verdicts: Sequence[Verdict], kind: ImportKind) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_importline (batch_id, row, status, who, note, subject)"
            " SELECT %s, * FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::bigint[])",
            [
                batch.pk,
                array([row.number for row in rows]),
                array([verdict.status for verdict in verdicts]),
                array([str(row.values.get(kind.who, "")) for row in rows]),
                array([NOTES.join(verdict.notes) for verdict in verdicts]),
                array([verdict.subject for verdict in verdicts]),
            ],
        )


def _amend(batch: ImportBatch, rows: Sequence[Row], verdicts: Sequence[Verdict]) -> None:
    """Put the verdicts in the place of those of the check."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exchange_importline l SET status = t.status, note = t.note, subject = t.subject"
            " FROM unnest(%s::int[], %s::text[], %s::text[], %s::bigint[]) AS t (row, status, note, subject)"
            " WHERE l.batch_id = %s AND l.row = t.row",
            [
                array([row.number for row in rows]),
                array([verdict.status for verdict in verdicts]),
                array([NOTES.join(verdict.notes) for verdict in verdicts]),
                array([verdict.subject for verdict in verdicts]),
                batch.pk,
            ],
        )


def _finish(job: Job) -> bool:
    """All rows are dealt with: the batch enters its next state, with the rows to be mended as a file."""
    kind = job.kind
    with scope(job.actor):
        batch = _locked(job.batch)
        if batch.state != job.state or batch.done < batch.total:
            return False
        now, taken_in = timezone.now(), batch.state != BatchState.MAPPED
        if taken_in:
            batch.state, batch.finished_at = BatchState.APPLIED, now
        else:
            batch.state, batch.checked_at = BatchState.CHECKED, now
        if kind.absent is not None:
            batch.absent = kind.absent(batch, job.actor, taken_in)
        STORE.drop(batch.errors_file)
        batch.errors_file = ""
        if batch.error:
            with STORE.writing() as kept:
                writing.errors(batch, kind, kept)
            batch.errors_file = kept.name
        batch.touched_at = now
        batch.save()
        return True
