"""What a request may carry."""

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import ResolverMatch, reverse

from gongjiang.kernel.access.actor import ANONYMOUS, Actor
from gongjiang.web.files.uploads import CappedUploadHandler, Limits
from gongjiang.web.views import SIGNED_IN, View
from tests.cast import Cast


class Takes(View):
    access = SIGNED_IN
    uploads = Limits(file=10, together=25)


class TakesNone(View):
    access = SIGNED_IN


def sent(view: type[View], actor: Actor, *sizes: int) -> list[tuple[str, int | None, int]]:
    """(name, size said, bytes held) of each file of a request for that page."""
    files = [SimpleUploadedFile(f"{n}.png", bytes(size)) for n, size in enumerate(sizes)]
    request: HttpRequest = RequestFactory().post("/", {"file": files})
    request.actor = actor  # type: ignore[attr-defined]
    request.resolver_match = ResolverMatch(view.as_view(), (), {})
    request.upload_handlers = [CappedUploadHandler(request)]
    return [(f.name or "", f.size, len(f.read())) for f in request.FILES.getlist("file")]


@pytest.mark.parametrize(
    ("sizes", "held"),
    [
        ((10,), [(10, 10)]),
        ((5_000_000,), [(5_000_000, 11)]),
        ((10, 10, 5), [(10, 10), (10, 10), (5, 5)]),
        ((10, 10, 10), [(10, 10), (10, 10), (10, 6)]),
        ((10, 10, 10, 10), [(10, 10), (10, 10), (10, 6), (10, 0)]),
    ],
)
def test_page_takes_in_what_it_allows_and_one_byte_more(sizes, held) -> None:
    found = sent(Takes, Actor(user=1), *sizes)
    assert [(size, there) for _, size, there in found] == held


@pytest.mark.parametrize(("view", "actor"), [(TakesNone, Actor(user=1)), (Takes, ANONYMOUS)])
def test_nothing_is_taken_in_where_nothing_is_expected_but_the_names(view: type[View], actor: Actor) -> None:
    assert sent(view, actor, 3, 4) == [("0.png", 3, 0), ("1.png", 4, 0)]


def test_form_of_a_page_without_files_is_not_disturbed_by_one(cast: Cast) -> None:
    client = Client()
    client.force_login(cast["applicant"].user)
    stray = {"subject": "", "file": SimpleUploadedFile("a.png", bytes(100))}
    page: HttpResponse = client.post(reverse("example:ask"), stray)
    assert page.status_code == 422
    assert "请重新选择：a.png" in html.unescape(page.content.decode())
