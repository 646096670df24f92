"""What came in: an uploaded spreadsheet and what became of each row. What goes out: a list as a file."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.files.store import Store
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import PathField

from .mapping import MappingField

#: Where uploaded rosters lie.
STORE = Store("imports")
#: Where exported lists lie until they are deleted.
EXPORTS = Store("exports")


class BatchState(models.TextChoices):
    UPLOADED = "uploaded", c("import", "uploaded")
    MAPPED = "mapped", c("import", "being checked")
    CHECKED = "checked", c("import", "checked")
    CONFIRMED = "confirmed", c("import", "being taken in")
    APPLIED = "applied", c("import", "taken in")
    FAILED = "failed", c("import", "interrupted")
    CANCELLED = "cancelled", c("import", "stopped")
    UNDOING = "undoing", c("import", "being undone")
    UNDONE = "undone", c("import", "undone")


#: States in which a job is at work.
RUNNING = (BatchState.MAPPED, BatchState.CONFIRMED, BatchState.UNDOING)


class LineStatus(models.TextChoices):
    NEW = "new", c("import", "new")
    CHANGED = "changed", c("import", "changed")
    SAME = "same", c("import", "unchanged")
    ERROR = "error", c("import", "to be mended")


class ImportBatch(models.Model):
    """One upload. The file lies encrypted beside the database; rows are read from it again, never kept here.

    total, done          rows of the file, and how many the present job has dealt with
    new … error          what the check found, and after the import what was done
    confirmed_at         set once the sender has said yes; a stopped batch goes on from there
    touched_at           when a job last wrote; an old time on a running batch means its worker is gone
    errors_file          the rows to be mended as a workbook, in the store; empty where there are none
    """

    kind = models.TextField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="import_batches")
    path = PathField(editable=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="import_batches")
    language = models.CharField(max_length=10)
    file_name = models.TextField()
    file = models.TextField(blank=True, default="")  # name in the store; empty once it has been deleted
    errors_file = models.TextField(blank=True, default="")
    digest = models.BinaryField(max_length=32)
    mapping = MappingField()
    state = models.TextField(choices=BatchState, default=BatchState.UPLOADED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    error = models.PositiveIntegerField(default=0)
    absent = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True, default="")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    touched_at = models.DateTimeField(auto_now_add=True)

    wall = walls.Wall("in_tree(path)")

    class Meta:
        constraints = [
            models.CheckConstraint(name="batch_state", condition=Q(state__in=BatchState.values)),
            models.CheckConstraint(name="batch_done_of_total", condition=Q(done__lte=F("total"))),
            models.CheckConstraint(
                name="batch_applied_after_yes",
                condition=~Q(state=BatchState.APPLIED) | Q(confirmed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["path", "id"], name="batch_path")]
        triggers = [walls.mirrors_path("batch_path_follows_unit")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def to_do(self) -> int:
        """Rows that taking the file in would write."""
        return self.new + self.changed


class ImportLine(models.Model):
    """What the check said of one row. `who` is a name or title, never an identifier; `note` a sentence.

    subject   key of the record that the row speaks of, as far as there is one
    """

    # Found by line_once, and written only while the batch is locked: no index and no check of its own for each row.
    batch = models.ForeignKey(
        ImportBatch, models.CASCADE, related_name="lines", db_index=False, db_constraint=False
    )
    row = models.PositiveIntegerField()  # as the sender's program counts rows
    status = models.TextField(choices=LineStatus)
    who = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    subject = models.BigIntegerField(null=True, blank=True)

    wall = walls.inherits("batch_id", ImportBatch)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="line_once", fields=["batch", "row"]),
            models.CheckConstraint(name="line_status", condition=Q(status__in=LineStatus.values)),
            models.CheckConstraint(
                name="line_error_has_reason", condition=~Q(status=LineStatus.ERROR) | ~Q(note="")
            ),
        ]
        indexes = [models.Index(fields=["batch", "status", "row"], name="line_by_status")]


class ExportState(models.TextChoices):
    QUEUED = "queued", c("export", "waiting")
    RUNNING = "running", c("export", "being written")
    READY = "ready", c("export", "ready")
    FAILED = "failed", c("export", "interrupted")
    CANCELLED = "cancelled", c("export", "stopped")
    EXPIRED = "expired", c("export", "deleted")


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", c("export", "Excel workbook")
    CSV = "csv", c("export", "text file (CSV)")


class Tier(models.TextChoices):
    T0 = "T0", "T0"
    T1 = "T1", "T1"
    T2 = "T2", "T2"


#: States in which a job is at work or about to be.
EXPORTING = (ExportState.QUEUED, ExportState.RUNNING)


class ExportJob(models.Model):
    """One list as a file for one user: written by the worker in the user's own scope, fetched by nobody else.

    address, query   the page whose list it is; the worker opens it again as the user
    conditions       its filters in words
    reach            fingerprint of what the user held when the file was written; the download asks for the same
    total, done      rows counted at the start, and rows written
    as_of            the moment that the rows show
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="export_jobs")
    address = models.TextField()
    query = models.TextField(blank=True, default="")
    title = models.TextField()
    conditions = models.TextField(blank=True, default="")
    language = models.CharField(max_length=10)
    format = models.TextField(choices=ExportFormat)
    tier = models.TextField(choices=Tier)
    purpose = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    reach = models.BinaryField(max_length=32)
    state = models.TextField(choices=ExportState, default=ExportState.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True, default="")
    file = models.TextField(blank=True, default="")  # name in the store; empty before and after
    bytes = models.PositiveBigIntegerField(default=0)
    digest = models.BinaryField(max_length=32, null=True, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    as_of = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    touched_at = models.DateTimeField(auto_now_add=True)

    wall = walls.Wall("user_id = my_user()")

    class Meta:
        constraints = [
            models.CheckConstraint(name="export_state", condition=Q(state__in=ExportState.values)),
            models.CheckConstraint(name="export_format", condition=Q(format__in=ExportFormat.values)),
            models.CheckConstraint(name="export_tier", condition=Q(tier__in=Tier.values)),
            models.CheckConstraint(
                name="export_sensitive_says_why", condition=~Q(tier=Tier.T2) | (~Q(purpose="") & ~Q(note=""))
            ),
            models.CheckConstraint(
                name="export_ready_has_file",
                condition=~Q(state=ExportState.READY)
                | (~Q(file="") & Q(as_of__isnull=False) & Q(expires_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["user", "id"], name="export_user")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_running(self) -> bool:
        return self.state in EXPORTING
