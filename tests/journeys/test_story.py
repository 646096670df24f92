"""The story: a worker of 襄垣 files an innovation on a phone, and the city's figure opens to it (issue 2).

Each acts at their own desk, in a real browser, against the stack as `./run demo` starts it. The order of the tests is
the order of the story.
"""

import re
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests import browser

from .acting import UNIT, desk, listed, press, rises, send, value
from .stack import Stack

WORKER, ENTERPRISE, COUNTY, CITY, LEADER, SIBLING = (
    "xiangyuan-worker",
    "xiangyuan-enterprise",
    "xiangyuan-officer",
    "changzhi-officer",
    "changzhi-leader",
    "wuxiang-officer",
)
TITLE = f"托辊快换工装 {uuid4().hex[:8]}"
RESULTS = "innovations.results"

pytestmark = pytest.mark.xdist_group("story")


def act(page: Any, title: str, *labels: str) -> None:
    """Open a matter from the work list, newest first, and press a button on its page."""
    page.goto("/desk/?order=new")
    page.get_by_role("link", name=title).first.click()
    for label in labels:
        press(page, label)


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What one scene tells the next: numbers, addresses, figures."""
    return {}


def test_worker_submits_on_a_phone(chromium, stack: Stack, told) -> None:
    with desk(chromium, stack, LEADER) as page:
        told["before"] = value(page, RESULTS)
    with desk(chromium, stack, WORKER, browser.PHONE) as page:
        page.goto("/my/innovations/new/")
        page.get_by_label("名称").fill(TITLE)
        page.locator('input[name="category"][value="improvement"]').check(force=True)
        page.locator('[name="problem"]').fill("换一只托辊要停机四十分钟。")
        page.locator('[name="novelty"]').fill("用卡槽代替螺栓，一人可换。")
        page.locator('[name="effect"]').fill("每次停机缩短到八分钟。")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        press(page, "提交成果")
        told["number"] = re.search(r"INN-\d{4}-140423-\d{5,}", page.locator("main").inner_text()).group()
        told["result"] = page.url
        assert TITLE in page.content()


def test_enterprise_accepts_and_the_citys_figure_rises(chromium, stack: Stack, told) -> None:
    with desk(chromium, stack, LEADER) as cockpit, desk(chromium, stack, ENTERPRISE) as page:
        act(page, TITLE, "受理并试用")
        rises(cockpit, RESULTS, told["before"])
    with desk(chromium, stack, CITY) as page:
        assert listed(page, RESULTS, told["number"])


def test_enterprise_county_and_city_put_it_forward(chromium, stack: Stack, told) -> None:
    with desk(chromium, stack, ENTERPRISE) as page:
        page.goto(told["result"].replace("/my/", "/desk/"))
        press(page, "推荐参评")
        call = page.locator('main [name="edition"] option', has_text="年职工“五小”创新成果征集").first
        send(
            page, edition=call.get_attribute("value"), note="同类矿井都可用。",
            done_from=f"{time.localtime().tm_year - 2}-03-01", done_to=f"{time.localtime().tm_year - 2}-11-30",
            put_into_use_on=f"{time.localtime().tm_year - 1}-01-01",
            second_class="equipment", ownership="duty", gov_plan="false", gov_award="false", disputed="false",
            topic=page.locator('main [name="topic"] option').nth(1).get_attribute("value"),
        )  # fmt: skip
        told["entry"] = page.url
    with desk(chromium, stack, COUNTY) as page:
        act(page, TITLE, "同意推荐")
    with desk(chromium, stack, CITY) as page:
        act(page, TITLE, "提交评审")
        assert page.get_by_text("评审中").count()


def test_command_line_counts_the_same_and_opens_to_the_record(stack: Stack, told) -> None:
    counted, records = stack.figure(RESULTS, UNIT, time.strftime("%Y"))
    assert (counted, len(set(records))) == (told["before"] + 1, counted)
    assert told["number"] in str(records)


def test_worker_sees_how_it_went(chromium, stack: Stack, told) -> None:
    with desk(chromium, stack, WORKER, browser.PHONE) as page:
        page.goto("/my/innovations/")
        assert page.get_by_text(TITLE).count()
        page.goto(told["entry"].replace("/desk/", "/my/"))
        assert page.get_by_text("提交评审").count()


def test_sibling_county_gets_404_on_all_of_it(chromium, stack: Stack, told) -> None:
    with desk(chromium, stack, SIBLING) as page:
        key = told["result"].rstrip("/").rsplit("/", 1)[1]
        addresses = [
            told["result"],
            told["result"].replace("/my/", "/desk/"),
            f"{told['result']}edit/",
            told["result"].replace("/my/", "/desk/") + "recommend/",
            told["entry"],
            told["entry"].replace("/desk/", "/my/"),
            f"/cases/{key}/adopt/",
            f"/cockpit/{UNIT}/",
            f"/cockpit/figure/{RESULTS}/{UNIT}/",
            "/cockpit/140423/",
        ]
        assert {a: page.request.get(a, max_redirects=0).status for a in addresses} == dict.fromkeys(
            addresses, 404
        )
        own = [
            "/desk/",
            "/desk/innovations/",
            "/desk/innovations/entries/",
            f"/desk/search/?q={told['number']}",
        ]
        own += [f"/desk/?tab={tab}" for tab in ("waiting", "handled")]
        for address in own:
            text = page.request.get(address).text()
            assert TITLE not in text, address
            assert address.endswith(told["number"]) or told["number"] not in text, address


def test_raw_sql_under_the_siblings_scope_finds_nothing_in_any_table(stack: Stack, told) -> None:
    """Signed in to the database as the web's own role, with the settings that the sibling officer's scope makes."""
    with stack.sql() as owner:
        user, unit, path = owner.execute(
            "SELECT u.id, g.unit_id, g.path FROM accounts_user u JOIN access_grant g ON g.user_id = u.id"
            " WHERE u.username = %s",
            [SIBLING],
        ).fetchone()
        tables = [name for (name,) in owner.execute(TABLES).fetchall()]
        numbers = [told["number"]]
        numbers += [n for (n,) in owner.execute(ENTRIES, [told["number"]]).fetchall()]
    own = {"user": user, "person": "", "tree": path, "trees": path, "held": unit, "units": unit}
    with stack.sql("app") as app, app.transaction():
        for name, setting in own.items():
            app.execute("SELECT set_config(%s, %s, true)", [f"gongjiang.{name}", str(setting)])
        assert app.execute("SELECT count(*) > 0 FROM lifecycle_case").fetchone() == (True,)
        found = [t for t in tables for row in _rows(app, t) if any(w in row for w in (TITLE, *numbers))]
    assert (len(numbers), found) == (2, [])
    with stack.sql("app") as app:
        assert app.execute("SELECT count(*) FROM lifecycle_case").fetchone() == (0,)
        with pytest.raises(Exception, match="permission denied"):
            app.execute("SET ROLE gj_owner")


TABLES = """
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""
ENTRIES = """
    SELECT c.number FROM innovations_entry e JOIN lifecycle_case c ON c.id = e.case_id
    JOIN lifecycle_case r ON r.id = e.result_id WHERE r.number = %s
"""


def _rows(connection: Any, table: str) -> Iterator[str]:
    import psycopg

    try:
        with connection.transaction():
            rows = connection.execute(f"SELECT t::text FROM {table} t").fetchall()
    except psycopg.errors.InsufficientPrivilege:
        return
    yield from (text for (text,) in rows)


def test_worker_killed_between_the_commit_and_the_figure_loses_nothing(chromium, stack: Stack) -> None:
    title = f"防尘罩改进 {uuid4().hex[:8]}"
    with desk(chromium, stack, LEADER) as cockpit:
        before = value(cockpit, RESULTS)
        with desk(chromium, stack, WORKER, browser.PHONE) as page:
            page.goto("/my/innovations/new/")
            page.get_by_label("名称").fill(title)
            page.locator('input[name="category"][value="creation"]').check(force=True)
            for name in ("problem", "novelty", "effect"):
                page.locator(f'[name="{name}"]').fill("粉尘大。")
            press(page, "提交成果")
        killed = stack.worker()
        killed.suspend()  # so that the commit certainly comes before the figure
        try:
            with desk(chromium, stack, ENTERPRISE) as page:
                act(page, title, "受理并试用")
            assert value(cockpit, RESULTS) == before
        finally:
            killed.kill()
        rises(cockpit, RESULTS, before)
    assert stack.worker().pid != killed.pid
