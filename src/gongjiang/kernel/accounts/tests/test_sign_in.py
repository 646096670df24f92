"""Passwords, before anybody's scope exists."""

from django.contrib.auth import authenticate
from django.db import connection

from gongjiang.kernel.accounts.backends import PasswordBackend
from gongjiang.kernel.accounts.models import User


def test_right_password_gives_the_account_and_wrong_ones_nobody(cast):
    user = cast["superior"].user
    user.set_password("长治-right-password")
    user.save()
    assert authenticate(username="superior", password="长治-right-password") == user
    for name, password in (
        ("superior", "wrong"),
        ("superior", ""),
        ("nobody", "长治-right-password"),
        ("", ""),
    ):
        assert authenticate(username=name, password=password) is None


def test_locked_account_does_not_sign_in(cast):
    user = cast["superior"].user
    user.set_password("right")
    user.is_active = False
    user.save()
    assert authenticate(username="superior", password="right") is None


def test_account_without_a_password_does_not_sign_in(cast):
    assert authenticate(username="superior", password="") is None
    assert authenticate(username="superior", password="!") is None


def test_sign_in_works_as_the_applications_role_without_a_scope(cast):
    user = cast["applicant"].user
    user.set_password("right")
    user.save()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE gj_app")
        found = authenticate(username="applicant", password="right")
        assert User.objects.count() == 0
        cursor.execute("SET LOCAL ROLE NONE")
    assert found == user


def test_account_read_back_is_only_the_asked_one(cast):
    backend = PasswordBackend()
    assert backend.get_user(cast["leader"].user.pk) == cast["leader"].user
    assert backend.get_user(10**9) is None
