"""职工大病医疗互助: numbered periods, cover by rosters of units, claims paid by a rule that can be read."""

from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.programme import MenuItem, Programme

PROGRAMME = Programme(
    name="mutual_aid",
    label=_("Mutual aid in serious illness"),
    summary=_("Workers help each other with the cost of serious illness"),
    menu=(
        MenuItem("public", _("Mutual aid"), "mutual_aid:public"),
        MenuItem("my", _("My mutual aid"), "mutual_aid:mine"),
        MenuItem(
            "desk", _("Mutual aid claims"), "mutual_aid:desk",
            roles=(Role.OFFICER, Role.APPROVER, Role.AUDITOR, Role.FINANCE_CHECKER),
        ),
        MenuItem(
            "desk", _("Enrolment in mutual aid"), "mutual_aid:enrolments",
            roles=(Role.UNIT_OFFICER, Role.OFFICER, Role.LEADER),
        ),
        MenuItem("desk", _("Mutual aid payments"), "mutual_aid:batches", roles=(Role.FINANCE_MAKER,)),
    ),
    editions=("cover", "claim", "appeal", "apply"),
    slots=("gongjiang.programmes.mutual_aid.slots.COVER",),
)  # fmt: skip
