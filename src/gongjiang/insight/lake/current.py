"""The current rows of a fact, from its files, in plain DuckDB: the base without the changed keys, and the changed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from gongjiang.insight.facts import TYPES

VERSION, LIVE = "_version", "_live"


def current(columns: Mapping[str, str], root: Path, base: Sequence[str], delta: Sequence[str]) -> str:
    """The SELECT of the current rows. Files are relative to `root`; a delta row without life is a deletion."""
    names = ", ".join(f'"{name}"' for name in columns)
    if not base and not delta:
        empty = ", ".join(f'NULL::{TYPES[kind]} AS "{name}"' for name, kind in columns.items())
        return f"SELECT {empty} WHERE false"
    if not delta:
        return f"SELECT {names} FROM {_files(root, base)}"
    newest = (
        f'SELECT {names} FROM (SELECT *, row_number() OVER (PARTITION BY "key" ORDER BY {VERSION} DESC) AS newest'
        f" FROM {_files(root, delta)}) WHERE newest = 1 AND {LIVE}"
    )
    if not base:
        return newest
    return (
        f'SELECT {names} FROM {_files(root, base)} WHERE "key" NOT IN (SELECT "key" FROM {_files(root, delta)})'
        f" UNION ALL {newest}"
    )


def _files(root: Path, files: Sequence[str]) -> str:
    listed = ", ".join(_quoted(str(root / file)) for file in files)
    return f"read_parquet([{listed}])"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
