"""Who gives roles to whom: from above to strictly below, never to oneself, and only just after proving who one is."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from gongjiang.kernel.access import actions
from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.models import Elevation
from gongjiang.kernel.lifecycle.flow import Forbidden


def _elevate(member):
    now = timezone.now()
    Elevation.objects.create(
        user=member.user, reason="任命（演示）", since=now, until=now + timedelta(minutes=15)
    )


def _appoint(member, username, role, unit, **days):
    days.setdefault("since", timezone.localdate())
    days.setdefault("until", None)
    actor = member.actor
    with scope(actor):
        return actions.appoint(username, role, unit, actor=actor, **days)


def test_officer_appoints_strictly_below(cast):
    county = cast["county_officer"]
    _elevate(county)
    grant = _appoint(county, "colleague", Role.UNIT_OFFICER, cast.works)
    assert (grant.user, grant.path) == (cast["colleague"].user, cast.works.path)
    assert cast["colleague"].actor.has(Role.UNIT_OFFICER)
    for unit in (cast.county, cast.city, cast.sibling_county, cast.plant):
        with pytest.raises(Forbidden):
            _appoint(county, "colleague", Role.OFFICER, unit)


@pytest.mark.parametrize("name", ["unit_officer", "leader", "auditor", "applicant", "sibling_officer"])
def test_nobody_else_appoints(cast, name):
    _elevate(cast[name])
    with pytest.raises(Forbidden):
        _appoint(cast[name], "colleague", Role.UNIT_OFFICER, cast.works)


def test_without_elevation_nobody_appoints(cast):
    with pytest.raises(Forbidden):
        _appoint(cast["superior"], "colleague", Role.UNIT_OFFICER, cast.works)


def test_elevation_ends_by_itself(cast):
    now = timezone.now()
    Elevation.objects.create(
        user=cast["superior"].user,
        reason="早",
        since=now - timedelta(hours=1),
        until=now - timedelta(minutes=1),
    )
    with pytest.raises(Forbidden):
        _appoint(cast["superior"], "colleague", Role.UNIT_OFFICER, cast.works)


def test_officer_gives_no_role_that_watches_officers(cast):
    _elevate(cast["superior"])
    for role in (Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        with pytest.raises(Forbidden):
            _appoint(cast["superior"], "colleague", role, cast.county)


def test_security_administrator_appoints_everywhere_and_sees_no_case(cast):
    Grant.objects.create(
        user=cast["stranger"].user, role=Role.SECURITY_ADMIN, unit=cast.city, since=timezone.localdate()
    )
    _elevate(cast["stranger"])
    _appoint(cast["stranger"], "colleague", Role.AUDITOR, cast.county)
    actor = cast["stranger"].actor
    assert actor.grants == ()
    with scope(actor):
        assert Grant.objects.filter(role=Role.AUDITOR, unit=cast.county).count() == 1


def test_nobody_appoints_himself_and_nothing_twice(cast):
    _elevate(cast["superior"])
    with pytest.raises(ValidationError):
        _appoint(cast["superior"], "superior", Role.APPROVER, cast.county)
    _appoint(cast["superior"], "colleague", Role.APPROVER, cast.county)
    with pytest.raises(ValidationError):
        _appoint(cast["superior"], "colleague", Role.APPROVER, cast.county)


def test_wrong_days_and_names_are_explained(cast):
    _elevate(cast["superior"])
    today = timezone.localdate()
    for name, days, field in (
        ("nobody", {}, "username"),
        ("colleague", {"since": today - timedelta(days=1)}, "since"),
        ("colleague", {"since": today, "until": today}, "until"),
    ):
        with pytest.raises(ValidationError) as wrong:
            _appoint(cast["superior"], name, Role.OFFICER, cast.county, **days)
        assert list(wrong.value.error_dict) == [field]


def test_ending_a_grant_takes_the_role_today_and_keeps_the_row(cast):
    _elevate(cast["superior"])
    grant = Grant.objects.get(role=Role.OFFICER, unit=cast.county)
    actor = cast["superior"].actor
    with scope(actor):
        actions.end(grant, actor=actor)
    grant.refresh_from_db()
    assert grant.until == timezone.localdate()
    assert cast["county_officer"].actor.grants == ()
    own = Grant.objects.get(user=actor.user)
    with pytest.raises(Forbidden), scope(actor):
        actions.end(own, actor=actor)


def test_leader_sees_who_holds_roles_below_and_the_sibling_none_of_them(cast):
    with scope(cast["sibling_officer"].actor):
        assert set(Grant.objects.values_list("unit", flat=True)) == {cast.sibling_county.pk}
    with scope(cast["leader"].actor):
        assert Grant.objects.filter(unit=cast.works).count() == 1
