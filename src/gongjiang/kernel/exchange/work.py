"""The long part: checking every row, then taking in what is new or changed, a piece at a time.

Each piece is one transaction in the sender's own scope, with the progress in it. A killed worker loses at most the
piece it was at; two workers at the same batch take turns and write nothing twice.
"""

import logging
from collections.abc import Iterator, Sequence

from django.db import IntegrityError, InterfaceError, OperationalError, connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor, load, scope
from gongjiang.kernel.files.store import Lost

from .actions import table_of
from .cells import BadCell, is_empty
from .kinds import ImportKind, Row, Verdict
from .kinds import kind as kind_named
from .mapping import Mapping
from .models import STORE, BatchState, ImportBatch, ImportLine, LineStatus
from .reading import Table

PIECE = 1_000
ATTEMPTS = 5
NOTES = "；"

log = logging.getLogger(__name__)


class Halted(Exception):
    """An import that cannot go on; the message is for its sender."""


def advance(key: int) -> None:
    """Do what the batch waits for, check or import; nothing where it waits for nothing.

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
    rows = list(parsed(table_of(kind, STORE.fetch(batch.file), batch.file_name), batch.mapping, kind, batch))
    while _piece(batch.pk, batch.state, rows, kind, actor):
        pass


def _piece(key: int, state: str, rows: Sequence[Row], kind: ImportKind, actor: Actor) -> bool:
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
                if batch.total != len(rows):
                    batch.total = len(rows)
                chunk = rows[batch.done : batch.done + PIECE]
                if not chunk:
                    _finish(batch, rows, kind, actor)
                elif state == BatchState.MAPPED:
                    _check(batch, chunk, kind, actor)
                else:
                    _apply(batch, chunk, kind, actor)
                batch.done = min(batch.done + len(chunk), batch.total)
                batch.touched_at = timezone.now()
                batch.save()
                return bool(chunk)
        except IntegrityError:
            if attempt == ATTEMPTS - 1:
                raise
    return False


def parsed(table: Table, mapping: Mapping, kind: ImportKind, batch: ImportBatch) -> Iterator[Row]:
    """Every row with its cells read; a wrong cell becomes a problem that names its column."""
    columns = [
        (c, mapping.columns[c.name], mapping.header_of(c.name))
        for c in kind.columns
        if c.name in mapping.columns
    ]
    required = {c.name for c in kind.required(batch)}
    seen: dict[tuple[str, object], int] = {}
    for number, cells in table.rows:
        row = Row(number)
        for column, index, header in columns:
            cell = cells[index]
            if is_empty(cell):
                if column.name in required:
                    row.problems.append(_("“%(header)s” is empty") % {"header": header})
                continue
            try:
                row.values[column.name] = column.parse(cell)
            except BadCell as wrong:
                row.problems.append(_("“%(header)s”: %(said)s") % {"header": header, "said": wrong})
            except ValueError as wrong:
                row.problems.append(str(wrong))
        for name in kind.unique:
            if name not in row.values:
                continue
            first = seen.setdefault((name, row.values[name]), number)
            if first != number:
                row.problems.append(
                    _("“%(header)s” is the same as in row %(row)s; keep one of the two rows")
                    % {"header": mapping.header_of(name), "row": first}
                )
        yield row


def _judged(batch: ImportBatch, chunk: Sequence[Row], kind: ImportKind, actor: Actor) -> list[Verdict]:
    sound = [row for row in chunk if not row.problems]
    said = iter(kind.judge(sound, batch, actor) if sound else ())
    return [Verdict(LineStatus.ERROR, tuple(row.problems)) if row.problems else next(said) for row in chunk]


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
    kind.apply([v for v in verdicts if v.plan is not None], batch, actor)
    for row, verdict in zip(chosen, verdicts, strict=True):
        if before[row.number] != verdict.status:
            setattr(batch, before[row.number], getattr(batch, before[row.number]) - 1)
            _count(batch, [verdict])
    moved = [(r, v) for r, v in zip(chosen, verdicts, strict=True) if before[r.number] != v.status]
    if moved:
        _write(batch, [r for r, _v in moved], [v for _r, v in moved], kind)


def _write(batch: ImportBatch, rows: Sequence[Row], verdicts: Sequence[Verdict], kind: ImportKind) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_importline (batch_id, row, status, who, note)"
            " SELECT %s, * FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[])"
            " ON CONFLICT (batch_id, row) DO UPDATE SET status = excluded.status, note = excluded.note",
            [
                batch.pk,
                [row.number for row in rows],
                [str(verdict.status) for verdict in verdicts],
                [str(row.values.get(kind.who, "")) for row in rows],
                [NOTES.join(verdict.notes) for verdict in verdicts],
            ],
        )


def _finish(batch: ImportBatch, rows: Sequence[Row], kind: ImportKind, actor: Actor) -> None:
    now = timezone.now()
    if batch.state == BatchState.MAPPED:
        batch.state, batch.checked_at = BatchState.CHECKED, now
        if kind.absent is not None:
            batch.absent = kind.absent(rows, batch, actor)
    else:
        batch.state, batch.finished_at = BatchState.APPLIED, now
