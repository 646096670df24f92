"""Who runs notices, and who deals with what is said against them."""

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import at, within

CLERKS = (Role.OFFICER, Role.APPROVER, Role.UNIT_OFFICER, Role.UNIT_CHAIR)
#: Objections are read where the notice was made and nowhere above or below.
HANDLERS = (Role.OFFICER, Role.APPROVER, Role.UNIT_CHAIR)
VIEW = within("path", *CLERKS, Role.LEADER, Role.AUDITOR)
KEEP = at("unit", *CLERKS)
HANDLE = at("unit", *HANDLERS)
