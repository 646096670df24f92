"""The whole story of 五小, on a phone and at a desk: from a worker's result to a certificate that a stranger checks,
and to another enterprise that takes the result over (issue 3).

Everybody does their part by clicking, signed in as the account it is for. Only what time itself does is done by the
owner of the database: the working days of a notice pass, and the public value of a draw becomes known. The order of the
tests is the order of the story; each size tells the whole of it.
"""

import base64
import re
import time
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests import browser

from .acting import desk, follow, listed, look, press, rises, send, stranger, value, write
from .organising import after, go_on, judge, lock, notice, option, panel, public, time_passes, value_is_public
from .stack import Stack

WORKER, ENTERPRISE, FINANCE, COUNTY, CITY, SECOND, LEADER, SIBLING, OTHER = (
    "xiangyuan-worker",
    "xiangyuan-enterprise",
    "xiangyuan-finance",
    "xiangyuan-officer",
    "changzhi-officer",
    "changzhi-approver",
    "changzhi-leader",
    "wuxiang-officer",
    "wuxiang-enterprise",
)
AWARDED, CONVERTED = "innovations.awarded", "innovations.converted"
WIDE = {"width": 1440, "height": 900}
TODAY = date.today()
LAST_YEAR = TODAY.year - 1
BEFORE = max(TODAY - timedelta(days=10), date(TODAY.year, 1, 1))
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PICTURE = ("现场照片.png", "image/png", PHOTO)
OPINION = "同类矿井都可用。"

pytestmark = pytest.mark.xdist_group("innovation-story")


@pytest.fixture(scope="module", params=[browser.PHONE, WIDE], ids=["390", "1440"])
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    """The window that everybody has."""
    return request.param


@pytest.fixture(scope="module")
def told(size) -> dict[str, Any]:
    """What one scene tells the next: names, numbers, addresses, figures."""
    mark = uuid4().hex[:6]
    return {
        "mark": mark,
        "call": f"{TODAY.year}年职工“五小”擂台赛{mark}（演示）",
        "title": f"{_any('皮带机', '主井', '排水泵')}{_any('清扫器', '托架', '密封', '护罩')}自调装置{mark}",
        "second": f"{_any('矿灯', '钻杆', '风筒', '电缆')}{_any('挂架', '夹具', '卡扣', '托盘')}快装改进{mark}",
    }


def _any(*words: str) -> str:
    return words[uuid4().int % len(words)]


def test_city_prepares_a_call_and_a_second_person_publishes_it(chromium, stack: Stack, told, size) -> None:
    with desk(chromium, stack, LEADER, size) as page:
        told["before"] = {code: value(page, code) for code in (AWARDED, CONVERTED)}
    with desk(chromium, stack, CITY, size) as page:
        page.goto("/desk/editions/")
        look(page, "editions")
        press(page, "五小")
        look(page, "edition-new")
        send(
            page, name=told["call"], brand="上党工匠擂台", apply_since=f"{TODAY - timedelta(1)}T08:00",
            apply_until=f"{TODAY + timedelta(40)}T18:00", review_since=f"{TODAY + timedelta(41)}T08:00",
            review_until=f"{TODAY + timedelta(60)}T18:00",
        )  # fmt: skip
        told["edition"] = after(page.url)
        look(page, "edition-draft")
        press(page, "分配名额")
        look(page, "edition-places")
        page.get_by_label("襄垣县总工会").fill("2")
        send(page)
        page.goto("/desk/innovations/calls/")
        look(page, "calls")
        follow(page, told["call"])
        press(page, "设置奖次")
        look(page, "prizes")
        send(page, lines="一等奖 1\n二等奖 1")
        assert "一等奖" in page.locator("main").inner_text()
    with desk(chromium, stack, SECOND, size) as page:
        page.goto("/desk/editions/")
        follow(page, told["call"])
        press(page, "批准")
        send(page)
        look(page, "edition-approved")
        press(page, "发布")
        send(page)
        look(page, "edition-published")
        assert "评审指标权重" in page.locator("main").inner_text()


def test_worker_files_a_result_with_a_colleague_a_benefit_and_a_photo(chromium, stack, told, size) -> None:
    with stack.sql() as owner:
        told["worker"] = owner.execute(NAME, [WORKER]).fetchone()[0]
        told["colleague"], phone = owner.execute(COLLEAGUE, [WORKER]).fetchone()
    with desk(chromium, stack, WORKER, size) as page:
        page.goto("/my/")
        look(page, "my")
        page.goto("/my/innovations/")
        look(page, "my-innovations")
        page.goto("/my/innovations/new/")
        look(page, "result-new")
        press(page, "添加一位同事")
        write(
            page, title=told["title"], category="improvement", secrecy="open", problem="积料靠人工清，每班两次。",
            novelty="用配重自动补偿磨损，不再停机调整。", effect="每班少停机四十分钟。", photo=PICTURE,
            put_into_use_on=f"{LAST_YEAR}-01-01", own_share="60", name_0=told["colleague"], phone_0=phone,
            share_0="40",
        )  # fmt: skip
        look(page, "result-filled")
        press(page, "存草稿")
        told["result"] = page.url
        look(page, "my-result-draft")
        assert told["colleague"] in page.locator("main").inner_text()
        press(page, "添加效益")
        look(page, "benefit")
        send(
            page, kind="saving", since=f"{LAST_YEAR}-01-01", last=f"{LAST_YEAR}-12-31", yuan="126000",
            method="少停机四十分钟，每分钟三百元。", compared="改造前每班停机两次。", basis="生产调度日志和电费单。",
        )  # fmt: skip
        assert "126,000" in page.locator("main").inner_text()
        press(page, "提交成果")
        told["number"] = re.search(r"INN-\d{4}-140423-\d{5,}", page.locator("main").inner_text()).group()
        told["result"] = page.url
        look(page, "my-result")
        page.goto("/my/innovations/new/")
        write(
            page, title=told["second"], category="creation", secrecy="open", problem="更换费时。",
            novelty="改成卡扣。", effect="一人可换。", put_into_use_on=f"{LAST_YEAR}-03-01",
        )  # fmt: skip
        press(page, "提交成果")
        told["other_result"] = page.url


def test_enterprise_adopts_and_finance_signs(chromium, stack: Stack, told, size) -> None:
    with desk(chromium, stack, ENTERPRISE, size) as page:
        page.goto("/desk/?order=new")
        look(page, "desk-enterprise")
        page.get_by_role("link", name=told["title"]).first.click()
        look(page, "result-submitted")
        press(page, "受理并试用")
        press(page, "确认采纳，送财务核定")
        look(page, "result-verifying")
        page.goto(told["other_result"].replace("/my/", "/desk/"))
        press(page, "受理并试用")
        press(page, "确认采纳")
    with desk(chromium, stack, FINANCE, size) as page:
        page.goto("/desk/innovations/finance/")
        look(page, "finance")
        follow(page, told["title"])
        look(page, "finance-sign")
        send(page)
        assert told["title"] not in page.locator("main table").all_inner_texts()


def test_enterprise_rewards_it_and_takes_it_into_the_library(chromium, stack: Stack, told, size) -> None:
    with desk(chromium, stack, ENTERPRISE, size) as page:
        page.goto(told["result"].replace("/my/", "/desk/"))
        look(page, "result-adopted")
        press(page, "登记奖励")
        look(page, "reward")
        shares = page.locator('main [name^="to_"]')
        shares.nth(0).fill("6000")
        shares.nth(1).fill("4000")
        send(page, yuan="10000", clause="企业五小奖励办法第三条", paid_on=f"{TODAY}")
        press(page, "补充材料")
        look(page, "papers")
        send(page, sheet=("操作卡.png", "image/png", PHOTO + b"2"))
        press(page, "成果入库")
        look(page, "result-library")
        for result in ("result", "other_result"):
            page.goto(told[result].replace("/my/", "/desk/"))
            for _ in range(page.locator("main").get_by_role("link", name="判断").count()):
                press(page, "判断")
                look(page, "judge")
                send(page, judgement="different", reason="部位相同，做法不同。")


def test_enterprise_recommends_both(chromium, stack: Stack, told, size) -> None:
    with desk(chromium, stack, ENTERPRISE, size) as page:
        for result, entry in (("result", "entry"), ("other_result", "other_entry")):
            page.goto(told[result].replace("/my/", "/desk/"))
            press(page, "推荐参评")
            look(page, "recommend")
            send(
                page, edition=option(page, "edition", told["call"]), note=OPINION, second_class="equipment",
                topic=page.locator('main [name="topic"] option').nth(1).get_attribute("value"), ownership="duty",
                done_from=f"{LAST_YEAR - 1}-09-01", done_to=f"{LAST_YEAR - 1}-12-20",
                gov_plan="false", gov_award="false", disputed="false",
            )  # fmt: skip
            told[entry] = page.url
        look(page, "entry-recommended")


def test_county_endorses_and_city_admits(chromium, stack: Stack, told, size) -> None:
    with desk(chromium, stack, COUNTY, size) as page:
        for title in ("title", "second"):
            page.goto("/desk/?order=new")
            page.get_by_role("link", name=told[title]).first.click()
            look(page, "entry-county")
            press(page, "同意推荐")
    with desk(chromium, stack, CITY, size) as page:
        page.goto(f"/desk/innovations/calls/{told['edition']}/")
        look(page, "call-under-review")
        go_on(page, told, "admit", look_as="move-admit")


def test_panel_judges_the_papers_blind_on_the_phone(chromium, stack: Stack, told, size) -> None:
    with desk(chromium, stack, CITY, size) as page:
        panel(page, told, "paper", f"书面评审组{told['mark']}", passes=0, expert=OTHER)
        press(page, "开始评分")
        send(page)
    with desk(chromium, stack, OTHER, size) as page:
        judge(page, told, "paper", f"书面评审组{told['mark']}", told["title"])
    with desk(chromium, stack, CITY, size) as page:
        lock(page, told, "paper")


def test_finalists_are_publicised_masked_and_nobody_objects(chromium, stack: Stack, told, size) -> None:
    with desk(chromium, stack, CITY, size) as page:
        go_on(page, told, "shortlist", look_as="move-shortlist")
        look(page, "call-publicised")
        told["notice"] = notice(page)
    with stranger(chromium, stack, size) as page:
        public(page, told, "notice-finalists")
        follow(page, "提出异议")
        look(page, "objection-form")
        page.goto(told["notice"])
        page.goto("/notices/")
        look(page, "notices")
    time_passes(stack, told["notice"])
    with desk(chromium, stack, CITY, size) as page:
        go_on(page, told, "pitch")


def test_roadshow_is_drawn_judged_and_locked(chromium, stack: Stack, told, size) -> None:
    with desk(chromium, stack, CITY, size) as page:
        panel(page, told, "roadshow", f"路演评审组{told['mark']}", passes=1, expert=OTHER)
        press(page, "抽签定次序")
        look(page, "draw-new")
        soon = time.strftime("%Y-%m-%dT%H:%M", time.localtime(time.time() + 3600))
        send(page, title="路演出场次序", source="今日收盘的上证综合指数，保留两位小数", public_at=soon)
        look(page, "draw-committed")
        told["draw"] = page.url
        value_is_public(stack, page.url)
        press(page, "填写公开数值并抽签")
        look(page, "draw-reveal")
        send(page, public_value="3912.74", supervised_by="市总工会经审办")
    with stranger(chromium, stack, size) as page:
        page.goto(told["draw"])
        look(page, "draw")
        assert "全部相符" in page.locator("main").inner_text()
    with desk(chromium, stack, CITY, size) as page:
        page.goto(f"/desk/review/{told['roadshow']}/")
        press(page, "开始评分")
        send(page)
    with desk(chromium, stack, OTHER, size) as page:
        judge(page, told, "roadshow", f"路演评审组{told['mark']}", told["title"])
    with desk(chromium, stack, CITY, size) as page:
        lock(page, told, "roadshow")


def test_site_check_and_ranks_publicised(chromium, stack: Stack, told, size) -> None:
    with desk(chromium, stack, CITY, size) as page:
        go_on(page, told, "inspect", look_as="move-inspect")
        page.goto(told["entry"])
        press(page, "登记现场核查")
        look(page, "site-check")
        send(
            page,
            on=f"{TODAY}",
            first="周演示",
            other="吴演示",
            findings="现场在用，与申报一致。",
            passed="yes",
        )
        look(page, "entry-checked")
        page.goto(f"/desk/innovations/calls/{told['edition']}/")
        page.locator('main a[href$="/eliminate/"]').click()
        send(page, note="名次在奖次之外。")
        go_on(page, told, "rank", look_as="move-rank")
        told["notice"] = notice(page)
    with stranger(chromium, stack, size) as page:
        public(page, told, "notice-ranks")
        assert "一等奖" in page.locator("main").inner_text()
    time_passes(stack, told["notice"])


def test_decision_is_issued_and_the_prize_awarded(chromium, stack: Stack, told, size) -> None:
    with desk(chromium, stack, CITY, size) as page:
        page.goto("/desk/documents/numbers/")
        look(page, "document-numbers")
        if "长工发" not in page.locator("main").inner_text().split("例如")[0]:
            send(page, word="长工发")
        page.goto("/desk/documents/")
        look(page, "documents")
        press(page, "拟写文书")
        look(page, "document-new")
        kind = option(page, "kind", "决定")
        send(
            page,
            kind=kind,
            title=f"关于表彰{told['call']}获奖成果的决定",
            body="经评审和公示，决定予以表彰。",
        )
        look(page, "document-drawn-up")
        number = re.search(r"\S+〔\d{4}〕\d+号", page.locator("main").inner_text()).group()
        press(page, "生成 Word 和 PDF")
        send(page)
        look(page, "document-printed")
        press(page, "上传盖章件")
        send(page, scan=("盖章件.png", "image/png", PHOTO + b"3"))
        press(page, "比对盖章件")
        look(page, "document-match")
        send(page, number=number, pages=1)
        press(page, "发出文书")
        send(page)
        look(page, "document-issued")
    with desk(chromium, stack, LEADER, size) as cockpit, desk(chromium, stack, CITY, size) as page:
        page.goto(f"/desk/innovations/calls/{told['edition']}/")
        page.locator('main a[href$="/award/"]').click()
        look(page, "move-award")
        send(page, document=option(page, "document", number))
        page.goto(told["entry"])
        look(page, "entry-awarded")
        rises(cockpit, AWARDED, told["before"][AWARDED])
        assert listed(page, AWARDED, told["number"])
        look(page, "figure-awarded")


def test_worker_holds_a_certificate_that_a_stranger_verifies(chromium, stack: Stack, told, size) -> None:
    with desk(chromium, stack, WORKER, size) as page:
        page.goto("/my/certificates/")
        look(page, "my-certificates")
        card = page.locator("main section", has_text=told["call"]).first
        code = re.search(r"(?<![\w-])[0-9A-Z]{4}(-[0-9A-Z]{4}){2}(?![\w-])", card.inner_text()).group()
        pdf = page.request.get(card.get_by_role("link", name="PDF").get_attribute("href"))
        assert (pdf.status, pdf.body()[:4]) == (200, b"%PDF")
        word = page.request.get(card.get_by_role("link", name="Word").get_attribute("href"))
        assert (word.status, word.body()[:2]) == (200, b"PK")
        page.goto("/my/notices/")
        look(page, "my-notices")
        page.goto(told["entry"].replace("/desk/", "/my/"))
        look(page, "my-entry")
    with stranger(chromium, stack, size) as page:
        page.goto("/verify/")
        look(page, "verify")
        page.locator('main input[type="text"]').first.fill(code)
        page.locator("main button.primary").click()
        page.wait_for_load_state()
        look(page, "verified")
        text = page.locator("main").inner_text()
        assert "证书属实" in text
        assert (told["worker"][0] + "＊" in text, told["worker"] in text) == (True, False)


def test_another_enterprise_takes_it_over_and_what_it_brought_is_signed(chromium, stack, told, size) -> None:
    with desk(chromium, stack, OTHER, size) as page:
        page.goto("/desk/innovations/library/")
        look(page, "library")
        follow(page, told["title"])
        look(page, "card")
        send(page, words="我矿主运皮带也积料，想照着做。", by=f"{TODAY + timedelta(14)}")
        look(page, "card-asked")
        asker = page.locator("main section b").first.inner_text()
    with desk(chromium, stack, LEADER, size) as cockpit, desk(chromium, stack, ENTERPRISE, size) as page:
        page.goto("/desk/innovations/requests/")
        look(page, "requests")
        press(page, "答复")
        look(page, "request-answer")
        send(page, words="请联系机电科，下周可来现场看。")
        page.goto(told["result"].replace("/my/", "/desk/"))
        press(page, "登记转化")
        look(page, "conversion")
        send(page, licensee_name=asker, mode="spread", on=f"{BEFORE}", yuan="30000")
        rises(cockpit, CONVERTED, told["before"][CONVERTED])
        press(page, "登记回访")
        look(page, "payback")
        send(
            page, since=f"{BEFORE}", last=f"{TODAY - timedelta(1)}", yuan="8000", basis="使用单位的停机记录。"
        )
        look(page, "result-converted")
    with desk(chromium, stack, FINANCE, size) as page:
        page.goto("/desk/innovations/finance/")
        follow(page, told["title"])
        look(page, "payback-sign")
        send(page)
    with desk(chromium, stack, CITY, size) as page:
        assert listed(page, CONVERTED, told["number"])
        page.goto("/desk/innovations/conversions/")
        look(page, "conversions")


def test_sibling_county_gets_404_on_all_of_it(chromium, stack: Stack, told, size) -> None:
    with desk(chromium, stack, SIBLING, size) as page:
        result, entry = told["result"], told["entry"]
        addresses = [
            result,
            result.replace("/my/", "/desk/"),
            result.replace("/my/", "/desk/") + "conversion/",
            entry,
            entry + "check/",
            f"/desk/innovations/calls/{told['edition']}/admit/",
            f"/desk/review/{told['paper']}/",
            f"/desk/review/{told['roadshow']}/standing/",
            told["roadshow-seat"],
            f"/cases/{after(entry)}/award/",
            f"/desk/editions/{told['edition']}/change/",
        ]
        assert {a: page.request.get(a, max_redirects=0).status for a in addresses} == dict.fromkeys(
            addresses, 404
        )


NAME = "SELECT p.name FROM people_person p JOIN accounts_user u ON u.person_id = p.id WHERE u.username = %s"
#: Somebody who works where this account works, and has no account; the demo's phones follow from the person's key.
COLLEAGUE = """
    SELECT p.name, '100' || lpad(p.id::text, 8, '0') FROM accounts_user u
    JOIN people_employment mine ON mine.person_id = u.person_id AND mine.until IS NULL
    JOIN people_employment e ON e.unit_id = mine.unit_id AND e.until IS NULL AND e.person_id <> mine.person_id
    JOIN people_person p ON p.id = e.person_id
    WHERE u.username = %s AND NOT EXISTS (SELECT 1 FROM accounts_user o WHERE o.person_id = p.id)
    ORDER BY p.id LIMIT 1
"""
