"""A list as a file: asked for, written by the worker in the asker's own scope, fetched only while the asker still may.

How a page's list is opened again is told by `settings.EXPORTS_OPEN`, a function (address, query, language, actor) ->
`Sheet`; it raises `Gone` where the page no longer has this list for the actor.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, connection, connections
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor, load, scope
from gongjiang.kernel.audit import actions as audit
from gongjiang.kernel.audit.models import Purpose

from .models import EXPORTING, EXPORTS, ExportFormat, ExportJob, ExportState, Tier
from .sheets import WRITERS, plain

KEPT = timedelta(days=3)
BEAT = 1.0  # seconds between two signs of life
LOOK = 500  # rows between two looks at the clock
LOCK = 7_041_001  # first half of the advisory lock's key: one worker at a job

log = logging.getLogger(__name__)


class Gone(Exception):
    """The list is no longer there for this actor; the message is for them."""


class Stopped(Exception):
    """Somebody pressed stop."""


@dataclass(frozen=True)
class Sheet:
    """A list that can go out.

    rows        every row's cells in order; read once, in the actor's scope
    count       how many rows there are about to be
    conditions  the filters in use, in words
    tier        of the most sensitive column
    notes       asked after the last row: what the reader should know besides, such as rows left out
    persons     for T2: the place of the person's key in each row, which is taken out and written down
    """

    title: str
    headers: Sequence[str]
    rows: Callable[[], Iterator[Sequence[Any]]]
    count: Callable[[], int]
    conditions: str = ""
    tier: str = Tier.T1
    notes: Callable[[], Sequence[str]] = field(default=tuple)
    shows: Sequence[str] = ()
    persons: bool = False


def reach_of(actor: Actor) -> bytes:
    """32 bytes that change whenever what the actor holds does."""
    held = sorted((g.role, g.unit, g.path) for g in actor.grants)
    return hashlib.sha256(repr((actor.user, actor.person, held, sorted(actor.system))).encode()).digest()


def opened(address: str, query: str, language: str, actor: Actor) -> Sheet:
    """The list behind a page's address, as this actor sees it now. Raises Gone."""
    found: Sheet = import_string(settings.EXPORTS_OPEN)(address, query, language, actor)
    return found


def ask(address: str, query: str, form: str, *, actor: Actor, purpose: str = "", note: str = "") -> ExportJob:
    """Have a list written as a file. Raises Gone, or ValidationError where sensitive columns lack a purpose."""
    language = get_language() or "zh-hans"
    sheet = opened(address, query, language, actor)
    if form not in ExportFormat.values:
        raise ValidationError({"form": _("Choose the kind of file.")})
    if sheet.tier == Tier.T2:
        note = audit.explained(note)
        if purpose not in Purpose.values:
            raise ValidationError({"purpose": _("Choose what it is needed for.")})
    else:
        purpose = note = ""
    job = ExportJob.objects.create(
        user_id=actor.account,
        address=address,
        query=query,
        title=sheet.title,
        conditions=sheet.conditions,
        language=language,
        format=form,
        tier=sheet.tier,
        purpose=purpose,
        note=note,
        reach=reach_of(actor),
    )
    _wake(job)
    return job


def cancel(job: ExportJob, *, actor: Actor) -> ExportJob:
    """Stop; what was written is thrown away."""
    job = _mine(job, actor, *EXPORTING)
    job.state, job.finished_at = ExportState.CANCELLED, timezone.now()
    job.save(update_fields=["state", "finished_at"])
    return job


def again(job: ExportJob, *, actor: Actor) -> ExportJob:
    """Write it anew, as the list is now: a stopped, interrupted or deleted one, or one whose worker is gone."""
    job = _mine(job, actor, *ExportState.values)
    if job.state == ExportState.READY:
        return job
    if not job.is_running:
        job.state, job.problem, job.finished_at, job.done = ExportState.QUEUED, "", None, 0
        job.reach = reach_of(actor)
        job.save(update_fields=["state", "problem", "finished_at", "done", "reach"])
    _wake(job)
    return job


def fetch(job: ExportJob, *, actor: Actor) -> Iterator[bytes]:
    """The content, a megabyte at a time, after the hand-over has been written down.

    Asked again as at the writing: the page must still have the list for the actor, who must hold what they held
    then. Raises Gone, or Lost where the file is damaged.
    """
    if job.state != ExportState.READY or job.user_id != actor.user:
        raise Gone(_("This file is no longer there. Export the list again."))
    if bytes(job.reach) != reach_of(actor):
        raise Gone(
            _(
                "Your duties have changed since this file was written."
                " Export the list again; it holds what is yours then."
            )
        )
    opened(job.address, job.query, job.language, actor)
    EXPORTS.check(job.file, bytes(job.digest or b""))
    audit.hand_over(
        job.title, job.conditions, job.done, job.tier, purpose=job.purpose, note=job.note, actor=actor
    )
    return EXPORTS.pieces(job.file)


def run(key: int) -> None:
    """Write the file of a waiting job, or of one whose worker is gone.

    The rows are read in one transaction, so they show one moment. A fault ends in `failed` with a sentence; a lost
    connection is raised, and the job begins anew when it is woken.
    """
    job = ExportJob.objects.filter(pk=key, state__in=EXPORTING).first()
    if job is None:
        return
    pulse = _Pulse(key)
    try:
        if not pulse.alone():
            return
        ExportJob.objects.filter(pk=key).update(
            state=ExportState.RUNNING, done=0, total=0, touched_at=timezone.now(), problem=""
        )
        actor = load(job.user_id)
        with translation.override(job.language):
            try:
                _write(job, actor, pulse)
            except (OperationalError, InterfaceError):
                raise
            except Stopped:
                pass
            except Exception as wrong:
                if not isinstance(wrong, Gone):
                    log.exception("export job %s", key)
                said = (
                    str(wrong)
                    if isinstance(wrong, Gone)
                    else _("The server could not write the file: its disk may be full. Please tell the administrator.")
                    if isinstance(wrong, OSError)
                    else _("The export was interrupted by a fault of the program. Try again; if it stops again,"
                           " please tell the administrator.")
                )  # fmt: skip
                ExportJob.objects.filter(pk=key, state=ExportState.RUNNING).update(
                    state=ExportState.FAILED, problem=said, finished_at=timezone.now()
                )
    finally:
        pulse.close()


def _write(job: ExportJob, actor: Actor, pulse: "_Pulse") -> None:
    with EXPORTS.writing() as kept, _one_moment(), scope(actor):
        as_of = timezone.now()
        sheet = opened(job.address, job.query, job.language, actor)
        if sheet.tier != job.tier or bytes(job.reach) != reach_of(actor):
            raise Gone(_("Your duties have changed since you asked for this file. Ask for it again."))
        total = sheet.count()
        pulse.total = total
        about = _about(job, actor, as_of)
        counted = [*about, _("Rows: %(n)s") % {"n": f"{total:,}"}]
        writer = WRITERS[job.format](kept, sheet.title, sheet.headers, counted)
        done = _rows(sheet, writer.row, job, actor, pulse)
        writer.close([*about, _("Rows: %(n)s") % {"n": f"{done:,}"}, *sheet.notes()])
    now = timezone.now()
    ready = ExportJob.objects.filter(pk=job.pk, state=ExportState.RUNNING).update(
        state=ExportState.READY,
        file=kept.name,
        bytes=kept.bytes,
        digest=kept.digest,
        as_of=as_of,
        total=done,
        done=done,
        finished_at=now,
        touched_at=now,
        expires_at=now + KEPT,
    )
    if not ready:
        EXPORTS.drop(kept.name)


def _rows(
    sheet: Sheet, put: Callable[[Sequence[Any]], None], job: ExportJob, actor: Actor, pulse: "_Pulse"
) -> int:
    done, seen = 0, []
    for cells in sheet.rows():
        if sheet.persons:
            seen.append(cells[0])
            cells = cells[1:]
            if len(seen) == LOOK:
                _write_down(seen, sheet, job, actor)
                seen = []
        put(cells)
        done += 1
        if not done % LOOK:
            pulse.beat(done)
    if seen:
        _write_down(seen, sheet, job, actor)
    return done


def _write_down(persons: Sequence[int], sheet: Sheet, job: ExportJob, actor: Actor) -> None:
    audit.exported(persons, sheet.shows, purpose=job.purpose, note=job.note, actor=actor)


def _about(job: ExportJob, actor: Actor, as_of: Any) -> list[str]:
    """The watermark: who, what, when, which filter."""
    lines = [
        job.title,
        _("Exported by %(who)s") % {"who": actor.name or actor.user},
        _("As of %(when)s") % {"when": plain(as_of)},
        _("Filter: %(filter)s") % {"filter": job.conditions or _("none")},
    ]
    if job.purpose:
        lines.append(
            _("For: %(purpose)s, %(note)s") % {"purpose": Purpose(job.purpose).label, "note": job.note}
        )
    return [*lines, _("For official use. Do not pass on; delete it when it is no longer needed.")]


class _one_moment:
    """Within it every statement sees the same moment, unless a transaction is already under way."""

    def __enter__(self) -> None:
        self._own = not connection.in_atomic_block
        if self._own:
            with connection.cursor() as cursor:
                cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ")

    def __exit__(self, *_wrong: object) -> None:
        if self._own and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED")


class _Pulse:
    """A connection beside the one that reads: it holds the job's lock, says how far the job is, and hears a stop."""

    def __init__(self, key: int) -> None:
        self.key, self.total = key, 0
        self._connection = connections.create_connection("default")
        self._last = time.monotonic()

    def alone(self) -> bool:
        """Whether no other worker is at this job."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, self.key % 2**31])
            return bool(cursor.fetchone()[0])

    def beat(self, done: int) -> None:
        """Say how far it is, at most once a second. Raises Stopped."""
        if time.monotonic() - self._last < BEAT:
            return
        self._last = time.monotonic()
        with self._connection.cursor() as cursor:
            cursor.execute(
                "UPDATE exchange_exportjob SET done = %s, total = greatest(%s, %s), touched_at = now()"
                " WHERE id = %s RETURNING state",
                [done, done, self.total, self.key],
            )
            found = cursor.fetchone()
        if found and found[0] != ExportState.RUNNING:
            raise Stopped

    def close(self) -> None:
        self._connection.close()


def _mine(job: ExportJob, actor: Actor, *states: str) -> ExportJob:
    locked = ExportJob.objects.select_for_update().get(pk=job.pk)
    if locked.user_id != actor.user:
        raise Gone(_("This file is no longer there. Export the list again."))
    if locked.state not in states:
        raise ValidationError(
            _("This is no longer possible: the export is now “%(state)s”.")
            % {"state": locked.get_state_display()}  # type: ignore[attr-defined]
        )
    return locked


def _wake(job: ExportJob) -> None:
    from .tasks import export

    export.defer(job=job.pk)


def address_of(job: ExportJob) -> str:
    """The page that the list was exported from."""
    return f"{job.address}?{job.query}" if job.query else job.address
