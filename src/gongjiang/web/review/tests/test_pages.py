"""The pages of review in a browser's hands: a judge's way, the organiser's way, and what nobody finds in them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle.flow import Refused
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.review import draws, panels
from gongjiang.kernel.review.models import Item, Panel, Recusal, Score, Seat, Standing
from gongjiang.kernel.review.tests.conftest import SECRET, entry, set_stage


def browser(cast, who: str) -> Client:
    client = Client()
    client.cookies["django_language"] = "zh-hans"
    client.force_login(cast[who].user)
    return client


def text(response) -> str:
    assert response.status_code in (200, 409, 422), response.status_code
    return response.content.decode()


def says(page: str, points: int) -> bool:
    """Whether something on the page begins with these points; what a code, an address or a token holds is no matter."""
    return re.search(rf">\s*{points}(?!\d)", page) is not None


def judge_urls(stage) -> list[str]:
    seat = stage.seats["stranger"].pk
    urls = [reverse("my"), reverse("review:mine"), reverse("review:seat", args=[seat])]
    for item in stage.items:
        urls += [
            reverse("review:sheet", args=[seat, item.code]),
            reverse("review:recuse", args=[seat, item.code]),
        ]
    return urls


def test_no_page_of_a_blind_judge_names_a_person_a_unit_or_a_number_of_an_entry(stage):
    cast = stage.cast
    words = {cast["applicant"].person.name, cast.works.name, cast.township.name, cast.county.name}
    words |= set(Case.objects.values_list("number", flat=True))
    client = browser(cast, "stranger")
    pages = {url: text(client.get(url)) for url in judge_urls(stage)}
    stage.score_all(80, 40)
    stage.score("stranger", stage.items[0], 90, 40)
    stage.lock()
    pages |= {f"{url} after": text(client.get(url)) for url in judge_urls(stage)[1:3]}
    chair = browser(cast, "sibling_officer")
    for name in ("panel", "standing"):
        pages[name] = text(chair.get(reverse(f"review:{name}", args=[stage.panel.pk])))
    assert {(url, word) for url, page in pages.items() for word in words if word in page} == set()
    assert SECRET in pages[reverse("review:sheet", args=[stage.seats["stranger"].pk, stage.items[0].code])]


def test_judge_swears_scores_half_keeps_it_and_completes_it(scored, cast, edition):
    stage = set_stage(cast, edition, ready=False)
    stage.act("superior", panels.open_panel, stage.panel)
    seat, item = stage.seats["stranger"], stage.items[0]
    client = browser(cast, "stranger")
    sheet = reverse("review:sheet", args=[seat.pk, item.code])
    first, second = stage.panel.criteria.order_by("position")
    refused = client.post(sheet, {f"points_{first.pk}": "80", f"points_{second.pk}": ""})
    assert refused.status_code == 409
    assert client.post(reverse("review:oath", args=[seat.pk])).status_code == 302
    wrong = client.post(sheet, {f"points_{first.pk}": "180", f"points_{second.pk}": "40"})
    assert wrong.status_code == 422
    assert 'value="180"' in wrong.content.decode()
    client.post(sheet, {f"points_{first.pk}": "80", f"points_{second.pk}": ""})
    assert 'value="80"' in text(client.get(sheet))
    after = client.post(sheet, {f"points_{first.pk}": "80", f"points_{second.pk}": "40.5", "next": "1"})
    assert after.url == reverse("review:sheet", args=[seat.pk, stage.items[1].code])
    assert Score.objects.filter(seat=seat, item=item).count() == 2


def test_judge_steps_back_in_one_touch_and_reads_the_pack_no_longer(stage):
    seat, item = stage.seats["stranger"], stage.items[0]
    client = browser(stage.cast, "stranger")
    client.post(reverse("review:recuse", args=[seat.pk, item.code]))
    assert Recusal.objects.get(seat=seat).kind == "declared"
    assert SECRET not in text(client.get(reverse("review:sheet", args=[seat.pk, item.code])))


@pytest.mark.parametrize(
    "who", ["applicant", "unit_officer", "county_officer", "neighbour_officer", "leader", "auditor"]
)
def test_sheet_of_another_is_missing(stage, who):
    client = browser(stage.cast, who)
    seat, item = stage.seats["stranger"], stage.items[0]
    for name, args in (("seat", [seat.pk]), ("sheet", [seat.pk, item.code]), ("oath", [seat.pk])):
        assert client.get(reverse(f"review:{name}", args=args)).status_code == 404


@pytest.mark.parametrize(
    "who", ["applicant", "unit_officer", "county_officer", "stranger", "neighbour_officer", "leader"]
)
def test_panel_and_its_lock_are_missing_for_those_who_do_not_lead_it(stage, who):
    client = browser(stage.cast, who)
    for name in ("panel", "rules", "criteria", "ties", "seat-new", "enter", "open", "lock", "draw-new"):
        assert client.get(reverse(f"review:{name}", args=[stage.panel.pk])).status_code == 404


def test_organiser_prepares_opens_and_locks_by_the_pages_alone(scored, cast, edition):
    cases = [entry(cast, edition) for _ in range(2)]
    client = browser(cast, "superior")
    made = client.post(f"{reverse('review:new')}?edition={edition.pk}", {"name": "第一轮", "stage": "paper"})
    panel = Panel.objects.get()
    assert made.url == reverse("review:panel", args=[panel.pk])

    def send(name: str, data: dict[str, object]) -> None:
        response = client.post(reverse(f"review:{name}", args=[panel.pk]), data)
        assert response.status_code == 302, response.content.decode()

    assert "还没有评分指标" in text(client.get(made.url))
    send(
        "rules",
        {
            "blind": "1",
            "minimum": 1,
            "drop": 0,
            "precision": 1,
            "rounding": "half_up",
            "passes": 1,
            "reserves": 0,
        },
    )
    send("criteria", {"name_1": "创新性", "weight_1": "100", "maximum_1": "100"})
    send("ties", {"step_1": "admit_all"})
    send("seat-new", {"login": cast["stranger"].user.username, "role": "panelist"})
    send("enter", {"cases": [c.pk for c in cases]})
    send("open", {})
    panel.refresh_from_db()
    assert panel.state == "open"
    judge, seat = browser(cast, "stranger"), Seat.objects.get()
    judge.post(reverse("review:oath", args=[seat.pk]))
    for n, item in enumerate(Item.objects.order_by("pk")):
        judge.post(
            reverse("review:sheet", args=[seat.pk, item.code]), {f"points_{panel.criteria.get().pk}": 80 + n}
        )
    page = client.get(reverse("review:lock", args=[panel.pk]))
    send("lock", {"fingerprint": page.context["form"].initial["fingerprint"]})
    assert list(Standing.objects.order_by("rank").values_list("rank", "result")) == [
        (1, "passed"),
        (2, "out"),
    ]
    shown = text(client.get(reverse("review:standing", args=[panel.pk])))
    assert cast.works.name in shown
    assert ("81.0" in shown, says(shown, 81)) == (True, True)


def test_lock_page_shows_no_points_while_a_sheet_is_missing(stage):
    stage.score("stranger", stage.items[0], 97, 43)
    page = text(browser(stage.cast, "superior").get(reverse("review:lock", args=[stage.panel.pk])))
    assert not says(page, 97)
    assert stage.seats["sibling_officer"].name in page


def test_anybody_checks_a_draw_and_it_stays_right_when_a_ticket_drops_out(stage):
    actor = stage.actor("superior")
    with scope(actor):
        draw = draws.commit_order(
            stage.panel, actor=actor, title="路演次序", source="双色球第2026135期",
            public_at=timezone.now() + timedelta(hours=1),
        )  # fmt: skip
    public = reverse("review:draw", args=[draw.pk])
    before = text(Client().get(public))
    assert draw.commitment in before
    with scope(actor), pytest.raises(Refused):
        draws.reveal(draw, "01 02", actor=actor)


def test_seat_shows_on_the_own_page_of_the_judge(stage):
    assert reverse("review:seat", args=[stage.seats["stranger"].pk]) in text(
        browser(stage.cast, "stranger").get(reverse("my"))
    )


def test_progress_page_of_the_chair_has_counts_and_no_points(stage):
    stage.score("stranger", stage.items[0], 97, 43)
    page = text(browser(stage.cast, "sibling_officer").get(reverse("review:panel", args=[stage.panel.pk])))
    assert "1 / 3" in page
    assert not says(page, 97)
