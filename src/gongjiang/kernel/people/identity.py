"""Forms of identifiers: what a resident identity number, a phone and a USCC must look like.

GB 11643 (identity number), GB 32100 (unified social credit code), both checked by python-stdnum's algorithms;
the errors say where, what it is now, and how to mend it.
"""

import unicodedata
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from stdnum.cn import uscc as stdnum_uscc
from stdnum.iso7064 import mod_11_2


class BadIdentifier(ValueError):
    """An identifier that cannot be right; the message is for the person who typed it."""


def normal(value: str) -> str:
    """Full-width and spaced input as plain upper-case characters."""
    return "".join(unicodedata.normalize("NFKC", value).split()).replace("-", "").upper()


def identity_number(value: str) -> str:
    """A resident identity number in its normal form. Raises BadIdentifier."""
    number = normal(value)
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
    if not (number[:17].isdigit() and (number[17].isdigit() or number[17] == "X")):
        raise BadIdentifier(_("Identity number: only digits are possible, and an X as the last character."))
    born = number[6:14]
    try:
        day = date(int(born[:4]), int(born[4:6]), int(born[6:8]))
    except ValueError:
        raise BadIdentifier(
            _("Identity number: characters 7 to 14 are “%(born)s”, which is no date.") % {"born": born}
        ) from None
    if not date(1900, 1, 1) <= day <= date.today():
        raise BadIdentifier(
            _("Identity number: the date of birth “%(born)s” cannot be right.") % {"born": born}
        )
    if mod_11_2.calc_check_digit(number[:17]) != number[17]:
        raise BadIdentifier(
            _(
                "Identity number: the check digit does not fit, so one of the characters is wrong."
                " Please compare it with the identity card."
            )
        )
    return number


def born_on(number: str) -> date:
    """The date of birth in a valid identity number."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def is_male(number: str) -> bool:
    """The sex in a valid identity number: the 17th digit is odd for men."""
    return int(number[16]) % 2 == 1


def phone_number(value: str) -> str:
    """A mobile number in its normal form: eleven digits beginning with 1. Raises BadIdentifier."""
    number = normal(value).removeprefix("+86")
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
