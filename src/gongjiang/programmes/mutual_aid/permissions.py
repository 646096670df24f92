"""Who may see and do what with enrolments, covers, claims and money."""

from django.db.models import Exists, OuterRef, Q

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import NOTHING, Rule, assigned, holds, own, submitted, within

from .models import Channel, Claim

#: Everybody on the desk who has something to do with a period, and those who read figures and rosters of it.
OFFICERS = (Role.UNIT_OFFICER, Role.OFFICER, Role.APPROVER)
MONEY = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)
READERS = (*OFFICERS, *MONEY, Role.LEADER, Role.AUDITOR)
#: Everything medical: those who review or audit, never the unit of the claimant.
MEDICAL = (Role.OFFICER, Role.APPROVER, Role.AUDITOR)

STAFF = holds(*READERS)
REVIEWERS = holds(Role.OFFICER, Role.APPROVER)
APPLICANT = own("applicant")


def _runs(*roles: str) -> Rule:
    """Cases of an edition that one's own union runs."""

    def ask(actor: Actor, prefix: str) -> Q:
        units = sorted({g.unit for g in actor.held(*roles)})
        return Q(**{f"{prefix}edition__unit__in": units}) if units else NOTHING

    return Rule(ask, f"runs the period ({', '.join(roles)})")


def _filed(actor: Actor, prefix: str) -> Q:
    """Claims that this account filled in for somebody."""
    if actor.user is None:
        return NOTHING
    return Q(
        Exists(
            Claim.objects.filter(case=OuterRef(f"{prefix}pk"), filed_by=actor.user).exclude(
                channel=Channel.INSURER
            )
        )
    )


def outcome(*outcomes: str) -> Rule:
    return Rule(lambda a, p: Q(**{f"{p}outcome__in": outcomes}), f"outcome {'/'.join(outcomes)}")


ORGANISER = _runs(Role.OFFICER, Role.APPROVER)
FINANCE = _runs(*MONEY)
CASHIER = _runs(Role.FINANCE_MAKER)
FILED = Rule(_filed, "filled it in")

# enrolment
KEEPER = within("path", Role.UNIT_OFFICER)
ENROLMENT_VIEW = within("path", *READERS) & submitted() | KEEPER | assigned(*OFFICERS, Role.FINANCE_MAKER)
CHECKER = assigned(Role.OFFICER)
COVER_VIEW = within("path", *READERS)
MY_COVER = own("person")

# claim
HELPER = within("path", Role.UNIT_OFFICER)
INSURER = within("path", Role.OFFICER)
CLAIMANT = APPLICANT | FILED
RECEIVED = within("path", Role.OFFICER) & Rule(
    lambda a, p: Q(**{f"{p}mutual_aid_claim__channel": Channel.INSURER}), "came from the insurance"
)
SUBMITTER = CLAIMANT | RECEIVED
REVIEWER = assigned(Role.OFFICER, Role.APPROVER)
CLAIM_VIEW = (
    within("path", *MEDICAL) & submitted() | REVIEWER | APPLICANT | FILED | FINANCE & submitted() | RECEIVED
)
CLAIM_STAFF = holds(*MEDICAL, *MONEY, Role.UNIT_OFFICER)
