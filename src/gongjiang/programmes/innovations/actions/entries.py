"""What the organiser of a call does with an entry besides moving it: the site check, the public title, the prizes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused
from gongjiang.kernel.lifecycle.models import Edition, EditionState
from gongjiang.kernel.lifecycle.states import State
from gongjiang.kernel.tasks.actions import record_visit
from gongjiang.programmes.innovations.models import Entry, Prize
from gongjiang.programmes.innovations.permissions import ENDORSER, ORGANISER

from .asking import ask

SITE_CHECK = "innovations.site_check"
CHECKERS = 2  # named, of the union that organises (brief, section 3)


def send_up(entry: Entry, *, actor: Actor, note: str = "") -> bool:
    """Send an entry that was just put forward to the union above; False where it stays as ranked reserve."""
    try:
        entry.case = door.transition(entry.case, "endorse", actor=actor, note=note)
    except Refused:
        return False
    return True


def check_on_site(
    entry: Entry,
    *,
    on: date,
    visitors: Collection[str],
    findings: str,
    passed: bool,
    actor: Actor,
    device: str | None = None,
) -> Entry:
    """Record who looked at it where it is used, and what they found.

    Raises Refused for fewer than two checkers or a day to come, Forbidden where the actor does not organise the call.
    """
    case = entry.case
    ask(ORGANISER, case.pk, actor)
    if case.state != State.VERIFYING or case.edition is None:
        raise Forbidden
    with transaction.atomic():
        record_visit(
            SITE_CHECK, actor=actor, by=case.edition.unit_id, on=on, visitors=list(visitors), findings=findings,
            at_least=CHECKERS, case=case, device=device,
        )  # fmt: skip
        Entry.objects.filter(pk=entry.pk).update(check_passed=passed)
        entry.check_passed = passed
    return entry


def name_in_public(entry: Entry, title: str, *, actor: Actor) -> None:
    """The title under which an entry is publicised; the original stays as it is. Raises Forbidden."""
    ask(ORGANISER | ENDORSER, entry.case_id, actor)
    if entry.case.state in (State.CLOSED, State.AWARDED):
        raise Forbidden
    Entry.objects.filter(pk=entry.pk).update(public_title=" ".join(title.split()))


def set_prizes(edition: Edition, rows: Sequence[Mapping[str, str | int]], *, actor: Actor) -> None:
    """Replace the prizes of a call in preparation: name, name_en, places, the highest first. Raises Forbidden."""
    if edition.state != EditionState.DRAFT or not any(
        g.unit == edition.unit_id for g in actor.held(Role.OFFICER)
    ):
        raise Forbidden
    names = [str(row["name"]) for row in rows]
    if len(set(names)) != len(names):
        raise ValidationError(_("Two prizes have the same name."))
    with transaction.atomic():
        Prize.objects.filter(edition=edition).delete()
        Prize.objects.bulk_create(
            Prize(edition=edition, position=n, **row) for n, row in enumerate(rows, start=1)
        )
