"""The committed tables of published codes, and the loading of one of them in a single pass."""

import csv
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from .models import Code, CodeList, Crosswalk

DATA = Path(__file__).parent / "data"


class WrongTable(ValueError):
    """A committed table does not hold what its description promises."""


@dataclass(frozen=True)
class Row:
    code: str
    level: str
    name: str
    parent_code: str | None
    parent_level: str | None


@dataclass(frozen=True)
class Table:
    """A published table: a description (TOML) and `code,name` lines (CSV) under one stem.

    A description with `until` is of a version that a newer one has replaced from that day on.

    levels  length of the code in the file -> level, from the top down; a code's parent is its prefix
    width   codes shorter than this are stored with trailing zeros, as they are commonly written
    """

    stem: str
    levels: dict[int, str]
    width: int = 0
    folder: Path = DATA

    @property
    def about(self) -> dict[str, Any]:
        return tomllib.loads((self.folder / f"{self.stem}.toml").read_text(encoding="utf-8"))

    @property
    def digest(self) -> str:
        """SHA-256 of both files."""
        parts = (self.folder / f"{self.stem}.{end}" for end in ("toml", "csv"))
        return sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()

    def rows(self) -> Iterator[Row]:
        """Every code, in the order of the file."""
        lengths = list(self.levels)
        above = {length: lengths[at - 1] if at else 0 for at, length in enumerate(lengths)}
        with (self.folder / f"{self.stem}.csv").open(encoding="utf-8", newline="") as handle:
            lines = csv.reader(handle)
            next(lines)
            for digits, name in lines:
                length = len(digits)
                prefix = digits[: above[length]]
                yield Row(
                    digits.ljust(self.width, "0"),
                    self.levels[length],
                    name,
                    prefix.ljust(self.width, "0") if prefix else None,
                    self.levels[above[length]] if prefix else None,
                )


#: The words for the levels of every table.
LEVEL_WORDS = {
    "province": _("province"),
    "city": _("city"),
    "county": _("county"),
    "township": _("township"),
    "section": c("industry", "section"),
    "division": c("industry", "division"),
}

REGIONS = Table("regions-2023", {2: "province", 4: "city", 6: "county", 9: "township"}, width=6)
INDUSTRIES = Table("industries-2017", {1: "section", 3: "division"})
INDUSTRIES_2011 = Table("industries-2011", {1: "section", 3: "division"})
#: In the order of loading.
PUBLISHED = (REGIONS, INDUSTRIES_2011, INDUSTRIES)
#: How the codes of one table became those of another: `old,new` lines, several for a code that was divided. Typed
#: by whole divisions from the contents of both standards. The comparison of classes published with the standard
#: of 2017 was not found in a source that it could be taken from, so what became of single classes is not known here:
#: division 79 of 2017 took classes of several divisions, and no division became it.
CROSSWALKS = (("industries-2011-2017", INDUSTRIES_2011, INDUSTRIES),)


@dataclass(frozen=True)
class Loaded:
    """What a load did: codes per level as now stored, and how many rows were new or differed."""

    counts: dict[str, int]
    changed: int


def load(table: Table) -> Loaded:
    """Bring the stored version to exactly the committed table, in one transaction.

    Rows already there keep their key; a second load changes nothing and only counts. A code that the table
    no longer has is never deleted, since records may carry it: that needs a new version. Raises WrongTable
    when the counts differ from the published ones, and then stores nothing.
    """
    about = table.about
    counts: dict[str, int] = about["counts"]
    with transaction.atomic():
        stored = _described(about)
        if stored.digest == table.digest and _counted(stored) == counts:
            return Loaded(counts, 0)
        changed = _merge(stored, table)
        if (found := _counted(stored)) != counts:
            raise WrongTable(f"{table.stem}: published {counts}, found {found}")
        stored.digest = table.digest
        stored.save(update_fields=["digest"])
    return Loaded(counts, changed)


def _described(about: dict[str, Any]) -> CodeList:
    fields = ("name", "name_en", "source", "as_of", "published_on")
    stored, _ = CodeList.objects.select_for_update().get_or_create(
        code=about["list"], version=about["version"], defaults={field: about[field] for field in fields}
    )
    return stored


def _counted(stored: CodeList) -> dict[str, int]:
    return dict(Counter(Code.objects.filter(list=stored).values_list("level", flat=True)))


def load_crosswalk(stem: str, old: Table, new: Table) -> int:
    """Bring the steps from one stored version to the next to exactly the committed ones; returns how many there are.

    They are dated with the day from which the newer version counts. Both versions must be loaded; raises WrongTable
    for a code that one of them does not have.
    """
    with (DATA / f"{stem}.csv").open(encoding="utf-8", newline="") as handle:
        pairs = [(row["old"], row["new"]) for row in csv.DictReader(handle)]
    known = [
        dict(
            Code.objects.filter(list__code=t.about["list"], list__version=t.about["version"]).values_list(
                "code", "pk"
            )
        )
        for t in (old, new)
    ]
    if missing := [pair for pair in pairs if pair[0] not in known[0] or pair[1] not in known[1]]:
        raise WrongTable(f"{stem}: {missing[:3]}")
    keys = {(known[0][a], known[1][b]) for a, b in pairs}
    with transaction.atomic():
        stored = {
            (step.old_id, step.new_id): step.pk
            for step in Crosswalk.objects.filter(old__in=known[0].values())
        }
        Crosswalk.objects.filter(pk__in=[key for pair, key in stored.items() if pair not in keys]).delete()
        Crosswalk.objects.bulk_create(
            Crosswalk(old_id=a, new_id=b, on=new.about["as_of"]) for a, b in sorted(keys - set(stored))
        )
    return len(keys)


def _merge(stored: CodeList, table: Table) -> int:
    """COPY the rows beside the table and merge them level by level; how many were new or differed."""
    changed = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE arriving (at serial, code text, level text, name text, parent_code text,"
            " parent_level text)"
        )
        with cursor.copy("COPY arriving (code, level, name, parent_code, parent_level) FROM STDIN") as copy:
            for row in table.rows():
                copy.write_row((row.code, row.level, row.name, row.parent_code, row.parent_level))
        cursor.execute("ANALYZE arriving")
        for level in table.levels.values():
            cursor.execute(
                """
                INSERT INTO codes_code (list_id, code, level, name, name_en, parent_id, since, until)
                SELECT %(list)s, a.code, a.level, a.name, '', parent.id, %(since)s, %(until)s
                FROM arriving a
                LEFT JOIN codes_code parent
                  ON parent.list_id = %(list)s
                 AND (parent.code, parent.level) = (a.parent_code, a.parent_level)
                WHERE a.level = %(level)s
                ORDER BY a.at
                ON CONFLICT (list_id, code, level) DO UPDATE
                SET name = excluded.name, parent_id = excluded.parent_id, since = excluded.since,
                    until = excluded.until
                WHERE (codes_code.name, codes_code.parent_id, codes_code.since, codes_code.until)
                      IS DISTINCT FROM (excluded.name, excluded.parent_id, excluded.since, excluded.until)
                """,
                {"list": stored.pk, "since": stored.as_of, "until": table.about.get("until"), "level": level},
            )
            changed += cursor.rowcount
        cursor.execute("DROP TABLE arriving")
        cursor.execute("ANALYZE codes_code")
    return changed
