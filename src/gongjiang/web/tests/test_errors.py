"""Pages for when something is wrong need neither the database nor a session."""

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from gongjiang.web import errors


@pytest.mark.parametrize(
    ("page", "status", "words"),
    [
        (errors.bad_request, 400, "读不出来"),
        (errors.forbidden, 403, "不能从这里办"),
        (errors.missing, 404, "没有你能看的内容"),
        (errors.broken, 500, "我们这边出了问题"),
    ],
)
def test_page_says_what_is_wrong_and_what_to_do(page: object, status: int, words: str) -> None:
    response = page(RequestFactory().get("/x/"))  # type: ignore[operator]
    assert response.status_code == status
    assert words in response.content.decode()


def test_database_that_does_not_answer_is_a_pause() -> None:
    try:
        raise OperationalError
    except OperationalError:
        response = errors.broken(RequestFactory().get("/x/"))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert "数据库暂时没有应答" in response.content.decode()
