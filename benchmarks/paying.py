"""How long it takes to approve 100,000 payments, killed on the way and begun again, and whether the books balance.

A process of its own approves in pieces of a thousand, as the desk does with what is ticked; it is killed with
SIGKILL once a fifth is done, and another goes on. `./run bench paying` publishes into docs/performance.md; with `--try`
it takes 2,000, in a database of its own, and only prints.
"""

import argparse
import datetime as dt
import os
import subprocess
import sys
from time import perf_counter, sleep

from _ground import city, measured_on, own_database, publish, tried

COUNT, TRIAL, PIECE, TARGET = 100_000, 2_000, 1_000, 60
FLOW, APPROVER, OFFICER = "mutual_aid.claim", "changzhi-approver", "changzhi-officer"
SELF_PAID, PAID = 120_000, 60_000  # fen: within the first band of the demo's terms


def _actor(username: str):
    from gongjiang.kernel.access.actor import load
    from gongjiang.kernel.accounts.models import User

    return load(User.objects.values_list("pk", flat=True).get(username=username))


def prepare(count: int) -> None:
    """That many claims that wait for their approval, each of somebody else, and the money for them."""
    from django.db import connection, transaction
    from django.utils import timezone

    from gongjiang.kernel import bulk
    from gongjiang.kernel.access.actor import scope
    from gongjiang.kernel.ledger.books import Posting, post
    from gongjiang.kernel.ledger.guards import Key
    from gongjiang.kernel.ledger.models import EntryKind, Guard, GuardKind
    from gongjiang.kernel.lifecycle.replay import History, Step, TurnThen, replay
    from gongjiang.programmes.mutual_aid.models import Claim, MemberCoverage, Period

    period = Period.objects.select_related("edition").get(number=17)
    officer = _actor(OFFICER)
    begun = timezone.now() - dt.timedelta(days=9)
    free = MemberCoverage.objects.filter(
        edition=period.pk, state="covered", since="2024-01-01", claims=None
    ).select_related("unit")
    covers = list(free.order_by("pk")[:count])
    assert len(covers) == count, f"the demo covers {len(covers)} people without a claim"
    moves = ("receive", "submit", "compute", "endorse")
    steps = [
        Step(name, begun + dt.timedelta(hours=n), officer.user, period.unit_id, "officer")
        for n, name in enumerate(moves)
    ]
    turn = TurnThen(steps[-1].at, None, unit=period.unit_id, role="officer")
    on = timezone.localdate() - dt.timedelta(days=20)
    with transaction.atomic():
        with connection.cursor() as cursor:  # the period of this benchmark publicises nothing
            cursor.execute("ALTER TABLE parameters_provision DISABLE TRIGGER USER")
            cursor.execute(
                "UPDATE parameters_provision SET value = 'false' WHERE programme = 'mutual_aid' AND name = 'publicity'"
            )
            cursor.execute("ALTER TABLE parameters_provision ENABLE TRIGGER USER")
        keys = replay(
            FLOW,
            [
                History(c.unit_id, c.path, c.unit.region, c.person_id, steps, edition=period.pk, turns=[turn])
                for c in covers
            ],
        )
        bulk.copy(
            Claim,
            (
                "case_id", "coverage_id", "plan", "channel", "filed_by_id", "admitted_on", "discharged_on",
                "settled_on", "reported_on", "total", "pooled", "deductible", "copay", "class_b", "over_limit",
                "above_cap", "self_funded", "other", "settlement", "invoices", "hospital", "diagnosis", "payee",
                "account", "account_tail", "bank", "waived", "base", "result", "cap_before", "cap_after",
            ),
            (
                (
                    key, c.pk, "inpatient", "insurer", officer.user, on, on, on, on, 2 * SELF_PAID, SELF_PAID, 0,
                    SELF_PAID, 0, 0, 0, 0, 0, b"", b"", b"", b"", c.name, b"", "0000", "演示银行", False,
                    SELF_PAID, PAID, 5_000_000, 5_000_000 - PAID,
                )
                for key, c in zip(keys, covers, strict=True)
            ),
        )  # fmt: skip
        bulk.copy(
            Guard,
            ("kind", "group", "digest", "person_id", "day", "scheme", "case_id", "state", "at"),
            (
                (
                    GuardKind.SETTLEMENT.value, GuardKind.SETTLEMENT.value,
                    Key(GuardKind.SETTLEMENT, f"BENCH{key}").digest, c.person_id, on, "mutual_aid", key, "held", begun,
                )
                for key, c in zip(keys, covers, strict=True)
            ),
        )  # fmt: skip
    cashier = _actor("changzhi-cashier")
    with transaction.atomic(), scope(cashier):
        fen = count * PAID
        money = Posting(
            "bench/money",
            EntryKind.INCOME,
            period.fund_id,
            fen,
            edition=period.pk,
            parts=(("employer", fen),),
        )
        post(money, actor=cashier)


def approve() -> None:
    """Approve what waits, piece by piece, each piece a transaction of its own."""
    from django.db import transaction

    from gongjiang.kernel.access.actor import scope
    from gongjiang.kernel.lifecycle import door

    actor = _actor(APPROVER)
    while keys := waiting()[:PIECE]:
        with transaction.atomic(), scope(actor):
            done = door.transition_many(FLOW, keys, "approve", actor=actor)
        assert not done.refused, next(iter(done.refused.values()))


def waiting() -> list[int]:
    """The claims of the benchmark that are not approved yet."""
    from gongjiang.kernel.lifecycle.models import Case

    rows = Case.objects.filter(
        flow=FLOW, state="under_review", mutual_aid_claim__bank="演示银行", mutual_aid_claim__result=PAID
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def balanced(count: int) -> None:
    """Every claim committed once, and every balance the sum of its lines."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT case_id), sum(fen) FROM ledger_entry WHERE kind = 'commit' AND fen = %s"
            " AND case_id IN (SELECT case_id FROM mutual_aid_claim WHERE bank = '演示银行' AND result = %s)",
            [PAID, PAID],
        )
        assert cursor.fetchone() == (count, count, count * PAID)
        cursor.execute(
            "SELECT count(*) FROM ledger_account a WHERE balance <> (SELECT coalesce(sum(CASE WHEN l.into_id = a.id"
            " THEN l.fen ELSE -l.fen END), 0) FROM ledger_line l WHERE a.id IN (l.into_id, l.out_of_id))"
        )
        assert cursor.fetchone() == (0,), "an account does not hold what its lines say"
        cursor.execute("SELECT sum(balance) FROM ledger_account")
        assert cursor.fetchone() == (0,), "the books do not balance"


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench paying", description=__doc__)
    tried(parser)
    parser.add_argument("--approve", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.approve:
        import django

        django.setup()
        approve()
        return
    count = TRIAL if asked.trial else COUNT
    own_database("bench_paying_try" if asked.trial else "bench_paying", fresh=True)
    city()
    prepare(count)
    command = [sys.executable, __file__, "--approve"]
    start = perf_counter()
    first = subprocess.Popen(command, env=os.environ)
    while len(left := waiting()) > count * 4 // 5 and first.poll() is None:
        sleep(0.2)
    first.kill()
    first.wait()
    done_before = count - len(waiting())
    subprocess.run(command, env=os.environ, check=True)
    seconds = perf_counter() - start
    assert not waiting(), left
    balanced(count)
    section = f"""## Paying

`./run bench paying`: {count:,} claims of as many people in the city demo, approved in pieces of {PIECE:,}: who may,
every guard (the rule asked again for each), the books, the guard against paying twice, the turn to finance. Killed with
SIGKILL after {done_before:,} and begun again; every claim is committed once and the books balance to the fen. Target:
{TARGET} s.

| | |
| --- | --- |
| both runs, starting the second process included | {seconds:.0f} s |
| a second | {count / seconds:,.0f} |

{measured_on()}
"""
    publish("Paying", section, trial=asked.trial)
    if seconds > TARGET and not asked.trial:
        sys.exit(f"Slower than {TARGET} s.")


if __name__ == "__main__":
    main()
