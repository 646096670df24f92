"""What a result brings in money: claimed by its makers, signed line by line by finance."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.files import actions as files
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Forbidden, Stale
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.lifecycle.states import State
from gongjiang.kernel.targets import actions as targets
from gongjiang.kernel.targets import queries as read
from gongjiang.kernel.targets.models import EvidenceLevel, Reading
from gongjiang.programmes.innovations.models import BenefitKind, Conversion, Result
from gongjiang.programmes.innovations.permissions import CLAIMANT, PAYBACK_SIGNER, SIGNER

from .asking import ask, refuse

CLAIMED_IN = (State.DRAFT, State.RETURNED, State.TRIAL)
BASIS_MOST = 200


def claim(
    result: Result,
    kind: str,
    *,
    since: date,
    until: date,
    fen: int,
    method: str,
    compared: str,
    basis: str,
    actor: Actor,
) -> Reading:
    """One line of benefit: of one kind, for days of one year, as money of exactly these days.

    Raises Forbidden, Stale, or Refused with the reason: a period over two years or still to come, a second line of the
    same kind and year, nothing said of method, comparison or basis.
    """
    with transaction.atomic():
        _open(result, actor)
        _check_period(result.pk, since, until)
        for name, text in (("method", method), ("compared", compared), ("basis", basis)):
            if not text.strip():
                raise refuse(result.pk, _("Finance needs this to sign the line."), name)
        if len(basis.strip()) > BASIS_MOST:
            raise refuse(result.pk, _("At most %(most)s characters.") % {"most": BASIS_MOST}, "basis")
        target = targets.set_target(case=result.case, kind=BenefitKind(kind).value, uom="fen")
        standing = Reading.objects.filter(target=target, superseded_by=None, since__year=since.year)
        if standing.filter(value__gt=0).exists():
            said = _("There is a line of this kind for %(year)s already. Change that one.")
            raise refuse(result.pk, said % {"year": since.year}, "kind")
        words = {"method": method, "compared": compared, "basis": basis}
        gone = standing.filter(value=0).first()
        if gone is not None:
            return targets.correct(gone, actor=actor, value=fen, note="", since=since, until=until, **words)
        return targets.report(target, actor=actor, since=since, until=until, value=fen, **words)


def mend_claim(
    reading: Reading,
    *,
    since: date,
    until: date,
    fen: int,
    method: str,
    compared: str,
    basis: str,
    actor: Actor,
) -> Reading:
    """The makers' better line in place of this one. Raises Forbidden, Stale or Refused."""
    with transaction.atomic():
        result = _of(reading)
        _open(result, actor)
        _check_period(result.pk, since, until)
        if since.year != reading.since.year:
            raise refuse(result.pk, _("A line stays in its year. Add another one for another year."), "since")
        return targets.correct(
            reading, actor=actor, value=fen, note=_("changed by the makers"), since=since, until=until,
            method=method, compared=compared, basis=basis,
        )  # fmt: skip


def take_back(reading: Reading, *, actor: Actor) -> Reading:
    """The makers claim this line no longer; it stands at nothing. Raises Forbidden, Stale or Refused."""
    with transaction.atomic():
        _open(_of(reading), actor)
        return targets.correct(reading, actor=actor, value=0, note=_("taken back by the makers"))


def sign(
    result: Result,
    decisions: Mapping[int, tuple[int | None, str]],
    *,
    actor: Actor,
    seal: Sequence[Upload] = (),
    audited: Collection[int] = (),
    reports: Sequence[Upload] = (),
) -> Case:
    """Finance confirms each line, as it is or corrected with a reason, and the result goes on.

    decisions  reading -> (fen, or None for as it is; the reason of a correction)
    seal       the scan of the sealed benefit sheet, where there is one
    audited    readings that a third party found, as finance has seen in its report
    reports    what the third party wrote
    Raises Forbidden, Stale, or Refused with every reason: its own line, a third party without a report.
    """
    with transaction.atomic():
        case = ask(SIGNER, result.pk, actor)
        if case.state != State.VERIFYING:
            raise Stale(case)
        if audited and not reports:
            raise refuse(result.pk, _("Add the report of the third party that found it."), "report")
        scan, report = (
            next(iter(files.attach(case, uploads, actor=actor, states=(State.VERIFYING,))), None)
            for uploads in (seal, reports)
        )
        for reading in read.standing(case=result.pk, kind__in=BenefitKind.values).filter(value__gt=0):
            if reading.pk in decisions and reading.confirmed_by_id is None:
                fen, note = decisions[reading.pk]
                if reading.reported_by_id == actor.user:
                    raise refuse(
                        result.pk, _("You reported this line yourself. Somebody else has to sign it.")
                    )
                found = (
                    {"level": EvidenceLevel.THIRD_PARTY, "file": report}
                    if reading.pk in audited
                    else {"file": scan}
                )
                targets.confirm(reading, actor=actor, value=fen, note=note, **found)
        return door.transition(case, "sign", actor=actor, version=case.version)


def sign_payback(conversion: Conversion, *, actor: Actor, fen: int | None = None, note: str = "") -> Reading:
    """Finance of the result's unit confirms what a conversion brought. Raises Forbidden or Refused."""
    with transaction.atomic():
        ask(PAYBACK_SIGNER, conversion.result_id, actor)
        reading = Reading.objects.filter(
            target=conversion.benefit_id, superseded_by=None, confirmed_by=None
        ).first()
        if reading is None:
            raise Forbidden
        return targets.confirm(reading, actor=actor, value=fen, note=note)


def _of(reading: Reading) -> Result:
    return Result.objects.select_related("case").get(case=reading.target.case_id)


def _open(result: Result, actor: Actor) -> None:
    case = ask(CLAIMANT, result.pk, actor)
    if case.state not in CLAIMED_IN:
        raise Stale(case)


def _check_period(key: int, since: date, until: date) -> None:
    if until <= since:
        raise refuse(key, _("The period ends before it begins."), "until")
    if date.fromordinal(until.toordinal() - 1).year != since.year:
        raise refuse(key, _("One line is for one year. Write one line for each year."), "until")
    if until > timezone.localdate():
        said = _("The period is not over yet. Write what has come in until now; the rest can follow.")
        raise refuse(key, said, "until")
