"""Who may be enrolled, what it costs, and until when one waits. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gongjiang.kernel.rules import Reason

from .terms import Terms, Wait


@dataclass(frozen=True)
class Joining:
    """What is known of somebody on a roster, on the day that the cover begins.

    months_here   whole months since the employment at this unit began
    """

    sex: str
    born_on: dt.date | None
    post_class: str
    insurance: str
    works_here: bool
    months_here: int
    shares: int


def retires_on(born_on: dt.date, sex: str, post_class: str) -> dt.date:
    """The day of statutory retirement: 60 for men, 55 for women in management and technical posts, 50 for other women,
    later by a month for every four months (for the last ones every two) since January 2025, up to 63, 58 and 55.

    LAW: decision of the Standing Committee of the National People's Congress of 13 September 2024 on raising the
    statutory retirement age step by step.
    """
    if sex == "female":
        first, every, most = (55, 4, 36) if post_class in ("management", "technical") else (50, 2, 60)
    else:
        first, every, most = 60, 4, 36
    months = (born_on.year + first) * 12 + born_on.month - 1
    behind = months - 2025 * 12
    months += min(most, behind // every + 1) if behind >= 0 else 0
    year, month = divmod(months, 12)
    last = (dt.date(year + month // 11, (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(born_on.day, last))


def refusals(person: Joining, values: dict[str, Any], begins: dt.date) -> list[str]:
    """Why somebody cannot be enrolled, as sentences; nothing where they can. `values` are those of the period."""
    asked, found = values["eligibility"], []
    if "works_here" in asked and not person.works_here:
        found.append(_("the register does not have this person at this unit"))
    elif person.months_here < (values["min_months_in_unit"] or 0):
        found.append(
            _("has worked here for %(now)s months; %(least)s are needed")
            % {"now": person.months_here, "least": values["min_months_in_unit"]}
        )
    if "medical_insurance" in asked and not person.insurance:
        found.append(_("the kind of basic medical insurance is not said"))
    if "under_retirement" in asked and person.born_on is not None:
        day = retires_on(person.born_on, person.sex, person.post_class)
        if day <= begins:
            found.append(_("reached the retirement age on %(day)s, before the cover begins") % {"day": day})
    if person.shares > values["shares_max"]:
        found.append(_("%(n)s shares at most") % {"n": values["shares_max"]})
    return found


def split(values: dict[str, Any]) -> tuple[tuple[str, int], ...]:
    """(payer, fen) of one share. Raises ValueError where the parts are not the fee."""
    parts = tuple((row["payer"], row["amount"]) for row in values["fee_split"])
    if sum(fen for _payer, fen in parts) != values["fee_per_share"]:
        raise ValueError("the parts of the fee do not add up to it")
    return parts


def fee_due(shares: int, values: dict[str, Any]) -> dict[str, int]:
    """payer -> fen for so many shares."""
    return {payer: fen * shares for payer, fen in split(values)}


def waits_until(since: dt.date, waiting: Sequence[Wait], *, renewed: bool) -> dt.date | None:
    """The first day on which the whole is paid; None for whoever waits for nothing."""
    if renewed or not waiting:
        return None
    ends = [w.until for w in waiting if w.share < 10_000]
    if not ends or any(end is None for end in ends):
        return None
    return since + dt.timedelta(days=max(end for end in ends if end is not None))


def wrong_terms(terms: Terms, values: dict[str, Any]) -> list[Reason]:
    """What contradicts itself in the values of a period: for the screen before it is published."""
    found = []
    if sum(row["amount"] for row in values["fee_split"]) != values["fee_per_share"]:
        found.append(terms.reason("fee_split", _("The parts of the fee do not add up to the fee.")))
    for plan in terms.plans.values():
        if plan.shape in ("banded_self_pay", "pct_total_cost") and not plan.bands:
            found.append(terms.reason("bands", _("A plan pays by bands, and there are none.")))
    return found
