"""Who sees the tree, who proposes to change it, and who approves."""

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import within

#: Units and proposals within one's own tree, in whatever role.
VIEW = within("path")

PROPOSE = within("path", Role.DATA_STEWARD)

#: The second pair of eyes: another steward, or an approver.
DECIDE = within("path", Role.DATA_STEWARD, Role.APPROVER)

#: Who holds which role at a unit, by name.
ROLES = within("path", Role.OFFICER, Role.APPROVER, Role.AUDITOR, Role.DATA_STEWARD)
