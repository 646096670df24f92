"""The log tells an administrator what happened and tells nobody about whom."""

import json
import logging
import sys

from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from gongjiang.web.logs import Line, clean


def test_request_leaves_its_route_and_neither_query_nor_name(cast, caplog):
    caplog.set_level(logging.INFO, logger="gongjiang.request")
    client = Client()
    client.force_login(cast["superior"].user)
    answer = client.get(reverse("desk-search"), {"q": "王演甲子 13900000011"})
    said = json.loads(Line().format(next(r for r in caplog.records if r.name == "gongjiang.request")))
    assert (said["route"], said["status"], said["user"]) == ("desk/search/", 200, cast["superior"].user.pk)
    assert "王演甲子" not in json.dumps(said, ensure_ascii=False)
    assert len(answer.headers["X-Request-Id"]) == 12


def test_error_of_the_database_keeps_its_place_and_not_the_row(cast):
    person = cast["applicant"].person
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE people_person SET sex = 'x' WHERE id = %s", [person.pk])
    except IntegrityError:
        said = Line().format(logging.LogRecord("x", logging.ERROR, __file__, 1, "broken", (), sys.exc_info()))
    assert "test_logs.py" in said
    assert "DETAIL" not in said
    assert person.name not in said


@given(st.text(alphabet="0123456789", min_size=11, max_size=18), st.sampled_from(["", " ", "-"]))
def test_no_long_number_is_written(digits, between):
    assert not any(c.isdigit() for c in clean(f"phone {between.join(digits)} end"))


def test_short_numbers_stay():
    assert clean("job 123456 took 20 s") == "job 123456 took 20 s"
