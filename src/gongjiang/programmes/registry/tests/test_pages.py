"""The pages by hand: filters, structure, and an import from the first page to the last."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.exchange import work
from gongjiang.kernel.exchange.models import BatchState, ImportBatch
from gongjiang.kernel.exchange.reading import MOST_TEXT_BYTES
from gongjiang.kernel.orgs.models import LegalEntity
from gongjiang.kernel.people.models import Employment, Person, PostClass, Sex
from gongjiang.programmes.registry.queries import structure, withheld
from tests import cast as world

from . import rosters
from .scenes import add_workers, works

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def signed_in(cast: world.Cast, who: str, language: str = "en") -> Client:
    client = Client()
    client.cookies["django_language"] = language
    client.force_login(cast[who].user)
    return client


def listed(client: Client, name: str, **query: Any) -> list[str]:
    """The names in a list, in order."""
    response = client.get(reverse(name), query)
    return [str(getattr(row, "person", row)) for row in response.context["page"].rows]


# ── lists ────────────────────────────────────────────────────────────────────


def test_enterprises_are_found_by_two_characters_and_by_code(cast: world.Cast) -> None:
    client = signed_in(cast, "superior")
    assert listed(client, "registry:enterprises", q="机械") == ["襄垣县示例机械厂"]
    assert len(listed(client, "registry:enterprises", q="示例")) == 3
    assert listed(client, "registry:enterprises", q=str(works(cast).uscc).lower()) == ["襄垣县示例机械厂"]
    assert listed(signed_in(cast, "sibling_officer"), "registry:enterprises", q="机械") == []


def test_enterprises_are_filtered_by_area_size_and_ownership(cast: world.Cast) -> None:
    client = signed_in(cast, "superior")
    LegalEntity.objects.filter(unit=cast.mill).update(size_class="large", ownership="state", industry="B06")
    assert listed(client, "registry:enterprises", place=cast.sibling_county.pk) == ["沁县示例食品厂"]
    assert listed(client, "registry:enterprises", size_class="large") == ["襄垣县示例纺织厂"]
    assert listed(client, "registry:enterprises", ownership="state") == ["襄垣县示例纺织厂"]
    assert listed(client, "registry:enterprises", place=cast.township.pk) == ["襄垣县示例机械厂"]


def test_area_offers_one_step_further_down_and_nothing_outside(cast: world.Cast) -> None:
    def offered(who: str, **query: Any) -> list[str]:
        form = signed_in(cast, who).get(reverse("registry:enterprises"), query).context["filters"]
        return [label.strip() for value, label in form.fields["place"].choices if value]

    assert offered("superior") == ["长治市总工会", "襄垣县总工会", "沁县总工会"]
    assert offered("superior", place=cast.county.pk) == ["长治市总工会", "襄垣县总工会", "古韩镇总工会"]
    assert offered("county_officer", place=cast.sibling_county.pk) == ["襄垣县总工会", "古韩镇总工会"]


@pytest.mark.parametrize("place", ["x", "-1", "99999999999999999999", "²", "0"])
def test_unknown_area_filters_nothing_and_is_said(cast: world.Cast, place: str) -> None:
    response = signed_in(cast, "superior").get(reverse("registry:enterprises"), {"place": place})
    assert (
        response.status_code,
        len(response.context["page"].rows),
        bool(response.context["filters"].errors),
    ) == (200, 3, True)


def test_workers_are_found_by_name_identity_number_and_phone(cast: world.Cast) -> None:
    client = signed_in(cast, "superior")
    stranger = cast["stranger"]
    assert listed(client, "registry:workers", q="演戊") == ["陈演戊辰"]
    assert listed(client, "registry:workers", q=stranger.identity.lower()) == ["陈演戊辰"]
    assert listed(client, "registry:workers", q=stranger.phone) == ["陈演戊辰"]
    for words in ("演戊", stranger.identity, stranger.phone):
        assert listed(signed_in(cast, "county_officer"), "registry:workers", q=words) == []


def test_search_takes_no_wildcards_and_no_single_character(cast: world.Cast) -> None:
    client = signed_in(cast, "superior")
    assert listed(client, "registry:workers", q="%%") == []
    response = client.get(reverse("registry:workers"), {"q": "演"})
    assert response.context["filters"].errors == {"q": ["Type at least 2 characters."]}


def test_workers_of_an_enterprise_outside_the_tree_are_none(cast: world.Cast) -> None:
    plant = cast.plant.entities.get()
    response = signed_in(cast, "county_officer").get(reverse("registry:workers"), {"entity": plant.pk})
    assert (list(response.context["page"].rows), response.context["entity"]) == ([], None)


def test_person_with_two_employments_is_shown_with_both_to_who_sees_both(cast: world.Cast) -> None:
    stranger = cast["stranger"].person
    assert stranger is not None
    Employment.objects.create(
        person=stranger,
        entity=works(cast),
        unit=cast.works,
        since=date(2024, 1, 1),
        post_class=PostClass.SERVICE,
    )
    address = reverse("registry:worker", args=[stranger.pk])
    seen = {
        who: len(signed_in(cast, who).get(address).context["jobs"])
        for who in ("superior", "county_officer", "sibling_officer")
    }
    assert seen == {"superior": 2, "county_officer": 1, "sibling_officer": 1}


def test_person_who_has_left_is_gone_from_the_pages(cast: world.Cast) -> None:
    colleague = cast["colleague"].person
    assert colleague is not None
    colleague.employments.update(until=date(2024, 1, 1))
    client = signed_in(cast, "unit_officer")
    assert client.get(reverse("registry:worker", args=[colleague.pk])).status_code == 404
    assert "李演乙丑" not in listed(client, "registry:workers")


def test_identifiers_are_shown_in_part(cast: world.Cast) -> None:
    member = cast["colleague"]
    assert member.person is not None
    html = (
        signed_in(cast, "unit_officer")
        .get(reverse("registry:worker", args=[member.person.pk]))
        .content.decode()
    )
    assert (member.identity in html, member.phone in html) == (False, False)
    assert f"{member.identity[:4]}**********{member.identity[-4:]}" in html


# ── structure ────────────────────────────────────────────────────────────────


def test_structure_adds_up_and_says_what_is_not_known(cast: world.Cast) -> None:
    add_workers(cast, 6)
    Person.objects.filter(employments__entity=works(cast)).update(born_on=None, sex=Sex.UNKNOWN)
    made = structure(Employment.objects.filter(entity=works(cast), until=None), exact=True)
    assert made.total == 9
    assert [(s.key, s.count, s.percent) for s in made.ages] == [("unknown", 9, 100)]
    assert [(s.key, s.count) for s in made.sexes] == [("unknown", 9)]
    assert [(s.key, s.count) for s in made.posts] == [("production", 9)]


@pytest.mark.parametrize(
    ("years", "key"), [(29, "30"), (30, "40"), (39, "40"), (40, "50"), (49, "50"), (50, "150"), (70, "150")]
)
def test_age_changes_on_the_birthday(cast: world.Cast, years: int, key: str) -> None:
    from django.utils import timezone

    today = timezone.localdate()
    Person.objects.filter(employments__entity=works(cast)).update(
        born_on=today.replace(year=today.year - years)
    )
    made = structure(Employment.objects.filter(entity=works(cast), until=None), exact=True)
    assert [s.key for s in made.ages if s.count] == [key]


def test_leader_sees_no_small_parts_and_no_names(cast: world.Cast) -> None:
    add_workers(cast, 20)
    Employment.objects.filter(entity=works(cast), person__name__in=["王演甲子"]).update(
        post_class=PostClass.MANAGEMENT
    )
    response = signed_in(cast, "leader").get(reverse("registry:enterprise", args=[works(cast).pk]))
    assert {s.key: s.count for s in response.context["structure"].posts} == {
        "production": None,
        "management": None,
    }
    assert (response.context["jobs"], "李演乙丑" in response.content.decode()) == ([], False)


def test_withheld_counts_cannot_be_worked_out_from_the_rest() -> None:
    assert withheld({"a": 9, "b": 12, "c": 40}) == {"a", "b"}
    assert withheld({"a": 9, "b": 8, "c": 40}) == {"a", "b"}
    assert withheld({"a": 2, "b": 3, "c": 40, "d": 0}) == {"a", "b", "c"}
    assert withheld({"a": 0, "b": 10, "c": 40}) == set()


# ── an import from the first page to the last ────────────────────────────────


def send(client: Client, content: bytes, name: str = "花名册.xlsx", **data: Any) -> Any:
    return client.post(reverse("registry:import"), {"file": SimpleUploadedFile(name, content), **data})


def test_import_goes_from_upload_to_result(cast: world.Cast) -> None:
    client = signed_in(cast, "unit_officer")
    lines = [rosters.line(0), rosters.line(1), rosters.line(2, 手机号="1")]
    response = send(client, rosters.workbook(lines, title="襄垣县示例机械厂职工花名册"))
    batch = ImportBatch.objects.get()
    assert (response.status_code, response.headers["Location"]) == (
        302,
        reverse("exchange:columns", args=[batch.pk]),
    )
    page = client.get(response.headers["Location"])
    assert page.context["missing"] == []
    response = client.post(
        reverse("exchange:columns", args=[batch.pk]), {k: str(v) for k, v in batch.mapping.columns.items()}
    )
    address = reverse("exchange:batch", args=[batch.pk])
    assert (response.status_code, response.headers["Location"]) == (302, address)
    running = client.get(address)
    assert (running.context["batch"].state, "0 of 3 rows" in running.content.decode()) == (
        BatchState.MAPPED,
        True,
    )
    work.advance(batch.pk)
    preview = client.get(address)
    assert [(line.row, line.who) for line in preview.context["wrong"]] == [(5, "王演丙寅")]
    assert len(preview.context["fresh"]) == 2
    before = Person.objects.count()
    assert client.post(reverse("exchange:confirm", args=[batch.pk])).status_code == 302
    work.advance(batch.pk)
    result = client.get(address)
    assert (result.context["batch"].state, Person.objects.count() - before) == (BatchState.APPLIED, 2)
    mended = client.get(reverse("exchange:errors", args=[batch.pk]))
    assert (mended.status_code, mended.headers["Content-Disposition"]) == (
        200, "attachment; filename*=utf-8''To%20be%20mended%2C%20%E8%8A%B1%E5%90%8D%E5%86%8C.xlsx",
    )  # fmt: skip


def test_officer_of_two_units_says_for_which(cast: world.Cast) -> None:
    Grant.objects.create(
        user=cast["unit_officer"].user, role=Role.UNIT_OFFICER, unit=cast.mill, since=world.SINCE
    )
    client = signed_in(cast, "unit_officer")
    form = client.get(reverse("registry:import")).context["form"]
    assert set(form.fields["unit"].queryset) == {cast.works, cast.mill}
    content = rosters.workbook([rosters.line(0)])
    assert send(client, content).status_code == 422
    assert send(client, content, unit=cast.plant.pk).status_code == 422
    assert send(client, content, unit=cast.mill.pk).status_code == 302
    assert [batch.unit for batch in ImportBatch.objects.all()] == [cast.mill]


def test_disk_that_takes_nothing_is_said_on_the_page(cast: world.Cast, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "file"
    settings.DATA.write_text("no folder")
    response = send(signed_in(cast, "unit_officer"), rosters.workbook([rosters.line(0)]))
    assert (response.status_code, ImportBatch.objects.count()) == (422, 0)
    assert response.context["form"].errors["file"][0].startswith("The server could not store the file")


def test_double_click_uploads_once(cast: world.Cast) -> None:
    client = signed_in(cast, "unit_officer")
    once = str(client.get(reverse("registry:import")).context["once"])
    content = rosters.workbook([rosters.line(0)])
    first, second = (send(client, content, once=once) for _ in range(2))
    assert (first.headers["Location"], ImportBatch.objects.count()) == (second.headers["Location"], 1)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_unreadable_file_is_said_on_the_page(cast: world.Cast, language: str) -> None:
    response = send(signed_in(cast, "unit_officer", language), b"MZ\x90\x00")
    assert response.status_code == 422
    said = {"en": "By its content this file is a program", "zh-hans": "从内容看，这个文件是程序"}[language]
    assert response.context["form"].errors["file"][0].startswith(said)


def test_huge_file_is_refused_without_being_kept(cast: world.Cast) -> None:
    response = send(signed_in(cast, "unit_officer"), b"a" * (MOST_TEXT_BYTES + 5_000_000), "a.csv")
    assert response.context["form"].errors == {
        "file": ["The file has 165 MB; at most 160 MB are possible. Please divide it into several files."]
    }


def test_missing_file_is_said_on_the_page(cast: world.Cast) -> None:
    response = signed_in(cast, "unit_officer").post(reverse("registry:import"), {})
    assert "No file is chosen. Choose the file with the roster." in response.content.decode()


def test_unknown_columns_are_asked_for_by_name(cast: world.Cast) -> None:
    client = signed_in(cast, "unit_officer")
    response = send(client, rosters.workbook([["王演甲", "x"]], ("名", "号")))
    address = response.headers["Location"]
    assert (
        client.get(address).context["missing_names"]
        == "Name, Identity number, Post class, Working here since"
    )
    response = client.post(address, {"name": "0", "identity": "0", "post_class": "1", "since": "99"})
    assert (response.status_code, sorted(response.context["form"].errors)) == (422, ["since"])


def test_confirming_twice_is_refused_in_a_sentence(cast: world.Cast) -> None:
    client = signed_in(cast, "unit_officer")
    send(client, rosters.workbook([rosters.line(0)]))
    batch = ImportBatch.objects.get()
    client.post(
        reverse("exchange:columns", args=[batch.pk]), {k: str(v) for k, v in batch.mapping.columns.items()}
    )
    work.advance(batch.pk)
    address = reverse("exchange:confirm", args=[batch.pk])
    assert [client.post(address).status_code for _ in range(2)] == [302, 422]


PAGES = ("batch", "lines", "columns", "errors")
COMMANDS = ("confirm", "stop", "continue", "columns")


def test_pages_of_an_import_are_for_its_tree_and_buttons_for_its_sender(cast: world.Cast) -> None:
    client = signed_in(cast, "unit_officer")
    send(client, rosters.workbook([rosters.line(0), rosters.line(1, 手机号="1")]))
    batch = ImportBatch.objects.get()
    client.post(
        reverse("exchange:columns", args=[batch.pk]), {k: str(v) for k, v in batch.mapping.columns.items()}
    )
    work.advance(batch.pk)
    seen = {}
    for who in world.EVERYBODY:
        other = signed_in(cast, who)
        seen[who] = [other.get(reverse(f"exchange:{name}", args=[batch.pk])).status_code for name in PAGES]
        if who != "unit_officer":
            assert {
                other.post(reverse(f"exchange:{name}", args=[batch.pk])).status_code for name in COMMANDS
            } == {404}
    hidden, above = [404] * 4, [200, 200, 404, 200]
    assert seen == {
        **dict.fromkeys(world.EVERYBODY, hidden), "unit_officer": [200] * 4, "county_officer": above, "superior": above,
    }  # fmt: skip
    batch.refresh_from_db()
    assert batch.state == BatchState.CHECKED


def test_template_is_for_those_who_may_import(cast: world.Cast) -> None:
    address = reverse("exchange:template", args=["registry.roster"])
    assert {who: signed_in(cast, who).get(address).status_code for who in ("unit_officer", "leader", "applicant")} == {
        "unit_officer": 200, "leader": 404, "applicant": 404,
    }  # fmt: skip
    assert signed_in(cast, "unit_officer").get(reverse("exchange:template", args=["x"])).status_code == 404


def test_lists_of_imports_and_rows_cost_the_same_for_1_10_and_100_rows(cast: world.Cast) -> None:
    client = signed_in(cast, "unit_officer")
    cost: dict[str, set[int]] = {"batches": set(), "lines": set(), "batch": set()}
    for n in (1, 10, 100):
        for _ in range(n - ImportBatch.objects.count()):
            send(client, rosters.workbook([rosters.line(i, 手机号="1") for i in range(n)]))
        batch = ImportBatch.objects.latest("pk")
        client.post(
            reverse("exchange:columns", args=[batch.pk]),
            {k: str(v) for k, v in batch.mapping.columns.items()},
        )
        work.advance(batch.pk)
        for name in cost:
            address = reverse(f"exchange:{name}", args=[] if name == "batches" else [batch.pk])
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            cost[name].add(len(queries))
    assert {name: len(found) for name, found in cost.items()} == {"batches": 1, "lines": 1, "batch": 1}
