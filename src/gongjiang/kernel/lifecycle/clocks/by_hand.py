"""What an officer does to a clock by hand, beside extending it: let it stand still, with a reason, and let it run on.

Whoever may extend it may do both: the role that its rule names. Pauses of others, of an objection for instance, are
not theirs to end.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor

from ..flow import Forbidden, Reason, Refused
from ..models import Case, Clock, Extension, Pause
from .standing import gives_time, pause, resume
from .writing import hold


def sender(clock: Clock) -> str:
    """Who stands in a pause that an officer made."""
    return f"officer:{clock.pk}"


@dataclass(frozen=True)
class Running:
    """A clock that runs, what has been done to it, and what this actor may do.

    pauses   those that are open; while there is one it stands still
    left     days by which it can still be extended
    """

    clock: Clock
    pauses: list[Pause]
    extensions: list[Extension]
    gives_time: bool
    left: int

    @property
    def held(self) -> bool:
        """Whether an officer has stopped it by hand."""
        return any(p.sender == sender(self.clock) for p in self.pauses)

    @property
    def late(self) -> bool:
        """Whether it has missed its deadline: then nothing is given any more."""
        return self.clock.breached_at is not None or (not self.pauses and self.clock.due_at < timezone.now())


def running(case: Case, actor: Actor) -> list[Running]:
    """The clocks of a case that run, the next to be due first: three queries."""
    clocks = Clock.objects.filter(case=case, stopped_at=None).select_related("rule").order_by("due_at", "pk")
    found = []
    for clock in clocks.prefetch_related("pauses", "extensions__user"):
        clock.case = case
        extensions = sorted(clock.extensions.all(), key=lambda e: e.pk)
        limit = clock.rule.extension_limit if clock.rule and clock.rule.extension_limit else 0
        found.append(
            Running(
                clock,
                [p for p in clock.pauses.all() if p.until is None],
                extensions,
                gives_time(clock, actor),
                limit - sum(e.days for e in extensions),
            )
        )
    return found


def stand(clock: Clock, *, reason: str, actor: Actor) -> None:
    """Let a clock stand still. Raises Forbidden, and Refused where it has stopped, is late, or no reason is given."""
    with transaction.atomic():
        now = _locked(clock, actor)
        against = []
        if now.stopped_at is not None or now.breached_at is not None or now.due_at < timezone.now():
            against.append(Reason(_("The deadline has passed; the time cannot stand still any more.")))
        if not reason.strip():
            against.append(Reason(_("Please fill this in."), field="reason"))
        if against:
            raise Refused({now.pk: against})
        assert now.case_id is not None
        pause([now.case_id], reason=reason.strip(), sender=sender(now), actor=actor, only=now)


def let_run(clock: Clock, *, actor: Actor) -> None:
    """End the pause that an officer made; its days are added to the deadline. Raises Forbidden."""
    with transaction.atomic():
        now = _locked(clock, actor)
        assert now.case_id is not None
        resume([now.case_id], sender=sender(now))


def _locked(clock: Clock, actor: Actor) -> Clock:
    now = Clock.objects.select_related("rule", "case").get(pk=clock.pk)
    if now.case_id is not None:
        hold([now.case_id])
        now.refresh_from_db(fields=["due_at", "stopped_at", "breached_at"])
    if not gives_time(now, actor):
        raise Forbidden
    return now
