"""What the organiser of a call does besides moving entries: site checks, public titles, prizes, grades, roadshow."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.files import actions as files
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.editions import runs
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused
from gongjiang.kernel.lifecycle.models import Case, Edition, EditionState
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.tasks.actions import record_visit
from gongjiang.programmes.innovations.models import Entry, Prize, Roadshow, UnionAward
from gongjiang.programmes.innovations.permissions import ENDORSER, ORGANISER
from gongjiang.programmes.innovations.queries import grades_of, without_roadshow

from .asking import ask, refuse

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


def give_grades(edition: Edition, grades: Mapping[int, str], *, actor: Actor) -> int:
    """The grades of recommendation of entries that have come as far as the site check; "" takes a grade away.

    Raises Forbidden for whoever does not organise the call, a call that gives ranks, an entry that is elsewhere, and a
    grade that the call does not have.
    """
    offered = grades_of(edition)
    with transaction.atomic():
        cases = Case.objects.select_for_update(of=("self",)).filter(pk__in=grades, edition=edition)
        there = {c.pk for c in cases if c.state == State.VERIFYING}
        if not runs(edition, actor) or not offered or there != set(grades):
            raise Forbidden
        if set(grades.values()) - {"", *offered}:
            raise Forbidden
        for name in {*grades.values()}:
            chosen = [key for key, grade in grades.items() if grade == name]
            Entry.objects.filter(case__in=chosen).update(grade=name)
    return sum(1 for grade in grades.values() if grade)


def pay_union_awards(
    edition: Edition, entries: Collection[int], *, paid_on: date, voucher: str, actor: Actor
) -> int:
    """The union's own money for these prizes is paid, by this voucher; returns how many.

    Raises Forbidden for whoever does not organise the call, Refused for a day to come, no voucher, one that is paid
    already, has no money in it, or whose award was revoked.
    """
    if not runs(edition, actor):
        raise Forbidden
    with transaction.atomic():
        rows = UnionAward.objects.select_for_update(of=("self",)).filter(
            pk__in=entries, entry__case__edition=edition
        )
        found = list(rows.select_related("entry__case"))
        if not found or {row.pk for row in found} != set(entries):
            raise Forbidden
        first = found[0].pk
        if paid_on > timezone.localdate():
            raise refuse(first, _("This day is still to come."), "paid_on")
        if not voucher.strip():
            raise refuse(first, _("Enter the number of the voucher."), "voucher")
        for row in found:
            if row.fen is None or row.paid_on is not None or row.entry.case.outcome == Outcome.REVOKED:
                raise refuse(row.pk, _("One of them is paid already, or its award was revoked. Look again."))
        rows.update(paid_on=paid_on, voucher=voucher.strip(), recorded_by=actor.user)
    return len(found)


def plan_roadshow(edition: Edition, *, at: datetime, place: str, stream: str, actor: Actor) -> Roadshow:
    """When and where the roadshow of a call is, and where one can watch. Raises Forbidden or Refused."""
    if not runs(edition, actor) or edition.state != EditionState.PUBLISHED:
        raise Forbidden
    if edition.pk in without_roadshow([edition.pk]):
        raise refuse(edition.pk, _("This call has no roadshow."))
    if stream and not stream.startswith("https://"):
        raise refuse(edition.pk, _("The address begins with https://."), "stream")
    planned, _new = Roadshow.objects.update_or_create(
        edition=edition, defaults={"at": at, "place": place.strip(), "stream": stream}
    )
    return planned


def add_slides(
    entry: Entry, uploads: Sequence[Upload], *, actor: Actor, removed: Collection[int] = ()
) -> None:
    """What an entry is presented with at the roadshow, while it waits for that; judges read it in their pack.

    Raises Forbidden, Stale or ValidationError.
    """
    with transaction.atomic():
        case = ask(ORGANISER, entry.case_id, actor)
        files.remove(case, removed, actor=actor, states=(State.SCORING,))
        files.attach(case, uploads, actor=actor, states=(State.SCORING,))


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
