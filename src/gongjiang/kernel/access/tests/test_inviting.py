"""Accounts come into being with a role, made by whoever may give it, and are entered by their owners alone."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongjiang.kernel.access import actions
from gongjiang.kernel.access.actor import load, scope
from gongjiang.kernel.access.founding import found
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts import invitations
from gongjiang.kernel.accounts.models import Elevation, Login, SignOn, User
from gongjiang.kernel.codes.models import Code, CodeList
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.orgs.models import Unit

PASSWORD = "a short sentence of one's own"


def elevate(member):
    now = timezone.now()
    Elevation.objects.create(user=member.user, reason="任命", since=now, until=now + timedelta(minutes=15))


def invite(member, username="new.officer", role=Role.UNIT_OFFICER, unit=None, **days):
    actor = member.actor
    days = {"since": timezone.localdate(), "until": None, **days}
    with scope(actor), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE gj_app")
        try:
            return actions.invite(username, "新来", role, unit, actor=actor, **days)
        finally:
            if not connection.needs_rollback:
                cursor.execute("SET LOCAL ROLE NONE")


@pytest.fixture
def county(cast):
    elevate(cast["county_officer"])
    return cast["county_officer"]


def test_officer_invites_strictly_below_and_nobody_can_enter_yet(cast, county):
    grant = invite(county, unit=cast.works)
    user = User.objects.get(username="new.officer")
    assert (grant.user_id, grant.unit_id, grant.role) == (user.pk, cast.works.pk, "unit_officer")
    assert (user.display_name, user.is_active, user.is_demo, user.has_usable_password()) == (
        "新来",
        True,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("role", "unit"),
    [
        (Role.OFFICER, "county"),
        (Role.OFFICER, "city"),
        (Role.OFFICER, "sibling_county"),
        (Role.AUDITOR, "works"),
        (Role.SECURITY_ADMIN, "works"),
    ],
)
def test_role_above_ones_own_or_elsewhere_makes_no_account(cast, county, role, unit):
    with pytest.raises(Forbidden):
        invite(county, role=role, unit=getattr(cast, unit))
    assert not User.objects.filter(username="new.officer").exists()


@pytest.mark.parametrize("name", ["unit_officer", "leader", "auditor", "applicant"])
def test_nobody_else_makes_accounts(cast, name):
    elevate(cast[name])
    with pytest.raises(Forbidden):
        invite(cast[name], unit=cast.works)


def test_without_elevation_and_after_the_own_role_ended_nobody_invites(cast):
    with pytest.raises(Forbidden):
        invite(cast["county_officer"], unit=cast.works)
    elevate(cast["county_officer"])
    Grant.objects.filter(user=cast["county_officer"].user).update(until=timezone.localdate())
    with pytest.raises(Forbidden):
        invite(cast["county_officer"], unit=cast.works)


def test_name_that_is_taken_or_none_and_a_closed_unit_are_explained(cast, county):
    Unit.objects.filter(pk=cast.works.pk).update(closed_on=timezone.localdate())
    cast.works.refresh_from_db()
    for username, unit, field in (
        ("colleague", cast.township, "username"),
        ("two words", cast.township, "username"),
        ("ab", cast.township, "username"),
        ("new.officer", cast.works, "unit"),
    ):
        with pytest.raises(ValidationError) as wrong:
            invite(county, username=username, unit=unit)
        assert list(wrong.value.error_dict) == [field]
    assert not User.objects.filter(display_name="新来").exists()


def test_invitation_is_taken_up_once_and_opens_the_account(cast, county):
    user = invite(county, unit=cast.works).user
    way = reverse("take-up", args=[invitations.word(user)])
    client = Client()
    shown = client.get(way)
    assert (shown.status_code, "new.officer" in shown.content.decode()) == (200, True)
    short = client.post(way, {"new": "short", "again": "short"})
    differs = client.post(way, {"new": PASSWORD, "again": PASSWORD + "."})
    assert (short.status_code, differs.status_code) == (422, 422)
    done = client.post(way, {"new": PASSWORD, "again": PASSWORD})
    assert done.headers["Location"] == reverse("desk")
    assert client.get(reverse("desk")).status_code == 200
    assert [Client().get(way).status_code, Client().post(way, {"new": "x"}).status_code] == [404, 404]
    entered = Client().post(reverse("sign-in"), {"username": "new.officer", "password": PASSWORD})
    assert entered.status_code == 302
    assert Login.objects.filter(user=user).count() == 2


def test_invitation_is_void_when_the_role_was_taken_back_or_the_account_entered_otherwise(cast, county):
    grant = invite(county, unit=cast.works)
    word = invitations.word(grant.user)
    assert invitations.invited(word) == grant.user
    with scope(county.actor):
        actions.end(grant, actor=county.actor)
    assert invitations.invited(word) is None
    other = invite(county, username="other.officer", unit=cast.works).user
    word = invitations.word(other)
    User.objects.filter(pk=other.pk).update(last_login=timezone.now())  # by single sign-on
    assert invitations.invited(word) is None


def test_invitation_ends_by_itself_and_another_word_opens_nothing(cast, county, settings):
    user = invite(county, unit=cast.works).user
    word = invitations.word(user)
    key, _dash, token = word.partition("-")
    for wrong in (
        "",
        "-",
        "x-y",
        f"{cast['leader'].user.pk}-{token}",
        f"{key}-{token[:-1]}",
        "9" * 40 + "-" + token,
    ):
        assert invitations.invited(wrong) is None
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert invitations.invited(word) is None


def test_two_who_take_up_the_same_invitation_do_not_both_set_a_password(cast, county):
    user = invite(county, unit=cast.works).user
    first, second = (invitations.invited(invitations.word(user)) for _ in range(2))
    invitations.accept(first, new=PASSWORD)
    with pytest.raises(ValidationError):
        invitations.accept(second, new="another short sentence")
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_link_is_shown_to_whoever_stands_above_and_to_nobody_else(cast, county):
    grant = invite(county, unit=cast.works)
    seen = {}
    for name in ("county_officer", "superior", "sibling_officer", "unit_officer", "leader", "applicant"):
        elevate(cast[name])
        client = Client()
        client.force_login(cast[name].user)
        session = client.session
        session["elevated_until"] = (timezone.now() + timedelta(minutes=10)).timestamp()
        session.save()
        seen[name] = client.get(reverse("invitation-link", args=[grant.pk])).status_code
    assert seen == {
        "county_officer": 200,
        "superior": 200,
        "sibling_officer": 404,
        "unit_officer": 404,
        "leader": 404,
        "applicant": 404,
    }


def test_account_in_use_shows_no_link(cast, county):
    own = Grant.objects.filter(user=cast["unit_officer"].user).first()
    client = Client()
    client.force_login(county.user)
    session = client.session
    session["elevated_until"] = (timezone.now() + timedelta(minutes=10)).timestamp()
    session.save()
    cast["unit_officer"].user.set_password(PASSWORD)
    cast["unit_officer"].user.save()
    SignOn.objects.all().delete()
    assert client.get(reverse("invitation-link", args=[own.pk])).status_code == 404


@pytest.fixture
def regions(db):
    if not CodeList.objects.filter(code="region").exists():
        made = CodeList.objects.create(
            code="region", name="区划", version="2023", published_on=date(2023, 1, 1), as_of=date(2023, 1, 1)
        )
        Code.objects.create(list=made, code="140000", name="山西省", since=date(2023, 1, 1))


FIRST = {"name": "山西省总工会", "level": "province", "region": "140000", "on": date(2026, 1, 1)}
WHO = {"username": "first.admin", "display_name": "张三"}


def test_first_union_and_account_are_made_once(regions):
    made = found(**FIRST, **WHO)
    again = found(**FIRST, **WHO)
    assert (made.anew, again.anew, again.unit, again.user) == (True, False, made.unit, made.user)
    assert (made.unit.parent, made.unit.code, made.unit.path) == (None, "140000", f"/{made.unit.pk}/")
    assert load(made.user.pk).system == frozenset({Role.SECURITY_ADMIN})
    for changed in ({"name": "另一个总工会"}, {"username": "somebody.else"}):
        with pytest.raises(ValidationError):
            found(**{**FIRST, **WHO, **changed})
    assert (Unit.objects.count(), User.objects.count(), Grant.objects.count()) == (1, 1, 1)


def test_first_union_needs_a_region_that_there_is_and_a_free_name(regions):
    User.objects.create_user("taken.name", display_name="李四")
    for changed in ({"region": "990000"}, {"username": "taken.name"}, {"username": "a b"}):
        with pytest.raises(ValidationError):
            found(**{**FIRST, **WHO, **changed})
    assert (Unit.objects.count(), Grant.objects.count()) == (0, 0)


def test_command_prints_a_link_that_works_until_the_account_is_entered(regions):
    asked = ["--name", "山西省总工会", "--level", "province", "--region", "140000"]
    asked += ["--account", "first.admin", "--person", "张三"]
    said = StringIO()
    call_command("first_union", *asked, stdout=said)
    way = next(line for line in said.getvalue().splitlines() if line.startswith("/account/invitation/"))
    again = StringIO()
    call_command("first_union", *asked, stdout=again)
    assert "/account/invitation/" in again.getvalue()
    client = Client()
    assert client.post(way, {"new": PASSWORD, "again": PASSWORD}).headers["Location"] == reverse("grants")
    assert client.get(reverse("grants")).headers["Location"] == reverse("authenticator")
    late = StringIO()
    call_command("first_union", *asked, stdout=late)
    assert "/account/invitation/" not in late.getvalue()
    with pytest.raises(CommandError):
        call_command("first_union", *asked[:-3], "other.admin", "--person", "李四")
