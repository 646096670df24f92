"""Innovations counted by the indicators and by plain SQL, over random histories."""

import datetime as dt
from random import Random

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongjiang.insight.cells import counting
from gongjiang.insight.lake.tables import Lake
from gongjiang.insight.periods import kept
from gongjiang.kernel.lifecycle.models import Case, Participant
from gongjiang.kernel.lifecycle.replay import History, Step, TurnThen, replay
from gongjiang.programmes.innovations.models import Category, Entry, Result
from gongjiang.web import host
from tests import counted
from tests.cast import Cast, open_edition
from tests.conformance.scenes import walk

from .scenes import CLAIMED, SIGN, prepare

ADOPTED = ("draft", "submit", "accept", "adopt_unclaimed")
ENDS = (
    ("draft",), ("draft", "submit"), ("draft", "submit", "accept"), ADOPTED, ADOPTED, ADOPTED,
    (*ADOPTED, "revoke"), ("draft", "submit", "accept", "drop"), ("draft", "submit", "refuse"),
)  # fmt: skip
DECIDED = ("recommend", "admit", "shortlist", "award", "close")
ENTERED = (("recommend",), DECIDED, DECIDED, (*DECIDED, "revoke"), ("recommend", "refuse"))
OPEN = ("draft", "submit", "accept", "adopt_unclaimed", "recommend")
CODES = [
    f"innovations.{name}" for name in ("results", "participations", "participants", "adopted", "awarded")
]


def history(random: Random, flow_steps, unit, applicant, makers=(), edition=None) -> History:
    at = timezone.now() - dt.timedelta(days=random.randrange(20, 1800))
    steps = [Step(name, at + dt.timedelta(days=n)) for n, name in enumerate(flow_steps)]
    closed = flow_steps[-1] not in OPEN
    return History(
        unit=unit.pk, path=unit.path, region=unit.region, applicant=applicant.pk, steps=steps,
        edition=edition.pk if edition else None,
        turns=() if closed else (TurnThen(steps[-1].at, None, unit=unit.pk, role="unit_officer"),),
        participants=[(person.pk, "author", n, None, unit.pk) for n, person in enumerate(makers, 1)],
    )  # fmt: skip


def _day_of(plan: History, name: str) -> dt.date | None:
    return next((timezone.localdate(step.at) for step in plan.steps if step.name == name), None)


def load(cast: Cast, random: Random) -> None:
    """Thirty results with their makers, and some of them entered once or twice."""
    staff = {
        cast.works: [cast[n].person for n in ("applicant", "colleague", "unit_officer")],
        cast.mill: [cast["neighbour_officer"].person],
        cast.plant: [cast["stranger"].person, cast["applicant"].person],
    }
    plans = []
    for _ in range(30):
        unit = random.choice(list(staff))
        makers = random.sample(staff[unit], random.randint(1, len(staff[unit])))
        plans.append(history(random, random.choice(ENDS), unit, makers[0], makers))
    keys = replay("innovations.result", plans)
    local = timezone.localdate
    Result.objects.bulk_create(
        Result(
            case_id=key,
            title=f"示例{n}",
            category=random.choice(Category.values),
            problem="停机",
            novelty="卡槽",
            effect="短",
            accepted_on=_day_of(plan, "accept"),
            adopted_on=_day_of(plan, "adopt_unclaimed"),
        )
        for n, (key, plan) in enumerate(zip(keys, plans, strict=True))
    )
    edition = open_edition("innovations", cast.city)
    adopted = [(k, p) for k, p in zip(keys, plans, strict=True) if _day_of(p, "adopt_unclaimed")] * 2
    entries = []
    for key, plan in adopted:
        unit = Case.objects.get(pk=key).unit
        steps = random.choice(ENTERED)
        entries.append(
            (key, history(random, steps, unit, type("P", (), {"pk": plan.applicant}), edition=edition))
        )
    cases = replay("innovations.entry", [h for _key, h in entries])
    Entry.objects.bulk_create(
        Entry(case_id=case, result_id=key, decided_on=local(h.steps[-1].at) if len(h.steps) > 1 else None)
        for case, (key, h) in zip(cases, entries, strict=True)
    )


def by_hand(code: str, path: str, start: dt.date, until: dt.date) -> int:
    """The figure, straight from its rule."""
    standing = Result.objects.filter(case__path__within=path).exclude(case__outcome="revoked")
    accepted = standing.filter(accepted_on__gte=start, accepted_on__lt=until)
    adopted = standing.filter(adopted_on__gte=start, adopted_on__lt=until)
    makers = Participant.objects.filter(case__in=accepted.values("case"))
    decided = Entry.objects.filter(case__path__within=path, decided_on__gte=start, decided_on__lt=until)
    granted = decided.filter(case__outcome="granted").exclude(result__case__outcome="revoked")
    return {
        "results": accepted.count,
        "participations": makers.count,
        "participants": makers.values("person").distinct().count,
        "adopted": adopted.count,
        "awarded": granted.values("result").distinct().count,
    }[code.split(".")[1]]()


@pytest.mark.parametrize("seed", range(3))
def test_innovations_are_counted_as_by_plain_sql(cast: Cast, seed: int):
    load(cast, Random(seed))
    found = counted.cells(*CODES)
    units = [cast.province, cast.city, cast.county, cast.sibling_county, cast.township, cast.sibling_township]
    periods = [p for p in kept(timezone.localdate()) if p.kind != "month" or p.start.month % 4 == 0]
    for code in CODES:
        stored = {(u, k, s): n for view, u, k, s, n in found[code] if view == "as_is"}
        expected = {
            (unit.pk, str(p.kind), p.start): by_hand(code, unit.path, p.start, p.until)
            for unit in units
            for p in periods
        }
        assert {key: stored.get(key, 0) for key in expected} == expected
        assert sum(expected.values()) > 0


def test_money_is_shown_listed_and_quoted_in_yuan(lasting_cast: Cast, settings, tmp_path):
    prepare(lasting_cast)
    walk(lasting_cast, (*CLAIMED, SIGN))
    settings.LAKE = tmp_path / "lake"
    host._known.clear()  # another test's
    lake = Lake()
    counting.bring_up_to_date(lake)
    lake.close()
    client = Client()
    client.force_login(lasting_cast["leader"].user)
    code = "innovations.benefit_confirmed"
    page = client.get(reverse("figure", args=[code, lasting_cast.city.code]), {"period": "2025"})
    text = page.content.decode()
    assert (text.count("120,000"), text.count("12,000,000"), text.count("120,000.00")) == (5, 0, 1)
