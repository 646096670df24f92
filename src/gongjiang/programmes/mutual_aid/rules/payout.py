"""One claim decided, with every line of the calculation and the clause of each refusal."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.rules import Decision, Outcome, Reason
from gongjiang.kernel.rules.decision import facts

from .formula import EXACT, EXACT_TWICE, Amounts, Steps, base_of, steps
from .terms import PARTS, WHOLE, Cost, Plan, Terms, years_after

VERSION = "1"

PART_NAMES = {
    "deductible": c("cost", "deductible"),
    "copay": c("cost", "own share within the pool"),
    "class_b": c("cost", "first share of class B"),
    "over_limit": c("cost", "above the price limit"),
    "above_cap": c("cost", "above the ceiling of the pool"),
    "self_funded": c("cost", "wholly self-paid"),
}


@dataclass(frozen=True)
class Event:
    """What happened. Days are calendar days; a stay of one night has two.

    reported_on   when the claim was filed
    """

    plan: str
    admitted_on: dt.date
    discharged_on: dt.date
    settled_on: dt.date
    reported_on: dt.date
    cost: Cost = field(default_factory=Cost)

    @property
    def days(self) -> int:
        return (self.discharged_on - self.admitted_on).days + 1

    def on(self, which: str) -> dt.date:
        """The day that a switch names."""
        day: dt.date = getattr(self, f"{which}_on")
        return day


@dataclass(frozen=True)
class Cover:
    """From when until before when somebody is covered; one who renewed without a gap waits for nothing."""

    since: dt.date
    until: dt.date
    renewed: bool = False


@dataclass(frozen=True)
class Used:
    """What earlier claims of the same person in the same period used up, in fen and days.

    same_event  plans under which the same event was claimed already
    """

    base: int = 0
    days: int = 0
    paid: int = 0
    claims: int = 0
    times: int = 0
    same_event: frozenset[str] = frozenset()


def decide(event: Event, cover: Cover | None, used: Used, terms: Terms) -> Decision:
    """What is due for the event: an amount with its lines, a refusal with its clauses, or a question for a human."""
    plan = terms.plans.get(event.plan)
    if plan is None:
        text = _("This period pays nothing for such an event.")
        return Decision(Outcome.REFUSED, None, (terms.reason("plans", text),))
    share = _waiting(event, cover, terms)
    against = [*_cover(event, cover, share, terms), *_late(event, terms), *_conditions(used, plan, terms)]
    if against:
        return Decision(Outcome.REFUSED, None, tuple(against))
    if questions := _questions(event, used, plan, terms):
        return Decision(Outcome.ASK, None, tuple(questions))
    amounts = amounts_of(event, used, plan, terms, share)
    done = steps(amounts, plan, terms)
    if not done.payout:
        return Decision(Outcome.REFUSED, None, (_nothing(done, plan, terms),))
    return Decision(Outcome.GRANTED, done.payout, tuple(_lines(event, done, amounts, plan, terms)))


def amounts_of(event: Event, used: Used, plan: Plan, terms: Terms, share: int) -> Amounts:
    """What the arithmetic takes of an event; earlier claims only where the terms add them up."""
    adds_up = terms.aggregation == "period_cumulative"
    return Amounts(
        cost=event.cost,
        days=event.days,
        prior_base=used.base if adds_up else 0,
        prior_days=used.days if adds_up else 0,
        prior_paid=used.paid,
        waiting=share,
    )


def _waiting(event: Event, cover: Cover | None, terms: Terms) -> int:
    if cover is None or cover.renewed:
        return WHOLE
    return terms.waits((event.on(terms.binding_date) - cover.since).days)


def _cover(event: Event, cover: Cover | None, share: int, terms: Terms) -> list[Reason]:
    day = event.on(terms.binding_date)
    if cover is None or not cover.since <= day < cover.until:
        text = _("Not covered on %(day)s, the day that counts.") % {"day": day}
        known = facts(since=cover.since, until=cover.until) if cover else ()
        return [terms.reason("binding_date", text, facts=known)]
    if not share:
        text = _("%(day)s lies within the waiting time after the cover began on %(since)s.")
        return [terms.reason("waiting", text % {"day": day, "since": cover.since})]
    return []


def _late(event: Event, terms: Terms) -> list[Reason]:
    if terms.limitation_years is None:
        return []
    last = years_after(event.settled_on, terms.limitation_years)
    if event.reported_on <= last:
        return []
    text = _("Claimed on %(day)s; until %(last)s it would have been in time.")
    return [terms.reason("claim_limitation_years", text % {"day": event.reported_on, "last": last})]


def _conditions(used: Used, plan: Plan, terms: Terms) -> list[Reason]:
    found = []
    if plan.most_claims is not None and used.claims >= plan.most_claims:
        text = _("Paid only while fewer than %(n)s claims have been paid in the period; there are %(now)s.")
        found.append(terms.reason("plans", text % {"n": plan.most_claims, "now": used.claims}))
    if plan.times is not None and used.times >= plan.times:
        text = _("Paid %(n)s times a period at most.") % {"n": plan.times}
        found.append(terms.reason("plans", text))
    return found


def _questions(event: Event, used: Used, plan: Plan, terms: Terms) -> list[Reason]:
    """What the facts do not decide: a human looks at it."""
    found = []
    if plan.shape in ("banded_self_pay", "pct_total_cost") and event.cost.left_open:
        text = _("The parts of the settlement do not add up to its total; %(fen)s fen are unexplained.")
        found.append(Reason(text % {"fen": event.cost.left_open}, field="total"))
    if terms.notify_days is not None:
        last = event.discharged_on + dt.timedelta(days=terms.notify_days)
        if event.reported_on > last:
            text = _("Reported on %(day)s; it should have been reported by %(last)s.")
            found.append(terms.reason("claim_notify_days", text % {"day": event.reported_on, "last": last}))
    clash = {p for p in used.same_event if not {p, plan.code} <= terms.stacking}
    if clash:
        text = _("The same event was claimed under another plan that may not be added to this one.")
        found.append(terms.reason("stacking", text))
    return found


def _nothing(done: Steps, plan: Plan, terms: Terms) -> Reason:
    known = facts(base=done.base, cap_left=done.cap_left)
    if not done.cap_left:
        text = _("The ceiling of %(cap)s yuan a period is used up.") % {"cap": _yuan(terms.cap_per_period)}
        return terms.reason("cap_per_period", text, facts=known)
    if plan.bands and not done.exact:
        text = _("%(base)s yuan count, and payment begins at %(threshold)s yuan.")
        said = {"base": _yuan(done.base), "threshold": _yuan(plan.bands[0].since)}
        return terms.reason("bands" if len(plan.bands) > 1 else "plans", text % said, facts=known)
    if plan.shape == "per_diem":
        text = _("Days are paid from day %(day)s of a stay on.") % {"day": plan.from_day}
        return terms.reason("plans", text, facts=known)
    return terms.reason("indemnity", _("Others have made good the whole cost already."), facts=known)


def _lines(event: Event, done: Steps, amounts: Amounts, plan: Plan, terms: Terms) -> list[Reason]:
    """The calculation, a line for each step; in whole fen, so that the lines add up to the payout."""
    lines = _base_lines(event, plan, terms) if plan.bands else []
    whole, told = 0, 0
    for n, part in enumerate(done.parts):
        whole += part
        if part:
            lines.append(_part_line(n, part, whole // EXACT - told, event, amounts, plan, terms))
            told = whole // EXACT
    if done.before:
        less = done.exact // EXACT - told
        text = _("Already due for earlier claims of the period")
        lines.append(terms.reason("aggregation", text, amount=less))
        told += less
    lines += _ends(done, told, amounts, plan, terms)
    return lines


def _base_lines(event: Event, plan: Plan, terms: Terms) -> list[Reason]:
    """What counts and what does not: lines without an amount, before the calculation."""
    base = base_of(event.cost, plan, terms)
    if plan.shape == "pct_total_cost":
        return [terms.reason("plans", _("%(base)s yuan of total cost count.") % {"base": _yuan(base)})]
    counted = [(n, getattr(event.cost, n)) for n in PARTS if getattr(event.cost, n)]
    inside = "，".join(f"{PART_NAMES[n]} {_yuan(v)}" for n, v in counted if n not in terms.base_exclude)
    outside = "，".join(f"{PART_NAMES[n]} {_yuan(v)}" for n, v in counted if n in terms.base_exclude)
    text = _("%(base)s yuan count: %(parts)s.") % {"base": _yuan(base), "parts": inside or "0"}
    lines = [terms.reason("base_exclude", text, facts=facts(base=base))]
    if outside:
        lines.append(terms.reason("base_exclude", _("Not counted: %(parts)s.") % {"parts": outside}))
    return lines


def _part_line(
    n: int, part: int, fen: int, event: Event, amounts: Amounts, plan: Plan, terms: Terms
) -> Reason:
    if plan.shape == "lump_sum":
        return terms.reason("plans", _("Lump sum"), amount=fen)
    if plan.shape == "per_diem":
        days = part // (plan.day_fen * EXACT)
        text = _("%(days)s days at %(yuan)s yuan") % {"days": days, "yuan": _yuan(plan.day_fen)}
        return terms.reason("plans", text, amount=fen, facts=facts(days=event.days, from_day=plan.from_day))
    band = plan.bands[n]
    text = _("%(base)s yuan at %(share)s %%") % {
        "base": _yuan(part // band.share),
        "share": f"{band.share / 100:g}",
    }
    known = facts(since=band.since, until="" if band.until is None else band.until)
    return terms.reason("plans" if len(plan.bands) == 1 else "bands", text, amount=fen, facts=known)


def _ends(done: Steps, told: int, amounts: Amounts, plan: Plan, terms: Terms) -> list[Reason]:
    """Waiting, rounding and ceilings, in the order in which the terms have them."""
    lines: list[Reason] = []
    now = told

    def to(fen: int, name: str, text: str) -> None:
        nonlocal now
        if fen != now:
            lines.append(terms.reason(name, text, amount=fen - now))
            now = fen

    cap = _("No more than %(left)s yuan are left of the ceiling") % {"left": _yuan(done.cap_left)}
    if plan.most is not None and done.cap_left == plan.most:
        cap = _("At most %(most)s yuan for one event") % {"most": _yuan(plan.most)}
    name = "plans" if plan.most is not None and done.cap_left == plan.most else "cap_per_period"
    share = _("In the waiting time %(share)s %% are paid") % {"share": f"{amounts.waiting / 100:g}"}
    if terms.cap_order == "cap_first":
        to(min(now, done.cap_left), name, cap)
    if amounts.waiting != WHOLE:
        to(done.reduced // EXACT_TWICE, "waiting", share)
    to(done.rounded, "rounding", _("Rounded"))
    to(min(now, done.cap_left), name, cap)
    to(min(now, done.burden), "indemnity", _("No more than the patient still bears"))
    return lines


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"
