"""Enterprises and workers: the base that every programme reads. Its only case is a correction of the register."""

from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.programme import MenuItem, Programme

REGISTRARS = (Role.OFFICER, Role.DATA_STEWARD)
KEEPERS = (Role.UNIT_OFFICER, Role.OFFICER, Role.DATA_STEWARD)

PROGRAMME = Programme(
    name="registry",
    label=_("Enterprises and workers"),
    summary=_("Who works where: enterprises, workers, and the structure of the workforce"),
    menu=(
        MenuItem("desk", _("Enterprises"), "registry:enterprises", group="data"),
        MenuItem(
            "desk",
            _("Import a list of enterprises"),
            "registry:import-enterprises",
            group="data",
            roles=REGISTRARS,
            within="registry:enterprises",
        ),
        MenuItem(
            "desk",
            _("Enterprises to be verified"),
            "registry:candidates",
            group="data",
            roles=REGISTRARS,
            within="registry:enterprises",
        ),
        MenuItem("desk", _("Workers"), "registry:workers", group="data", roles=KEEPERS),
        MenuItem(
            "desk",
            _("Import a roster"),
            "registry:import",
            group="data",
            roles=KEEPERS,
            within="registry:workers",
        ),
        MenuItem(
            "desk",
            _("Not in the newest roster"),
            "registry:absent",
            group="data",
            roles=KEEPERS,
            within="registry:workers",
        ),
        MenuItem(
            "desk",
            _("Corrections of the register"),
            "registry:corrections",
            group="data",
            roles=KEEPERS,
            within="registry:workers",
        ),
        MenuItem(
            "desk",
            _("Structure of the workforce"),
            "registry:structure",
            group="data",
            within="registry:enterprises",
        ),
        MenuItem(
            "desk",
            _("Quality of the register"),
            "registry:quality",
            group="data",
            within="registry:enterprises",
        ),
    ),
    slots=(
        "gongjiang.programmes.registry.slots.OFFERS",
        "gongjiang.programmes.registry.slots.PERSON",
        "gongjiang.programmes.registry.slots.COUNTS",
    ),
)
