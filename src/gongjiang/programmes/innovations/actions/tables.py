"""A table of benefit that a machine has read: kept beside its image, compared by a person, and only then claimed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.files import actions as files
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.lifecycle.flow import Stale
from gongjiang.programmes.innovations.models import BenefitTable, Result
from gongjiang.programmes.innovations.permissions import CLAIMANT
from gongjiang.programmes.innovations.reading import read_table

from .asking import ask, refuse
from .benefit import CLAIMED_IN, claim


@dataclass(frozen=True)
class Compared:
    """A line as the person reads it on the paper."""

    kind: str
    since: date
    until: date
    fen: int


def bring_table(result: Result, text: str, image: Sequence[Upload], *, actor: Actor) -> BenefitTable:
    """What was read of a table, and the paper itself. Nothing of it counts yet.

    Raises Forbidden, Stale, ValidationError for a file that is not accepted, or Refused: no paper, no figure found.
    """
    with transaction.atomic():
        case = ask(CLAIMANT, result.pk, actor)
        if case.state not in CLAIMED_IN:
            raise Stale(case)
        if not image:
            raise refuse(
                result.pk, _("Add the paper that it was read from: a photo, a scan or the file."), "table"
            )
        if not read_table(text).lines:
            raise refuse(result.pk, _("No line with an amount was found in it."), "text")
        attached = files.attach(case, image, actor=actor, states=CLAIMED_IN)
        return BenefitTable.objects.create(
            result=result,
            image=attached[0],
            text=text.strip(),
            read_by_id=actor.account,
            read_at=timezone.now(),
        )


def compare_table(
    table: BenefitTable, lines: Sequence[Compared], words: Mapping[str, str], *, actor: Actor
) -> BenefitTable:
    """A person has compared the table with its paper: these lines are claimed, the others are left out.

    words   method, compared and basis, for all lines
    Raises Forbidden, Stale, or Refused as `claim` does: nothing is taken over then.
    """
    with transaction.atomic():
        case = ask(CLAIMANT, table.result_id, actor)
        now = BenefitTable.objects.select_for_update().get(pk=table.pk)
        if now.compared_at is not None or case.state not in CLAIMED_IN:
            raise Stale(case)
        result = Result.objects.select_related("case").get(pk=table.result_id)
        for line in lines:
            claim(
                result, line.kind, since=line.since, until=line.until, fen=line.fen, method=words["method"],
                compared=words["compared"], basis=words["basis"], actor=actor,
            )  # fmt: skip
        now.compared_by_id, now.compared_at, now.taken = actor.account, timezone.now(), len(lines)
        now.save(update_fields=["compared_by", "compared_at", "taken"])
    return now
