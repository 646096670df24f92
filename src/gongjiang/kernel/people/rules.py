"""Who decides about likenesses, and whose consents one may record."""

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import within

#: Over employments: what a worker said on paper or at a counter is recorded by those who keep the register there.
RECORD = within("path", Role.UNIT_OFFICER, Role.OFFICER, Role.DATA_STEWARD)

#: Pairs, and merges of them: the data steward of a tree that holds the workplaces of both.
STEWARD = within("path", Role.DATA_STEWARD)
