"""How a call is run by its pages: entries that go on together, a panel from its rules to its standing, notices, draws.

What time alone does is done here by the owner of the database.
"""

import re
import time
from typing import Any

from .acting import follow, look, press, send
from .stack import Stack

FREEZES = (
    "SELECT tgname FROM pg_trigger WHERE tgrelid = 'publicity_publicity'::regclass AND tgname ~ 'is_frozen'"
)
COMMITTED = """
    SELECT tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE tgrelid = 'review_draw'::regclass AND NOT tgisinternal AND prosrc ~ 'committed to is never changed'
"""
PASSES = """
    UPDATE publicity_publicity SET opened_at = opened_at - interval '15 days', closes_at = now() - interval '1 second'
    WHERE number = %s
"""
ENDED = "SELECT ended_at IS NOT NULL FROM publicity_publicity WHERE number = %s"


def option(page: Any, name: str, text: str) -> str:
    """The value of the choice that says this."""
    return page.locator(f'main [name="{name}"] option', has_text=text).first.get_attribute("value")


def after(url: str) -> str:
    """The key at the end of an address."""
    return re.findall(r"/(\d+)/", url)[-1]


def go_on(page: Any, told: dict[str, Any], move: str, *, look_as: str = "") -> None:
    """From the call's page: every entry that can takes this step."""
    page.goto(f"/desk/innovations/calls/{told['edition']}/")
    page.locator(f'main a[href$="/{move}/"]').click()
    page.wait_for_load_state()
    if look_as:
        look(page, look_as)
    send(page)


def panel(page: Any, told: dict[str, Any], stage: str, name: str, *, passes: int, expert: str) -> None:
    """Set up a panel by its pages, with this account as its judge, up to the items that it is to judge."""
    page.goto(f"/desk/editions/{told['edition']}/")
    press(page, "组建评审组")
    look(page, "panel-new")
    send(page, name=name, stage=stage)
    told[stage] = after(page.url)
    look(page, "panel-empty")
    press(page, "设定规则")
    look(page, "panel-rules")
    send(page, blind="1", minimum=1, drop=0, precision=2, rounding="half_up", passes=passes, reserves=0)
    press(page, "设定指标")
    look(page, "panel-criteria")
    weights = [
        int(each.input_value()) for each in page.locator('main [name^="weight_"]').all() if each.input_value()
    ]
    assert (len(weights) > 1, sum(weights)) == (True, 100)  # as the call's values propose them
    send(page)
    press(page, "设定次序")
    look(page, "panel-ties")
    page.locator('main [name="step_1"]').select_option(index=1)
    send(page, step_2="admit_all")
    press(page, "增加评委")
    look(page, "panel-seat")
    send(page, login=expert)
    press(page, "选入参评项")
    look(page, "panel-enter")
    send(page)


def judge(page: Any, told: dict[str, Any], stage: str, name: str, best: str) -> None:
    """Swear, read and score every item; the one whose pack names the title `best` gets more."""
    page.goto("/my/review/")
    look(page, "my-review")
    follow(page, name)
    look(page, f"seat-oath-{stage}")
    press(page, "我承诺")
    look(page, f"seat-{stage}")
    told[f"{stage}-seat"] = page.url
    page.locator("main a.btn.primary").first.click()
    for n in range(2):
        text = page.locator("main").inner_text()
        assert told["colleague"] not in text
        if n == 0:
            look(page, f"sheet-{stage}")
        points = page.locator('main [name^="points_"]')
        for at in range(points.count()):
            points.nth(at).fill("92" if best in text else "85")
        press(page, "保存，评下一项")
    page.goto(told[f"{stage}-seat"])
    look(page, f"seat-done-{stage}")


def lock(page: Any, told: dict[str, Any], stage: str) -> None:
    """Look at the panel's standing and lock it."""
    page.goto(f"/desk/review/{told[stage]}/")
    look(page, f"panel-open-{stage}")
    press(page, "核对并锁定")
    look(page, f"panel-lock-{stage}")
    send(page)
    look(page, f"standing-{stage}")
    assert told["title"] in page.locator("main").inner_text()


def notice(page: Any) -> str:
    """The address of the newest notice on the call's page."""
    return page.locator('main a[href^="/notices/"]').last.get_attribute("href")


def public(page: Any, told: dict[str, Any], name: str) -> None:
    """What a stranger reads: the title, and the makers masked."""
    page.goto(told["notice"])
    look(page, name)
    text = page.locator("main").inner_text()
    assert told["title"] in text
    assert told["worker"][0] + "＊" in text
    assert (told["worker"] in text, told["colleague"] in text) == (False, False)


def time_passes(stack: Stack, address: str) -> None:
    """The working days of a notice pass; the worker ends it."""
    number = address.rstrip("/").rsplit("/", 1)[1]
    with stack.sql() as owner:
        trigger = owner.execute(FREEZES).fetchone()[0]
        owner.execute(f'ALTER TABLE publicity_publicity DISABLE TRIGGER "{trigger}"')
        owner.execute(PASSES, [number])
        owner.execute(f'ALTER TABLE publicity_publicity ENABLE TRIGGER "{trigger}"')
        for _ in range(600):
            if owner.execute(ENDED, [number]).fetchone()[0]:
                return
            time.sleep(0.2)
    raise AssertionError(f"the worker has not ended {number}")


def value_is_public(stack: Stack, address: str) -> None:
    """The moment has come at which the public value of a draw is known."""
    with stack.sql() as owner:
        trigger = owner.execute(COMMITTED).fetchone()[0]
        owner.execute(f'ALTER TABLE review_draw DISABLE TRIGGER "{trigger}"')
        owner.execute("UPDATE review_draw SET public_at = now() WHERE id = %s", [after(address)])
        owner.execute(f'ALTER TABLE review_draw ENABLE TRIGGER "{trigger}"')
