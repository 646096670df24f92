"""Roles are code; a grant is a dated row. The names are the glossary's."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    UNIT_OFFICER = "unit_officer", _("Union officer of a workplace")
    UNIT_CHAIR = "unit_chair", _("Union chair of a workplace")
    OFFICER = "officer", _("Union officer")
    APPROVER = "approver", _("Approver")
    LEADER = "leader", _("Leader")
    FINANCE_MAKER = "finance_maker", _("Finance clerk of a workplace")
    TEAM_LEADER = "team_leader", _("Team leader")
    FINANCE_CHECKER = "finance_checker", _("Finance checker")
    AUDITOR = "auditor", _("Auditor")
    DATA_STEWARD = "data_steward", _("Data steward")
    SYSTEM_ADMIN = "system_admin", _("System administrator")
    SECURITY_ADMIN = "security_admin", _("Security administrator")
    AUDIT_ADMIN = "audit_admin", _("Audit administrator")


class SeatRole(models.TextChoices):
    """Roles that a seat gives, on one panel of one edition. They are held by a seat and never by a grant."""

    PANEL_CHAIR = "panel_chair", _("Chair of the panel")
    PANELIST = "panelist", _("Judge")
    SCRUTINEER = "scrutineer", _("Scrutineer")


class ScopeKind(models.TextChoices):
    TREE = "tree", _("unit and below")
    UNIT = "unit", _("one unit")
    SYSTEM = "system", _("system")


SCOPE_OF: dict[str, str] = {
    Role.UNIT_OFFICER: ScopeKind.UNIT,
    Role.UNIT_CHAIR: ScopeKind.UNIT,
    Role.FINANCE_MAKER: ScopeKind.UNIT,
    Role.TEAM_LEADER: ScopeKind.UNIT,
    Role.FINANCE_CHECKER: ScopeKind.UNIT,
    Role.OFFICER: ScopeKind.TREE,
    Role.APPROVER: ScopeKind.TREE,
    Role.LEADER: ScopeKind.TREE,
    Role.AUDITOR: ScopeKind.TREE,
    Role.DATA_STEWARD: ScopeKind.TREE,
    Role.SYSTEM_ADMIN: ScopeKind.SYSTEM,
    Role.SECURITY_ADMIN: ScopeKind.SYSTEM,
    Role.AUDIT_ADMIN: ScopeKind.SYSTEM,
}

#: Roles that an officer gives to nobody: the installation's, and those that watch the officers.
KEPT_APART = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.AUDITOR)

#: Roles of workers among workers: they act on their own page and have no desk.
ON_OWN_PAGE = (Role.TEAM_LEADER,)
