"""A believable demo: a few histories that between them reach every state of the flow."""

from datetime import timedelta

from django.utils import timezone

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
BY_OFFICER = {"answer": "下周一起，夜班供餐到 23:45。", "return": "请写明岗位和种类，以便答复。"}


def load(world: World) -> dict[str, int]:
    """Loads one history for each story, at the first enterprise whose officer has no one-click account."""
    shown = {account.unit for account in world.accounts.values()}
    unit = next(u for u in world.at_level("enterprise") if u.id not in shown)
    officer = world.officers[unit.id, Role.UNIT_OFFICER].user
    histories, questions = [], []
    for days, (moves, subject, details) in enumerate(STORIES, start=3):
        asker = world.workers[unit.id][-days]
        steps: list[Step] = []
        turns: list[TurnThen] = []
        for i, name in enumerate(moves):
            at = world.now - timedelta(days=days, hours=-9 - 3 * i)
            acts = (officer, unit.id, Role.UNIT_OFFICER, BY_OFFICER[name]) if name in BY_OFFICER else ()
            steps.append(Step(name, at, *acts))
            if turns:
                turns[-1].until = at
            if name in ("ask", "mend"):
                turns.append(TurnThen(at, None, unit.id, role=Role.UNIT_OFFICER))
            elif name == "return":
                turns.append(TurnThen(at, None, person=asker))
        histories.append(History(unit.id, unit.path, unit.region, asker, steps, turns=turns))
        answered_on = timezone.localdate(steps[-1].at) if moves[-1] == "answer" else None
        questions.append(Question(subject=subject, details=details, answered_on=answered_on))
    for question, key in zip(questions, replay("example.question", histories), strict=True):
        question.case_id = key
    Question.objects.bulk_create(questions)
    return {"questions": len(questions)}
