"""The SQL functions that walls and rules ask, by what they tell of; made before the policies that call them.

Those that run as the owner (SECURITY DEFINER) fix their `search_path` and are closed by `close_functions()`; what each
tells, and to whom, stands in docs/security.md.
"""

from . import accounts, cases, health, orgs, scope

#: In this order: a later part may call an earlier one.
FUNCTIONS = "".join(part.FUNCTIONS for part in (scope, orgs, accounts, cases, health))

__all__ = ["FUNCTIONS"]
