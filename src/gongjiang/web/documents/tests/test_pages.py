"""A document on the desk, from the word of its number to the archive."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gongjiang.kernel.documents.models import Document
from gongjiang.kernel.documents.tests.conftest import issued, place
from gongjiang.kernel.files.tests import samples
from tests.cast import Cast, Member

__all__ = ["place"]


def browser(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def test_document_goes_its_way_by_pages(cast: Cast) -> None:
    desk = browser(cast["superior"])
    letter = {"unit": cast.city.pk, "kind": "decision", "title": "关于表彰的决定", "to": "各单位"}
    letter["body"] = "第一段\n第二段"
    refused = desk.post(reverse("document-new"), letter)
    assert (refused.status_code, "机关代字" in refused.content.decode()) == (422, True)
    desk.post(reverse("document-numbers"), {"unit": cast.city.pk, "kind": "", "word": "演工发"})
    assert desk.post(reverse("document-new"), letter).status_code == 302
    row = Document.objects.get()

    def step(name: str, **said) -> None:
        row.refresh_from_db()
        answer = desk.post(reverse(f"document-{name}", args=[row.pk]), {"version": row.version, **said})
        assert (name, answer.status_code) == (name, 302)

    step("print")
    step("rewrite", title="关于表彰的决定", to="各单位", body="只有一段")
    step("print")
    step("scan", scan=SimpleUploadedFile("盖章件.png", samples.png(), "image/png"))
    row.refresh_from_db()
    wrong = desk.post(
        reverse("document-match", args=[row.pk]), {"version": row.version, "number": "x", "pages": 9}
    )
    assert wrong.status_code == 422
    step("match", number=row.number, pages=row.pages or 1)
    step("release")
    step("deliver", how="机要交换")
    step("archive")
    row.refresh_from_db()
    assert (row.state, row.number[:4]) == ("archived", "演工发〔")
    page = desk.get(reverse("document", args=[row.pk])).content.decode()
    assert ("只有一段" in page, "第二段" in page, "机要交换" in page) == (True, False, True)


def test_document_changed_meanwhile_is_refused_and_says_so(cast: Cast) -> None:
    row = issued(cast)
    answer = browser(cast["superior"]).post(
        reverse("document-void", args=[row.pk]), {"version": row.version + 1, "reason": "标题有误"}
    )
    assert (answer.status_code, Document.objects.get().state) == (409, "generated")


def test_registered_document_is_on_record_with_its_scan(cast: Cast) -> None:
    desk = browser(cast["county_officer"])
    come = {
        "unit": cast.county.pk, "issuer_name": "某市人社局", "number": "人社函〔2026〕3号", "title": "复函",
        "on": "2026-02-01",
        "file": SimpleUploadedFile("复函.png", samples.png(), "image/png"),
    }  # fmt: skip
    assert desk.post(reverse("document-register"), come).status_code == 302
    row = Document.objects.get()
    file = row.files.get()
    url = reverse("document-file", args=[row.pk, file.pk])
    readers = ("county_officer", "superior", "sibling_officer", "stranger")
    got = {who: browser(cast[who]).get(url).status_code for who in readers}
    assert got == {"county_officer": 200, "superior": 200, "sibling_officer": 404, "stranger": 404}


def test_document_of_a_sibling_is_missing_in_every_step(cast: Cast) -> None:
    row = issued(cast)
    names = ("document", "document-print", "document-rewrite", "document-void", "document-release")
    client = browser(cast["sibling_officer"])
    assert {client.get(reverse(name, args=[row.pk])).status_code for name in names} == {404}
