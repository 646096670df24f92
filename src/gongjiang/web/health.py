"""Whether the installation is well: one word for machines, a page for its administrator, a command for monitors.

Nothing here holds data of a person or a case: only numbers, moments, and names of tasks.
"""

import json
import shutil
import time
import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max, Min, TextChoices
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob, ProcrastinateWorker

from gongjiang.kernel import catalogue
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import holds

from .components.wording import moment, thousands
from .views import PUBLIC, View

SILENT = timedelta(minutes=1)  # the worker's queue gives a sign every ten seconds
JOB_WAITS = timedelta(minutes=15)
BEHIND_WATCH, BEHIND_ACT = (
    timedelta(minutes=10),
    timedelta(minutes=90),
)  # changes of the tree come on the hour
FAILURES_SHOWN, FAILURES_SINCE = 20, timedelta(days=7)
ROOM_WATCH, ROOM_ACT = 5_000_000_000, 1_000_000_000  # free bytes
BACKUP_WATCH, BACKUP_ACT = timedelta(hours=26), timedelta(days=8)


def healthz(request: HttpRequest) -> HttpResponse:
    """200 "ok", or 503 with what does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


healthz.access = PUBLIC  # type: ignore[attr-defined]


class Tone(TextChoices):
    """How things stand, by the names of the chips."""

    GOOD = "done", pgettext_lazy("health", "Good")
    WATCH = "soon", pgettext_lazy("health", "Watch")
    ACT = "late", pgettext_lazy("health", "Act now")


@dataclass(frozen=True)
class Reading:
    """One thing looked at: its state, a sentence that says so and what to do, and the same as values."""

    code: str
    name: str
    tone: Tone
    says: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """A job that was given up. What it was about stays in the queue; its log line bears the number."""

    job: int
    task: str
    attempts: int
    at: datetime | None


def readings(request: HttpRequest | None = None) -> list[Reading]:
    """Everything that is looked at, in the order of the page."""
    try:
        database = _database()
    except OperationalError:
        says = _("It does not answer. Start it; postgres.log says why it stopped.")
        return [Reading("database", _("Database"), Tone.ACT, says), _disk(), _backup()]
    slots = catalogue.slots("health.readings")
    further = [each["reading"] for slot in slots for each in slot.render(request)]
    return [database, _worker(), *further, _queue(), _behind(), _disk(), _backup(), _schema()]


def failures() -> list[Failure]:
    """The jobs given up in the last days, newest first."""
    given_up = ProcrastinateEvent.objects.filter(
        type="failed", job__status="failed", at__gte=timezone.now() - FAILURES_SINCE
    )
    rows = given_up.order_by("-at").values_list("job", "job__task_name", "job__attempts", "at")
    return [Failure(*row) for row in rows[:FAILURES_SHOWN]]


def version() -> str:
    """The version of the code."""
    with (Path(settings.ROOT) / "pyproject.toml").open("rb") as stream:
        return str(tomllib.load(stream)["project"]["version"])


def _database() -> Reading:
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        server, size = cursor.fetchone()
    took = round((time.monotonic() - began) * 1000)
    says = _("PostgreSQL %(version)s answers after %(took)s ms; it holds %(size)s MB.")
    shown = {"version": server, "took": thousands(took), "size": thousands(size // 1_000_000)}
    values = {"version": server, "milliseconds": took, "bytes": size}
    return Reading("database", _("Database"), Tone.GOOD, says % shown, values)


def _worker() -> Reading:
    last = ProcrastinateWorker.objects.aggregate(last=Max("last_heartbeat"))["last"]
    values = {"last_sign": last.isoformat() if last else None}
    if last is not None and timezone.now() - last < SILENT:
        return Reading("worker", pgettext("process", "Worker"), Tone.GOOD, _("It runs."), values)
    says = _("It gives no sign. Figures stand still and imports wait until it is started again.")
    if last is not None:
        says += " " + _("Last sign: %(moment)s.") % {"moment": moment(last)}
    return Reading("worker", pgettext("process", "Worker"), Tone.ACT, says, values)


def _queue() -> Reading:
    now = timezone.now()
    due = ProcrastinateJob.objects.filter(status="todo").exclude(scheduled_at__gt=now)
    asked = ProcrastinateEvent.objects.filter(job__in=due, type="deferred")
    waiting, oldest = due.count(), asked.aggregate(oldest=Min("at"))["oldest"]
    states = ProcrastinateJob.objects.filter(status__in=("doing", "failed")).values_list("status")
    by_state = dict(states.annotate(n=Count("pk")))
    failed = len(failures())
    stuck = oldest is not None and now - oldest > JOB_WAITS
    tone = Tone.ACT if stuck else Tone.WATCH if failed else Tone.GOOD
    says = _("Waiting: %(waiting)s, running: %(running)s, failed in the last 7 days: %(failed)s.") % {
        "waiting": thousands(waiting),
        "running": thousands(by_state.get("doing", 0)),
        "failed": f"{failed}+" if failed == FAILURES_SHOWN else thousands(failed),
    }
    if stuck:
        says += " " + _("The oldest has waited since %(moment)s.") % {"moment": moment(oldest)}
    values = {"waiting": waiting, "running": by_state.get("doing", 0), "failed": failed}
    return Reading("queue", _("Jobs"), tone, says, values)


def _behind() -> Reading:
    """What the worker should have done by now; the database counts, because nobody here may see the rows."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, n, since FROM work_behind(%s)", [now - BEHIND_WATCH])
        found = {kind: (n, since) for kind, n, since in cursor.fetchall()}
    names = {
        "deadlines": _("deadlines that have passed and are not noted: %(n)s"),
        "endings": _("public notices whose time is over and that have not ended: %(n)s"),
        "imports": _("imports that stand still: %(n)s"),
        "exports": _("exports that stand still: %(n)s"),
        "changes": _("approved changes of the union tree that are not carried out: %(n)s"),
    }
    values: dict[str, Any] = {kind: found[kind][0] for kind in names}
    name = pgettext("health", "Work that is due")
    late = [names[kind] % {"n": thousands(n)} for kind, n in values.items() if n]
    if not late:
        return Reading("behind", name, Tone.GOOD, _("The worker has done what was due."), values)
    oldest = min(since for n, since in found.values() if n)
    says = _("Behind: %(late)s; the oldest since %(moment)s. See worker.log.") % {
        "late": " · ".join(late),
        "moment": moment(oldest),
    }
    return Reading("behind", name, Tone.ACT if now - oldest > BEHIND_ACT else Tone.WATCH, says, values)


def _disk() -> Reading:
    usage = shutil.disk_usage(settings.DATA)
    tone = Tone.ACT if usage.free < ROOM_ACT else Tone.WATCH if usage.free < ROOM_WATCH else Tone.GOOD
    says = _("%(free)s GB of %(total)s GB are free where the data directory is.") % {
        "free": f"{usage.free / 1e9:,.1f}",
        "total": f"{usage.total / 1e9:,.1f}",
    }
    if tone != Tone.GOOD:
        says += " " + _("Below 0.2 GB nothing starts. Make room, or move the data to a larger disk.")
    return Reading("disk", _("Disk"), tone, says, {"free": usage.free, "total": usage.total})


def _backup() -> Reading:
    try:
        noted = json.loads((Path(settings.DATA) / "backup.json").read_text(encoding="utf-8"))
        at = datetime.fromisoformat(noted["at"])
    except (OSError, ValueError, KeyError):
        says = _("No backup was made yet. Make one with ./run backup, every night.")
        return Reading("backup", _("Backup"), Tone.ACT, says, {"at": None})
    age = timezone.now() - at
    tone = Tone.GOOD if age < BACKUP_WATCH else Tone.WATCH if age < BACKUP_ACT else Tone.ACT
    says = _("The last one was made on %(moment)s, %(size)s MB.") % {
        "moment": moment(at),
        "size": f"{noted['bytes'] / 1e6:,.1f}",
    }
    if tone != Tone.GOOD:
        says += " " + _("Make one with ./run backup, every night.")
    if not noted["keys"]:
        says += " " + _("The keys are not in it: secrets.json must lie safe elsewhere.")
    values = {"at": noted["at"], "bytes": noted["bytes"], "keys": noted["keys"]}
    return Reading("backup", _("Backup"), tone, says, values)


def _schema() -> Reading:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    applied = len(executor.loader.applied_migrations)
    shown = {"version": version(), "applied": applied, "missing": missing}
    if missing:
        says = _("Version %(version)s; %(missing)s migrations are not applied. Run ./run manage migrate.")
        return Reading("schema", _("Version"), Tone.ACT, says % shown, shown)
    says = _("Version %(version)s; all %(applied)s migrations are applied.")
    return Reading("schema", _("Version"), Tone.GOOD, says % shown, shown)


class Health(View):
    """Everything that is looked at, for the administrator of the installation."""

    access = holds(Role.SYSTEM_ADMIN)
    heading = gettext_lazy("Health")
    template_name = "health.html"

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(
            readings=readings(self.request), failures=failures(), now=timezone.now(), **more
        )
