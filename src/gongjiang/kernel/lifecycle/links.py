"""What one case is to another."""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor

from .flow import Batch, FlowError, Reason, Refused
from .models import Case, CaseLink, Relation


class Circle(FlowError):
    """The chain of links would come back to where it began."""


def link(
    sources: Collection[int], target: Case, relation: str, *, reason: str, actor: Actor
) -> list[CaseLink]:
    """Say of each source what it is to the target. Raises Circle, and Refused where it was said before."""
    if any(key == target.pk for key in sources):
        raise Circle
    try:
        with transaction.atomic():
            return CaseLink.objects.bulk_create(
                CaseLink(
                    source_id=key,
                    target=target,
                    relation=relation,
                    reason=reason,
                    by_id=actor.user,
                    at=timezone.now(),
                )
                for key in sorted(sources)
            )
    except IntegrityError as wrong:
        if "caselink_no_circle" in str(wrong) or "come back to itself" in str(wrong):
            raise Circle from wrong
        if "caselink_once" in str(wrong) or "caselink_merged_once" in str(wrong):
            said = Reason(_("It is linked to that case already."))
            raise Refused({key: [said] for key in sources}) from wrong
        raise


def merge_into(batch: Batch) -> None:
    """Effect of a move that closes cases as merged: they point to the case that `data["into"]` names.

    They keep their people; the case they were merged into takes none over.
    """
    link(
        [c.pk for c in batch.cases],
        Case.objects.get(pk=batch.data["into"]),
        Relation.MERGED_INTO,
        reason=str(batch.data.get("note") or _("merged")),
        actor=batch.actor,
    )
