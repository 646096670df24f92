"""Who keeps the books: who makes a batch, and who releases it."""

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import at, within

MAKERS = (Role.FINANCE_MAKER,)
CHECKERS = (Role.FINANCE_CHECKER,)
READERS = (*MAKERS, *CHECKERS, Role.OFFICER, Role.APPROVER, Role.LEADER, Role.AUDITOR)

#: Of a fund (or of what leads to one by a prefix): the books are read at its union and above.
READ = within("path", *READERS)
MAKE = at("unit", *MAKERS)
RELEASE = at("unit", *CHECKERS)
