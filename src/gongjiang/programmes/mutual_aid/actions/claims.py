"""Filing a claim by any of the three ways, mending it, another account, a corrected settlement."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.files import actions as files
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.ledger import books
from gongjiang.kernel.ledger.batches import account_number
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Forbidden, Stale
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people.crypto import seal
from gongjiang.programmes.mutual_aid import queries
from gongjiang.programmes.mutual_aid.models import Adjustment, AdjustmentKind, Channel, Claim, MemberCoverage
from gongjiang.programmes.mutual_aid.permissions import CASHIER, CLAIMANT, ORGANISER, SUBMITTER

from .asking import ask, refuse

#: States in which whoever filed a claim may still change it.
OPEN = (State.DRAFT, State.RETURNED)
AMOUNTS = (
    "total", "pooled", "deductible", "copay", "class_b", "over_limit", "above_cap", "self_funded", "other",
)  # fmt: skip
DAYS = ("admitted_on", "discharged_on", "settled_on")
SEALED = ("settlement", "invoices", "hospital", "diagnosis")
COLUMNS = ("plan", *DAYS, *AMOUNTS, *SEALED, "payee", "account", "bank")


def covered(person: int, content: Mapping[str, Any]) -> MemberCoverage:
    """The cover that an event falls under: of the period that its deciding day belongs to.

    Raises ValidationError with the day where there is none.
    """
    day: dt.date = content["admitted_on"]
    held = {c.pk: c for on in (content["settled_on"], day) for c in queries.covering(person, on)}
    for coverage in held.values():
        on = content[f"{queries.terms(coverage.edition).period_date}_on"]
        days = queries.cover_days(coverage.edition)
        if days is not None and days[0] <= on < days[1]:
            return coverage
    text = _("Nobody enrolled you for %(day)s. Ask the union of your workplace whether you are covered.")
    raise ValidationError({"admitted_on": text % {"day": day}})


def file_claim(
    content: Mapping[str, Any], *, actor: Actor, submit: bool, papers: Sequence[Upload] = ()
) -> Claim:
    """Somebody who is covered claims, as a draft or submitted at once.

    content  the values of COLUMNS; texts of SEALED and of the account as typed, amounts in fen
    Raises ValidationError, Refused with every reason, or Forbidden; nothing is kept then.
    """
    if actor.person is None:
        raise Forbidden
    with transaction.atomic():
        claim = _open(actor.person, content, Channel.MEMBER, "draft", actor)
        files.attach(claim.case, papers, actor=actor, states=OPEN)
        if submit:
            claim.case = door.transition(claim.case, "submit", actor=actor)
    return claim


def file_for(
    person: int, content: Mapping[str, Any], *, actor: Actor, submit: bool, papers: Sequence[Upload] = ()
) -> Claim:
    """The union of the workplace claims for somebody who cannot. Raises as `file_claim`."""
    with transaction.atomic():
        claim = _open(person, content, Channel.OFFICER, "draft_for", actor)
        files.attach(claim.case, papers, actor=actor, states=OPEN)
        if submit:
            claim.case = door.transition(claim.case, "submit", actor=actor)
    return claim


def receive(person: int, content: dict[str, Any], *, actor: Actor) -> Claim:
    """A settlement of the medical insurance becomes a claim without anybody applying (免申即享), computed at once.

    Where the claimant, or the union for them, has claimed this settlement before, that claim is the one: while it is
    still theirs to mend, it takes over the insurance's amounts. The money goes where the bank last paid them; who was
    never paid says where (`say_account`). Raises ValidationError, Refused, Forbidden.
    """
    with transaction.atomic():
        claim = _open(person, content | _last_account(person), Channel.INSURER, "receive", actor)
        claim.case = door.transition(claim.case, "submit", actor=actor)
        claim.case = door.transition(claim.case, "compute", actor=actor)
    return claim


def _last_account(person: int) -> dict[str, str]:
    """The claimant's own account that the bank paid to last; nothing where there is none."""
    rows = Claim.objects.filter(
        coverage__person=person, paid_on__isnull=False, payee=F("case__applicant__name")
    )
    last = rows.exclude(case__state=State.BOUNCED).order_by("-paid_on", "-pk").first()
    if last is None:
        return {}
    return {"payee": last.payee, "account": queries.unsealed(last.account), "bank": last.bank}


def _open(person: int, content: Mapping[str, Any], channel: Channel, move: str, actor: Actor) -> Claim:
    coverage = covered(person, content)
    case = door.open_case(
        "mutual_aid.claim",
        move,
        actor=actor,
        unit=_unit(coverage),
        applicant=person,
        edition=coverage.edition,
    )
    return Claim.objects.create(
        case=case,
        coverage=coverage,
        channel=channel,
        filed_by_id=None if channel == Channel.MEMBER else actor.user,
        reported_on=timezone.localdate(),
        **columns(content),
    )


def _unit(coverage: MemberCoverage) -> Unit:
    """Where the claim is counted: the unit of the cover. Who has left it sees it again once there is a claim."""
    seen = Unit.objects.filter(pk=coverage.unit_id).first()
    return seen or Unit(pk=coverage.unit_id, path=coverage.path)


def columns(content: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a claim from what was typed: medical words and the account sealed. Raises ValidationError."""
    found = {name: content[name] for name in ("plan", *DAYS, *AMOUNTS) if content.get(name) is not None}
    for name in SEALED:
        if name in content:
            said = str(content[name]).strip()
            found[name] = seal(said) if said else b""
    for name in ("payee", "bank"):
        if name in content:
            found[name] = " ".join(str(content[name]).split())
    if account := str(content.get("account") or "").strip():
        try:
            number = account_number(account)
        except ValidationError as wrong:
            raise ValidationError({"account": wrong.messages}) from wrong
        found |= {"account": seal(number), "account_tail": number[-4:]}
    return found


def revise(
    claim: Claim,
    content: Mapping[str, Any],
    *,
    actor: Actor,
    submit: bool,
    papers: Sequence[Upload] = (),
    removed: Collection[int] = (),
) -> Claim:
    """Whoever filed it changes a draft or a returned claim. Raises Forbidden, Stale, Refused, ValidationError."""
    with transaction.atomic():
        case = ask(SUBMITTER, claim.pk, actor)
        if case.state not in OPEN:
            raise Stale(case)
        Claim.objects.filter(pk=claim.pk).update(**columns(content))
        files.remove(case, removed, actor=actor, states=OPEN)
        files.attach(case, papers, actor=actor, states=OPEN)
        claim.refresh_from_db()
        claim.case = door.transition(case, "submit", actor=actor) if submit else case
    return claim


#: Between the computing and the batch: where the money goes may still be missing.
UNPAID = (State.COMPUTED, State.UNDER_REVIEW, State.PUBLICISED, State.APPROVED)


def asks_account(claim: Claim) -> bool:
    """Whether it waits for an account: the bank sent the money back, none is known yet, or the claimant has died and
    it stands in their own name still.
    """
    if claim.case.state == State.BOUNCED:
        return True
    if claim.case.state not in UNPAID:
        return False
    applicant = claim.case.applicant
    died = applicant is not None and applicant.state == "deceased" and claim.payee == applicant.name
    return not claim.account_tail or died


def say_account(claim: Claim, *, payee: str, account: str, bank: str, actor: Actor) -> Claim:
    """Where the money goes, for a claim that waits for it; one that the bank sent back goes on to the next batch.

    Raises Forbidden, Stale, Refused, ValidationError.
    """
    with transaction.atomic():
        case = ask(CLAIMANT | CASHIER, claim.pk, actor)
        claim = Claim.objects.select_related("case__applicant").get(pk=claim.pk)
        if not asks_account(claim):
            raise Stale(case)
        Claim.objects.filter(pk=claim.pk).update(
            **columns({"payee": payee, "account": account, "bank": bank})
        )
        claim.refresh_from_db()
        bounced = case.state == State.BOUNCED
        claim.case = door.transition(case, "again", actor=actor) if bounced else case
    return claim


def correct(
    claim: Claim, amounts: Mapping[str, int], *, reason: str, document: str, actor: Actor
) -> tuple[Claim, Adjustment | None]:
    """The settlement of a paid claim was corrected: it is computed anew, and the difference becomes an adjustment.

    More goes through both reviews again, less is asked back; what was paid stays as it is. None where nothing differs.
    Raises Forbidden, Stale, Refused.
    """
    with transaction.atomic():
        case = ask(ORGANISER, claim.pk, actor)
        if case.state != State.CLOSED or case.outcome != Outcome.GRANTED:
            raise Stale(case)
        for name in AMOUNTS:
            setattr(claim, name, amounts.get(name, getattr(claim, name)))
        decision, paid = queries.decision_of(claim), books.paid_for(claim.pk)
        due = decision.amount or 0
        if due == paid:
            return claim, None
        if not reason.strip() or not document.strip():
            raise refuse(case.pk, _("Say why, and by which document."), "reason")
        Claim.objects.filter(pk=claim.pk).update(
            **{name: getattr(claim, name) for name in AMOUNTS}, result=due, base=claim.base
        )
        made = _adjust(claim, due - paid, reason, document, actor)
        claim.refresh_from_db()
        claim.case = door.transition(case, "top_up" if due > paid else "recover", actor=actor, note=reason)
    return claim, made


def ask_back(claim: Claim, *, fen: int, reason: str, document: str, actor: Actor) -> Adjustment:
    """So much of what was paid has to come back. Raises Forbidden, Stale, Refused."""
    with transaction.atomic():
        case = ask(ORGANISER, claim.pk, actor)
        if case.state != State.CLOSED or case.outcome != Outcome.GRANTED:
            raise Stale(case)
        if not 0 < fen <= books.paid_for(claim.pk):
            raise refuse(case.pk, _("No more can come back than was paid."), "yuan")
        made = _adjust(claim, -fen, reason, document, actor)
        claim.case = door.transition(case, "recover", actor=actor, note=reason)
    return made


def _adjust(claim: Claim, difference: int, reason: str, document: str, actor: Actor) -> Adjustment:
    return Adjustment.objects.create(
        claim=claim,
        kind=AdjustmentKind.TOP_UP if difference > 0 else AdjustmentKind.RECOVERY,
        fen=abs(difference),
        reason=reason.strip(),
        document=document.strip(),
        by_id=actor.user,
        at=timezone.now(),
    )


def same_settlement(case: int, content: Mapping[str, Any], *, actor: Actor) -> Case | None:
    """The insurance tells of a settlement that is claimed already: while the claim is not reviewed yet, its amounts
    become the insurance's. The case, or None where it has gone too far or says the same.
    """
    with transaction.atomic():
        claim = Claim.objects.select_related("case").filter(pk=case).first()
        if claim is None or claim.case.state not in (State.DRAFT, State.RETURNED, State.SUBMITTED):
            return None
        wanted = {name: content[name] for name in AMOUNTS if name in content}
        if all(getattr(claim, name) == fen for name, fen in wanted.items()):
            return None
        Claim.objects.filter(pk=claim.pk).update(**wanted)
        return claim.case
