"""Who sees enterprises, who sees the people in them, and who may take in a roster."""

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import within

#: Enterprises are no secret inside the union: every role reads those of its own tree.
ENTERPRISES = within("path")

#: Persons by name: those who keep the register. A leader or an auditor sees counts.
KEEPERS = (Role.UNIT_OFFICER, Role.OFFICER, Role.DATA_STEWARD)
WORKERS = within("path", *KEEPERS)
