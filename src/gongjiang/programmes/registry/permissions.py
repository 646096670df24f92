"""Who sees enterprises, who sees the people in them, who may take in a roster, and who decides what was objected to."""

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import assigned, holds, own, submitted, within

#: Enterprises are no secret inside the union: every role reads those of its own tree.
ENTERPRISES = within("path")

#: Who takes in lists of enterprises and settles what is doubtful in them: not an enterprise for itself.
REGISTRARS = (Role.OFFICER, Role.DATA_STEWARD)
CANDIDATES = within("path", *REGISTRARS)

#: Persons by name: those who keep the register. A leader or an auditor sees counts.
KEEPERS = (Role.UNIT_OFFICER, Role.OFFICER, Role.DATA_STEWARD)
WORKERS = within("path", *KEEPERS)

#: What one works at, and has objected to, oneself.
MINE = own("person")
OBJECTOR = own("applicant")
DECIDER = assigned(*KEEPERS)
STAFF = holds(*KEEPERS)
CORRECTIONS = (within("path", *KEEPERS) & submitted()) | DECIDER | OBJECTOR
