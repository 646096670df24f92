"""A decision with its reasons. Pure: the same facts and values give the same decision, years later and in bulk."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What a rule says. The machine says no to nobody: `REFUSED` and `ASK` go to a person, who decides."""

    GRANTED = "granted"
    REFUSED = "refused"
    ASK = "ask"  # the facts do not decide it


@dataclass(frozen=True)
class Reason:
    """Why: a sentence for the person, where it can be mended, and by which clause.

    text      what holds or stands against it, in the reader's language
    field     the field of the form that it is about
    url       where it can be mended
    clause    clause (第八条) and `document` number (文号) that say so
    version   which published value was used: the key of its row, or the version of the code's own default
    facts     (name, value) of what was looked at, as text
    amount    fen that this line adds or, below zero, takes away; None where it is no line of a calculation
    """

    text: str
    field: str = ""
    url: str = ""
    clause: str = ""
    document: str = ""
    version: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    amount: int | None = None


@dataclass(frozen=True)
class Decision:
    """An outcome, the amount in integer fen where there is one, and every reason in the order of the calculation.

    The amounts of the reasons add up to the amount. Raises ValueError where they do not.
    """

    outcome: Outcome
    amount: int | None = None
    reasons: tuple[Reason, ...] = ()

    def __post_init__(self) -> None:
        lines = [r.amount for r in self.reasons if r.amount is not None]
        if lines and self.amount != sum(lines):
            raise ValueError(f"the lines add up to {sum(lines)} fen, not {self.amount}")

    @property
    def is_granted(self) -> bool:
        return self.outcome == Outcome.GRANTED


def all_of(checks: Iterable[Reason | None], *, amount: int | None = None) -> Decision:
    """Granted where nothing stands against it; otherwise refused with every reason, not with the first alone."""
    against = tuple(r for r in checks if r is not None)
    return Decision(Outcome.REFUSED, None, against) if against else Decision(Outcome.GRANTED, amount)


def facts(**values: Any) -> tuple[tuple[str, str], ...]:
    """The facts of a reason, by name, written as text.

    >>> facts(admissions=2, self_pay=1200000)
    (('admissions', '2'), ('self_pay', '1200000'))
    """
    return tuple((name, str(value)) for name, value in values.items())


def to_json(decision: Decision) -> dict[str, Any]:
    """The decision as it is stored."""
    return {
        "outcome": decision.outcome.value,
        "amount": decision.amount,
        "reasons": [
            {k: v for k, v in asdict(r).items() if v not in ("", (), None)} | {"text": str(r.text)}
            for r in decision.reasons
        ],
    }


def from_json(stored: Mapping[str, Any]) -> Decision:
    """The decision that was stored. Raises KeyError, TypeError or ValueError on anything else."""
    reasons = tuple(
        Reason(**{**r, "facts": tuple((str(k), str(v)) for k, v in r.get("facts", ()))})
        for r in stored["reasons"]
    )
    return Decision(Outcome(stored["outcome"]), stored["amount"], reasons)


def share_of(amount: int, per_cent: Decimal) -> int:
    """That share of an amount in fen, rounded half up to the fen.

    >>> share_of(1000005, Decimal("12.5"))
    125001
    """
    exact = Decimal(amount) * per_cent / 100
    return int(exact.to_integral_value("ROUND_HALF_UP"))
