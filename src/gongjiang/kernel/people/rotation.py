"""Writing everything anew under the newest keys: in batches, each a transaction, taken up where it stopped.

Ciphers first, which may go on while the application runs: whoever has both keys reads both. Then the hashes of
identifiers, which may not: while they are of two kinds, a person is not found by a number of the other.
"""

import base64
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from gongjiang.kernel.files.store import MAGIC, Kept, Store

from .crypto import ROTATED, provider, reveal
from .models import Identifier

BATCH = 5_000
LENGTH = 4  # bytes before each piece of a stored file that say how long it is


def sealed_columns() -> list[tuple[type[models.Model], str]]:
    """Every column that may hold ciphers: bytes without a fixed length. A hash declares its length."""
    return [
        (model, field.attname)
        for model in apps.get_models()
        if model._meta.managed
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.BinaryField) and field.max_length is None
    ]


def reencrypt(model: type[models.Model], column: str) -> Iterator[int]:
    """Rewrite the ciphers of a column under the newest data key; yields how many after each batch.

    Bytes that no key of ours wrote are left alone: they are no ciphers.
    """
    suite = provider()
    table, key = model._meta.db_table, model._meta.pk.column
    last: Any = None
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            after = "" if last is None else f'AND "{key}" > %(last)s'
            cursor.execute(
                f'SELECT "{key}", "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'
                f' AND length("{column}") > 0 {after} ORDER BY "{key}" LIMIT {BATCH} FOR UPDATE',
                {"last": last},
            )
            rows = cursor.fetchall()
            if not rows:
                return
            last, written = rows[-1][0], 0
            for row, cipher in rows:
                if suite.is_current(bytes(cipher)):
                    continue
                try:
                    plain = suite.decrypt(bytes(cipher))
                except (InvalidTag, ValueError, IndexError):
                    continue
                cursor.execute(
                    f'UPDATE "{table}" SET "{column}" = %s WHERE "{key}" = %s', [suite.encrypt(plain), row]
                )
                written += 1
        yield written


def rehash() -> Iterator[int]:
    """Make the hashes of identifiers with the newest hash key; yields how many after each batch.

    What sources said of a present phone follows it. Nobody may be writing: see `docs/security.md`.
    """
    suite = provider()
    number = suite.hash_key_number
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            rows = list(
                Identifier.objects.select_for_update()
                .exclude(keys=number)
                .filter(kind__in=ROTATED)
                .order_by("pk")
                .values_list("pk", "person_id", "kind", "cipher", "digest")[:BATCH]
            )
            if not rows:
                return
            fresh = [suite.digest_identifier(f"{k}:{reveal(bytes(c))}".encode()) for _i, _p, k, c, _d in rows]
            cursor.execute(
                "UPDATE people_fieldsource f SET digest = t.fresh FROM unnest(%s::bigint[], %s::text[], %s::bytea[],"
                " %s::bytea[]) AS t (person, kind, old, fresh)"
                " WHERE f.person_id = t.person AND f.field = t.kind AND f.digest = t.old",
                [[r[1] for r in rows], [r[2] for r in rows], [bytes(r[4]) for r in rows], fresh],
            )
            cursor.execute(
                "UPDATE people_identifier i SET digest = t.fresh, keys = %s"
                " FROM unnest(%s::bigint[], %s::bytea[]) AS t (id, fresh) WHERE i.id = t.id",
                [number, [r[0] for r in rows], fresh],
            )
        yield len(rows)


def others() -> list[str]:
    """Which of our server processes are signed in to this database now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name IN ('gongjiang web', 'gongjiang worker') ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def reencrypt_files() -> Iterator[int]:
    """Rewrite the stored files that an older data key wrote; yields 1 for each, once it is safely in its place."""
    suite = provider()
    root = Path(settings.DATA) / "files"
    for path in sorted(root.glob("*/*")) if root.is_dir() else []:
        if not path.is_file() or path.suffix == ".part":
            continue
        with path.open("rb") as handle:
            head = handle.read(len(MAGIC) + LENGTH + 2)
        if not head.startswith(MAGIC) or suite.is_current(head[len(MAGIC) + LENGTH :]):
            continue
        part = path.with_suffix(".part")
        with part.open("wb") as handle:
            handle.write(MAGIC)
            kept = Kept(path.name, handle)
            for piece in Store(path.parent.name).pieces(path.name):
                kept.write(piece)
            kept.finish()
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(path)
        yield 1


def add_key(kind: str) -> int:
    """Put a new key of the kind ("data" or "hash") into the installation's secrets; returns its number.

    The file is replaced as a whole. Raises ValueError where there is no such file.
    """
    place = os.environ.get("GONGJIANG_SECRETS")
    if not place:
        raise ValueError("GONGJIANG_SECRETS names no file.")
    path = Path(place)
    known = json.loads(path.read_text(encoding="utf-8"))
    later = known.setdefault(f"{kind}_keys", {})
    number = max((int(n) for n in later), default=1) + 1
    later[str(number)] = base64.b64encode(secrets.token_bytes(32)).decode()
    part = path.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(json.dumps(known, indent=1))
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(path)
    return number


def waits_for_hashes() -> bool:
    """Whether an identifier's hash is of an older key than the newest."""
    return Identifier.objects.exclude(keys=provider().hash_key_number).exists()
