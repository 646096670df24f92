"""Enterprises and workers: the base that every programme reads. It has pages and figures, and no case yet."""

from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.programme import MenuItem, Programme

KEEPERS = (Role.UNIT_OFFICER, Role.OFFICER, Role.DATA_STEWARD)

PROGRAMME = Programme(
    name="registry",
    label=_("Enterprises and workers"),
    summary=_("Who works where: enterprises, workers, and the structure of the workforce"),
    menu=(
        MenuItem("desk", _("Enterprises"), "registry:enterprises", group="data"),
        MenuItem("desk", _("Workers"), "registry:workers", group="data", roles=KEEPERS),
        MenuItem("desk", _("Import a roster"), "registry:import", group="data", roles=KEEPERS),
    ),
)
