"""Who reads documents, and who issues and registers them."""

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import at, within

CLERKS = (Role.OFFICER, Role.APPROVER, Role.UNIT_OFFICER, Role.UNIT_CHAIR)
VIEW = within("path", *CLERKS, Role.LEADER, Role.AUDITOR)
#: Those of the issuing unit itself: a unit above reads its documents and does not write them.
KEEP = at("unit", *CLERKS)
