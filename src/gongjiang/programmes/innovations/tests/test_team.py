"""班组确认: a team leader confirms a result before the enterprise's union reads it, where a leader is named."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongjiang.kernel.access import actions as access
from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.models import Elevation
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused
from gongjiang.kernel.lifecycle.models import Turn
from gongjiang.kernel.notices.draining import drain
from gongjiang.kernel.notices.models import Notice
from gongjiang.kernel.orgs import tree
from gongjiang.programmes.innovations import actions
from gongjiang.programmes.innovations.models import Result
from tests.cast import SINCE, Cast

from .entering import prepare
from .scenes import WORDS

pytestmark = pytest.mark.django_db


def _team(cast: Cast, code: str, name: str):
    return tree.add(
        cast.works, on=SINCE, code=code, name=name, kind="team", level="enterprise", region=cast.works.region
    )


@pytest.fixture
def team(cast: Cast):
    """A team of the works that nobody leads yet."""
    prepare(cast)
    return _team(cast, "T1", "机修班（演示）")


@pytest.fixture
def led(cast: Cast, team):
    """The same, led by the colleague, a worker without any office."""
    Grant.objects.create(user=cast["colleague"].user, role=Role.TEAM_LEADER, unit=team, since=SINCE)
    return team


def _file(cast: Cast, of, **more) -> Result:
    actor = cast["applicant"].actor
    with scope(actor):
        return actions.file_result({**WORDS, "team": of}, actor=actor, unit=cast.works, submit=True, **more)


def _turn(result: Result) -> tuple[int | None, str]:
    turn = Turn.objects.get(case=result.pk, until=None)
    return turn.unit_id, turn.role


def test_team_without_a_leader_is_no_step(cast: Cast, team):
    assert _turn(_file(cast, team)) == (cast.works.pk, "unit_officer")


def test_leader_has_it_on_the_own_page_confirms_and_sees_it_no_more(cast: Cast, led, client: Client):
    result = _file(cast, led)
    assert _turn(result) == (led.pk, "team_leader")
    client.force_login(cast["colleague"].user)
    assert WORDS["title"] in client.get(reverse("my")).content.decode()
    page = reverse("innovations:my-result", args=[result.pk])
    assert client.get(page).status_code == 200
    assert client.get(reverse("desk")).status_code == 404  # a leader has no desk
    act = reverse("act", args=[result.pk, "confirm"])
    assert client.post(act, {"version": result.case.version}).headers["Location"] == reverse("my")
    assert _turn(result) == (cast.works.pk, "unit_officer")
    assert client.get(page).status_code == 404
    assert WORDS["title"] not in client.get(reverse("my")).content.decode()


def test_author_reads_whose_turn_it_is(cast: Cast, led, client: Client):
    result = _file(cast, led)
    client.force_login(cast["applicant"].user)
    assert led.name in client.get(reverse("innovations:my-result", args=[result.pk])).content.decode()


def test_form_offers_the_teams_of_the_workplace_and_no_other(cast: Cast, led, client: Client):
    tree.add(
        cast.mill,
        on=SINCE,
        code="T2",
        name="织布班（演示）",
        kind="team",
        level="enterprise",
        region="140423",
    )
    client.force_login(cast["applicant"].user)
    form = client.get(reverse("innovations:new")).context["form"]
    assert [team.name for team in form.fields["team"].queryset] == [led.name]


def test_leader_of_another_team_sees_nothing_of_it(cast: Cast, led, client: Client):
    Grant.objects.all().filter(user=cast["colleague"].user).delete()
    other = _team(cast, "T3", "电工班（演示）")
    Grant.objects.create(user=cast["colleague"].user, role=Role.TEAM_LEADER, unit=other, since=SINCE)
    Grant.objects.create(user=cast["stranger"].user, role=Role.TEAM_LEADER, unit=led, since=SINCE)
    result = _file(cast, led)
    client.force_login(cast["colleague"].user)
    assert client.get(reverse("innovations:my-result", args=[result.pk])).status_code == 404
    with scope(cast["colleague"].actor):
        assert list(Result.objects.all()) == []


def test_leader_who_made_it_does_not_confirm_it(cast: Cast, led):
    makers = [actions.Maker(cast[name].person.pk, 50) for name in ("applicant", "colleague")]
    assert _turn(_file(cast, led, team=makers)) == (cast.works.pk, "unit_officer")


def test_enterprise_waits_for_the_leader_or_says_why_it_does_not(cast: Cast, led):
    result = _file(cast, led)
    officer = cast["unit_officer"].actor
    with scope(officer):
        with pytest.raises(Forbidden):
            door.transition(result.case, "accept", actor=officer)
        door.transition(result.case, "take_over", actor=officer, note="班组长在外培训。")
        assert door.transition(result.case, "accept", actor=officer).state == "trial"


def test_leader_whose_term_is_over_acts_no_more(cast: Cast, led):
    result = _file(cast, led)
    Grant.objects.filter(user=cast["colleague"].user).update(until=timezone.localdate())
    actor = cast["colleague"].actor
    with scope(actor), pytest.raises(Forbidden):
        door.transition(result.case, "confirm", actor=actor)


def test_team_of_another_workplace_is_refused(cast: Cast, led):
    actor = cast["neighbour_officer"].actor
    with scope(actor), pytest.raises(Forbidden):
        actions.file_result({**WORDS, "team": led}, actor=actor, unit=cast.mill, submit=False)


@pytest.mark.django_db(transaction=True)
def test_leader_is_told_that_something_waits(lasting_cast: Cast, client: Client):
    cast = lasting_cast
    prepare(cast)
    led = _team(cast, "T1", "机修班（演示）")
    Grant.objects.create(user=cast["colleague"].user, role=Role.TEAM_LEADER, unit=led, since=SINCE)
    drain()
    _file(cast, led)
    drain()
    notice = Notice.objects.get(user=cast["colleague"].user)
    assert (notice.kind, notice.number) == ("work_waits", 1)
    client.force_login(cast["colleague"].user)
    assert client.post(reverse("my-notice", args=[notice.pk])).headers["Location"] == reverse("my")


def test_enterprise_names_leaders_of_its_teams_and_nothing_else(cast: Cast, team):
    officer = cast["unit_officer"]
    now, today = timezone.now(), timezone.localdate()
    Elevation.objects.create(
        user=officer.user, reason="任命（演示）", since=now, until=now + timedelta(minutes=15)
    )
    actor = officer.actor
    days = {"since": today, "until": None}
    with scope(actor):
        grant = access.appoint("colleague", Role.TEAM_LEADER, team, actor=actor, **days)
        assert access.may_end(grant, actor=actor)
        with pytest.raises(ValidationError):
            access.appoint("colleague", Role.TEAM_LEADER, cast.works, actor=actor, **days)
    for role, unit in ((Role.OFFICER, team), (Role.UNIT_OFFICER, cast.works)):
        with scope(actor), pytest.raises(Forbidden):
            access.appoint("colleague", role, unit, actor=actor, **days)
    with scope(actor):
        access.end(grant, actor=actor)
    assert not Grant.objects.filter(role=Role.TEAM_LEADER).exists()


def test_author_who_is_no_maker_cannot_submit(cast: Cast, team):
    with pytest.raises(Refused):
        _file(cast, team, team=[actions.Maker(cast["colleague"].person.pk, 100)])
    assert not Result.objects.exists()
