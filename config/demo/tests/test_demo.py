"""What the demo command has loaded: everybody, found and able to sign in; a second run says that it is there."""

import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from config.demo.models import DemoLoad
from config.demo.offices import NO_OFFICE
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.calendar.days import is_working
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.credentials.models import Credential
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.models import Case, Turn
from gongjiang.kernel.orgs.models import Edge, LegalEntity, Unit
from gongjiang.kernel.people.crypto import keyed_hash, reveal
from gongjiang.kernel.people.models import Employment, Identifier, Person
from gongjiang.kernel.publicity.models import Publicity
from gongjiang.kernel.review.models import Draw, Panel

TODAY = "--today=2026-11-20"


def run(*arguments):
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue().splitlines()


def assert_every_state_is_reached(today):
    there = dict.fromkeys(flows(), frozenset())
    for flow, state in Case.objects.order_by().values_list("flow", "state").distinct():
        there[flow] |= {state}
    assert {name: set(flow.states) - there[name] for name, flow in flows().items() if there[name]} == {
        name: set() for name in flows() if there[name]
    }
    entries = Case.objects.filter(flow="innovations.entry")
    assert set(entries.exclude(outcome="").values_list("outcome", flat=True)) == {
        "granted", "refused", "revoked", "withdrawn",
    }  # fmt: skip
    judge = User.objects.get(username="zhongyang-judge")
    assert set(Panel.objects.filter(seats__user=judge).values_list("state", flat=True)) == {"open"}
    assert set(Panel.objects.values_list("state", flat=True)) == {"preparing", "open", "locked"}
    midnight = timezone.make_aware(datetime.fromisoformat(today))
    assert Publicity.objects.filter(opened_at__lt=midnight, closes_at__gt=midnight).exists()
    assert {draw.drawn_at is None for draw in Draw.objects.all()} == {True, False}
    assert set(Credential.objects.values_list("state", flat=True)) == {"valid", "revoked"}


@dataclass(frozen=True)
class Loaded:
    """Where the demo's files lie, and what the command said."""

    place: Path
    lines: list[str]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The county demo, loaded once for this file: what a test changes in it is taken back, and in the end all of it."""
    before, settings.DATA = settings.DATA, tmp_path_factory.mktemp("demo")
    try:
        with django_db_blocker.unblock(), transaction.atomic():
            yield Loaded(settings.DATA, run("--size", "county", TODAY))
            transaction.set_rollback(True)
    finally:
        settings.DATA = before


@pytest.fixture
def data(loaded, settings, tmp_path):
    """A folder with the accounts of the demo that is loaded."""
    shutil.copy2(loaded.place / "accounts.json", tmp_path)
    settings.DATA = tmp_path
    return tmp_path


@pytest.mark.django_db
def test_county_loaded_has_everybody_and_every_wall_back(loaded):
    assert (Person.objects.count(), LegalEntity.objects.count()) == (30_000, 300)
    assert Employment.objects.filter(until=None).aggregate(n=Count("person", distinct=True)) == {"n": 30_000}
    assert Unit.objects.count() - 1 == Edge.objects.filter(until=None).count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT count(*) FROM people_employment e JOIN orgs_unit u ON u.id = e.unit_id"
            " WHERE e.path <> u.path"
        )
        assert cursor.fetchone() == (0,)
    assert (
        Unit.objects.create(
            code="new", name="x", level="county", region="141129", path="/new/", opened_on="2026-01-01"
        ).pk
        > Unit.objects.exclude(code="new").count()
    )
    assert "30,000" in loaded.lines[1]


@pytest.mark.django_db
def test_person_loaded_is_found_by_the_keyed_hash_of_the_number(loaded):
    stored = Identifier.objects.filter(kind="identity").first()
    number = reveal(stored.cipher)
    assert number.startswith("001129")
    assert bytes(stored.digest) == keyed_hash("identity", number)


@pytest.mark.django_db
def test_turns_of_the_demo_are_due_on_worked_days(loaded):
    known = calendars().national
    due = {
        timezone.localdate(at)
        for at in Turn.objects.filter(due_at__isnull=False).values_list("due_at", flat=True)
    }
    assert 2026 in known.years
    assert len(due) > 5
    assert [day for day in due if not is_working(known, day)] == []


@pytest.mark.django_db
def test_demo_loaded_twice_says_so_and_changes_nothing(data):
    before = (data / "accounts.json").read_text()
    assert len(run("--size", "county", TODAY)) == 1
    assert (data / "accounts.json").read_text() == before
    assert DemoLoad.objects.count() == 1


@pytest.mark.django_db
def test_demo_of_another_size_is_refused_without_reset(data):
    with pytest.raises(CommandError, match="--reset"):
        run("--size", "city", TODAY)


@pytest.mark.django_db
def test_accounts_written_can_sign_in_with_their_roles(data):
    path = data / "accounts.json"
    assert path.stat().st_mode & 0o777 == 0o600
    accounts = json.loads(path.read_text())
    assert [sorted(a) for a in accounts] == [["name", "password", "role", "title", "unit", "username"]] * 16
    for account in accounts:
        user = authenticate(None, username=account["username"], password=account["password"])
        assert user.display_name == account["name"]
        held = [(g.role, g.unit.name) for g in Grant.objects.filter(user=user)]
        assert held == ([] if account["role"] in NO_OFFICE else [(account["role"], account["unit"])])
        if account["role"] in Role.values:
            assert account["title"] == str(Role(account["role"]).label)


@pytest.mark.django_db
def test_accounts_file_gone_is_written_anew_with_a_new_password(data):
    (data / "accounts.json").unlink()
    run("--size", "county", TODAY)
    account = json.loads((data / "accounts.json").read_text())[0]
    assert authenticate(None, username=account["username"], password=account["password"]) is not None


@pytest.mark.django_db
def test_accounts_not_shown_cannot_sign_in(loaded):
    hidden = User.objects.filter(is_demo=False).first()
    assert not hidden.has_usable_password()


@pytest.mark.django_db
def test_demo_reaches_every_state(loaded):
    assert_every_state_is_reached(TODAY.partition("=")[2])


@pytest.mark.django_db
def test_demo_reset_starts_again_with_other_passwords(data):
    before = json.loads((data / "accounts.json").read_text())
    run("--size", "county", "--reset", TODAY)
    after = json.loads((data / "accounts.json").read_text())
    assert [a["username"] for a in before] == [a["username"] for a in after]
    assert before[0]["password"] != after[0]["password"]
    assert Person.objects.count() == 30_000
