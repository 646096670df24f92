"""A believable demo: a few histories that between them reach every state of the flow."""

from datetime import timedelta

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.lifecycle.replay import History, Step, TurnThen, replay
from gongjiang.kernel.world import World

from .models import Question

STORIES = (
    (("ask", "answer"), "夜班食堂几点开门", "夜班 23 点下班，食堂已经关门。能不能延到 23:30？"),
    (("ask", "return", "mend"), "班车改线", "三号班车不再经过家属区，请问从哪天起，还会不会恢复？"),
    (("ask", "return"), "手套", "手套什么时候发？"),
    (("ask", "withdraw"), "工会卡补办", "工会卡丢了，到哪里补办？"),
    (("ask",), "高温津贴从几月发", "露天岗位的高温津贴从几月开始发，按天还是按月？"),
)
NOTES = {"answer": "已和食堂商定：下周一起，夜班供餐到 23:45。", "return": "请写明是哪个岗位、哪一种，以便答复。"}


def load(world: World) -> dict[str, int]:
    """Loads one history for each story, at the first enterprise whose officer has no one-click account."""
    shown = {account.unit for account in world.accounts.values()}
    unit = next(u for u in world.at_level("enterprise") if u.id not in shown)
    officer = world.officers[unit.id, Role.UNIT_OFFICER]
    users = {account.person: account.user for account in world.accounts.values()}
    histories, questions = [], []
    for days, (moves, subject, details) in enumerate(STORIES, start=3):
        asker = world.workers[unit.id][-days]
        at = [world.now - timedelta(days=days) + timedelta(hours=7 * i) for i in range(len(moves))]
        steps = [
            Step(name, when, officer.user, unit.id, Role.UNIT_OFFICER, NOTES[name])
            if name in NOTES
            else Step(name, when, users.get(asker))
            for name, when in zip(moves, at, strict=True)
        ]
        turns = [
            TurnThen(when, until, person=asker) if name == "return" else TurnThen(when, until, unit.id, role=Role.UNIT_OFFICER)
            for name, when, until in zip(moves, at, [*at[1:], None], strict=True)
            if name in ("ask", "mend", "return")
        ]
        histories.append(History(unit.id, unit.path, unit.region, asker, steps, turns=turns))
        answered_on = at[-1].date() if moves[-1] == "answer" else None
        questions.append(Question(subject=subject, details=details, answered_on=answered_on))
    for question, key in zip(questions, replay("example.question", histories), strict=True):
        question.case_id = key
    Question.objects.bulk_create(questions)
    return {"questions": len(questions)}
