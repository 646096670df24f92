"""Who runs a panel, who leads it, and who sits on it: rules over `Panel` and `Seat`."""

from django.db.models import Q

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role, SeatRole
from gongjiang.kernel.access.rules import NOTHING, Rule, within

ORGANISERS = (Role.OFFICER, Role.UNIT_OFFICER)


def at(field: str, *roles: str) -> Rule:
    """Rows of exactly the units where the actor holds one of the roles, and of none below them."""

    def ask(actor: Actor, prefix: str) -> Q:
        units = sorted({g.unit for g in actor.held(*roles)})
        return Q(**{f"{prefix}{field}__in": units}) if units else NOTHING

    return Rule(ask, f"at({', '.join(roles)})")


def _seat(actor: Actor, prefix: str, *roles: str) -> Q:
    from .models import Seat

    if actor.user is None:
        return NOTHING
    live = Seat.objects.filter(user=actor.user, until=None)
    return Q(**{f"{prefix}pk__in": (live.filter(role__in=roles) if roles else live).values("panel")})


#: Over panels: those whose unit one works for, those one chairs, those one sits on.
RUN = at("unit", *ORGANISERS)
CHAIR = Rule(lambda a, p: _seat(a, p, SeatRole.PANEL_CHAIR), "chair")
ON_IT = Rule(lambda a, p: _seat(a, p), "seat")
LEAD = RUN | CHAIR
VIEW = within("path", *ORGANISERS) | CHAIR

#: Over seats: one's own, as long as it lasts.
MINE = Rule(lambda a, p: Q(**{f"{p}user": a.user, f"{p}until": None}) if a.user else NOTHING, "my seat")

#: Over editions: whose unit one works for.
RUN_EDITION = at("unit", *ORGANISERS)
