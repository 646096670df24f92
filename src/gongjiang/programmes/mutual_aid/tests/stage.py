"""What the scenes stand on: a period of the city that covers, one that enrols, a fund with money, two of finance."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import connection
from django.utils import timezone

from gongjiang.kernel.access.actor import Actor, scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.tests.samples import png
from gongjiang.kernel.ledger.books import Posting, post
from gongjiang.kernel.ledger.models import EntryKind, Fund
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.models import Case, Edition, EditionState, Window
from gongjiang.kernel.lifecycle.replay import History, replay
from gongjiang.kernel.lifecycle.replay import Step as Then
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.parameters.actions import publish_history
from gongjiang.kernel.parameters.models import Provision
from gongjiang.programmes.mutual_aid.models import CoverState, MemberCoverage, Period, UnitEnrolment
from tests.cast import SINCE, Cast, give_values
from tests.conformance.scenes import Step

from .values import VALUES

SETTLED = dt.timedelta(days=10)
CONTENT: dict[str, Any] = {
    "plan": "inpatient",
    "hospital": "示例市人民医院",
    "diagnosis": "演示诊断",
    "settlement": "YS20260001",
    "invoices": "FP0001\nFP0002",
    "total": 3_200_000,
    "pooled": 2_000_000,
    "copay": 1_200_000,
    "payee": "王演甲子",
    "account": "6222020200012345678",
    "bank": "示例银行襄垣支行",
}


def content(**changed: Any) -> dict[str, Any]:
    """A stay of eight days that ended ten days ago; 12,000 yuan are left to the patient."""
    last = timezone.localdate() - SETTLED
    days = {"admitted_on": last - dt.timedelta(days=7), "discharged_on": last, "settled_on": last}
    return {**CONTENT, **days, **changed}


def sheet() -> Upload:
    return Upload("sheet", "结算单.png", png(salt=7))


@contextmanager
def as_owner() -> Iterator[None]:
    """A block in which the tables' owner writes, inside the scope of somebody of the cast."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        role = cursor.fetchone()[0]
        cursor.execute("SET LOCAL ROLE NONE")
        yield
        cursor.execute(f"SET LOCAL ROLE {role}")


def move(name: str, by: str, **data: Any) -> Step:
    return Step(name, by, data)


def then(step: Step, *after: Any) -> Step:
    """The step, and afterwards each `after(cast, case)`."""

    def do(cast: Cast, actor: Actor, case: Case | None) -> Case:
        if step.do is not None:
            made = step.do(cast, actor, case)
        else:
            assert case is not None
            made = door.transition(case, step.name, actor=actor, **step.data)
        for each in after:
            each(cast, made)
        return made

    return replace(step, do=do)


def prepare(cast: Cast) -> None:
    """Values, two periods, money in the fund, people who are covered, finance of the city."""
    give_values(cast.city, programme="mutual_aid", **VALUES)
    fund = Fund.objects.create(
        unit=cast.city, path="", programme="mutual_aid", name="互助金专户", opened_on=SINCE
    )
    covering = _period(cast, fund, 17, "第十七期职工大病医疗互助", days=(-120, 245), enrols=False)
    _period(cast, fund, 18, "第十八期职工大病医疗互助", days=(60, 425), enrols=True)
    for name, role in (("leader", Role.FINANCE_MAKER), ("auditor", Role.FINANCE_CHECKER)):
        Grant.objects.create(user=cast[name].user, role=role, unit=cast.city, since=SINCE)
    maker = cast["leader"].actor
    with scope(maker):
        post(
            Posting(
                "opening", EntryKind.INCOME, fund.pk, 20_000_000, edition=covering.pk,
                parts=(("member", 8_000_000), ("employer", 12_000_000)),
            ),
            actor=maker,
        )  # fmt: skip
    cover(cast, covering, cast.works, ["applicant", "colleague", "unit_officer"])


def covering_period(cast: Cast) -> Edition:
    return Edition.objects.get(programme="mutual_aid", mutual_aid_period__number=17)


def _period(
    cast: Cast, fund: Fund, number: int, name: str, *, days: tuple[int, int], enrols: bool
) -> Edition:
    edition = Edition.objects.create(
        programme="mutual_aid", unit=cast.city, name=name, state=EditionState.PUBLISHED
    )
    now = timezone.now()
    month, first, last = dt.timedelta(days=30), dt.timedelta(days=days[0]), dt.timedelta(days=days[1])
    windows = {
        "cover": (now + first, now + last),
        "claim": (now + first, now + last + month),
        "appeal": (now - month, now + month),
    }
    if enrols:
        windows["apply"] = (now - month, now + month)
    for kind, (since, until) in windows.items():
        Window.objects.create(edition=edition, kind=kind, since=since, until=until)
    Period.objects.create(edition=edition, unit=cast.city, number=number, fund=fund)
    return edition


def cover(cast: Cast, edition: Edition, unit: Unit, names: Sequence[str]) -> None:
    """These of the cast are covered in the period, as if their unit had enrolled them long ago."""
    at = timezone.now() - dt.timedelta(days=150)
    steps = [
        Then(name, at + dt.timedelta(hours=n))
        for n, name in enumerate(("begin", "submit", "check", "pass", "cover"))
    ]
    (key,) = replay(
        "mutual_aid.enrolment",
        [
            History(
                unit=unit.pk,
                path=unit.path,
                region=unit.region,
                applicant=None,
                steps=steps,
                edition=edition.pk,
            )
        ],
    )
    window = edition.windows.get(kind="cover")
    since, until = timezone.localdate(window.since), timezone.localdate(window.until)
    made = UnitEnrolment.objects.create(case_id=key, members=10, begins_on=since)
    for name in names:
        person = cast[name].person
        assert person is not None
        MemberCoverage.objects.create(
            enrolment=made, edition=edition, person=person, unit=unit, path=unit.path, name=person.name,
            insurance="employee", state=CoverState.COVERED, since=since, until=until,
        )  # fmt: skip


def values_of_the_period(**values: Any) -> Any:
    """Afterwards: the period that covers runs under these values of its own, if it does not yet."""

    def after(cast: Cast, case: Case) -> None:
        edition = covering_period(cast)
        there = set(Provision.objects.filter(edition=edition).values_list("name", flat=True))
        first = timezone.make_aware(dt.datetime.combine(SINCE, dt.time.min))
        with as_owner():
            publish_history(
                Provision(
                    programme="mutual_aid", name=name, unit=cast.city, edition=edition, value=value, since=SINCE,
                    published_at=first, document="演工发〔2015〕2号（演示）", clause="第一条",
                )
                for name, value in values.items()
                if name not in there
            )  # fmt: skip

    return after
