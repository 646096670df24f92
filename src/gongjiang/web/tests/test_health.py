"""What the health page says in each state, and to whom."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongjiang.kernel.access.actor import load, scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.exchange.models import ExportJob
from gongjiang.kernel.lifecycle.clocks import keep_up
from gongjiang.kernel.lifecycle.models import Clock
from gongjiang.web import health
from tests.cast import EVERYBODY, SINCE, Cast
from tests.conformance.scenes import scenes_of, walk

BEFORE, SOON = timezone.now() - timedelta(days=9), timezone.now() + timedelta(days=1)


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    """What is asked of an administrator besides is tested with the accounts."""
    settings.SECOND_FACTOR_ROLES = frozenset()


@pytest.fixture
def admin(cast: Cast) -> User:
    """The administrator of the installation, appointed by 长治."""
    user = User.objects.create(username="admin", display_name="长治市管理员")
    Grant.objects.create(user=user, role=Role.SYSTEM_ADMIN, unit=cast.city, since=SINCE)
    return user


@pytest.fixture
def data(tmp_path: Path, settings) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def browser(user: User, language: str = "zh-hans") -> Client:
    client = Client()
    client.cookies["django_language"] = language
    client.force_login(user)
    return client


def told(user: User) -> dict[str, health.Tone]:
    """The state of each reading, as the web process reads it for this account."""
    with scope(load(user.pk)):
        return {r.code: r.tone for r in health.readings()}


def queue(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def note_backup(data: Path, *, days: int, keys: bool = True) -> None:
    at = (timezone.now() - timedelta(days=days)).isoformat()
    (data / "backup.json").write_text(json.dumps({"at": at, "file": "x", "bytes": 7_000_000, "keys": keys}))


def test_health_is_for_the_administrator_and_nobody_else(cast: Cast, admin: User) -> None:
    address = reverse("health")
    assert {browser(cast[who].user).get(address).status_code for who in EVERYBODY} == {404}
    assert browser(admin).get(address).status_code == 200
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", ["运行状况", "马上处理", "没有应答"]), ("en", ["Health", "Act now"])]
)
def test_health_speaks_both_languages(admin: User, data: Path, language: str, words: list[str]) -> None:
    page = browser(admin, language).get(reverse("health")).content.decode()
    assert [word for word in words if word not in page] == []


def test_worker_is_judged_by_its_last_sign(admin: User, data: Path) -> None:
    assert told(admin)["worker"] == health.Tone.ACT
    queue("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes')")
    assert told(admin)["worker"] == health.Tone.ACT
    queue("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert told(admin)["worker"] == health.Tone.GOOD


def test_failed_job_is_shown_by_number_and_name_only(admin: User, data: Path) -> None:
    assert told(admin)["queue"] == health.Tone.GOOD
    queue(
        "WITH j AS (INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)"
        " VALUES ('default', 'exchange.read', '{\"name\": \"王演甲子\"}', 'failed', 3) RETURNING id)"
        " INSERT INTO procrastinate_events (job_id, type, at) SELECT id, 'failed', now() FROM j"
    )
    assert told(admin)["queue"] == health.Tone.WATCH
    page = browser(admin).get(reverse("health")).content.decode()
    assert ("exchange.read" in page, "王演甲子" in page) == (True, False)


def test_job_that_waits_long_calls_for_action(admin: User, data: Path) -> None:
    queue("INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'x', '{}')")
    assert told(admin)["queue"] == health.Tone.GOOD
    queue("UPDATE procrastinate_events SET at = now() - interval '1 hour'")
    assert told(admin)["queue"] == health.Tone.ACT


def test_backup_is_judged_by_its_age(admin: User, data: Path) -> None:
    found = [told(admin)["backup"]]
    for days in (0, 3, 30):
        note_backup(data, days=days)
        found.append(told(admin)["backup"])
    assert found == [health.Tone.ACT, health.Tone.GOOD, health.Tone.WATCH, health.Tone.ACT]


def test_backup_without_keys_says_so(admin: User, data: Path) -> None:
    note_backup(data, days=0, keys=False)
    assert "secrets.json" in browser(admin).get(reverse("health")).content.decode()


def test_work_that_is_due_is_counted_behind_the_wall(cast: Cast, admin: User, data: Path) -> None:
    def behind() -> tuple[health.Tone, dict[str, int]]:
        with scope(load(admin.pk)):
            reading = next(r for r in health.readings() if r.code == "behind")
        return reading.tone, {kind: n for kind, n in reading.values.items() if n}

    assert behind() == (health.Tone.GOOD, {})
    case = walk(cast, scenes_of("_example").walks["example.question"][0])
    clock = Clock.objects.create(case=case, event="answer", started_at=BEFORE, due_at=SOON, first_due_at=SOON)
    found = []
    for minutes in (5, 30, 600):
        Clock.objects.filter(pk=clock.pk).update(due_at=timezone.now() - timedelta(minutes=minutes))
        found.append(behind())
    assert found == [
        (health.Tone.GOOD, {}),
        (health.Tone.WATCH, {"deadlines": 1}),
        (health.Tone.ACT, {"deadlines": 1}),
    ]
    keep_up()
    assert behind() == (health.Tone.GOOD, {})
    ExportJob.objects.create(
        address="/desk/", title="x", language="en", format="csv", tier="T1", reach=b"", user=admin
    )
    ExportJob.objects.update(touched_at=timezone.now() - timedelta(hours=3))
    assert behind() == (health.Tone.ACT, {"exports": 1})


def test_changes_that_wait_are_counted_behind_the_wall(cast: Cast, admin: User, data: Path) -> None:
    queue("DELETE FROM outbox_change")
    queue(
        "INSERT INTO outbox_change (xid, source, key) SELECT pg_current_xact_id(), 'x', generate_series(1, 3)"
    )
    with scope(load(admin.pk)):
        found = {r.code: r.values for r in health.readings()}
    assert found["figures"]["waiting"] == 3


def test_command_says_the_same_and_fails_where_something_must_be_done(
    cast: Cast, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("health", "--json")
    found = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1
    assert list(found) == [
        "database",
        "worker",
        "figures",
        "notices",
        "queue",
        "behind",
        "disk",
        "backup",
        "schema",
    ]
    assert (found["worker"]["state"], found["schema"]["state"], found["schema"]["missing"]) == (
        "act",
        "good",
        0,
    )


def test_administrator_lands_on_the_health_page_and_has_no_other_menu(admin: User, data: Path) -> None:
    admin.set_password("correct horse battery")
    admin.save(update_fields=["password"])
    client = Client()
    sent = client.post(reverse("sign-in"), {"username": "admin", "password": "correct horse battery"})
    assert sent.headers["Location"] == reverse("health")
    page = client.get(reverse("health"))
    shell = page.context["shell"]
    assert [e.url for group in shell.desk_menu for e in group.entries] == [
        reverse("desk"),
        reverse("health"),
    ]
    assert client.get(reverse("desk")).status_code == 200
