"""Who may: each rule is one Q, for the list and for the row."""

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import assigned, holds, own, within

OFFICERS = (Role.UNIT_OFFICER, Role.OFFICER, Role.LEADER)

ASKER = own("applicant")
ANSWERER = assigned(Role.UNIT_OFFICER)
STAFF = holds(*OFFICERS)
VIEW = within("path", *OFFICERS) | ANSWERER | ASKER
