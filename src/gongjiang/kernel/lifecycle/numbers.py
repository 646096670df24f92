"""Gapless numbers: one series a flow, year and county, taken under the lock of its row."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.utils import timezone


def take(series: str, count: int) -> int:
    """Take `count` numbers of a series and return the first; they are consecutive and never given again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO lifecycle_numberseries (series, last) VALUES (%s, %s)"
            " ON CONFLICT (series) DO UPDATE SET last = lifecycle_numberseries.last + EXCLUDED.last RETURNING last",
            [series, count],
        )
        return int(cursor.fetchone()[0]) - count + 1


def case_numbers(prefix: str, wanted: Iterable[tuple[int, str, datetime]]) -> dict[int, str]:
    """Numbers for cases, in the order given.

    wanted   (case key, region code of its unit, when it was submitted)
    returns  {case key: "INN-2024-140423-00017"}
    """
    by_series: dict[str, list[int]] = defaultdict(list)
    for key, region, at in wanted:
        by_series[f"{prefix}-{timezone.localtime(at).year}-{region[:6]:0<6}"].append(key)
    numbers = {}
    for series in sorted(by_series):
        first = take(series, len(by_series[series]))
        for offset, key in enumerate(by_series[series]):
            numbers[key] = f"{series}-{first + offset:05d}"
    return numbers
