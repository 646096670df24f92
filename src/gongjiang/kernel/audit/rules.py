"""Who may have an identifier shown in full, and who reads which disclosures."""

from django.db.models import Q

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import NOTHING, Rule, own, within

#: Those who keep the registers. Neither a leader nor an auditor.
KEEPERS = (Role.UNIT_OFFICER, Role.OFFICER, Role.DATA_STEWARD)

#: Over employments: the person works, now, where the actor keeps the register.
REVEAL = within("path", *KEEPERS)

#: The person reads who looked at what is theirs, also while it was kept under a record that has been merged.
ABOUT_ME = own("person") | own("person__merged_into")


def _did(actor: Actor, prefix: str) -> Q:
    return Q(**{f"{prefix}user": actor.user}) if actor.held(*KEEPERS) else NOTHING


#: An auditor reads what was done in their tree; a keeper, what they did themselves.
LOG = within("path", Role.AUDITOR) | Rule(_did, "did(user)")
