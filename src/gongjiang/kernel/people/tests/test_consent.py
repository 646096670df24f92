"""Consent: per purpose, in the words of the day, taken back without a trace lost, by a guardian below fourteen."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.people.consent import asked, give, holding, holds, needs_guardian, withdraw
from gongjiang.kernel.people.models import Consent, ConsentText, GivenBy, Person


def text(purpose="publish_name", version=1, since=date(2020, 1, 1), until=None) -> ConsentText:
    return ConsentText.objects.create(
        purpose=purpose, version=version, title="公布姓名", text="同意在公示中写明姓名。", scope="公众",
        since=since, until=until, document="演示",
    )  # fmt: skip


def test_consent_holds_from_giving_to_withdrawing(cast):
    text()
    member = cast["applicant"]
    with scope(member.actor):
        assert holds(member.person.pk, "publish_name") is False
        given = give(member.person, "publish_name", actor=member.actor)
        assert holds(member.person.pk, "publish_name") is True
        assert give(member.person, "publish_name", actor=member.actor) == given
        withdraw(member.person, "publish_name", actor=member.actor)
        withdraw(member.person, "publish_name", actor=member.actor)
        assert holds(member.person.pk, "publish_name") is False
    given.refresh_from_db()
    assert (given.text.version, given.withdrawn_at is not None) == (1, True)
    assert holding([member.person.pk], "publish_name", at=given.given_at) == {member.person.pk}


def test_one_purpose_says_nothing_about_another(cast):
    text()
    text("medical")
    member = cast["applicant"]
    with scope(member.actor):
        give(member.person, "medical", actor=member.actor)
        assert [(a.text.purpose, a.standing is not None) for a in asked(member.person.pk)] == [
            ("medical", True),
            ("publish_name", False),
        ]


def test_new_words_are_asked_anew_and_replace_the_old_answer(cast):
    member, old = cast["applicant"], text()
    with scope(member.actor):
        give(member.person, "publish_name", actor=member.actor)
    ConsentText.objects.filter(pk=old.pk).update(until=timezone.localdate())
    new = text(version=2, since=timezone.localdate())
    with scope(member.actor):
        (found,) = asked(member.person.pk)
        assert (found.text, found.is_outdated) == (new, True)
        give(member.person, "publish_name", actor=member.actor)
        (found,) = asked(member.person.pk)
    assert (found.standing.text_id, found.is_outdated) == (new.pk, False)
    assert Consent.objects.filter(person=member.person).count() == 2


def test_nothing_to_agree_to_is_said(cast):
    member = cast["applicant"]
    with scope(member.actor), pytest.raises(ValidationError):
        give(member.person, "publish_name", actor=member.actor)


def test_child_needs_a_guardian_who_is_named(cast):
    text()
    member, today = cast["applicant"], timezone.localdate()
    Person.objects.filter(pk=member.person.pk).update(born_on=today - timedelta(days=13 * 366))
    member.person.refresh_from_db()
    assert needs_guardian(member.person) is True
    for given in ({}, {"given_by": GivenBy.GUARDIAN, "guardian": " "}):
        with scope(member.actor), pytest.raises(ValidationError):
            give(member.person, "publish_name", actor=member.actor, **given)
    with scope(member.actor):
        row = give(
            member.person,
            "publish_name",
            actor=member.actor,
            given_by=GivenBy.GUARDIAN,
            guardian="王某，父亲",
        )
    assert (row.given_by, row.guardian) == ("guardian", "王某，父亲")


@pytest.mark.parametrize(
    ("born", "on", "child"),
    [
        (date(2012, 11, 20), date(2026, 11, 19), True),
        (date(2012, 11, 20), date(2026, 11, 20), False),
        (None, date(2026, 11, 20), False),
    ],
)
def test_guardian_is_needed_until_the_fourteenth_birthday(born, on, child):
    assert needs_guardian(Person(born_on=born), on) is child


def test_nobody_agrees_for_another_as_if_they_were_them(cast):
    text()
    officer, person = cast["unit_officer"].actor, cast["applicant"].person
    with scope(officer), pytest.raises(Forbidden):
        give(person, "publish_name", actor=officer)
    with scope(officer):
        row = give(person, "publish_name", actor=officer, given_by=GivenBy.ASSISTED, channel="counter")
    assert row.recorded_by_id == officer.user


def test_strangers_neither_see_nor_write_a_consent(cast):
    text()
    member = cast["applicant"]
    with scope(member.actor):
        give(member.person, "publish_name", actor=member.actor)
    for name in ("stranger", "neighbour_officer", "sibling_officer", "colleague"):
        with scope(cast[name].actor):
            assert list(Consent.objects.all()) == []
    with scope(cast["colleague"].actor), pytest.raises(Forbidden):
        withdraw(member.person, "publish_name", actor=cast["colleague"].actor)


def test_given_consent_cannot_be_changed_or_deleted(cast):
    text()
    member = cast["applicant"]
    with scope(member.actor):
        row = give(member.person, "publish_name", actor=member.actor)
    for attempt in (
        lambda: Consent.objects.filter(pk=row.pk).update(channel="paper"),
        lambda: Consent.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises((IntegrityError, Exception)), transaction.atomic():
            attempt()
    row.refresh_from_db()
    assert row.channel == "web"
