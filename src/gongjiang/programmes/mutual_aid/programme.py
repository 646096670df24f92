"""职工大病医疗互助: numbered periods, cover by rosters of units, claims paid by a rule that can be read."""

from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.programme import MenuItem, Programme

PROGRAMME = Programme(
    name="mutual_aid",
    label=_("Mutual aid in serious illness"),
    summary=_("Workers help each other with the cost of serious illness"),
    editions=("cover", "claim", "appeal", "apply"),
)
