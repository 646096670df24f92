"""What stands in a table of benefit that a machine has read, with a doubt wherever the machine may have slipped.

A scanner takes a comma for a point, an O for a nought, and loses 万. So nothing of this is an amount yet: each line is
shown beside the paper, and a person says what it is.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from .rules import Unclear, fen

#: How much one of a unit is, in yuan.
UNITS = {"元": 1, "万": 10_000, "万元": 10_000, "亿": 100_000_000, "亿元": 100_000_000}
#: Which words name which kind of benefit, the longer first.
KINDS = (
    (r"新增产值|增加产值|产值", "output"),
    (r"新增利润|增加利润|利润|增收", "profit"),
    (r"新增税收|税收|税金|利税", "tax"),
    (r"节约成本|节支|节约|节省|降本|降低成本", "saving"),
)
#: Letters that a scanner reads for digits.
LOOK_ALIKE = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "S": "5", "B": "8"})
NUMBER = r"[\dOolISB](?:[\dOolISB.,']*[\dOolISB])?"
AMOUNT = re.compile(rf"(?<![A-Za-z\d])({NUMBER})\s*(亿元|亿|万元|万|元)?(?![A-Za-z\d])")
HEADED = re.compile(r"(?:单位|[(])\s*[:：]?\s*(亿元|万元|元)")
TOTAL = re.compile(r"合\s*计|总\s*计|小\s*计|共\s*计")
TO = r"\s*(?:至|到|[-~—–])\s*"
DAYS = re.compile(
    rf"(20\d\d)[年.\-/](\d{{1,2}})[月.\-/](\d{{1,2}})日?{TO}(20\d\d)[年.\-/](\d{{1,2}})[月.\-/](\d{{1,2}})日?"
)
MONTHS = re.compile(
    rf"(20\d\d)(?:年|[.\-/])(\d{{1,2}})月?{TO}(?:(20\d\d)(?:年|[.\-/]))?(\d{{1,2}})月?(?![\d.,])"
)
YEAR = re.compile(r"(20\d\d)\s*(?:年度|年全年|年|度)|(?<![\d.,])(20\d\d)(?![\d.,元万亿])")


@dataclass(frozen=True)
class Line:
    """One line as it was read. What could not be read is None or empty; `doubts` say in sentences what to look at."""

    text: str
    kind: str = ""
    since: date | None = None
    until: date | None = None
    fen: int | None = None
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Read:
    """The lines of a table, and what is doubtful of the whole."""

    lines: list[Line]
    doubts: list[str]


def read_table(text: str) -> Read:
    """What a pasted or machine-read table says. Lines without a figure are headings; a total is compared, not taken.

    >>> [(line.kind, line.fen) for line in read_table("单位：万元\\n2025年 节支 12.6").lines]
    [('saving', 12600000)]
    """
    lines, doubts, totals, headed = [], list[str](), [], ""
    for raw in text.splitlines():
        plain = unicodedata.normalize("NFKC", raw).strip()
        if found := HEADED.search(plain):
            headed = found.group(1)
            plain = plain[: found.start()] + plain[found.end() :]
        if not plain:
            continue
        if TOTAL.search(plain):
            amount, _said = _amount(plain, headed)
            totals += [] if amount is None else [amount]
        elif (line := _line(raw.strip(), plain, headed)) is not None:
            lines.append(line)
    added = sum(line.fen or 0 for line in lines)
    if totals and added not in totals:
        said = _(
            "The lines add up to %(added)s yuan, the total of the table is %(total)s yuan: a figure is misread."
        )
        doubts.append(said % {"added": f"{added / 100:,.2f}", "total": f"{totals[-1] / 100:,.2f}"})
    return Read(lines, doubts)


def _line(raw: str, plain: str, headed: str) -> Line | None:
    since, until, rest = _period(plain)
    kind = ""
    for words, code in KINDS:
        if re.search(words, rest):
            kind, rest = code, re.sub(words, " ", rest, count=1)
            break
    amount, doubts = _amount(rest, headed)
    if amount is None and not doubts:
        return None
    if since is None:
        doubts.append(_("No year was found on the line. Enter the days that it is for."))
    if not kind:
        doubts.append(_("The kind was not found on the line. Choose it."))
    return Line(raw, kind, since, until, amount, doubts)


def _period(plain: str) -> tuple[date | None, date | None, str]:
    """(first day, first day after, what is left of the line); None where no period stands there."""
    for pattern, days in ((DAYS, _days), (MONTHS, _months), (YEAR, _year)):
        if found := pattern.search(plain):
            try:
                since, until = days([int(part) if part else 0 for part in found.groups()])
            except ValueError:
                continue
            if since < until:
                return since, until, plain[: found.start()] + " " + plain[found.end() :]
    return None, None, plain


def _days(parts: list[int]) -> tuple[date, date]:
    return date(*parts[:3]), date(*parts[3:]) + timedelta(days=1)


def _months(parts: list[int]) -> tuple[date, date]:
    year, first, ended, last = parts
    last_month = date(ended or year, last, 1)
    return date(year, first, 1), date(last_month.year + last // 12, last % 12 + 1, 1)


def _year(parts: list[int]) -> tuple[date, date]:
    year = parts[0] or parts[1]
    return date(year, 1, 1), date(year + 1, 1, 1)


def _amount(rest: str, headed: str) -> tuple[int | None, list[str]]:
    """The last figure of a line in fen, with what is doubtful of it; (None, []) where there is no figure."""
    figures = [found for found in AMOUNT.finditer(rest) if any(mark.isdigit() for mark in found.group(1))]
    if not figures:
        return None, []
    text, unit = figures[-1].groups()
    doubts = list(_letters(text))
    value, doubt = _number(text.translate(LOOK_ALIKE))
    doubts += [doubt] if doubt else []
    if unit and headed and UNITS[unit] != UNITS[headed]:
        said = _("The line says %(unit)s, the head of the table says %(headed)s.")
        doubts.append(said % {"unit": unit, "headed": headed})
    if not unit and not headed:
        doubts.append(_("No unit was found. It is read as yuan; look whether the paper says 万元."))
    if value is None:
        return None, doubts
    yuan = value * UNITS[unit or headed or "元"]
    try:
        return fen(yuan), doubts
    except Unclear as question:
        return int(yuan * 100), [*doubts, str(question)]


def _letters(text: str) -> Iterator[str]:
    if wrong := sorted({mark for mark in text if mark.isalpha()}):
        yield _("“%(text)s” holds letters (%(letters)s) that were read for digits.") % {
            "text": text, "letters": "、".join(wrong),
        }  # fmt: skip


def _number(text: str) -> tuple[Decimal | None, str]:
    """A number by its points and commas, and what else it may be.

    >>> _number("1,260,000.50"), _number("12.6"), _number("126")
    ((Decimal('1260000.50'), ''), (Decimal('12.6'), ''), (Decimal('126'), ''))
    """
    plain = text.replace("'", "")
    whole, point, part = plain.rpartition(".")
    if re.fullmatch(r"\d+|\d{1,3}(,\d{3})+", plain):
        return Decimal(plain.replace(",", "")), ""
    if point and re.fullmatch(r"\d+|\d{1,3}(,\d{3})+", whole) and re.fullmatch(r"\d+", part):
        value = Decimal(f"{whole.replace(',', '')}.{part}")
        if len(part) != 3:
            return value, ""
        if "," not in whole and len(whole) <= 3:
            return value, _either(text, value, Decimal(whole + part))
        return value, ""
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", plain):
        value = Decimal(plain.replace(".", ""))
        return value, _("“%(text)s”: the points are read as commas between thousands.") % {"text": text}
    if re.fullmatch(r"\d+,\d+", plain):
        value = Decimal(plain.replace(",", "."))
        return value, _either(text, value, Decimal(plain.replace(",", "")))
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+", plain):
        value = Decimal(plain.replace(".", "").replace(",", "."))
        return value, _("“%(text)s”: points and commas are read the other way round.") % {"text": text}
    return None, _("“%(text)s” is no number. Type what stands on the paper.") % {"text": text}


def _either(text: str, one: Decimal, other: Decimal) -> str:
    return _("“%(text)s” may be %(one)s or %(other)s.") % {
        "text": text, "one": f"{one.normalize():,f}", "other": f"{other.normalize():,f}",
    }  # fmt: skip
