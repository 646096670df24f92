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
    RETURNED = "returned", c("state", "Returned to mend")
    ACCEPTED = "accepted", c("state", "Accepted")
    TRIAL = "trial", c("state", "Trial use")
    UNDER_REVIEW = "under_review", c("state", "Under review")
    CLOSED = "closed", c("state", "Closed")


PHASE_OF: dict[str, Phase] = {
    State.DRAFT: Phase.DRAFT,
    State.SUBMITTED: Phase.INTAKE,
    State.RETURNED: Phase.INTAKE,
    State.ACCEPTED: Phase.HANDLING,
    State.TRIAL: Phase.HANDLING,
    State.UNDER_REVIEW: Phase.HANDLING,
    State.CLOSED: Phase.CLOSED,
}
