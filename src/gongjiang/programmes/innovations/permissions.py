"""Who may see and do what with results and entries."""

from django.db.models import Exists, OuterRef, Q

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import NOTHING, Rule, assigned, holds, own, submitted, takes_part, within
from gongjiang.kernel.targets.models import Reading

from .models import BenefitKind

OFFICERS = (Role.UNIT_OFFICER, Role.OFFICER, Role.LEADER)


def _claims(actor: Actor, prefix: str) -> Q:
    lines = Reading.objects.filter(
        target__case=OuterRef(f"{prefix}pk"),
        target__kind__in=BenefitKind.values,
        superseded_by=None,
        value__gt=0,
    )
    return Q(Exists(lines))


CLAIMS = Rule(_claims, "claims a benefit")
CLAIMS_NONE = Rule(lambda a, p: ~_claims(a, p), "claims no benefit")
STANDS = Rule(lambda a, p: Q(**{f"{p}outcome__in": ["", "completed"]}), "stands")


def _with_team(actor: Actor, prefix: str) -> Q:
    return Q(**{f"{prefix}turns__until": None, f"{prefix}turns__role": Role.TEAM_LEADER})


WITH_TEAM = Rule(_with_team, "lies with a team leader")

APPLICANT = own("applicant")
VIEW_OWN = APPLICANT | takes_part()
SIGNER = assigned(Role.FINANCE_MAKER)
TEAM_LEADER = assigned(Role.TEAM_LEADER)
STAFF = holds(*OFFICERS)
CASE_STAFF = holds(*OFFICERS, Role.FINANCE_MAKER)
VIEW = within("path", *OFFICERS) & submitted() | assigned(*OFFICERS) | SIGNER | TEAM_LEADER | VIEW_OWN
ENTERPRISE = assigned(Role.UNIT_OFFICER)
FIRST_READER = assigned(Role.UNIT_OFFICER, Role.TEAM_LEADER)
KEEPER = within("path", Role.UNIT_OFFICER) & submitted()
CLAIMANT = APPLICANT | ENTERPRISE
REVOKER = within("path", Role.UNIT_OFFICER, Role.OFFICER) & submitted()
RECOMMENDER = KEEPER
PAYBACK_SIGNER = within("path", Role.FINANCE_MAKER) & submitted()
ENDORSER = assigned(Role.UNIT_OFFICER, Role.OFFICER)
DECIDER = assigned(Role.OFFICER)


def _organises(actor: Actor, prefix: str) -> Q:
    units = sorted({g.unit for g in actor.held(Role.OFFICER)})
    return Q(**{f"{prefix}edition__unit__in": units}) if units else NOTHING


#: Entries of a call that one's own union made.
ORGANISER = Rule(_organises, "organises the call")
