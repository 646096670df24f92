"""Who may propose a value, who decides on it, and who reads what waits. What is published everybody reads."""

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import within

#: Over proposals, provisions and units: by the path of the unit.
PROPOSE = within("path", Role.OFFICER, Role.APPROVER, Role.UNIT_OFFICER, Role.UNIT_CHAIR)
DECIDE = within("path", Role.APPROVER, Role.UNIT_CHAIR)
VIEW = within("path")
