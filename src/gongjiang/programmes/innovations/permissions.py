"""Who may see and do what with results and entries."""

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import assigned, holds, own, submitted, takes_part, within

OFFICERS = (Role.UNIT_OFFICER, Role.OFFICER, Role.LEADER)

APPLICANT = own("applicant")
VIEW_OWN = APPLICANT | takes_part()
STAFF = holds(*OFFICERS)
VIEW = within("path", *OFFICERS) & submitted() | assigned(*OFFICERS) | VIEW_OWN
ENTERPRISE = assigned(Role.UNIT_OFFICER)
RECOMMENDER = within("path", Role.UNIT_OFFICER) & submitted()
ENDORSER = assigned(Role.UNIT_OFFICER, Role.OFFICER)
DECIDER = assigned(Role.OFFICER)
