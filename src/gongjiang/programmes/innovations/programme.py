"""五小: small inventions by workers, from a phone to the decision of the city."""

from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.programme import MenuItem, Programme

PROGRAMME = Programme(
    name="innovations",
    label=_("Small innovations"),
    summary=_("Inventions, creations, improvements, designs and suggestions by workers"),
    menu=(
        MenuItem("public", _("Small innovations"), "innovations:public"),
        MenuItem("my", _("My innovations"), "innovations:mine", group="growth"),
        MenuItem(
            "desk",
            _("Small innovations"),
            "innovations:desk",
            group="growth",
            roles=(Role.UNIT_OFFICER, Role.OFFICER, Role.LEADER),
        ),
        MenuItem(
            "desk", _("Benefit to sign"), "innovations:finance", group="growth", roles=(Role.FINANCE_MAKER,)
        ),
    ),
    editions=("apply", "review", "roadshow", "publicity", "appeal", "convert"),
    slots=(
        "gongjiang.programmes.innovations.slots.OFFERS",
        "gongjiang.programmes.innovations.slots.OPEN",
    ),
)
