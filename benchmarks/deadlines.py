"""Deadlines: right against an independent calculator, and fast when the calendar changes.

    ./run bench deadlines [--cases 100000] [--deadlines 10000], small with --try

The independent calculator knows nothing of the kernel: it walks from day to day and asks the published tables
directly. The recalculation is of open cases whose turns are timed, after a local closure and a new notice.
"""

import argparse
import datetime as dt
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import _ground

FIRST, LAST = dt.date(2020, 1, 1), dt.date(2026, 11, 30)
TARGET = 60.0


def independent(
    start: dt.date, amount: int, working: bool, counts_first: bool, rolls: bool, stopped: set[dt.date]
) -> dt.date:
    """The last day, counted one day after another over the package's published tables."""
    from chinese_calendar.constants import holidays, workdays

    def off(day: dt.date) -> bool:
        return day in holidays or (day.weekday() >= 5 and day not in workdays)

    day = start if counts_first else start + dt.timedelta(days=1)
    counted = 0
    while True:
        if day not in stopped and not (working and off(day)):
            counted += 1
            if counted == amount:
                break
        day += dt.timedelta(days=1)
    while rolls and (off(day) or day in stopped):
        day += dt.timedelta(days=1)
    return day


def compare(count: int) -> tuple[int, float]:
    """How many of `count` random deadlines differ from the independent ones, and the seconds the kernel took."""
    from gongjiang.kernel.calendar.deadlines import ZONE, CountedIn, EndsAt, Pause, Rule, deadline
    from gongjiang.kernel.calendar.read import calendars

    calendar, chance = calendars().national, random.Random(20261120)
    wrong, spent = 0, 0.0
    for _ in range(count):
        start = FIRST + dt.timedelta(days=chance.randrange((LAST - FIRST).days))
        rule = Rule(
            chance.randint(1, 90),
            chance.choice(list(CountedIn)),
            chance.choice(list(EndsAt)),
            chance.random() < 0.3,
            chance.random() < 0.3,
        )
        begun = dt.datetime.combine(start, dt.time(chance.randrange(24), chance.randrange(60)), ZONE)
        pauses = []
        for _pause in range(chance.choice([0, 0, 1, 2, 3])):
            since = begun + dt.timedelta(hours=chance.randrange(24 * 40))
            pauses.append(Pause(since, since + dt.timedelta(hours=chance.randrange(24 * 20))))
        stopped = {
            p.since.date() + dt.timedelta(days=n)
            for p in pauses
            for n in range((p.until.date() - p.since.date()).days)
        }
        began = time.perf_counter()
        due = deadline(rule, begun, calendar, pauses)
        spent += time.perf_counter() - began
        expected = independent(
            start,
            rule.amount,
            rule.counted_in == CountedIn.WORKING_DAY,
            rule.counts_first_day,
            rule.rolls_forward,
            stopped,
        )
        wrong += due.at.astimezone(ZONE).date() != expected
    return wrong, spent


def recalculated(count: int) -> tuple[int, float]:
    """Load `count` open cases with timed turns, change the calendar, and reckon them anew: how many moved, seconds."""
    from django.db import connection, transaction

    from gongjiang.kernel.calendar.deadlines import ZONE, deadline
    from gongjiang.kernel.calendar.models import Closure
    from gongjiang.kernel.calendar.read import calendars
    from gongjiang.kernel.lifecycle import clocks
    from gongjiang.kernel.lifecycle.models import Clock, DeadlineRule
    from gongjiang.kernel.lifecycle.replay import History, Step, TurnThen, replay
    from gongjiang.kernel.orgs.models import Unit
    from gongjiang.kernel.people.models import Person

    units = list(Unit.objects.filter(level="enterprise").order_by("pk")[:200])
    person = Person.objects.order_by("pk").first()
    assert person is not None
    top = Unit.objects.filter(level="city").order_by("pk").first()
    rule, _new = DeadlineRule.objects.get_or_create(
        flow="innovations.result", state="submitted", unit=top, document="benchmark",
        defaults={"amount": 15, "counted_in": "working_day", "ends_at": "18:00", "since": FIRST, "until": LAST},
    )  # fmt: skip
    chance, known = random.Random(7), calendars()
    today = dt.date(2026, 9, 1)

    def histories(some: int) -> list[History]:
        found = []
        for _ in range(some):
            unit = chance.choice(units)
            begun = dt.datetime.combine(today + dt.timedelta(days=chance.randrange(25)), dt.time(9), ZONE)
            due = deadline(rule.rule(), begun, known.at(unit.region))
            found.append(
                History(
                    unit=unit.pk,
                    path=unit.path,
                    region=unit.region,
                    applicant=person.pk,
                    steps=[Step("draft", begun), Step("submit", begun)],
                    turns=[TurnThen(begun, None, unit.pk, role="unit_officer", due_at=due.at, rule=rule.pk)],
                )
            )
        return found

    have = Clock.objects.filter(rule=rule, stopped_at=None).count()
    while have < count:
        with transaction.atomic():
            replay("innovations.result", histories(min(10_000, count - have)))
        have = Clock.objects.filter(rule=rule, stopped_at=None).count()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    region = units[0].region[:4] + "00"
    day = dt.date(2026, 9, 15) + dt.timedelta(days=chance.randrange(3))
    Closure.objects.filter(document="benchmark").delete()
    clocks.recalculate(note="benchmark")
    Closure.objects.create(region=region, day=day, name="benchmark", document="benchmark")
    began = time.perf_counter()
    done = clocks.recalculate([2026], note="benchmark")
    spent = time.perf_counter() - began
    Closure.objects.filter(document="benchmark").delete()
    assert done.read >= count, done
    return done.moved, spent


def main() -> None:
    asked = argparse.ArgumentParser(prog="./run bench deadlines", description=__doc__)
    asked.add_argument("--cases", type=int, default=100_000)
    asked.add_argument("--deadlines", type=int, default=10_000)
    _ground.tried(asked)
    said = asked.parse_args()
    if said.trial:
        said.cases, said.deadlines = 3_000, 1_000
    _ground.own_database("gongjiang_deadlines_try" if said.trial else "gongjiang_deadlines", fresh=False)
    _ground.city()
    wrong, counting = compare(said.deadlines)
    moved, spent = recalculated(said.cases)
    section = f"""## Deadlines

`./run bench deadlines`

| what | measured | target |
| --- | --- | --- |
| {said.deadlines:,} random deadlines over 2020–2026, with pauses, against an independent calculator \
| {wrong} differ; {counting:.1f} s | 0 |
| {said.cases:,} open cases recalculated after a local closure | {spent:.1f} s, {moved:,} moved \
| ≤ {TARGET:.0f} s |

{_ground.measured_on()}
"""
    _ground.publish("Deadlines", section, trial=said.trial)
    if wrong or spent > TARGET:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
