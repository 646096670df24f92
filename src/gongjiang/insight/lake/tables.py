"""The lake's tables: Iceberg, written by one process at a time. Only the worker and the command line load this."""

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from django.conf import settings
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import Table

from .catalogue import SCHEMA, database_url
from .current import LIVE, VERSION
from .reader import arrow_schema

NAMESPACE = "facts"
POSITION, KIND = "gongjiang.position", "gongjiang.kind"
GRACE = 600  # seconds that files no longer referred to are left for readers
PROPERTIES = {
    "write.parquet.compression-codec": "zstd",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "2",
}


class Lost(Exception):
    """A table or a file of the lake is gone: it must be built again."""


@dataclass(frozen=True)
class Files:
    """Where a table's rows are, relative to the lake."""

    base: list[str]
    delta: list[str]


class Lake:
    """Append-only tables below one directory, catalogued in PostgreSQL."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or Path(settings.LAKE)
        self.root.mkdir(parents=True, exist_ok=True)
        address = database_url().replace("postgresql://", "postgresql+psycopg://", 1)
        self.catalog = SqlCatalog(
            "gongjiang",
            uri=f"{address}?options=-csearch_path%3D{SCHEMA}",
            warehouse=str(self.root),
            init_catalog_tables="false",
        )
        self.catalog.create_namespace_if_not_exists(NAMESPACE)

    def close(self) -> None:
        """Give the catalogue's connections back."""
        self.catalog.engine.dispose()

    def create(
        self, name: str, columns: Mapping[str, str], rows: pa.Table, *, position: str, version: int
    ) -> Files:
        """The table anew, with these rows as its base; what was there before is forgotten."""
        schema = (
            arrow_schema(columns).append(pa.field(VERSION, pa.int64())).append(pa.field(LIVE, pa.bool_()))
        )
        with contextlib.suppress(NoSuchTableError):
            self.catalog.drop_table((NAMESPACE, name))
        table = self.catalog.create_table((NAMESPACE, name), schema, properties=PROPERTIES)
        table.append(_stamped(rows, version), snapshot_properties={POSITION: position, KIND: "base"})
        return self.files(name, table)

    def append(self, name: str, rows: pa.Table, gone: pa.Array, *, position: str, version: int) -> Files:
        """Add rows as they are now, and a mark for each key that is gone. Raises Lost."""
        table = self._table(name)
        living = _stamped(rows, version)
        marks = {f.name: pa.nulls(len(gone), f.type) for f in living.schema}
        marks |= {"key": gone, VERSION: _repeat(version, len(gone)), LIVE: _repeat(False, len(gone))}
        added = pa.concat_tables([living, pa.table(marks, schema=living.schema)])
        table.append(added, snapshot_properties={POSITION: position, KIND: "delta"})
        return self.files(name, table)

    def compact(self, name: str, rows: pa.Table, *, position: str, version: int) -> Files:
        """The same rows as one base. Raises Lost."""
        table = self._table(name)
        table.overwrite(_stamped(rows, version), snapshot_properties={POSITION: position, KIND: "base"})
        old = [
            s.snapshot_id for s in table.snapshots() if s.snapshot_id != table.metadata.current_snapshot_id
        ]
        table.maintenance.expire_snapshots().by_ids(old).commit()
        return self.files(name, table)

    def files(self, name: str, table: Table | None = None) -> Files:
        """Where the rows of the table's newest snapshot are. Raises Lost."""
        table = table or self._table(name)
        bases = [
            s for s in table.snapshots() if s.summary and s.summary.additional_properties.get(KIND) == "base"
        ]
        first = {
            self._relative(t.file.file_path)
            for t in table.scan(snapshot_id=bases[-1].snapshot_id).plan_files()
        }
        every = [self._relative(t.file.file_path) for t in table.scan().plan_files()]
        return Files([f for f in every if f in first], [f for f in every if f not in first])

    def sweep(self, keep: set[str]) -> int:
        """Delete files that no table refers to, are not in `keep` and are older than the grace; returns how many."""
        needed = {str(self.root / file) for file in keep}
        for name in self.catalog.list_tables(NAMESPACE):
            table = self.catalog.load_table(name)
            needed.add(table.metadata_location)
            needed |= {entry.metadata_file for entry in table.metadata.metadata_log}
            needed |= {task.file.file_path for task in table.scan().plan_files()}
            for snapshot in table.snapshots():
                needed.add(snapshot.manifest_list)
                needed |= {manifest.manifest_path for manifest in snapshot.manifests(table.io)}
        needed = {path.removeprefix("file://") for path in needed}
        before, gone = time.time() - GRACE, 0
        for path in self.root.rglob("*"):
            if path.is_file() and str(path) not in needed and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _table(self, name: str) -> Table:
        try:
            table = self.catalog.load_table((NAMESPACE, name))
        except (NoSuchTableError, FileNotFoundError) as e:
            raise Lost(name) from e
        if not table.location().startswith(str(self.root)):
            raise Lost(name)
        return table

    def _relative(self, path: str) -> str:
        return str(Path(path.removeprefix("file://")).relative_to(self.root))


def _stamped(rows: pa.Table, version: int) -> pa.Table:
    return rows.append_column(VERSION, _repeat(version, len(rows))).append_column(
        LIVE, _repeat(True, len(rows))
    )


def _repeat(value: int | bool, times: int) -> pa.Array:
    return pa.array([value] * times, pa.bool_() if isinstance(value, bool) else pa.int64())
