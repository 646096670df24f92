"""What its sender does with a batch: upload, map, confirm, stop, go on."""

from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people.crypto import provider

from .kinds import ImportKind
from .kinds import kind as kind_named
from .mapping import Mapping, guess
from .models import STORE, BatchState, ImportBatch
from .reading import Unreadable


def upload(kind: ImportKind, unit: Unit, content: bytes, file_name: str, *, actor: Actor) -> ImportBatch:
    """A new batch with the columns guessed; nothing is checked yet.

    Raises ValidationError (on "file") with one sentence when no table can be read from the file or it cannot
    be stored.
    """
    file_name = PurePath(file_name.replace("\\", "/")).name[-200:] or "—"
    try:
        table = kind.table_in(content, file_name)
    except Unreadable as wrong:
        raise ValidationError({"file": str(wrong)}) from wrong
    try:
        stored = STORE.keep(content)
    except OSError as wrong:
        raise ValidationError(
            {
                "file": _(
                    "The server could not store the file: its disk may be full. Nothing was taken"
                    " in; please tell the administrator."
                )
            }
        ) from wrong
    batch = ImportBatch(
        kind=kind.name,
        unit=unit,
        uploaded_by_id=actor.account,
        language=get_language() or "zh-hans",
        file_name=file_name,
        file=stored,
        digest=provider().digest(content),
        total=len(table.rows),
    )
    columns = guess(table.headers, kind.names, _last_mapping(kind, unit))
    batch.mapping = Mapping(table.sheet, table.header_row, table.headers, columns)
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
    except BaseException:
        STORE.drop(stored)
        raise
    batch.refresh_from_db(fields=["path"])
    return batch


def _last_mapping(kind: ImportKind, unit: Unit) -> Mapping | None:
    last = (
        ImportBatch.objects.filter(kind=kind.name, unit=unit).exclude(checked_at=None).order_by("-pk").first()
    )
    return last.mapping if last else None


def set_columns(batch: ImportBatch, columns: dict[str, int], *, actor: Actor) -> ImportBatch:
    """Fix which column holds which field, and have the file checked.

    Raises ValidationError, by field, for a required field without a column, or one column for two fields.
    """
    batch = _mine(batch, actor, BatchState.UPLOADED, BatchState.CHECKED)
    kind = kind_named(batch.kind)
    problems: dict[str, str] = {}
    for column in kind.required(batch):
        if column.name not in columns:
            problems[column.name] = _("“%(label)s” is required. Choose the column that holds it.") % {
                "label": column.label
            }
    used: dict[int, str] = {}
    for name, index in columns.items():
        if index in used:
            problems[name] = _("The column “%(header)s” is already chosen for another field.") % {
                "header": batch.mapping.headers[index]
            }
        used[index] = name
    if problems:
        raise ValidationError(problems)
    batch.mapping = Mapping(batch.mapping.sheet, batch.mapping.header_row, batch.mapping.headers, columns)
    _begin(batch, BatchState.MAPPED)
    return batch


def confirm(batch: ImportBatch, *, actor: Actor) -> ImportBatch:
    """Say yes to what the check found, and have it taken in."""
    batch = _mine(batch, actor, BatchState.CHECKED)
    if not batch.to_do:
        raise ValidationError(_("There is nothing to take in: no row is new or changed."))
    batch.confirmed_at = timezone.now()
    _begin(batch, BatchState.CONFIRMED)
    return batch


def cancel(batch: ImportBatch, *, actor: Actor) -> ImportBatch:
    """Stop. A job at work ends before its next piece; rows already taken in stay."""
    batch = _mine(
        batch,
        actor,
        BatchState.UPLOADED,
        BatchState.MAPPED,
        BatchState.CHECKED,
        BatchState.CONFIRMED,
        BatchState.FAILED,
    )
    batch.state, batch.finished_at = BatchState.CANCELLED, timezone.now()
    batch.save(update_fields=["state", "finished_at"])
    return batch


def undo(batch: ImportBatch, *, actor: Actor) -> ImportBatch:
    """Put back what the import wrote. Raises ValidationError where somebody has changed or used a record since."""
    batch = _mine(batch, actor, BatchState.APPLIED)
    kind = kind_named(batch.kind)
    if kind.undo is None or kind.touched is None:
        raise ValidationError(_("An import of this kind cannot be undone."))
    if touched := kind.touched(batch, actor):
        raise ValidationError(
            ngettext(
                "%(n)s record of this import has been changed or used since, so it can no longer be undone.",
                "%(n)s records of this import have been changed or used since, so it can no longer be undone.",
                touched,
            )
            % {"n": f"{touched:,}"}
        )
    batch.finished_at = None
    _begin(batch, BatchState.UNDOING)
    return batch


def resume(batch: ImportBatch, *, actor: Actor) -> ImportBatch:
    """Go on where a stopped or interrupted batch was; also wakes one whose worker is gone."""
    batch = _mine(batch, actor, *BatchState.values)
    if batch.state in (BatchState.APPLIED, BatchState.UNDONE):
        return batch
    if batch.state == BatchState.UNDOING:
        _wake(batch)
        return batch
    if not batch.file:
        raise ValidationError(_("The uploaded file has been deleted meanwhile. Please upload it again."))
    if batch.state in (BatchState.CANCELLED, BatchState.FAILED):
        batch.problem, batch.finished_at = "", None
        if batch.confirmed_at is not None:
            batch.state = BatchState.CONFIRMED
        elif batch.checked_at is not None:
            batch.state = BatchState.CHECKED
        else:
            batch.state = (
                BatchState.MAPPED if not kind_named(batch.kind).missing(batch) else BatchState.UPLOADED
            )
        batch.save(update_fields=["state", "problem", "finished_at"])
    if batch.is_running:
        _wake(batch)
    return batch


def _mine(batch: ImportBatch, actor: Actor, *states: str) -> ImportBatch:
    """The batch under lock, when its sender asks and it is in one of these states. Raises ValidationError."""
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.uploaded_by_id != actor.user:
        raise ValidationError(_("Only who uploaded a file can take it in or stop it."))
    if locked.state not in states:
        raise ValidationError(
            _("This is no longer possible: the import is now “%(state)s”.")
            % {"state": locked.get_state_display()}
        )
    return locked


def _begin(batch: ImportBatch, state: BatchState) -> None:
    if state == BatchState.MAPPED:
        batch.lines.all().delete()
        batch.new = batch.changed = batch.same = batch.error = batch.absent = 0
        batch.checked_at = None
        STORE.drop(batch.errors_file)
        batch.errors_file = ""
    batch.state, batch.done, batch.touched_at = state, 0, timezone.now()
    batch.save()
    _wake(batch)


def _wake(batch: ImportBatch) -> None:
    """Queue the job, in the same transaction as the change that calls for it."""
    from .tasks import advance

    advance.defer(batch=batch.pk)
