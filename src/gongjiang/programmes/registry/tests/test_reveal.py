"""A worker's number in full, from the button to the worker's own page and the auditor's list."""

import logging
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.audit.actions import reveal
from gongjiang.kernel.audit.models import Disclosure, Purpose
from gongjiang.kernel.people.models import Employment, Identifier, IdentifierKind
from tests import cast as world
from tests.cast import EVERYBODY, Cast

pytestmark = pytest.mark.django_db
NOTE = "互助报销，与医院账单核对"


def signed_in(cast: Cast, who: str, language: str = "en") -> Client:
    client = Client()
    client.cookies["django_language"] = language
    if who != "anonymous":
        client.force_login(cast[who].user)
    return client


def address(cast: Cast, whom: str = "colleague", what: str = "identity") -> str:
    person = cast[whom].person
    assert person is not None
    return reverse("registry:reveal", args=[person.pk, what])


def ask(client: Client, cast: Cast, *, what: str = "identity", **changed: Any) -> HttpResponse:
    said = {"purpose": Purpose.HANDLING, "note": NOTE, "once": str(uuid4()), **changed}
    return client.post(address(cast, what=what), said)


def look(cast: Cast, who: str, times: int = 1) -> None:
    person = cast["colleague"].person
    assert person is not None
    actor = cast[who].actor
    with scope(actor):
        for _ in range(times):
            reveal(person, IdentifierKind.IDENTITY, purpose=Purpose.HANDLING, note=NOTE, actor=actor)


@pytest.mark.parametrize("what", ["identity", "phone"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_number_is_shown_once_and_written_down(cast: Cast, what: str, language: str) -> None:
    client, number = signed_in(cast, "unit_officer", language), getattr(cast["colleague"], what)
    form = client.get(address(cast, what=what)).content.decode()
    once = str(uuid4())
    answer = ask(client, cast, what=what, once=once)
    assert (number in form, number in answer.content.decode()) == (False, True)
    assert answer.headers["Cache-Control"] == "private, no-store"
    row = Disclosure.objects.get()
    assert (str(row.request), row.what, row.note) == (once, what, NOTE)


def test_form_sent_again_shows_nothing_and_says_so(cast: Cast) -> None:
    client, once = signed_in(cast, "unit_officer"), str(uuid4())
    ask(client, cast, once=once)
    again = ask(client, cast, once=once)
    assert (again.status_code, again.headers["Location"]) == (302, address(cast))
    shown = client.get(address(cast)).content.decode()
    assert "It has been shown once already." in shown
    assert (cast["colleague"].identity in shown, Disclosure.objects.count()) == (False, 1)


def test_form_without_its_once_key_is_answered_each_time(cast: Cast) -> None:
    client = signed_in(cast, "unit_officer")
    assert [ask(client, cast, once=once).status_code for once in ("", "x")] == [200, 200]
    assert Disclosure.objects.count() == 2


def test_only_keepers_of_the_tree_are_shown_a_number(cast: Cast) -> None:
    told = {}
    for who in (*EVERYBODY, "anonymous"):
        response = ask(signed_in(cast, who), cast)
        told[who] = (response.status_code, cast["colleague"].identity in response.content.decode())
    nothing = {**dict.fromkeys(EVERYBODY, (404, False)), "anonymous": (403, False)}
    shown = dict.fromkeys(("unit_officer", "county_officer", "superior"), (200, True))
    assert told == {**nothing, **shown}
    assert Disclosure.objects.count() == len(shown)


def test_anonymous_is_asked_to_sign_in(cast: Cast) -> None:
    response = Client().get(address(cast))
    assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, reverse("sign-in"))


@pytest.mark.parametrize("what", ["passport", "name", "identity-"])
def test_unknown_kind_of_number_is_missing(cast: Cast, what: str) -> None:
    assert signed_in(cast, "unit_officer").get(address(cast, what=what)).status_code == 404


def test_number_that_is_not_recorded_has_no_button_and_no_page(cast: Cast) -> None:
    Identifier.objects.filter(person=cast["colleague"].person, kind=IdentifierKind.PHONE).delete()
    client = signed_in(cast, "unit_officer")
    page = client.get(reverse("registry:worker", args=[cast["colleague"].person.pk])).content.decode()  # type: ignore[union-attr]
    assert (address(cast) in page, address(cast, what="phone") in page) == (True, False)
    assert client.get(address(cast, what="phone")).status_code == 404


def test_form_without_purpose_keeps_what_was_typed_and_shows_nothing(cast: Cast) -> None:
    client = signed_in(cast, "unit_officer")
    sentences = {
        "en": ("Too short to say what for", "is not chosen yet"),
        "zh-hans": ("用途写得太短", "还没选"),
    }
    for language, said in sentences.items():
        client.cookies["django_language"] = language
        answer = ask(client, cast, note="核对〇", purpose="")
        html = answer.content.decode()
        assert answer.status_code == 422
        assert [words for words in (*said, "核对〇</textarea>") if words not in html] == []
    assert Disclosure.objects.count() == 0


def test_nothing_is_answered_when_the_transaction_fails_at_its_very_end(lasting_cast: Cast) -> None:
    """The number has been read and the page written; then the commit is refused: the browser gets no number."""
    client = signed_in(lasting_cast, "unit_officer")
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("""
            CREATE FUNCTION fails_late() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'late' USING ERRCODE = '23514'; END $$;
            CREATE CONSTRAINT TRIGGER fails_late AFTER INSERT ON audit_disclosure
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fails_late();
        """)
    try:
        with pytest.raises(IntegrityError, match="late"):
            look(lasting_cast, "unit_officer")
        answer = ask(client, lasting_cast)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION fails_late() CASCADE")
    html = answer.content.decode()
    assert (answer.status_code, lasting_cast["colleague"].identity in html) == (500, False)
    assert Disclosure.objects.count() == 0
    assert lasting_cast["colleague"].identity in ask(client, lasting_cast).content.decode()
    assert Disclosure.objects.count() == 1


def test_log_of_the_web_carries_no_number(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = signed_in(cast, "unit_officer")
    ask(client, cast)
    ask(client, cast, note=cast["colleague"].identity)
    ask(signed_in(cast, "leader"), cast)
    assert "Not Found" in caplog.text
    assert cast["colleague"].identity not in caplog.text


# ── the worker's own page ────────────────────────────────────────────────────


def test_worker_reads_which_unit_looked_but_not_who(cast: Cast) -> None:
    look(cast, "superior")
    client = signed_in(cast, "colleague", "zh-hans")
    assert reverse("who-looked") in client.get(reverse("my-record")).content.decode()
    html = client.get(reverse("who-looked")).content.decode()
    told = ("长治市总工会", "工会经办", "身份证号", "为本人办理申请", NOTE)
    assert [word for word in told if word not in html] == []
    assert "长治市经办" not in html


def test_worker_reads_nothing_of_others(cast: Cast) -> None:
    look(cast, "unit_officer")
    seen = {
        who: len(signed_in(cast, who).get(reverse("who-looked")).context["page"].rows) for who in EVERYBODY
    }
    assert seen == {**dict.fromkeys(EVERYBODY, 0), "colleague": 1}


def test_worker_who_left_still_reads_it(cast: Cast) -> None:
    look(cast, "unit_officer")
    Employment.objects.filter(person=cast["colleague"].person).update(until="2026-11-01")
    html = signed_in(cast, "colleague", "zh-hans").get(reverse("who-looked")).content.decode()
    assert cast.works.name in html


# ── the auditor's page ───────────────────────────────────────────────────────


def logged(cast: Cast, who: str, **query: Any) -> list[tuple[str, str]]:
    """(who looked, at whom) in the list, in order."""
    rows = signed_in(cast, who).get(reverse("access-log"), query).context["page"].rows
    return [(row.officer, row.whom) for row in rows]


def test_auditor_reads_the_tree_and_officers_what_they_did(cast: Cast) -> None:
    look(cast, "unit_officer")
    look(cast, "superior")
    one, two = ("张演丙寅", "李＊丑"), ("长治市经办", "李＊丑")
    seen = {
        who: logged(cast, who)
        for who in EVERYBODY
        if signed_in(cast, who).get(reverse("access-log")).status_code == 200
    }
    assert seen == {
        "auditor": [two, one],
        "unit_officer": [("张演丙寅", "李演乙丑")],
        "superior": [("长治市经办", "李演乙丑")],
        "county_officer": [],
        "sibling_officer": [],
        "neighbour_officer": [],
    }


def test_log_is_filtered_by_what_purpose_and_day(cast: Cast) -> None:
    ask(signed_in(cast, "unit_officer"), cast)
    ask(signed_in(cast, "superior"), cast, what="phone", purpose=Purpose.CONTACT)
    day = Disclosure.objects.earliest("pk").at.astimezone().date()
    officers = {
        name: [who for who, _whom in logged(cast, "auditor", **query)]
        for name, query in {
            "phone": {"what": "phone"},
            "contact": {"purpose": "contact"},
            "both": {"what": "identity", "purpose": "contact"},
            "later": {"since": "2999-01-01"},
            "earlier": {"until": "2020-01-01"},
            "days": {"since": str(day.replace(year=day.year - 1)), "until": "9999-12-31"},
            "nonsense": {"since": "yesterday", "what": "shoe size"},
        }.items()
    }
    one, two = "张演丙寅", "长治市经办"
    assert officers == {
        "phone": [two],
        "contact": [two],
        "both": [],
        "later": [],
        "earlier": [],
        "days": [two, one],
        "nonsense": [two, one],
    }


def test_pages_of_disclosures_cost_the_same_for_1_10_and_100(cast: Cast) -> None:
    costs: dict[str, set[int]] = {"who-looked": set(), "access-log": set()}
    there = 0
    for rows in (1, 10, 100):
        look(cast, "unit_officer", rows - there)
        there = rows
        for name, who in (("who-looked", "colleague"), ("access-log", "auditor")):
            client = signed_in(cast, who)
            client.get(reverse(name))
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(name)).status_code == 200
            costs[name].add(len(queries))
    assert {name: len(found) for name, found in costs.items()} == {"who-looked": 1, "access-log": 1}


def test_log_is_turned_page_by_page(cast: Cast) -> None:
    look(cast, "unit_officer", 30)
    client = signed_in(cast, "auditor")
    first = client.get(reverse("access-log")).context["page"]
    second = client.get(first.next_url).context["page"]
    keys = [row.pk for row in (*first.rows, *second.rows)]
    assert (len(first.rows), len(second.rows)) == (25, 5)
    assert keys == sorted(Disclosure.objects.values_list("pk", flat=True), reverse=True)


def test_what_was_shown_in_another_county_is_not_in_the_log(cast: Cast) -> None:
    Grant.objects.create(user=cast["stranger"].user, role=Role.AUDITOR, unit=cast.plant, since=world.SINCE)
    look(cast, "unit_officer")
    assert (logged(cast, "stranger"), len(logged(cast, "auditor"))) == ([], 1)
