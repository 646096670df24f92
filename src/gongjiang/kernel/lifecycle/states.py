"""The shared vocabulary of phases, outcomes and states: one phase for a state, in every flow (GLOSSARY §4)."""

from django.db import models
from django.utils.translation import pgettext_lazy as c


class Phase(models.TextChoices):
    DRAFT = "draft", c("phase", "Draft")
    INTAKE = "intake", c("phase", "Intake")
    HANDLING = "handling", c("phase", "Handling")
    PUBLICITY = "publicity", c("phase", "Publicity")
    FULFILMENT = "fulfilment", c("phase", "Fulfilment")
    FOLLOW_UP = "follow_up", c("phase", "Follow-up")
    CLOSED = "closed", c("phase", "Closed")


class Outcome(models.TextChoices):
    GRANTED = "granted", c("outcome", "Granted")
    REFUSED = "refused", c("outcome", "Refused")
    COMPLETED = "completed", c("outcome", "Completed")
    WITHDRAWN = "withdrawn", c("outcome", "Withdrawn")
    MERGED = "merged", c("outcome", "Merged")
    TRANSFERRED = "transferred", c("outcome", "Transferred")
    LAPSED = "lapsed", c("outcome", "Lapsed")
    REVOKED = "revoked", c("outcome", "Revoked")


class State(models.TextChoices):
    """States in use so far; a programme takes one from here before the glossary mints another."""

    DRAFT = "draft", c("state", "Draft")
    SUBMITTED = "submitted", c("state", "Submitted")
    REGISTERED = "registered", c("state", "Registered")
    RETURNED = "returned", c("state", "Returned to mend")
    ACCEPTED = "accepted", c("state", "Accepted")
    COMPUTED = "computed", c("state", "Computed")
    TRIAL = "trial", c("state", "Trial use")
    UNDER_REVIEW = "under_review", c("state", "Under review")
    VISITING = "visiting", c("state", "Being visited")
    VERIFYING = "verifying", c("state", "Being verified")
    INVESTIGATING = "investigating", c("state", "Being investigated")
    CONSULTING = "consulting", c("state", "Opinions being asked")
    SCORING = "scoring", c("state", "Being scored")
    ASSIGNED = "assigned", c("state", "Assigned")
    IN_PROGRESS = "in_progress", c("state", "In progress")
    FEE_MATCHING = "fee_matching", c("state", "Fees being matched")
    REFERRED = "referred", c("state", "Referred")
    SUSPENDED = "suspended", c("state", "Suspended")
    PUBLICISED = "publicised", c("state", "Publicised")
    APPROVED = "approved", c("state", "Approved")
    IN_BATCH = "in_batch", c("state", "In a payment batch")
    BOUNCED = "bounced", c("state", "Payment bounced")
    REPLIED = "replied", c("state", "Replied")
    LETTER_ISSUED = "letter_issued", c("state", "Letter issued")
    AWARDED = "awarded", c("state", "Awarded")
    NAMED = "named", c("state", "Named")
    FOLLOWING = "following", c("state", "Being followed up")
    RECTIFYING = "rectifying", c("state", "Being put right")
    RECOVERING = "recovering", c("state", "Being recovered")
    CALLED_BACK = "called_back", c("state", "Called back")
    RE_EXAMINING = "re_examining", c("state", "Being re-examined")
    ESCALATED = "escalated", c("state", "Escalated")
    CLOSED = "closed", c("state", "Closed")


_STATES_OF: dict[Phase, tuple[State, ...]] = {
    Phase.DRAFT: (State.DRAFT,),
    Phase.INTAKE: (State.SUBMITTED, State.REGISTERED, State.RETURNED),
    Phase.HANDLING: (
        State.ACCEPTED,
        State.COMPUTED,
        State.TRIAL,
        State.UNDER_REVIEW,
        State.VISITING,
        State.VERIFYING,
        State.INVESTIGATING,
        State.CONSULTING,
        State.SCORING,
        State.ASSIGNED,
        State.IN_PROGRESS,
        State.FEE_MATCHING,
        State.REFERRED,
    ),
    Phase.PUBLICITY: (State.PUBLICISED,),
    Phase.FULFILMENT: (
        State.APPROVED,
        State.IN_BATCH,
        State.BOUNCED,
        State.REPLIED,
        State.LETTER_ISSUED,
        State.AWARDED,
        State.NAMED,
    ),
    Phase.FOLLOW_UP: (
        State.FOLLOWING,
        State.RECTIFYING,
        State.RECOVERING,
        State.CALLED_BACK,
        State.RE_EXAMINING,
        State.ESCALATED,
    ),
    Phase.CLOSED: (State.CLOSED,),
}

#: A state has one phase in every flow. `suspended` has none of its own: the case keeps the one it had.
PHASE_OF: dict[str, Phase] = {state: phase for phase, states in _STATES_OF.items() for state in states}
