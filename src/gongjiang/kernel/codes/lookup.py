"""Finding a code, and saying clearly when there is none."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from .models import Code, CodeList


class UnknownCode(ValidationError):
    """A code that its list does not have. The message says which, in which list, and how to mend it."""


def current(code: str) -> CodeList:
    """The newest loaded version of a list. Raises UnknownCode where no version is loaded."""
    found = CodeList.objects.filter(code=code).order_by("-published_on").first()
    if found is None:
        raise UnknownCode(
            _("The code list “%(list)s” is not loaded. Load it with ./run manage regions.") % {"list": code}
        )
    return found


def codes(list_code: str, *, on: date | None = None) -> QuerySet[Code]:
    """The codes of a list's newest version; with `on`, only those in force that day."""
    found = Code.objects.filter(list=current(list_code))
    if on is None:
        return found
    return found.filter(Q(until=None) | Q(until__gt=on), since__lte=on)


def region(code: str) -> Code:
    """The division of that code: province, city or county by 2, 4 or 6 digits, township by 9.

    Reads the 12 digits of the statistical form too. A prefecture without counties wins over the county that
    repeats its code. Raises UnknownCode.
    """
    digits = code.strip()
    if len(digits) == 12 and digits.endswith("000"):
        digits = digits[:-3]
    if len(digits) == 9 and digits.endswith("000"):
        digits = digits[:-3]
    if len(digits) in (2, 4):
        digits = digits.ljust(6, "0")
    regions = current("region")
    found = Code.objects.filter(list=regions, code=digits).order_by("pk").first()
    if found is None:
        raise UnknownCode(
            _(
                "There is no region with the code “%(code)s” in the %(version)s table of divisions. Check it:"
                " six digits for a province, city or county, nine for a township or street."
            )
            % {"code": code, "version": regions.version}
        )
    return found


def successors(code: Code) -> list[Code]:
    """What a code became by the crosswalks, oldest first; empty where it is unmapped."""
    return [step.new for step in code.successors.select_related("new").order_by("on", "new__code")]
