"""The smallest honest programme: one table, one flow, one figure. A template to copy, and the kernel's test.

A worker asks the union of the own workplace a question; the union answers it, or returns it to be made clearer.
"""

from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.programme import MenuItem, Programme

STAFF = (Role.UNIT_OFFICER, Role.OFFICER, Role.LEADER)

PROGRAMME = Programme(
    name="_example",
    label=_("Questions"),
    summary=_("Questions by workers to the union of their workplace"),
    example=True,
    menu=(
        MenuItem("my", _("My questions"), "example:mine"),
        MenuItem("desk", _("Questions"), "example:desk", roles=STAFF),
    ),
)
