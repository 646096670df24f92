"""Who may see and do what with entries, starts and upgrades."""

from django.db.models import Q

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import NOTHING, Rule, assigned, holds, own, submitted, takes_part, within

OFFICERS = (Role.UNIT_OFFICER, Role.OFFICER, Role.LEADER)

APPLICANT = own("applicant")
VIEW_OWN = APPLICANT | takes_part()
STAFF = holds(*OFFICERS)
ENTERPRISE = assigned(Role.UNIT_OFFICER)
VIEW = within("path", *OFFICERS) & submitted() | assigned(Role.UNIT_OFFICER, Role.OFFICER) | VIEW_OWN
HELPER = within("path", Role.UNIT_OFFICER)
CLAIMANT = APPLICANT | ENTERPRISE
WITHDRAWER = APPLICANT | HELPER
CHECKER = assigned(Role.UNIT_OFFICER, Role.OFFICER)
REGISTRAR = holds(Role.UNIT_OFFICER)
STARTS = within("unit__path", *OFFICERS) | own("person")


def _organises(actor: Actor, prefix: str) -> Q:
    units = sorted({g.unit for g in actor.held(Role.OFFICER)})
    return Q(**{f"{prefix}edition__unit__in": units}) if units else NOTHING


#: Entries in events that one's own union runs.
ORGANISER = Rule(_organises, "organises the contest")
