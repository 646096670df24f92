"""What can be judged from the words and numbers alone: patent numbers, titles that are alike, sums of money."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from zlib import crc32

from django.utils.translation import gettext as _

#: Bigrams are hashed BANDS × ROWS times. Two titles that share three fifths of theirs meet in a band 997 times in a
#: thousand, two that share a tenth 24 times: what meets is compared in full, nothing else is.
BANDS, ROWS = 24, 3
PRIME = 2_147_483_647
ALIKE = 60  # per cent of the bigrams of both titles; from here on an officer is asked

#: Kind digit of a Chinese patent number (ZC 0006-2003, 专利申请号标准, clauses 4 and 5): 1 and 8 inventions,
#: 2 and 9 utility models, 3 designs.
KIND_DIGITS = {"invention": "18", "utility_model": "29", "design": "3"}
WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)

#: One line above this, or below that, is asked back: a slip between yuan, ten thousand and a hundred million.
LEAST_FEN, MOST_FEN = 10_000, 10_000_000_000


class Unclear(ValueError):
    """What was typed cannot be meant; the message says why and how to mend it."""


def title_key(title: str) -> str:
    """A title without width, case, spaces, marks, and numbers in brackets: what makes two titles the same.

    >>> title_key("皮带机 托辊—快换夹具（演示123）")
    '皮带机托辊快换夹具'
    """
    plain = unicodedata.normalize("NFKC", title).lower()
    plain = re.sub(r"\([^)]*\)", "", plain)
    return re.sub(r"[\W_]+", "", plain)


def bigrams(key: str) -> set[str]:
    """The pairs of neighbouring characters of a title's key.

    >>> sorted(bigrams("快换夹具"))
    ['夹具', '快换', '换夹']
    """
    return {key[i : i + 2] for i in range(len(key) - 1)} or ({key} if key else set())


def bands(key: str) -> list[int]:
    """Numbers of which alike titles share at least one: the places where earlier titles are looked for."""
    marks = [crc32(gram.encode()) for gram in bigrams(key)]
    if not marks:
        return []
    found = []
    for band in range(BANDS):
        least = tuple(
            min(((2 * n + 3) * 2_654_435 * mark + n * 40_503 + 17) % PRIME for mark in marks)
            for n in range(band * ROWS, band * ROWS + ROWS)
        )
        found.append(crc32(repr((band, least)).encode()) - 2**31)
    return found


def alike(one: str, other: str) -> int:
    """How much two keys have in common, in per cent of the bigrams of both.

    >>> alike("皮带机托辊快换夹具", "皮带机托辊快换夹具"), alike("快换夹具", "配电柜")
    (100, 0)
    """
    mine, theirs = bigrams(one), bigrams(other)
    return round(100 * len(mine & theirs) / len(mine | theirs)) if mine and theirs else 0


def patent_kind(text: str) -> str:
    """The kind that is meant. Raises Unclear for what is no kind of patent, “新型发明专利” first of all.

    >>> patent_kind("实用新型专利"), patent_kind("invention")
    ('utility_model', 'invention')
    """
    plain = re.sub(r"\s|专利|权$", "", unicodedata.normalize("NFKC", text))
    known = {
        "发明": "invention", "实用新型": "utility_model", "外观设计": "design", "外观": "design",
        "软件著作": "software", "软著": "software",
        **{k: k for k in ("invention", "utility_model", "design", "software")},
    }  # fmt: skip
    if plain in known:
        return known[plain]
    if "新型" in plain and "发明" in plain:
        raise Unclear(
            _(
                "There is no “new-type invention patent”. Look at the certificate: it says invention, or utility"
                " model. Choose that one."
            )
        )
    raise Unclear(
        _("Choose invention, utility model, design or software copyright, as the certificate says.")
    )


def patent_number(kind: str, text: str) -> str:
    """The number in its one form, such as 202310123456.6. Raises Unclear where the digits cannot be right.

    >>> patent_number("invention", "ZL 2023 1 0123456.6")
    '202310123456.6'
    """
    plain = re.sub(r"[\s.\-．]", "", unicodedata.normalize("NFKC", text)).upper()
    plain = re.sub(r"^(ZL|CN)", "", plain)
    if kind == "software":
        if not re.fullmatch(r"(19|20)\d{2}SR\d{6,8}", plain):
            raise Unclear(_("The number of a software copyright looks like 2023SR0123456."))
        return plain
    if not re.fullmatch(r"(19|20)\d{2}\d{8}[\dX]", plain):
        raise Unclear(
            _(
                "A patent number has 13 characters after ZL, such as ZL 2023 1 0123456.6. Count them once more."
            )
        )
    if plain[4] not in KIND_DIGITS[kind]:
        raise Unclear(
            _("The fifth digit of this number stands for another kind of patent. Check kind and number.")
        )
    total = sum(int(digit) * weight for digit, weight in zip(plain, WEIGHTS, strict=False)) % 11
    if plain[-1] != ("X" if total == 10 else str(total)):
        raise Unclear(_("The last digit does not fit the others: one digit of the number is wrong."))
    return f"{plain[:-1]}.{plain[-1]}"


def fen(yuan: Decimal) -> int:
    """Yuan as fen. Raises Unclear for a sum that is most likely a slip of units."""
    value = int(yuan * 100)
    if value < LEAST_FEN:
        raise Unclear(
            _("%(yuan)s yuan: is that meant? The amount is in yuan, not in ten thousand yuan (万元).")
            % {"yuan": yuan}
        )
    if value > MOST_FEN:
        raise Unclear(
            _("%(wan)s 万元 on one line: is that meant? The amount is in yuan. Write it without 万 or 亿.")
            % {"wan": f"{yuan / 10_000:,.0f}"}
        )
    return value


def months(since: date, until: date) -> int:
    """Calendar months that a half-open period touches: what a value covers, and is never stretched beyond.

    >>> months(date(2026, 1, 1), date(2026, 11, 1))
    10
    """
    last = date.fromordinal(until.toordinal() - 1)
    return (last.year - since.year) * 12 + last.month - since.month + 1


def shares_wrong(shares: Sequence[Decimal | None]) -> str:
    """Why these shares cannot stand; empty where they are right. One maker alone needs none."""
    if len(shares) == 1 and shares[0] in (None, Decimal(100)):
        return ""
    if any(share is None or share <= 0 for share in shares):
        return _("Give each member a share of more than 0 %.")
    total = sum((share for share in shares if share is not None), Decimal(0))
    if total != 100:
        return _("The shares add up to %(total)s %%; together they must be 100 %%.") % {
            "total": f"{total.normalize():f}"
        }
    return ""


def excluded(
    rules: Collection[str],
    *,
    gov_plan: bool | None,
    gov_award: bool | None,
    disputed: bool | None,
    in_use_on: date | None,
    today: date,
) -> list[str]:
    """Which of the rules in force rule a result out by what is said of it; what is not said rules nothing out.

    >>> excluded(["unused", "dispute"], gov_plan=True, gov_award=None, disputed=True, in_use_on=None,
    ...          today=date(2026, 1, 1))
    ['dispute', 'unused']
    """
    holds = {
        "government_plan": gov_plan is True,
        "government_award": gov_award is True,
        "dispute": disputed is True,
        "unused": in_use_on is None or in_use_on > today,
    }
    return [name for name, so in holds.items() if so and name in rules]


@dataclass(frozen=True)
class Proposed:
    """A reward by a line of the enterprise's rule: from `least` to `most` fen; None where the rule sets no bound."""

    basis: str
    least: int | None
    most: int | None


def rewards_proposed(
    table: Sequence[Mapping[str, Any]], *, confirmed_fen: int, granted: int, adopted: bool
) -> list[Proposed]:
    """What the lines of `enterprise_reward` give for a result.

    confirmed_fen  the benefit that finance has signed; what is only reported earns nothing
    granted        how many of its patents are granted, each paid for
    >>> rewards_proposed([{"basis": "benefit", "share": Decimal(5), "least": None, "most": 30_000_000}],
    ...                  confirmed_fen=12_000_000, granted=0, adopted=True)
    [Proposed(basis='benefit', least=600000, most=600000)]
    """
    found = []
    for line in table:
        least, most = line["least"], line["most"]
        if line["basis"] == "benefit" and line["share"] is not None and confirmed_fen > 0:
            sum_ = int(Decimal(confirmed_fen) * line["share"] / 100)
            sum_ = max(sum_, least or 0)
            sum_ = sum_ if most is None else min(sum_, most)
            found.append(Proposed("benefit", sum_, sum_))
        elif line["basis"] == "patent" and granted:
            bounds = [None if each is None else each * granted for each in (least, most)]
            found.append(Proposed("patent", *bounds))
        elif line["basis"] == "improvement" and adopted:
            found.append(Proposed("improvement", least, most))
    return found


def prizes_won(places: Sequence[int], ranks: Mapping[int, int]) -> dict[int, int]:
    """Which prize each rank wins.

    places   how many win each prize, the highest first
    ranks    key → rank, 1 for the first; equals share a rank
    Returns key → the prize's place in the list, from 0. Equals win the same prize, the better one where the border
    runs through them; whoever comes after all places wins none and is left out.
    """
    borders, upto = [], 0
    for count in places:
        upto += count
        borders.append(upto)
    found = {}
    for key, rank in ranks.items():
        band = next((n for n, border in enumerate(borders) if rank <= border), None)
        if band is not None:
            found[key] = band
    return found
