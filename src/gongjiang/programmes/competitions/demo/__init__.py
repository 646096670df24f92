"""Five contests and that of this year: 65 trades, 167 events judged and awarded, 30,000 starters, 167 top technicians
and 1,522 skilled hands. The figures are published; persons, points and days are invented."""

from collections.abc import Sequence
from itertools import islice

from gongjiang.kernel.world import World

from .now import play
from .past import Finalist, finals, selections, write_finals
from .rounds import Round, make_rounds
from .values import publish_demo_values

#: Persons who started in a selection: 带动 3 万名; a county's own is smaller.
STARTERS = {"city": 30_000, "county": 900}
#: Entries in the final of each event.
FINALISTS = {"city": 20, "county": 14}
#: Titles of skilled hand in force from contests that are settled; one more was taken back. With the 11 of this year
#: they are the 1,522 of the published figures. None: as many as the ranks win.
HANDS = {"city": 1511, "county": None}


def load(world: World) -> dict[str, int]:
    """Loads contests, events, rosters of selections, finals with their results and titles, and what is under way."""
    publish_demo_values(world)
    settled, now = make_rounds(world)
    people = _starters(world, STARTERS[world.size])
    by_run = _shared(people, settled)
    started = selections(world, settled, by_run)
    per_event = FINALISTS[world.size]
    made = finals(world, settled, by_run, per_event, HANDS[world.size])
    titles = write_finals(world, settled, made)
    running = play(world, now, _others(world, people))
    return {
        "contests": len(settled) + 1, "events": sum(len(r.runs) for r in (*settled, now)),
        "starters": started, "entries": len(made) + running, "titles": titles,
    }  # fmt: skip


def _starters(world: World, wanted: int) -> list[tuple[int, int]]:
    """(person, unit) of those who started: a like share of every enterprise."""
    every = len(world.people) / wanted
    found: list[tuple[int, int]] = []
    owed = 0.0
    for unit in world.at_level("enterprise"):
        workers = world.workers.get(unit.id, range(0))
        owed += len(workers) / every
        take = min(int(owed), len(workers))
        owed -= take
        found += [(person, unit.id) for person in workers[:take]]
    spare = (
        (person, unit.id)
        for unit in world.at_level("enterprise")
        for person in reversed(world.workers.get(unit.id, range(0)))
    )
    there = {person for person, _unit in found}
    found += list(islice((each for each in spare if each[0] not in there), max(0, wanted - len(found))))
    return found[:wanted]


def _shared(people: Sequence[tuple[int, int]], rounds: Sequence[Round]) -> list[list[tuple[int, int]]]:
    """The starters of every event, in the order of the events: each person in one, each event from many units."""
    runs = sum(len(r.runs) for r in rounds)
    return [list(people[n::runs]) for n in range(runs)]


def _others(world: World, people: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Workers who have not started anywhere yet, over all units."""
    there = {person for person, _unit in people}
    units = list(world.at_level("enterprise"))
    found = []
    for place in range(1, 12):
        for unit in units[:: max(1, len(units) // 40)]:
            workers = world.workers.get(unit.id, range(0))
            if len(workers) > place and workers[-place] not in there:
                found.append((workers[-place], unit.id))
    return found


__all__ = ["Finalist", "load"]
