"""The steward's queue, the worker's consents and what they say of themselves, as pages."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.files.tests import samples
from gongjiang.kernel.people import consent
from gongjiang.kernel.people.merging import candidates
from gongjiang.kernel.people.models import (
    Consent,
    ConsentPaper,
    ConsentText,
    MatchPair,
    MergeRecord,
    Person,
)
from gongjiang.kernel.people.tests.test_consent import text
from gongjiang.kernel.people.tests.test_merging import double, rule, steward


@pytest.fixture
def client_of(cast):
    """A browser of an account."""

    def sign_in(user) -> Client:
        client = Client(headers={"host": "localhost"})
        client.force_login(user, backend="gongjiang.kernel.accounts.backends.PasswordBackend")
        return client

    return sign_in


def accounts(*actors):
    from gongjiang.kernel.accounts.models import User

    return [User.objects.get(pk=a.user) for a in actors]


@pytest.fixture
def pair(cast) -> MatchPair:
    rule(always_two=True)
    double(cast, phone="13900000777")
    candidates.find()
    return MatchPair.objects.get()


def choice(page, pair, **more):
    """What the form proposes, sent back as it is."""
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields}
    return {**{k: v for k, v in data.items() if v is not None}, "note": "同一人，身份证已核对", **more}


def test_pair_is_proposed_confirmed_by_another_and_undone(cast, pair, client_of):
    first, second = map(client_of, accounts(steward(cast.county), steward(cast.county, "another")))
    listed = first.get(reverse("matches")).content.decode()
    assert "王演甲子 · 王·演甲子" in listed
    page = first.get(reverse("match", args=[pair.pk]))
    body = page.content.decode()
    assert ("13900000777" in body, "13900000011" in body) == (False, False)
    answer = first.post(reverse("match", args=[pair.pk]), choice(page, pair))
    assert answer.status_code == 302
    record = MergeRecord.objects.get(pair=pair)
    assert (record.survivor_id, record.needs_second) == (cast["applicant"].person.pk, True)
    assert first.post(reverse("match-confirm", args=[pair.pk])).status_code == 422
    assert second.post(reverse("match-confirm", args=[pair.pk])).status_code == 302
    assert Person.objects.get(pk=record.other_id).merged_into_id == record.survivor_id
    assert second.get(reverse("match", args=[pair.pk])).status_code == 200
    assert first.post(reverse("match-undo", args=[pair.pk])).status_code == 302
    assert Person.objects.get(pk=record.other_id).merged_into_id is None


def test_chosen_field_is_taken_from_the_other_record(cast, pair, client_of):
    (client,) = map(client_of, accounts(steward(cast.county)))
    page = client.get(reverse("match", args=[pair.pk]))
    other = str(pair.b_id)
    client.post(reverse("match", args=[pair.pk]), choice(page, pair, take_name=other, take_phone=other))
    record = MergeRecord.objects.get(pair=pair)
    assert set(record.choices.values_list("field", flat=True)) == {"name", "phone"}


def test_keeping_apart_takes_a_reason_and_can_be_looked_at_again(cast, pair, client_of):
    (client,) = map(client_of, accounts(steward(cast.county)))
    assert client.post(reverse("match-apart", args=[pair.pk]), {"note": ""}).status_code == 422
    assert client.post(reverse("match-apart", args=[pair.pk]), {"note": "双胞胎"}).status_code == 302
    pair.refresh_from_db()
    assert (pair.state, pair.note) == ("kept_apart", "双胞胎")
    assert client.post(reverse("match-again", args=[pair.pk])).status_code == 302
    pair.refresh_from_db()
    assert pair.state == "open"


def test_whoever_is_no_steward_there_finds_nothing(cast, pair, client_of):
    far = accounts(steward(cast.sibling_county, "far"))[0]
    for user in (far, *(m.user for m in cast.members.values())):
        client = client_of(user)
        for name in ("match", "match-apart", "match-again", "match-confirm", "match-decline", "match-undo"):
            assert client.get(reverse(name, args=[pair.pk])).status_code == 404, name
    assert client_of(far).get(reverse("matches")).status_code == 200
    assert "王演甲子" not in client_of(far).get(reverse("matches")).content.decode()


def test_queue_names_the_missing_rule(cast, client_of):
    (client,) = map(client_of, accounts(steward(cast.county)))
    body = client.get(reverse("matches")).content.decode()
    rules = [reverse("parameter", args=["people", name]) for name in ("likeness", "sources")]
    assert [address in body for address in rules] == [True, True]


def test_queue_costs_the_same_for_one_and_many(cast, client_of, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    rule()
    (client,) = map(client_of, accounts(steward(cast.county)))
    costs = []
    for n in (1, 4):
        for k in range(n):
            double(cast, name=f"王演甲子{'·' * k}")
        candidates.find()
        client.get(reverse("matches"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("matches"))
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_worker_agrees_and_takes_it_back(cast, client_of):
    text()
    text("medical")
    member = cast["applicant"]
    client = client_of(member.user)
    assert "公布姓名" in client.get(reverse("my-consents")).content.decode()
    assert client.get(reverse("consent", args=["publish_name"])).status_code == 200
    assert client.post(reverse("consent", args=["publish_name"])).status_code == 302
    assert Consent.objects.get(person=member.person, withdrawn_at=None).purpose == "publish_name"
    assert client.post(reverse("consent-withdraw", args=["publish_name"])).status_code == 302
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    assert client.get(reverse("consent", args=["nothing"])).status_code == 404


def test_child_is_asked_for_a_guardian(cast, client_of):
    text()
    member = cast["applicant"]
    Person.objects.filter(pk=member.person.pk).update(born_on=date(2020, 1, 1))
    client = client_of(member.user)
    assert client.post(reverse("consent", args=["publish_name"]), {}).status_code == 422
    assert (
        client.post(reverse("consent", args=["publish_name"]), {"guardian": "王某，父亲"}).status_code == 302
    )
    assert Consent.objects.get().given_by == "guardian"


def test_nobody_without_a_person_is_asked(cast, client_of):
    text()
    client = client_of(cast["county_officer"].user)
    assert client.get(reverse("my-consents")).status_code == 200
    assert client.get(reverse("consent", args=["publish_name"])).status_code == 404
    assert ConsentText.objects.count() == 1


@pytest.mark.parametrize("channel", ["paper", "counter", "phone"])
def test_officer_records_what_a_worker_said_elsewhere_and_the_worker_takes_it_back(cast, client_of, channel):
    text()
    member, officer = cast["applicant"], cast["unit_officer"]
    desk, mine = client_of(officer.user), client_of(member.user)
    one = [member.person.pk, "publish_name"]
    page = desk.get(reverse("worker-consents", args=one[:1])).content.decode()
    assert ("公布姓名" in page, f"/workers/{one[0]}/" in page) == (True, True)
    assert desk.get(reverse("worker-consent", args=one)).status_code == 200
    assert desk.post(reverse("worker-consent", args=one), {}).status_code == 422
    assert desk.post(reverse("worker-consent", args=one), {"channel": "web"}).status_code == 422
    assert desk.post(reverse("worker-consent", args=one), {"channel": channel}).status_code == 302
    given = Consent.objects.get()
    assert (given.given_by, given.channel, given.recorded_by) == ("assisted", channel, officer.user)
    assert mine.post(reverse("consent-withdraw", args=["publish_name"])).status_code == 302
    assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_officer_records_that_a_worker_takes_it_back(cast, client_of):
    text()
    member, desk = cast["applicant"], client_of(cast["unit_officer"].user)
    one = [member.person.pk, "publish_name"]
    client_of(member.user).post(reverse("consent", args=["publish_name"]))
    assert desk.get(reverse("worker-consent-withdraw", args=one)).status_code == 200
    assert desk.post(reverse("worker-consent-withdraw", args=one)).status_code == 302
    assert not Consent.objects.filter(withdrawn_at=None).exists()


@pytest.mark.parametrize(
    "who", ["applicant", "colleague", "leader", "neighbour_officer", "sibling_officer", "stranger"]
)
def test_who_keeps_no_register_there_records_no_consent(cast, client_of, who):
    text()
    one = [cast["applicant"].person.pk, "publish_name"]
    client = client_of(cast[who].user)
    for name in ("worker-consent", "worker-consent-withdraw"):
        assert client.get(reverse(name, args=one)).status_code == 404
        assert client.post(reverse(name, args=one), {"channel": "paper"}).status_code == 404
    assert client.get(reverse("worker-consents", args=one[:1])).status_code == 404
    assert not Consent.objects.exists()


def test_worker_says_the_own_facts_and_nobody_without_a_person_is_asked(cast, client_of):
    person, client = cast["applicant"].person, client_of(cast["applicant"].user)
    page = reverse("my-particulars")
    assert client.post(page, {"hukou": "rural", "education": ""}).status_code == 302
    person.refresh_from_db()
    assert (person.hukou, person.education) == ("rural", "")
    assert client.post(page, {"hukou": "nowhere"}).status_code == 422
    assert client.post(page, {"hukou": "", "education": ""}).status_code == 302
    person.refresh_from_db()
    assert (person.hukou, person.education) == ("", "")
    assert client_of(cast["county_officer"].user).get(page).status_code == 404


def scan(name: str = "同意书.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, samples.png(), content_type="image/png")


@pytest.fixture
def stored(settings, tmp_path):
    settings.DATA = tmp_path


def test_signed_paper_is_kept_beside_the_consent_and_read_by_both(cast, client_of, stored):
    text()
    person = cast["applicant"].person
    officer, worker = client_of(cast["unit_officer"].user), client_of(cast["applicant"].user)
    page = reverse("worker-consent", args=[person.pk, "publish_name"])
    assert officer.post(page, {"channel": "paper", "papers": [scan()]}).status_code == 302
    paper = ConsentPaper.objects.get(consent__person=person)
    assert (paper.name, paper.media_type, paper.added_by) == (
        "同意书.png",
        "image/png",
        cast["unit_officer"].user,
    )
    desk, mine = (
        reverse("worker-consent-paper", args=[person.pk, paper.pk]), reverse("consent-paper", args=[paper.pk]),
    )  # fmt: skip
    assert desk in officer.get(reverse("worker-consents", args=[person.pk])).content.decode()
    assert mine in worker.get(reverse("my-consents")).content.decode()
    for client, address in ((officer, desk), (worker, mine)):
        answer = client.get(address)
        assert (answer.status_code, answer.content) == (200, samples.png())
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_scan_is_added_to_a_consent_that_stands_and_to_no_other(cast, client_of, stored):
    text()
    person = cast["applicant"].person
    officer = client_of(cast["unit_officer"].user)
    add = reverse("worker-consent-add-paper", args=[person.pk, "publish_name"])
    assert officer.post(add, {"papers": [scan()]}).status_code == 404
    officer.post(reverse("worker-consent", args=[person.pk, "publish_name"]), {"channel": "counter"})
    assert officer.post(add, {}).status_code == 422
    assert officer.post(add, {"papers": [SimpleUploadedFile("a.exe", b"MZ")]}).status_code == 422
    assert officer.post(add, {"papers": [scan()]}).status_code == 302
    officer.post(reverse("worker-consent-withdraw", args=[person.pk, "publish_name"]))
    assert officer.post(add, {"papers": [scan()]}).status_code == 404
    assert ConsentPaper.objects.count() == 1
    given = Consent.objects.get()
    with scope(cast["unit_officer"].actor), pytest.raises(ValidationError):
        consent.add_papers(given, [], actor=cast["unit_officer"].actor)


@pytest.mark.parametrize(
    "who", ["neighbour_officer", "sibling_officer", "colleague", "stranger", "leader", "auditor"]
)
def test_signed_paper_is_nobody_elses(cast, client_of, stored, who):
    text()
    person = cast["applicant"].person
    client_of(cast["unit_officer"].user).post(
        reverse("worker-consent", args=[person.pk, "publish_name"]), {"channel": "paper", "papers": [scan()]}
    )
    paper = ConsentPaper.objects.get()
    client = client_of(cast[who].user)
    assert client.get(reverse("worker-consent-paper", args=[person.pk, paper.pk])).status_code == 404
    assert client.get(reverse("consent-paper", args=[paper.pk])).status_code == 404
    add = reverse("worker-consent-add-paper", args=[person.pk, "publish_name"])
    assert client.post(add, {"papers": [scan()]}).status_code == 404
    assert ConsentPaper.objects.count() == 1
