"""Checking a certificate as a stranger; holding one; revoking it on the desk."""

import threading
from collections import Counter

from django.db import connections
from django.test import Client
from django.urls import reverse

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.credentials import actions
from gongjiang.kernel.credentials.models import Credential
from gongjiang.kernel.credentials.tests.test_credentials import granted
from gongjiang.kernel.documents import actions as documents
from gongjiang.kernel.documents import codes
from gongjiang.kernel.documents.tests.conftest import issued, place
from tests.cast import Cast, Member

__all__ = ["place"]


def browser(member: Member | None = None, language: str = "zh-hans") -> Client:
    client = Client()
    client.cookies["django_language"] = language
    if member is not None:
        client.force_login(member.user)
    return client


def checked(code: str, language: str = "zh-hans"):
    return browser(language=language).get(reverse("verify"), {"code": code}, follow=True)


def test_stranger_checks_a_code_and_reads_no_name(cast: Cast) -> None:
    mine, _units = granted(cast)
    page = checked(codes.shown(mine.code).lower()).content.decode()
    words = {word: word in page for word in ("王＊子", "王演甲子", "长治市总工会", "今天有效")}
    assert words == {"王＊子": True, "王演甲子": False, "长治市总工会": True, "今天有效": True}
    english = checked(mine.code, "en").content.decode()
    assert "It is genuine and holds today" in english


def test_code_with_one_wrong_character_is_told_apart_from_an_unknown_one(cast: Cast) -> None:
    mine, _units = granted(cast)
    other = next(c for c in codes.ALPHABET if c != mine.code[0])
    mistyped, unknown = checked(other + mine.code[1:]), checked(codes.new())
    assert (mistyped.status_code, unknown.status_code) == (422, 404)
    assert "验证码不对" in mistyped.content.decode()
    assert "没有查到" in unknown.content.decode()


def test_revoked_says_on_which_day_by_which_document(cast: Cast) -> None:
    mine, _units = granted(cast)
    by = issued(cast, "certificate")
    desk = browser(cast["superior"])
    answer = desk.post(
        reverse("credential-revoke", args=[mine.pk]), {"document": by.pk, "reason": "材料不实", "version": 1}
    )
    assert answer.status_code == 302
    page = checked(mine.code).content.decode()
    assert ("已撤销" in page, by.number in page, "材料不实" in page) == (True, True, False)


def test_codes_tried_beyond_measure_are_slowed_down(cast: Cast) -> None:
    client = browser()
    statuses = [
        client.get(reverse("verified", args=[codes.shown(codes.new())])).status_code for _ in range(62)
    ]
    assert statuses == [404] * 60 + [429] * 2


def test_codes_tried_in_two_processes_at_once_are_counted_together(lasting_cast: Cast) -> None:
    url, statuses = reverse("verified", args=[codes.shown(codes.new())]), Counter()
    ready = threading.Barrier(2)

    def process() -> None:
        try:
            client = browser()
            ready.wait()
            found = [client.get(url).status_code for _ in range(32)]
        finally:
            connections.close_all()
        statuses.update(found)

    threads = [threading.Thread(target=process) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert statuses == {404: 60, 429: 4}


def test_issued_document_is_checked_by_its_own_code(cast: Cast) -> None:
    page = checked(issued(cast, "certificate").code).content.decode()
    assert ("演工发〔" in page, "文件属实" in page) == (True, True)


def test_holder_downloads_the_certificate_and_nobody_else_does(cast: Cast) -> None:
    mine, _units = granted(cast)
    actor = cast["superior"].actor
    with scope(actor):
        documents.set_number_word(cast.city, "演证", actor=actor)
        actions.certify(
            [mine], kind="certificate", titles="荣誉证书", actor=actor,
            values={mine.pk: {"holder": "王演甲子", "paragraphs": ["特发此证。"]}},
        )  # fmt: skip
    url = reverse("certificate", args=[mine.pk, "docx"])
    readers = ("applicant", "colleague", "sibling_officer", "superior")
    got = {who: browser(cast[who]).get(url).status_code for who in readers}
    assert got == {"applicant": 200, "colleague": 404, "sibling_officer": 404, "superior": 200}
    assert browser(cast["applicant"]).get(url).content[:2] == b"PK"
    pdf = browser(cast["applicant"]).get(reverse("certificate", args=[mine.pk, "pdf"]))
    assert (pdf.status_code, pdf.content[:5]) in ((200, b"%PDF-"), (503, pdf.content[:5]))
    assert "荣誉" in browser(cast["applicant"]).get(reverse("my-credentials")).content.decode()


def test_credential_pages_are_missing_for_siblings_and_changed_by_the_issuer(cast: Cast) -> None:
    mine, _units = granted(cast)
    names = ("credential", "credential-suspend", "credential-revoke")
    seen = {
        who: [browser(cast[who]).get(reverse(name, args=[mine.pk])).status_code for name in names]
        for who in ("sibling_officer", "county_officer", "superior", "stranger")
    }
    assert seen == {
        "sibling_officer": [404] * 3,
        "county_officer": [200, 404, 404],
        "superior": [200] * 3,
        "stranger": [404] * 3,
    }
    browser(cast["superior"]).post(
        reverse("credential-suspend", args=[mine.pk]), {"reason": "核查中", "version": 1}
    )
    assert Credential.objects.get(pk=mine.pk).state == "suspended"


def test_lists_of_credentials_and_documents_hold_ones_own_tree(cast: Cast) -> None:
    granted(cast)
    row = issued(cast)
    for name, said in (("credentials", "五小创新成果一等"), ("documents", row.number)):
        pages = [
            browser(cast[who]).get(reverse(name)).content.decode() for who in ("superior", "sibling_officer")
        ]
        assert [said in page for page in pages] == [True, False]
