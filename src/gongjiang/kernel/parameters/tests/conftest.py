"""Two who may decide, beside the cast: the approvers of the county and of the city."""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.utils import timezone

from gongjiang.kernel.access.actor import Actor, load, scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.parameters import actions
from gongjiang.kernel.parameters.models import Proposal, Provision
from tests.cast import SINCE, Cast

DOCUMENT = {"document": "长工发〔2026〕1号（演示）", "clause": "第三条"}


def today() -> dt.date:
    return timezone.localdate()


def in_days(n: int) -> dt.date:
    return today() + dt.timedelta(days=n)


@dataclass
class Desk:
    """The cast, with two approvers: `county_approver` and `city_approver`."""

    cast: Cast
    county_approver: Actor
    city_approver: Actor

    def propose(
        self,
        name: str,
        value: object = None,
        *,
        unit: Unit | None = None,
        by: str = "superior",
        **more: object,
    ) -> Proposal:
        actor = self.cast[by].actor
        given = {"since": today(), **DOCUMENT, **more}
        with scope(actor):
            return actions.propose(
                f"innovations.{name}", actor=actor, unit=unit or self.cast.city, value=value, **given
            )

    def publish(self, proposal: Proposal, *, by: Actor | None = None) -> Provision:
        with scope(by or self.city_approver):
            return actions.publish(proposal, actor=by or self.city_approver)

    def set(self, name: str, value: object = None, **more: object) -> Provision:
        return self.publish(self.propose(name, value, **more))


def approver(unit: Unit, name: str) -> Actor:
    user = User.objects.create_user(name, None, display_name=name)
    Grant.objects.create(user=user, role=Role.APPROVER, unit=unit, since=SINCE)
    return load(user.pk)


def _desk(cast: Cast) -> Desk:
    return Desk(cast, approver(cast.county, "county_approver"), approver(cast.city, "city_approver"))


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return _desk(cast)


@pytest.fixture
def lasting_desk(lasting_cast: Cast) -> Desk:
    return _desk(lasting_cast)
