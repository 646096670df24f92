"""Patents: what is applied for is no grant."""

import pytest
from django.db import connection
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.programmes.innovations import actions
from gongjiang.programmes.innovations.facts import PATENT
from gongjiang.programmes.innovations.models import Patent
from tests.cast import Cast
from tests.conformance.scenes import walk

from .scenes import ACCEPTED, prepare
from .scenes import PATENT as APPLIED

pytestmark = pytest.mark.django_db


def _granted() -> list[object]:
    """The days on which the fact counts patents."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT granted_on FROM ({PATENT.select}) p")
        return [row[0] for row in cursor.fetchall()]


def test_application_is_not_counted_as_a_grant(cast: Cast):
    prepare(cast)
    walk(cast, (*ACCEPTED, APPLIED))
    assert _granted() == [None]
    officer, today = cast["unit_officer"].actor, timezone.localdate()
    with scope(officer):
        actions.grant_patent(Patent.objects.get(), today, actor=officer)
    assert _granted() == [today]
