"""Reading disclosures with the names that belong to them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from .models import Disclosure


@dataclass(frozen=True)
class Names:
    """What may be said of a disclosure to whoever reads it; empty where it may not be, or is not known.

    unit, unit_en   the unit that looked
    officer         who looked, for an auditor and for the officer alone
    person          whose data it was, for the same two
    """

    unit: str = ""
    unit_en: str = ""
    officer: str = ""
    person: str = ""


def names(disclosures: Iterable[Disclosure]) -> dict[int, Names]:
    """disclosure -> its names, for the present scope. One query.

    Asked apart from the rows, so that a unit or a person who is out of sight by now takes no row away.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM disclosed(%s)", [[d.pk for d in disclosures]])
        return {key: Names(*(word or "" for word in words)) for key, *words in cursor.fetchall()}
