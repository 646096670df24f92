"""Two records side by side: what each says, masked, where they differ, and whose value is proposed."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongjiang.kernel.people.crypto import reveal
from gongjiang.kernel.people.merging.queries import Side
from gongjiang.kernel.people.models import Education, Hukou, Sex, Source
from gongjiang.kernel.people.sources import ranks
from gongjiang.web.components.wording import mask_number


@dataclass(frozen=True)
class Line:
    """One field of both records; `proposed` is the key of the person whose value is proposed."""

    field: str
    label: str
    left: str
    right: str
    left_said: str
    right_said: str
    differs: bool
    proposed: int


def survivor_of(left: Side, right: Side) -> Side:
    """The record that is proposed to stay: with a number, an account, more cases, and the older one."""
    return max(
        (left, right), key=lambda s: (bool(s.identity), s.verified, s.account, s.bound, s.cases, -s.person)
    )


def lines(left: Side, right: Side, path: str) -> list[Line]:
    """The fields that one record may take from the other. Unknown on one side is no difference: the known is taken."""
    stays = survivor_of(left, right)
    found = []
    for field, label in (
        ("name", pgettext("roster", "Name")),
        ("identity", pgettext("roster", "Identity number")),
        ("phone", pgettext("roster", "Mobile phone")),
        ("sex", pgettext("roster", "Sex")),
        ("born_on", _("Date of birth")),
        ("ethnicity", pgettext("match", "Ethnicity")),
        ("hukou", _("Household registration")),
        ("education", pgettext("match", "Education")),
    ):
        one, two = _value(left, field), _value(right, field)
        shown = _shown(field, one), _shown(field, two)
        proposed = stays.person
        if one and two and one != two:
            proposed = _heavier(field, left, right, stays, path)
        elif bool(one) != bool(two):
            proposed = (left if one else right).person
        found.append(
            Line(
                field, label, *shown, _said(left, field), _said(right, field),
                differs=one != two and bool(one or two) and not (field in ("identity", "phone") and not (one and two)),
                proposed=proposed,
            )
        )  # fmt: skip
    return found


def _value(side: Side, field: str) -> str:
    value: Any = getattr(side, field)
    if field in ("identity", "phone"):
        return reveal(value) if value else ""
    if field == "sex" and value == Sex.UNKNOWN:
        return ""
    return str(value or "")


def _shown(field: str, value: str) -> str:
    if not value:
        return ""
    if field in ("identity", "phone"):
        return mask_number(value)
    labels: dict[str, Any] = {"sex": Sex, "hukou": Hukou, "education": Education}
    return str(labels[field](value).label) if field in labels else value


def _said(side: Side, field: str) -> str:
    """Who said so, and when."""
    if field not in side.sources:
        return ""
    source, day = side.sources[field]
    return f"{Source(source).label} · {day}"


def _heavier(field: str, left: Side, right: Side, stays: Side, path: str) -> int:
    weigh = ranks(field, path=path)
    known = [
        (weigh[side.sources[field][0]], side.person)
        for side in (left, right)
        if field in side.sources and side.sources[field][0] in weigh
    ]
    best = sorted(known)
    if len(best) == 2 and best[0][0] == best[1][0]:
        return stays.person
    return best[0][1] if best else stays.person
