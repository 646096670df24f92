"""The whole story of 职工大病医疗互助, on a phone and at a desk: a roster is enrolled, a settlement of the insurance
becomes a claim without anybody applying, a member files one on the phone, both are computed line by line, reviewed by
two, publicised and paid, one of them only at the second attempt; another one is refused and appealed against.

Everybody does their part by clicking. Only what time itself does is done by the owner of the database: the working days
of a notice pass. Each size tells the whole of it, about people and events of its own.
"""

import base64
import csv
import io
import re
import time
from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from tests import browser

from .acting import desk, fill, look, press, send, stranger
from .organising import after, option, time_passes
from .stack import Stack

WORKER, ENTERPRISE, COUNTY, CITY, SECOND, CASHIER, CHECKER, SIBLING = (
    "xiangyuan-worker",
    "xiangyuan-enterprise",
    "xiangyuan-officer",
    "changzhi-officer",
    "changzhi-approver",
    "changzhi-cashier",
    "changzhi-checker",
    "wuxiang-officer",
)
WIDE = {"width": 1440, "height": 900}
TODAY = date.today()
HERE = "/desk/mutual_aid/"
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
WITHIN = 180  # seconds in which a member has filed: three minutes, most of them for typing

pytestmark = pytest.mark.xdist_group("innovation-story")  # shares its stack


@pytest.fixture(scope="module", params=[browser.PHONE, WIDE], ids=["390", "1440"])
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    """The window that everybody has."""
    return request.param


@pytest.fixture(scope="module")
def told(size) -> dict[str, Any]:
    """What one scene tells the next; each size has its own people, days and numbers."""
    return {"mark": uuid4().hex[:6].upper(), "turn": 0 if size == browser.PHONE else 1}


def said(page: Any) -> str:
    return page.locator("main").inner_text()


def csv_of(*rows: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def take_in(page: Any, name: str, content: bytes, shot: str) -> None:
    """Upload a file on the page that is open, and have every row of it written that means something."""
    look(page, f"{shot}-upload")
    send(page, file=(name, "text/csv", content))
    send(page)  # the columns, as they were found
    wait_for(page, "还没有写入")
    look(page, f"{shot}-checked")
    press(page, "导入")
    wait_for(page, "已导入")


def wait_for(page: Any, text: str) -> None:
    for _ in range(300):
        if text in said(page):
            return
        time.sleep(0.3)
        page.reload()
    raise AssertionError((text, said(page)))


def test_unit_enrols_its_people_with_the_roster_of_last_time(chromium, stack: Stack, told, size) -> None:
    with desk(chromium, stack, ENTERPRISE, size) as page:
        page.goto(f"{HERE}covers/")
        look(page, "aid-covers")
        page.goto(f"/exports/new/?of={HERE}covers/roster/")
        look(page, "aid-roster-export")
        send(
            page, format="csv", purpose=option(page, "purpose", "办理申请"), note="第十八期续保，核对上期名册"
        )
        wait_for(page, "下载")
        address = page.locator('main a[href$="/file/"]').first.get_attribute("href")
        text = page.request.get(address).body().decode("utf-8-sig")
        _head, *rows = csv.reader(io.StringIO(text))
        told["rows"], listed = rows, Counter(row[1] for row in rows)
        told["people"] = [row for row in rows if listed[row[1]] == 1]  # on no roster of the next period yet
    young = [
        row for row in told["people"] if "1980" <= row[1][6:10] < "1995"
    ]  # nobody retires before it begins
    joining = Random(told["mark"]).sample(young, 4)
    with desk(chromium, stack, ENTERPRISE, size) as page:
        page.goto(f"{HERE}enrolments/")
        look(page, "aid-enrolments")
        press(page, "上传名册")
        stranger = ["查无此人", joining[0][1], "职工医保", "1"]
        take_in(page, "名册.csv", csv_of(ROSTER, *joining[1:], stranger), "aid-roster")
        page.goto(f"{HERE}enrolments/")
        page.locator("main tbody a").first.click()
        look(page, "aid-enrolment")
        assert joining[1][0] in said(page)
        press(page, "提交参保名册")
        told["enrolment"] = page.url
    with desk(chromium, stack, COUNTY, size) as page:
        page.goto(told["enrolment"])
        press(page, "核对名册")
        look(page, "aid-enrolment-checked")
        press(page, "通知缴费")
    with desk(chromium, stack, CASHIER, size) as page:
        page.goto(told["enrolment"])
        rows = [row.locator("td").all_inner_texts() for row in page.locator("main tbody tr").all()]
        due = {row[0]: row[1].replace(",", "") for row in rows if row[0] in PAYERS}
        page.goto(f"{HERE}receipts/")
        look(page, "aid-receipts")
        press(page, "登记到账")
        look(page, "aid-receipt")
        send(
            page, reference=f"YS{told['mark']}", remitter="襄垣示例庚午煤业有限公司工会",
            yuan=f"{sum(map(float, due.values())):.2f}", received_on=f"{TODAY}",
            edition=option(page, "edition", "第十八期"),
        )  # fmt: skip
        for payer, yuan in due.items():
            page.goto(told["enrolment"])
            press(page, "对账")
            send(page, receipt=option(page, "receipt", told["mark"]), payer=PAYERS[payer], yuan=yuan)
        look(page, "aid-enrolment-matched")
        press(page, "确认到账并参保")
        look(page, "aid-enrolment-covered")
        assert "已参保" in said(page)


def test_settlement_of_the_insurance_becomes_a_claim_without_anybody_applying(chromium, stack, told, size):
    with stack.sql() as owner:
        told["worker"] = owner.execute(NAME, [WORKER]).fetchone()[0]
    identity = next(row[1] for row in told["rows"] if row[0] == told["worker"])
    day = TODAY - timedelta(days=14 + told["turn"])
    row = (
        told["worker"],
        identity,
        f"JS{told['mark']}",
        "住院",
        day,
        day,
        day,
        "7000.00",
        "4000.00",
        "3000.00",
    )
    with desk(chromium, stack, CITY, size) as page:
        page.goto(f"{HERE}settlements/")
        look(page, "aid-settlements")
        press(page, "上传结算数据")
        take_in(page, "结算.csv", csv_of(SETTLEMENTS, row), "aid-settlements")
        page.goto(f"{HERE}settlements/")
        page.locator("main tbody a").first.click()
        look(page, "aid-claim-received")
        told["received"] = page.url
        assert "1,500.00" in said(page)


def test_member_files_on_their_own_and_reads_every_line(chromium, stack: Stack, told, size) -> None:
    out = TODAY - timedelta(days=30 + 20 * told["turn"])
    with desk(chromium, stack, WORKER, size) as page:
        page.goto("/my/mutual_aid/")
        look(page, "aid-mine")
        began = time.monotonic()
        press(page, "申请互助金")
        look(page, "aid-form")
        for name, given in {
            "plan": "inpatient", "admitted_on": out - timedelta(days=6), "discharged_on": out, "settled_on": out,
            "hospital": "演示市人民医院", "settlement": f"ZF{told['mark']}", "total": "12000", "pooled": "6000",
            "copay": "6000", "account": "6222020200012345678", "bank": "演示银行襄垣支行",
            "sheet": ("结算单.png", "image/png", PHOTO + told["mark"].encode()),
        }.items():  # fmt: skip
            fill(page, name, given)
        look(page, "aid-form-filled")
        press(page, "提交理赔")
        assert time.monotonic() - began < WITHIN
        told["claim"] = page.url
        told["number"] = re.search(r"MAC-\d{4}-\d{6}-\d{5,}", said(page)).group()
        look(page, "aid-my-claim")
    with desk(chromium, stack, COUNTY, size) as page:
        page.goto("/desk/?order=new")
        assert told["number"] in said(page)
        page.goto(told["claim"].replace("/my/", "/desk/"))
        look(page, "aid-claim-submitted")
        press(page, "测算互助金")
        look(page, "aid-claim-computed")
        assert "3,100.00" in said(page)
        press(page, "初审通过")


def test_second_person_reviews_and_both_are_publicised(chromium, stack: Stack, told, size) -> None:
    desks = [told["received"], told["claim"].replace("/my/", "/desk/")]
    with desk(chromium, stack, CITY, size) as page:
        page.goto(told["received"])
        press(page, "初审通过")
    with desk(chromium, stack, SECOND, size) as page:
        for address in desks:
            page.goto(address)
            press(page, "公示")
            look(page, "aid-claim-publicised")
    for address in desks:
        with stack.sql() as owner:
            notice = owner.execute(NOTICE, [after(address)]).fetchone()[0]
        with stranger(chromium, stack, size) as page:
            page.goto(f"/notices/{notice}/")
            look(page, "aid-notice")
            assert (told["worker"][0] + "＊" in said(page), told["worker"] in said(page)) == (True, False)
        time_passes(stack, f"/notices/{notice}/")
    with desk(chromium, stack, SECOND, size) as page:
        for address in desks:
            page.goto(address)
            press(page, "公示期满核准")
        look(page, "aid-claim-approved")


def test_batch_goes_to_the_bank_and_one_payment_bounces(chromium, stack: Stack, told, size) -> None:
    number = pay(chromium, stack, size, told, bounced=told["number"])
    with desk(chromium, stack, CASHIER, size) as page:
        page.goto(number)
        look(page, "aid-batch-answered")
    with desk(chromium, stack, WORKER, size) as page:
        page.goto(told["received"].replace("/desk/", "/my/"))
        look(page, "aid-my-claim-paid")
        assert "1,500.00元" in said(page)
        page.goto(told["claim"])
        look(page, "aid-my-claim-bounced")
        press(page, "填写收款账户")
        look(page, "aid-account")
        send(page, account="6222020200087654321", bank="演示银行长治分行")
        look(page, "aid-my-claim-again")
    pay(chromium, stack, size, told, bounced="")
    with desk(chromium, stack, WORKER, size) as page:
        page.goto(told["claim"])
        look(page, "aid-my-claim-paid-again")
        assert (said(page).count("已到账"), said(page).count("退票　尾号")) == (1, 1)
        page.goto("/my/notices/")
        look(page, "aid-my-notices")


def pay(chromium: Any, stack: Stack, size: Any, told: dict[str, Any], bounced: str) -> str:
    """One batch from its making to the bank's answer; the address of its page."""
    with desk(chromium, stack, CASHIER, size) as page:
        page.goto(f"{HERE}batches/")
        look(page, "aid-batches")
        press(page, "编制批次")
        look(page, "aid-batch-new")
        send(page)
        look(page, "aid-batch")
        address = page.url
    with desk(chromium, stack, CHECKER, size) as page:
        page.goto(address)
        press(page, "复核放行")
        look(page, "aid-batch-release")
        send(page)
        press(page, "下载银行文件")
        look(page, "aid-batch-file")
        with page.expect_download() as file:
            page.locator('main form[method="post"] button.primary[type="submit"]').last.click()
        head, *lines = csv.reader(io.StringIO(file.value.path().read_bytes().decode("utf-8-sig")))
        page.goto(address)
        rows = page.locator("main tbody tr").all_inner_texts()
        back = next((n for n, row in enumerate(rows) if bounced and bounced in row), -1)
        answer = [("序号", "结果", "原因")]
        answer += [
            (line[head.index("序号")], *(("失败", "账号已销") if n == back else ("成功", "")))
            for n, line in enumerate(lines)
        ]
        press(page, "上传回盘文件")
        look(page, "aid-answer")
        send(page, file=("回盘.csv", "text/csv", csv_of(*answer)))
    return address


def test_refused_claim_is_appealed_against(chromium, stack: Stack, told, size) -> None:
    out = TODAY - timedelta(days=60 + 5 * told["turn"])
    with desk(chromium, stack, WORKER, size) as page:
        page.goto("/my/mutual_aid/new/")
        for name, given in {
            "plan": "inpatient", "admitted_on": out, "discharged_on": out, "settled_on": out,
            "settlement": f"XE{told['mark']}", "total": "900", "pooled": "300", "copay": "600",
            "account": "6222020200087654321", "bank": "演示银行长治分行",
            "sheet": ("结算单.png", "image/png", PHOTO + told["mark"].encode() + b"2"),
        }.items():  # fmt: skip
            fill(page, name, given)
        press(page, "提交理赔")
        small = page.url
    with desk(chromium, stack, COUNTY, size) as page:
        page.goto(small.replace("/my/", "/desk/"))
        press(page, "测算互助金")
        look(page, "aid-claim-nothing-due")
        press(page, "不予通过")
        fill(page, "note", "个人负担未达到起付额。")
        press(page, "不予通过")
        look(page, "aid-claim-refused")
    with desk(chromium, stack, WORKER, size) as page:
        page.goto(small)
        look(page, "aid-my-claim-refused")
        press(page, "对决定提出申诉")
        look(page, "aid-appeal")
        send(page, matter="另有一张六百元的发票没有计入，可向医院核对。", contact="13900000000")
        look(page, "aid-my-appeals")
    with desk(chromium, stack, CITY, size) as page:
        page.goto("/desk/objections/")
        page.locator("main tbody a").first.click()
        look(page, "aid-appeal-desk")
        press(page, "处理异议")
        look(page, "aid-appeal-rule")
        send(page, result="upheld", reasons="医院确认漏计一张发票，请重新办理。")
        page.goto(small.replace("/my/", "/desk/"))
        press(page, "申诉成立重新办理")
        fill(page, "note", "按申诉处理结果重新办理。")
        press(page, "申诉成立重新办理")
        look(page, "aid-claim-reopened")
        assert "已测算" in said(page)


def test_sibling_county_gets_404_on_all_of_it(chromium, stack: Stack, told, size) -> None:
    with desk(chromium, stack, SIBLING, size) as page:
        addresses = [
            told["claim"],
            told["claim"].replace("/my/", "/desk/"),
            told["received"],
            told["enrolment"],
        ]
        status = {a: page.request.get(a, max_redirects=0).status for a in addresses}
        assert status == dict.fromkeys(addresses, 404)


PAYERS = {"用人单位": "employer", "职工个人": "member"}
ROSTER = ("姓名", "身份证号", "医保类型", "份数")
SETTLEMENTS = (
    "姓名", "身份证号", "结算单号", "就医类型", "入院日期", "出院日期", "结算日期", "总费用", "统筹支付", "统筹段自负",
)  # fmt: skip
NAME = "SELECT p.name FROM people_person p JOIN accounts_user u ON u.person_id = p.id WHERE u.username = %s"
NOTICE = """
    SELECT p.number FROM publicity_publicity p JOIN publicity_publicitycase l ON l.publicity_id = p.id
    WHERE l.case_id = %s ORDER BY p.id DESC LIMIT 1
"""
