"""Who decides about likenesses, and whose consents one may record."""

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import within

#: Pairs, and merges of them: the data steward of a tree that holds the workplaces of both.
STEWARD = within("path", Role.DATA_STEWARD)
