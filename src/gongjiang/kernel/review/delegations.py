"""Acting for somebody during leave: a deputy has what the holder has for some days, and acts in the other's name."""

from datetime import date

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.rules import NOTHING
from gongjiang.kernel.lifecycle.flow import Forbidden, Reason, Refused

from .models import Delegation


def delegate(
    login: str, *, actor: Actor, unit: int, role: str, since: date, until: date, reason: str = ""
) -> Delegation:
    """Let a colleague act in this role for this unit from `since` to the day before `until`.

    Only a grant of one's own can be lent, and not one that is lent oneself. The colleague holds an office of the
    unit or works there. Raises Forbidden and Refused.
    """
    today = timezone.localdate()
    if actor.user is None or not Grant.objects.filter(user=actor.user, unit=unit, role=role).exists():
        raise Forbidden
    reasons = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, belongs_to(id, %s) FROM colleague(%s)", [unit, login.strip()])
        found = cursor.fetchone()
    if found is None:
        reasons.append(Reason(_("There is no account with this sign-in name."), field="login"))
    elif found[0] == actor.user:
        reasons.append(Reason(_("You cannot stand in for yourself."), field="login"))
    elif not found[2]:
        reasons.append(Reason(_("A deputy holds an office of the same union or works there."), field="login"))
    if until <= since or until <= today:
        reasons.append(Reason(_("The last day lies before the first, or has passed."), field="until"))
    if since < today:
        reasons.append(Reason(_("Nobody can stand in for days that have passed."), field="since"))
    if reasons:
        raise Refused({0: reasons})
    return Delegation.objects.create(
        holder_id=actor.user,
        holder_name=actor.name,
        deputy_id=found[0],
        deputy_name=found[1],
        unit_id=unit,
        role=role,
        since=since,
        until=until,
        reason=reason.strip(),
        at=timezone.now(),
    )


def end(delegation: Delegation, *, actor: Actor) -> None:
    """The holder is back: from today the deputy holds it no longer; what was done stays done."""
    with transaction.atomic():
        held = Delegation.objects.select_for_update().filter(pk=delegation.pk, holder=actor.user).first()
        if held is None:
            raise Forbidden
        held.until = min(held.until, max(timezone.localdate(), held.since))
        held.save(update_fields=["until"])


def in_name_of(actor: Actor, units: set[int], on: date) -> dict[int, int]:
    """{unit: the holder's account} for units where the actor holds nothing of his own and stands in for somebody."""
    own = set(
        Grant.objects.filter(user=actor.user, unit__in=units, since__lte=on)
        .exclude(until__lte=on)
        .values_list("unit", flat=True)
    )
    return dict(
        Delegation.objects.filter(deputy=actor.user, unit__in=units - own, since__lte=on, until__gt=on)
        .order_by("-pk")
        .values_list("unit", "holder")
    )


def held_by(actor: Actor, prefix: str) -> Q:
    """Delegations that the actor has given."""
    return Q(**{f"{prefix}holder": actor.user}) if actor.user else NOTHING
