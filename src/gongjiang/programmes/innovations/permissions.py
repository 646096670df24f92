"""Who may see and do what with results and entries."""

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import assigned, own, takes_part, within

OFFICERS = (Role.UNIT_OFFICER, Role.OFFICER, Role.LEADER)

VIEW = within("path", *OFFICERS) | own("applicant") | takes_part() | assigned(*OFFICERS)
APPLICANT = own("applicant")
ENTERPRISE = assigned(Role.UNIT_OFFICER)
RECOMMENDER = within("path", Role.UNIT_OFFICER)
ENDORSER = assigned(Role.UNIT_OFFICER, Role.OFFICER)
DECIDER = assigned(Role.OFFICER)
