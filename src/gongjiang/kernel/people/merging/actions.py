"""Deciding about a pair: keep apart, propose, confirm, decline, undo."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.lifecycle.flow import Forbidden

from ..models import IdentifierKind, MatchPair, MatchRule, MergeChoice, MergeRecord, MergeState, PairState
from ..rules import STEWARD
from . import queries
from .database import FIELDS

#: What may be taken from the other record.
CHOOSABLE = (*FIELDS, *IdentifierKind.values)


class Decided(ValidationError):
    """Somebody else was faster."""


def keep_apart(pair: MatchPair, *, actor: Actor, note: str = "") -> None:
    """These are two persons: remembered, so that they are not proposed again. Raises Forbidden, Decided."""
    _may(pair, actor)
    with transaction.atomic():
        locked = MatchPair.objects.select_for_update().get(pk=pair.pk)
        standing = MergeRecord.objects.filter(pair=pair, state=MergeState.PROPOSED).first()
        if locked.state != PairState.OPEN:
            raise _decided()
        if standing is not None:
            _ask("SELECT decline_merge(%s)", standing.pk)
        MatchPair.objects.filter(pk=pair.pk).update(
            state=PairState.KEPT_APART, by=actor.user, at=timezone.now(), note=" ".join(note.split())
        )


def look_again(pair: MatchPair, *, actor: Actor) -> None:
    """Take back that two were kept apart: the pair is in the queue again. Raises Forbidden, Decided."""
    _may(pair, actor)
    changed = MatchPair.objects.filter(pk=pair.pk, state=PairState.KEPT_APART).update(
        state=PairState.OPEN, by=None, at=None
    )
    if not changed:
        raise _decided()


def propose(
    pair: MatchPair, survivor: int, taken: Collection[str] = (), *, actor: Actor, note: str = ""
) -> MergeRecord:
    """Say that both are one: `survivor` stays, and takes these fields from the other record.

    Raises Forbidden outside the actor's tree, Decided where somebody decided or proposed already, ValidationError where
    the survivor is none of the two, or a field cannot be taken.
    """
    _may(pair, actor)
    if survivor not in (pair.a_id, pair.b_id):
        raise ValidationError(_("Choose which of the two records stays."))
    if wrong := sorted(set(taken) - set(CHOOSABLE)):
        raise ValidationError(_("This field cannot be taken over: %(field)s.") % {"field": wrong[0]})
    other = pair.b_id if survivor == pair.a_id else pair.a_id
    try:
        with transaction.atomic():
            if MatchPair.objects.select_for_update().get(pk=pair.pk).state != PairState.OPEN:
                raise _decided()
            record = MergeRecord.objects.create(
                pair=pair,
                survivor_id=survivor,
                other_id=other,
                path=pair.path,
                needs_second=needs_second(pair),
                note=" ".join(note.split()),
                proposed_by_id=actor.user,
                proposed_at=timezone.now(),
            )
            MergeChoice.objects.bulk_create(MergeChoice(record=record, field=f) for f in sorted(set(taken)))
            return record
    except IntegrityError:
        raise _decided() from None


def confirm(record: MergeRecord, *, actor: Actor) -> int:
    """Merge as proposed, in one transaction; returns how many entries moved, were dropped as doubles or taken over.

    Raises Forbidden outside the actor's tree, Decided where it was decided meanwhile, ValidationError where a second
    person is needed and the actor is the first.
    """
    _may(record, actor)
    if record.needs_second and actor.user == record.proposed_by_id:
        raise _another()
    return _ask("SELECT merge_persons(%s)", record.pk)


def decline(record: MergeRecord, *, actor: Actor) -> None:
    """No merge as proposed; the pair is in the queue again. Raises Forbidden, Decided."""
    _may(record, actor)
    _ask("SELECT decline_merge(%s)", record.pk)


def undo(record: MergeRecord, *, actor: Actor) -> int:
    """Put back what the merge moved; what came since stays with the survivor. Returns how many rows went back.

    Raises Forbidden, Decided, ValidationError where a later merge touches one of the records: undo that one first.
    """
    _may(record, actor)
    return _ask("SELECT undo_merge(%s)", record.pk)


def merge_verified(pair: MatchPair) -> bool:
    """Merge without a look, where the rule of the place allows it; returns whether it did. For the worker.

    Only where one and the same identity number was given and both records' names agree, the register's number is
    verified, and nothing hangs on either record.
    """
    rule = queries.rule_at(pair.path)
    holder = queries.verified_holder(pair)
    if rule is None or not rule.auto_merge or not (pair.same_identity and pair.same_name) or holder is None:
        return False
    other = pair.b_id if holder == pair.a_id else pair.a_id
    if rule.always_two or queries.is_bound(pair):
        return False
    with transaction.atomic():
        record = MergeRecord.objects.create(
            pair=pair, survivor_id=holder, other_id=other, path=pair.path, needs_second=False,
            note="match.auto_merge", proposed_at=timezone.now(),
        )  # fmt: skip
        _ask("SELECT merge_persons(%s)", record.pk)
    return True


def needs_second(pair: MatchPair, rule: MatchRule | None = None) -> bool:
    """Whether a merge takes a second person: the place says so, or a payment, credential or honour hangs on it."""
    rule = rule or queries.rule_at(pair.path)
    return rule is None or rule.always_two or queries.is_bound(pair)


def _may(row: MatchPair | MergeRecord, actor: Actor) -> None:
    if not STEWARD.filter(type(row)._default_manager.filter(pk=row.pk), actor).exists():
        raise Forbidden("match")


def _ask(query: str, key: int) -> int:
    """Call one of the database's functions; its refusals as ours."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query, [key])
            return int(cursor.fetchone()[0] or 0)
    except DatabaseError as error:
        code = getattr(error.__cause__, "sqlstate", "")
        if code == "55000":
            raise _decided() from None
        if code == "55006":
            raise ValidationError(
                _("A later merge touches one of these records. Undo that one first.")
            ) from None
        if code == "42501":
            raise _another() from None
        raise


def _decided() -> Decided:
    return Decided(_("Somebody has decided about this pair meanwhile. Look at what was decided."))


def _another() -> ValidationError:
    return ValidationError(
        _(
            "A payment, a credential or an honour hangs on it, or your place asks for it: a second person must confirm."
        )
    )
