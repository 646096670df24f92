"""Grades that a rank gives a claim to: proposed to the authority for skills, and what it answered."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.credentials import actions as credentials
from gongjiang.kernel.credentials.actions import Award
from gongjiang.kernel.credentials.models import CredentialKind
from gongjiang.kernel.lifecycle.flow import Forbidden, Stale
from gongjiang.programmes.competitions.models import Upgrade, UpgradeState
from gongjiang.programmes.competitions.permissions import ORGANISER


def _held(keys: Iterable[int], actor: Actor) -> list[Upgrade]:
    """These, locked. Raises Forbidden where one is not of a contest that the actor's union runs."""
    keys = list(keys)
    mine = ORGANISER.filter(Upgrade.objects.filter(pk__in=keys), actor, "case__").values_list("pk", flat=True)
    if set(keys) != set(mine):
        raise Forbidden
    rows = Upgrade.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    return list(rows.select_related("case__edition__unit", "person", "unit").order_by("pk"))


def send(upgrades: Iterable[Upgrade], *, on: date, actor: Actor) -> int:
    """They have gone to the authority for skills; returns how many. Raises Forbidden, Stale."""
    with transaction.atomic():
        rows = _held([u.pk for u in upgrades], actor)
        for row in rows:
            if row.state != UpgradeState.ELIGIBLE:
                raise Stale(row)
            row.state, row.sent_on = UpgradeState.SENT, on
        Upgrade.objects.bulk_update(rows, ["state", "sent_on"])
    return len(rows)


def answer(upgrade: Upgrade, *, on: date, actor: Actor, certificate: str = "", reason: str = "") -> Upgrade:
    """What the authority answered: a certificate with its number, or a reason why not. Prize and title stay.

    Raises Forbidden, Stale, or ValidationError by field.
    """
    certificate, reason = certificate.strip(), " ".join(reason.split())
    if bool(certificate) == bool(reason):
        raise ValidationError(_("Enter the number of the certificate, or the reason why there is none."))
    with transaction.atomic():
        row = _held([upgrade.pk], actor)[0]
        if row.state != UpgradeState.SENT:
            raise Stale(row)
        if row.sent_on is not None and on < row.sent_on:
            raise ValidationError({"on": _("This lies before the day on which it was sent.")})
        row.state = UpgradeState.ISSUED if certificate else UpgradeState.REFUSED
        row.answered_on, row.certificate, row.reason = on, certificate, reason
        row.save(update_fields=["state", "answered_on", "certificate", "reason"])
        if certificate:
            edition = row.case.edition
            assert edition is not None
            credentials.grant(
                [
                    Award(
                        name=str(row.get_rises_to_display()), person=row.person, holder_unit=row.unit,
                        level=row.rises_to, case=row.case, number=certificate,
                    )
                ],
                kind=CredentialKind.GRADE, unit=edition.unit, actor=actor, on=on,
            )  # fmt: skip
    return row
