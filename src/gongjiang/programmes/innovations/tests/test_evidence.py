"""Evidence of a result, through the pages: chosen on a phone, read on the desk, fetched by whoever may."""

import html
import re
import uuid
from datetime import timedelta
from io import BytesIO
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import TimestampSigner
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from gongjiang.kernel.files.formats import Format, recognise
from gongjiang.kernel.files.models import STORE, File
from gongjiang.kernel.files.tests import samples
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.programmes.innovations.demo_evidence import evidence
from gongjiang.programmes.innovations.models import Result
from gongjiang.web.files import links
from tests.cast import EVERYBODY, Cast
from tests.conformance.scenes import walk

from .entering import ENDORSE, RECOMMEND, SEND
from .scenes import ACCEPT, DRAFT, RETURN, SUBMIT, WORDS, prepare

pytestmark = pytest.mark.django_db


def signed_in(cast: Cast, who: str) -> Client:
    client = Client()
    if who != "anonymous":
        client.force_login(cast[who].user)
    return client


def chosen(name: str = "现场.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, samples.png(salt=7) if content is None else content)


def words(**more: Any) -> dict[str, Any]:
    return {**{k: v for k, v in WORDS.items() if v is not None}, "once": str(uuid.uuid4()), **more}


def text(response: HttpResponse) -> str:
    return html.unescape(response.content.decode())


def link_on(page: HttpResponse, name: str) -> str:
    """Where the file of that name leads to, on a page."""
    found = re.search(rf'<a class="title" href="([^"]+)">{re.escape(name)}</a>', text(page))
    assert found, name
    return found[1]


def submitted(cast: Cast) -> Case:
    case = walk(cast, (DRAFT, SUBMIT))
    assert case is not None
    return case


def test_new_result_takes_several_files_of_each_kind(cast: Cast) -> None:
    sent = words(
        then="submit",
        photo=[chosen("image.jpg", samples.jpeg()), chosen("image.jpg", samples.jpeg(9, 9))],
        paper=[chosen("图纸.pdf", samples.pdf())],
        certificate=[chosen("证明.docx", samples.docx())],
    )
    page = signed_in(cast, "applicant").post(reverse("innovations:new"), sent, follow=True)
    assert page.status_code == 200
    assert list(File.objects.order_by("pk").values_list("kind", "name", "media_type")) == [
        ("photo", "image.jpg", "image/jpeg"),
        ("photo", "image (2).jpg", "image/jpeg"),
        ("paper", "图纸.pdf", "application/pdf"),
        (
            "certificate",
            "证明.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ]
    assert "4 份" in text(page)
    assert Case.objects.get().state == "submitted"


def test_unfit_file_files_nothing_and_keeps_what_was_typed(cast: Cast) -> None:
    sent = words(then="submit", photo=[chosen("好.png")], paper=[chosen("程序.pdf", b"MZ" + b"\0" * 99)])
    page = signed_in(cast, "applicant").post(reverse("innovations:new"), sent)
    assert (page.status_code, Result.objects.count(), File.objects.count()) == (422, 0, 0)
    shown = text(page)
    assert WORDS["novelty"] in shown
    assert 'href="#id_paper"' in shown
    assert "“程序.pdf”：不论文件名怎么写，它实际是可执行程序。可以上传照片" in shown
    assert "请重新选择：好.png、程序.pdf" in shown


def test_draft_gains_and_loses_evidence_in_one_form(cast: Cast) -> None:
    case = walk(cast, (DRAFT,))
    assert case is not None
    client, address = signed_in(cast, "applicant"), reverse("innovations:edit", args=[case.pk])
    first = File.objects.get()
    assert f'name="removed" value="{first.pk}"' in text(client.get(address))
    sent = words(then="draft", version=case.version, removed=[first.pk], photo=[chosen()])
    shown = text(client.post(address, sent, follow=True))
    assert "现场.png" in shown
    assert "工装.png" not in shown
    assert File.objects.get(removed_at=None).name == "现场.png"


def test_returned_result_takes_evidence_again_and_a_submitted_one_does_not(cast: Cast) -> None:
    case = walk(cast, (DRAFT, SUBMIT, RETURN))
    assert case is not None
    client, address = signed_in(cast, "applicant"), reverse("innovations:edit", args=[case.pk])
    sent = words(then="submit", version=case.version, certificate=[chosen("证明.pdf", samples.pdf())])
    assert client.post(address, sent).status_code == 302
    case.refresh_from_db()
    assert (case.state, File.objects.count()) == ("submitted", 2)
    late = words(
        then="draft", version=case.version, photo=[chosen()], removed=[File.objects.earliest("pk").pk]
    )
    assert client.post(address, late).status_code == 409
    assert File.objects.filter(removed_at=None).count() == 2


@pytest.mark.parametrize("who", ["colleague", "unit_officer", "superior", "sibling_officer", "stranger"])
def test_nobody_but_the_author_adds_or_removes(cast: Cast, who: str) -> None:
    case = walk(cast, (DRAFT, SUBMIT, RETURN))
    assert case is not None
    sent = words(then="draft", version=case.version, photo=[chosen()], removed=[File.objects.get().pk])
    answer = signed_in(cast, who).post(reverse("innovations:edit", args=[case.pk]), sent)
    assert answer.status_code == 404
    assert File.objects.filter(removed_at=None).count() == 1


def test_desk_reads_what_is_attached_and_fetches_it(cast: Cast) -> None:
    case = submitted(cast)
    client = signed_in(cast, "unit_officer")
    page = client.get(reverse("innovations:result", args=[case.pk]))
    assert cast["applicant"].person.name in text(page)
    answer = client.get(link_on(page, "工装.png"))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == samples.png(salt=1)
    assert {name: answer.headers[name] for name in (
        "Content-Type", "Content-Length", "Content-Disposition", "X-Content-Type-Options", "Cache-Control",
        "Content-Security-Policy",
    )} == {
        "Content-Type": "image/png",
        "Content-Length": str(len(samples.png(salt=1))),
        "Content-Disposition": "attachment; filename*=utf-8''%E5%B7%A5%E8%A3%85.png",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }  # fmt: skip


def test_entry_shows_the_evidence_of_its_result_to_those_above(cast: Cast) -> None:
    prepare(cast)
    case = walk(cast, (RECOMMEND, SEND, ENDORSE))
    assert case is not None
    client = signed_in(cast, "superior")
    page = client.get(reverse("innovations:entry", args=[case.pk]))
    assert client.get(link_on(page, "工装.png")).status_code == 200


def test_file_is_for_whoever_sees_the_case_and_a_link_for_its_owner_only(cast: Cast) -> None:
    case = submitted(cast)
    file = File.objects.get()
    borrowed = links.link_to(file, cast["unit_officer"].actor)
    own, others = {}, {}
    for who in EVERYBODY:
        client = signed_in(cast, who)
        own[who] = client.get(links.link_to(file, cast[who].actor)).status_code
        others[who] = client.get(borrowed).status_code
    above = {"unit_officer", "county_officer", "superior", "leader"}
    assert own == {who: 200 if who in above | {"applicant"} else 404 for who in EVERYBODY}
    assert others == {who: 200 if who == "unit_officer" else 404 for who in EVERYBODY}
    anonymous = Client().get(borrowed)
    assert (anonymous.status_code, anonymous.headers["Location"].split("?")[0]) == (302, reverse("sign-in"))
    assert case.state == "submitted"


@pytest.mark.parametrize("link", ["x", "x:y:z", "WzEsMV0:1vLxyz:abc"])
def test_link_that_nobody_signed_leads_nowhere(cast: Cast, link: str) -> None:
    submitted(cast)
    assert signed_in(cast, "unit_officer").get(reverse("file", args=[link])).status_code == 404


def test_old_link_says_so_and_offers_a_new_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    submitted(cast)
    client, file = signed_in(cast, "unit_officer"), File.objects.get()
    old = links.link_to(file, cast["unit_officer"].actor)
    monkeypatch.setattr(links, "LASTS", timedelta(seconds=-1))
    page = client.get(old)
    assert page.status_code == 410
    assert "一刻钟" in text(page)
    monkeypatch.undo()
    again = re.search(r'href="(/files/[^"]+)"', text(page))
    assert again
    assert client.get(again[1]).status_code == 200


def test_old_link_tells_nothing_to_whom_the_case_is_not_shown(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted(cast)
    old = links.link_to(File.objects.get(), cast["sibling_officer"].actor)
    monkeypatch.setattr(links, "LASTS", timedelta(seconds=-1))
    assert signed_in(cast, "sibling_officer").get(old).status_code == 404


def test_link_signed_for_another_purpose_leads_nowhere(cast: Cast) -> None:
    submitted(cast)
    file, officer = File.objects.get(), cast["unit_officer"]
    foreign = TimestampSigner(salt="elsewhere").sign_object([file.pk, officer.user.pk])
    assert signed_in(cast, "unit_officer").get(reverse("file", args=[foreign])).status_code == 404


def test_missing_content_is_said_on_the_page_and_at_the_link(cast: Cast) -> None:
    case = submitted(cast)
    client, file = signed_in(cast, "unit_officer"), File.objects.get()
    link = links.link_to(file, cast["unit_officer"].actor)
    STORE.drop(file.stored)
    assert "服务器上缺失" in text(client.get(reverse("innovations:result", args=[case.pk])))
    page = client.get(link)
    assert page.status_code == 410
    assert "请添加人重新添加" in text(page)


def test_removed_file_is_gone_for_everybody(cast: Cast) -> None:
    case = walk(cast, (DRAFT,))
    assert case is not None
    file, client = File.objects.get(), signed_in(cast, "applicant")
    link = links.link_to(file, cast["applicant"].actor)
    assert client.get(link).status_code == 200
    sent = words(then="draft", version=case.version, removed=[file.pk])
    client.post(reverse("innovations:edit", args=[case.pk]), sent)
    assert client.get(link).status_code == 404


def test_session_that_ended_names_the_files_to_choose_again(cast: Cast) -> None:
    member = cast["applicant"]
    member.user.set_password("correct horse")
    member.user.save(update_fields=["password"])
    client, address = Client(), reverse("innovations:new")
    lost = client.post(address, words(photo=[chosen("甲.png"), chosen("乙.png")]))
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text(lost))
    carried: dict[str, list[str]] = {}
    for name, value in pairs:
        carried.setdefault(name, []).append(value)
    assert list(dict.fromkeys(carried["kept_file"])) == ["甲.png", "乙.png"]
    sent = {**carried, "username": member.name, "password": "correct horse"}
    form = text(client.post(reverse("sign-in"), sent, follow=True))
    assert WORDS["novelty"] in form
    assert "甲.png" in form
    assert "乙.png" in form
    assert File.objects.count() == 0


def test_pages_cost_the_same_for_one_file_and_twenty(cast: Cast) -> None:
    case = walk(cast, (DRAFT,))
    assert case is not None
    client, costs = signed_in(cast, "applicant"), {}
    edit, page = (reverse(f"innovations:{name}", args=[case.pk]) for name in ("edit", "my-result"))
    for files in (1, 20):
        if files > 1:
            photos = [chosen(f"{n}.png", samples.png(salt=n + 10)) for n in range(files - 1)]
            sent = words(then="draft", version=case.version, photo=photos)
            assert client.post(edit, sent).status_code == 302
        for address in (edit, page):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            costs[address, files] = len(queries)
    assert File.objects.count() == 20
    assert {address: costs[address, 20] - costs[address, 1] for address in (edit, page)} == {edit: 0, page: 0}


def test_request_larger_than_the_page_allows_is_refused_in_words(cast: Cast, settings: Any) -> None:
    settings.CASE_MOST_BYTES = 1024 * 1024
    sent = words(photo=[chosen("大.png", samples.png() + bytes(3 * 1024 * 1024))])
    page = signed_in(cast, "applicant").post(reverse("innovations:new"), sent)
    assert page.status_code == 422
    assert "全部文件合计 4 MB，每件最多 1 MB。" in text(page)


def test_accepted_result_is_still_fetched(cast: Cast) -> None:
    case = walk(cast, (DRAFT, SUBMIT, ACCEPT))
    assert case is not None
    client = signed_in(cast, "applicant")
    page = client.get(reverse("innovations:my-result", args=[case.pk]))
    assert client.get(link_on(page, "工装.png")).status_code == 200
    assert "修改成果" not in text(page)


def test_evidence_of_the_demo_is_what_it_claims_to_be() -> None:
    drawing, records = evidence("托辊快换夹具", Random(1))
    assert [recognise(u.content, u.name) for u in (drawing, records)] == [Format.PNG, Format.XLSX]
    rows = CalamineWorkbook.from_filelike(BytesIO(records.content)).get_sheet_by_index(0).to_python()
    assert (len(rows), rows[1]) == (22, ["班次", "原用时（分钟）", "现用时（分钟）"])
