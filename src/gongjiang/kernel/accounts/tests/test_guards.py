"""What stands between a stolen or guessed password and the account."""

import threading
from datetime import timedelta

import pyotp
import pytest
from django.db import connection, connections
from django.utils import timezone

from gongjiang.kernel.access.actor import Actor, scope
from gongjiang.kernel.accounts import second, throttle
from gongjiang.kernel.accounts.models import Elevation, Login, SecondFactor, Throttle


def test_failures_of_one_name_from_one_address_lock_it_there_and_nowhere_else(cast, settings):
    settings.SIGN_IN_FAILURES = (3, 30, 100)
    for _ in range(3):
        assert throttle.locked_until("superior", "10.0.0.1") is None
        throttle.failed("superior", "10.0.0.1")
    assert throttle.locked_until("superior", "10.0.0.1") is not None
    assert throttle.locked_until(" SUPERIOR ", "10.0.0.1") is not None
    assert throttle.locked_until("superior", "10.0.0.2") is None
    assert throttle.locked_until("leader", "10.0.0.1") is None


def test_failures_long_apart_are_no_series(cast, settings):
    settings.SIGN_IN_FAILURES = (2, 30, 100)
    throttle.failed("superior", "10.0.0.1")
    Throttle.objects.update(since=timezone.now() - timedelta(hours=1))
    throttle.failed("superior", "10.0.0.1")
    assert throttle.locked_until("superior", "10.0.0.1") is None


def test_failures_on_two_connections_at_once_are_one_series(lasting_cast, settings):
    settings.SIGN_IN_FAILURES = (6, 30, 100)
    ready = threading.Barrier(2)

    def process():
        try:
            ready.wait()
            for _ in range(3):
                throttle.failed("superior", "10.0.0.1")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=process) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(Throttle.objects.values_list("failures", flat=True)) == [6, 6, 6]
    assert throttle.locked_until("superior", "10.0.0.1") is not None


def test_attempts_of_an_hour_ago_are_no_longer_counted(cast):
    counts = [throttle.tried("a form", "10.0.0.1", seconds=3600) for _ in range(2)]
    others = throttle.tried("a form", "10.0.0.2", seconds=3600), throttle.tried("b", "10.0.0.1", seconds=3600)
    assert (counts, others) == ([1, 2], (1, 1))
    Throttle.objects.update(since=timezone.now() - timedelta(seconds=3601))
    assert [throttle.tried("a form", "10.0.0.1", seconds=3600) for _ in range(2)] == [1, 2]


def test_success_forgets_the_name_and_keeps_the_address(cast, settings):
    settings.SIGN_IN_FAILURES = (2, 30, 3)
    throttle.failed("superior", "10.0.0.1")
    throttle.failed("leader", "10.0.0.1")
    throttle.succeeded("superior", "10.0.0.1")
    throttle.failed("superior", "10.0.0.1")
    assert throttle.locked_until("auditor", "10.0.0.1") is not None


def test_throttle_is_neither_read_nor_written_by_the_application(cast):
    throttle.failed("superior", "10.0.0.1")
    with scope(cast["superior"].actor):
        assert Throttle.objects.count() == 0
        assert throttle.locked_until("superior", "10.0.0.1") is None


def _code(user, offset=0):
    secret = second.waiting(user) or _secret(user)
    return pyotp.TOTP(secret).at(timezone.now() + timedelta(seconds=second.STEP * offset))


def _secret(user):
    from gongjiang.kernel.people.crypto import reveal

    return reveal(SecondFactor.objects.get(user=user).secret)


def test_authenticator_counts_once_confirmed_and_each_code_once(cast):
    user = cast["superior"].user
    with scope(Actor(user=user.pk)):
        second.begin(user)
        assert second.has(user) is False
        assert second.check(user, _code(user)) is False
        assert second.confirm(user, "000000") is None
        codes = second.confirm(user, _code(user))
        assert len(codes) == second.CODES
        assert second.has(user) is True
        code = _code(user, 1)
        assert [second.check(user, code), second.check(user, code)] == [True, False]


def test_recovery_code_opens_once_however_it_is_typed(cast):
    user = cast["superior"].user
    with scope(Actor(user=user.pk)):
        second.begin(user)
        codes = second.confirm(user, _code(user))
        typed = f" {codes[0].upper()} "
        assert [second.check_recovery(user, typed), second.check_recovery(user, typed)] == [True, False]
        assert second.codes_left(user) == second.CODES - 1
        fresh = second.renew_codes(user)
        assert second.check_recovery(user, codes[1]) is False
        assert second.check_recovery(user, fresh[0]) is True


def test_authenticator_of_another_account_is_out_of_sight(cast):
    theirs, mine = cast["superior"].user, cast["stranger"]
    with scope(Actor(user=theirs.pk)):
        second.begin(theirs)
        second.confirm(theirs, _code(theirs))
    with scope(mine.actor):
        assert SecondFactor.objects.count() == 0
        assert second.check_recovery(theirs, "aaaaa-bbbbb") is False


def test_secret_is_stored_sealed(cast):
    user = cast["superior"].user
    with scope(Actor(user=user.pk)):
        second.begin(user)
        secret = second.waiting(user)
    assert secret.encode() not in bytes(SecondFactor.objects.get(user=user).secret)


@pytest.mark.parametrize("table", [Login, Elevation])
def test_what_was_written_down_stays(cast, table):
    user, now = cast["superior"].user, timezone.now()
    with scope(cast["superior"].actor):
        if table is Login:
            row = Login.objects.create(user=user, at=now, means="password")
        else:
            row = Elevation.objects.create(
                user=user, reason="试", since=now, until=now + timedelta(minutes=1)
            )
    for sql in (
        f"DELETE FROM {table._meta.db_table}",
        f"UPDATE {table._meta.db_table} SET user_id = user_id",
    ):
        with (
            pytest.raises(Exception, match=r"denied|Cannot"),
            scope(cast["superior"].actor),
            connection.cursor() as c,
        ):
            c.execute(sql)
    assert table.objects.filter(pk=row.pk).exists()
