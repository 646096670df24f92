"""Nothing typed is lost: bad input, a session that ended, a second click, a change by somebody else, a stale token."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.programmes._example import actions
from gongjiang.programmes._example.models import Question
from tests.cast import Cast, Member

WORDS = {"subject": "高温津贴", "details": "从几月开始发？"}


def browser(member: Member | None = None, **kwargs: object) -> Client:
    client = Client(**kwargs)
    if member is not None:
        client.force_login(member.user)
    return client


def asked(cast: Cast) -> Question:
    actor = cast["applicant"].actor
    with scope(actor):
        return actions.ask(WORDS, actor=actor, unit=cast.works)


def hidden(html: str, name: str) -> list[str]:
    return re.findall(rf'<input type="hidden" name="{re.escape(name)}" value="([^"]*)"', html)


def test_bad_input_is_shown_again_with_every_error_tied_to_its_field(cast: Cast) -> None:
    client = browser(cast["applicant"])
    page = client.post(reverse("example:ask"), {"subject": "", "details": "只有正文", "unit": cast.works.pk})
    html = page.content.decode()
    assert page.status_code == 422
    assert re.findall(r'<a href="#(id_\w+)">', html) == ["id_subject"]
    assert (
        'aria-describedby="id_subject_hint id_subject_error"' in html
        or 'aria-describedby="id_subject_error"' in html
    )
    assert "只有正文" in html
    assert Question.objects.count() == 0


def test_session_that_ended_in_mid_form_shows_the_form_filled_after_sign_in(cast: Cast) -> None:
    member = cast["applicant"]
    member.user.set_password("correct horse")
    member.user.save(update_fields=["password"])
    client, url = browser(), reverse("example:ask")
    lost = client.post(url, {**WORDS, "unit": cast.works.pk, "csrfmiddlewaretoken": "x"})
    html = lost.content.decode()
    assert set(hidden(html, "kept_path")) == {url}
    assert set(hidden(html, "kept-details")) == {WORDS["details"]}
    assert hidden(html, "kept-csrfmiddlewaretoken") == []
    carried = {
        n: hidden(html, n)[0] for n in ("next", "kept_path", "kept-subject", "kept-details", "kept-unit")
    }
    again = client.post(reverse("sign-in"), {**carried, "username": member.name, "password": "wrong"})
    assert set(hidden(again.content.decode(), "kept-details")) == {WORDS["details"]}
    form = client.post(
        reverse("sign-in"), {**carried, "username": member.name, "password": "correct horse"}, follow=True
    )
    assert form.redirect_chain == [(url, 302)]
    assert WORDS["details"] in form.content.decode()
    assert WORDS["subject"] in form.content.decode()
    assert Question.objects.count() == 0
    assert WORDS["details"] not in str(dict(client.session))
    client.post(url, {**WORDS, "unit": cast.works.pk})
    assert "kept" not in client.session


def test_second_click_leads_to_the_first_result(cast: Cast) -> None:
    client, once = browser(cast["applicant"]), str(uuid.uuid4())
    answers = [
        client.post(reverse("example:ask"), {**WORDS, "unit": cast.works.pk, "once": once}).headers[
            "Location"
        ]
        for _ in range(2)
    ]
    assert answers[0] == answers[1] == reverse("example:my-question", args=[Question.objects.get().pk])


def test_second_click_on_a_move_gets_the_first_answer(cast: Cast) -> None:
    question, client, once = asked(cast), browser(cast["unit_officer"]), str(uuid.uuid4())
    url, sent = reverse("act", args=[question.pk, "answer"]), {"note": "6 月。", "version": 1, "once": once}
    first, second = client.post(url, sent), client.post(url, sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    assert question.case.events.count() == 2


def test_move_after_somebody_elses_keeps_the_words_and_says_what_happened(cast: Cast) -> None:
    question, actor = asked(cast), cast["unit_officer"].actor
    client, url = browser(cast["unit_officer"]), reverse("act", args=[question.pk, "answer"])
    with scope(actor):
        door.transition(question.case, "return", actor=actor, note="哪个岗位？")
    page = client.post(url, {"note": "6 月。", "version": 1, "once": str(uuid.uuid4())})
    html = page.content.decode()
    assert page.status_code == 409
    assert "6 月。" in html
    assert "哪个岗位？" in html
    assert hidden(html, "version") == ["2"]
    assert Case.objects.get(pk=question.pk).state == "returned"


def test_move_that_is_refused_lists_the_reasons_and_changes_nothing(cast: Cast) -> None:
    actor = cast["unit_officer"].actor
    with scope(actor):
        question = actions.ask(WORDS, actor=actor, unit=cast.works)
    page = browser(cast["unit_officer"]).post(
        reverse("act", args=[question.pk, "answer"]), {"note": "6 月。", "version": 1}
    )
    html = page.content.decode()
    assert page.status_code == 409
    assert len(re.findall(r"<ol class=\"why\"><li>", html)) == 1
    assert "6 月。" in html
    assert Case.objects.get(pk=question.pk).state == "submitted"


def test_move_without_the_words_it_needs_is_asked_for_them(cast: Cast) -> None:
    question = asked(cast)
    page = browser(cast["unit_officer"]).post(
        reverse("act", args=[question.pk, "return"]), {"note": "", "version": 1}
    )
    assert page.status_code == 422
    assert re.findall(r'<a href="#(id_\w+)">', page.content.decode()) == ["id_note"]


@pytest.mark.parametrize("who", ["sibling_officer", "stranger", "neighbour_officer"])
def test_move_on_a_case_of_others_looks_like_a_missing_page(cast: Cast, who: str) -> None:
    question = asked(cast)
    client, url = browser(cast[who]), reverse("act", args=[question.pk, "answer"])
    assert [client.get(url).status_code, client.post(url, {"note": "x"}).status_code] == [404, 404]


def test_form_whose_token_no_longer_fits_waits_to_be_opened_again(cast: Cast) -> None:
    client, url = browser(cast["applicant"], enforce_csrf_checks=True), reverse("example:ask")
    refused = client.post(url, {**WORDS, "unit": cast.works.pk})
    assert refused.status_code == 403
    assert f'href="{url}"' in refused.content.decode()
    assert WORDS["details"] in client.get(url).content.decode()
    assert Question.objects.count() == 0


def test_two_clicks_at_the_same_moment_make_one_question(lasting_cast: Cast) -> None:
    sent = {**WORDS, "unit": lasting_cast.works.pk, "once": str(uuid.uuid4())}
    clients = [browser(lasting_cast["applicant"]) for _ in range(2)]
    gate = Barrier(2)

    def click(client: Client) -> str:
        try:
            gate.wait()
            return client.post(reverse("example:ask"), sent).headers["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(click, clients))
    assert answers == [reverse("example:my-question", args=[Question.objects.get().pk])] * 2
