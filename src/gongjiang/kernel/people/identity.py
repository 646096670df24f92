"""Forms of identifiers: what a resident identity number, a phone and a USCC must look like.

GB 11643 (identity number), GB 32100 (unified social credit code), both checked by python-stdnum's algorithms;
the errors say where, what it is now, and how to mend it.
"""

import re
import unicodedata
from datetime import date
from functools import cache, lru_cache
from operator import mul

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pypinyin import Style, lazy_pinyin
from stdnum.cn import uscc as stdnum_uscc
from stdnum.iso7064 import mod_11_2


class BadIdentifier(ValueError):
    """An identifier that cannot be right; the message is for the person who typed it."""


def normal(value: str) -> str:
    """Full-width and spaced input as plain upper-case characters."""
    return "".join(unicodedata.normalize("NFKC", value).split()).replace("-", "").upper()


def upgraded(number: str) -> str:
    """The 18-digit form of a 15-digit identity number (GB 11643-1999): the century put in, the check digit added."""
    body = f"{number[:6]}19{number[6:]}"
    return body + mod_11_2.calc_check_digit(body)


_FORM = re.compile("[0-9]{17}[0-9X]").fullmatch
#: GB 11643: the weights of the first seventeen digits, and the check characters by the weighted sum of their codes.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = ["10X98765432"[(of_codes - ord("0") * sum(_WEIGHTS)) % 11] for of_codes in range(11)]


@lru_cache(maxsize=65_536)
def _day(digits: str) -> date:
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def identity_number(value: str) -> str:
    """A resident identity number in its normal form; the old one of 15 digits becomes its successor.

    So both forms find the same person. Raises BadIdentifier.
    """
    number = value if _FORM(value) else normal(value)
    if len(number) == 15 and number.isdigit() and number.isascii():
        number = upgraded(number)
    if len(number) != 18:
        missing = 18 - len(number)
        if missing > 0:
            said = ngettext("%(n)s character is missing", "%(n)s characters are missing", missing) % {
                "n": missing
            }
        else:
            said = ngettext(
                "there is %(n)s character too many", "there are %(n)s characters too many", -missing
            ) % {"n": -missing}
        raise BadIdentifier(
            _("Identity number: %(said)s, it has %(now)s now. Please complete it from the identity card.")
            % {"said": said, "now": len(number)}
        )
    if not _FORM(number):
        raise BadIdentifier(_("Identity number: only digits are possible, and an X as the last character."))
    born = number[6:14]
    try:
        day = _day(born)
    except ValueError:
        raise BadIdentifier(
            _("Identity number: characters 7 to 14 are “%(born)s”, which is no date.") % {"born": born}
        ) from None
    if not date(1900, 1, 1) <= day <= date.today():
        raise BadIdentifier(
            _("Identity number: the date of birth “%(born)s” cannot be right.") % {"born": born}
        )
    if _CHECKS[sum(map(mul, _WEIGHTS, number.encode())) % 11] != number[17]:
        raise BadIdentifier(
            _(
                "Identity number: the check digit does not fit, so one of the characters is wrong."
                " Please compare it with the identity card."
            )
        )
    return number


def initials(name: str) -> str:
    """The first letters of a name's pinyin, lower case, the surname read as a surname: "单雄信" gives "sxx".

    A Latin letter or digit stands for itself, everything else for nothing.
    """
    found = [_initial(character) for character in unicodedata.normalize("NFKC", name)]
    if found and name[:2] in _SURNAMES:
        found[0] = _SURNAMES[name[:2]]
    elif found and name[0] in _SURNAMES:
        found[0] = _SURNAMES[name[0]]
    return "".join(found)


#: Surnames that are read otherwise than the same character elsewhere.
_SURNAMES = {
    "单": "s", "仇": "q", "区": "o", "查": "z", "曾": "z", "解": "x", "朴": "p", "翟": "z", "乐": "y", "盖": "g",
    "尉迟": "y", "万俟": "m", "长孙": "z", "澹台": "t",
}  # fmt: skip


@cache
def _initial(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    (found,) = lazy_pinyin(character, style=Style.FIRST_LETTER, errors="ignore") or [""]
    return found[:1]


def born_on(number: str) -> date:
    """The date of birth in a valid identity number."""
    return _day(number[6:14])


def is_male(number: str) -> bool:
    """The sex in a valid identity number: the 17th digit is odd for men."""
    return number[16] in "13579"


_PHONE = re.compile("1[0-9]{10}").fullmatch


def phone_number(value: str) -> str:
    """A mobile number in its normal form: eleven digits beginning with 1. Raises BadIdentifier."""
    number = value if _PHONE(value) else normal(value).removeprefix("+86")
    if len(number) != 11 or not number.isdigit() or number[0] != "1":
        raise BadIdentifier(
            _("Phone: “%(value)s” is no mobile number; it has eleven digits and begins with 1.")
            % {"value": value}
        )
    return number


def credit_code(value: str) -> str:
    """A unified social credit code in its normal form. Raises BadIdentifier."""
    code = normal(value)
    if len(code) == 15 and code.isdigit():
        raise BadIdentifier(
            _(
                "Credit code: this is an old 15-digit registration number; the 18-character code is on the new licence."
            )
        )
    if len(code) != 18:
        raise BadIdentifier(
            _("Credit code: it has %(now)s characters now; it must have 18.") % {"now": len(code)}
        )
    if wrong := sorted(set(code) & set("IOSVZ")):
        raise BadIdentifier(
            _(
                "Credit code: the letters %(wrong)s are never used in it; they are often a misread 1, 0, 5 or 2."
            )
            % {"wrong": ", ".join(wrong)}
        )
    if not code.isalnum() or not code.isascii():
        raise BadIdentifier(_("Credit code: only digits and capital letters are possible."))
    if not code[2:8].isdigit() or stdnum_uscc.calc_check_digit(code[:17]) != code[17]:
        raise BadIdentifier(
            _(
                "Credit code: the check character does not fit, so one of the characters is wrong."
                " Please compare it with the licence."
            )
        )
    return code
