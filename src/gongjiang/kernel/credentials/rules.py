"""Who reads credentials, and who grants and revokes them."""

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import at, own, within

CLERKS = (Role.OFFICER, Role.APPROVER, Role.UNIT_OFFICER, Role.UNIT_CHAIR)
READERS = (*CLERKS, Role.LEADER, Role.AUDITOR, Role.DATA_STEWARD)
MINE = own("person")
#: What one's unit, or one below, has issued, and what its people hold, whoever issued that.
VIEW = within("path", *READERS) | within("holder_path", *READERS)
KEEP = at("unit", *CLERKS)
