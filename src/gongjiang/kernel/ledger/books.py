"""Posting: the only writer of entries. One business fact, one key, once; all over sets.

post_many([Posting(key="mac:17:commit", kind=EntryKind.COMMIT, fund=3, edition=9, case=17, fen=517252)], actor=actor)
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.bulk import array
from gongjiang.kernel.lifecycle.flow import Forbidden, Reason, Refused

from .models import MOVES, Account, AccountKind, Entry, EntryKind, Fund


class KeyReused(ValueError):
    """A key that stands for another fact already: a fault of the program, not of its user."""


@dataclass(frozen=True)
class Posting:
    """A fact for the books.

    key    says which fact it is; posted again with the same content it is the same entry
    fen    above zero
    parts  (payer, fen) of an income or a refund; they add up to `fen`
    about  key of the entry that it ends or gives back (see `Entry.about`)
    """

    key: str
    kind: str
    fund: int
    fen: int
    edition: int | None = None
    case: int | None = None
    about: int | None = None
    parts: tuple[tuple[str, int], ...] = ()
    note: str = ""

    def moves(self) -> list[tuple[tuple[str, str], tuple[str, str], int]]:
        """((kind, payer) out of, (kind, payer) into, fen) of each line."""
        out_of, into = MOVES[EntryKind(self.kind)]
        named = [(out_of, into, payer, fen) for payer, fen in self.parts] or [(out_of, into, "", self.fen)]
        return [((o.value, _payer(o, who)), (i.value, _payer(i, who)), fen) for o, i, who, fen in named]


def _payer(kind: AccountKind, payer: str) -> str:
    return payer if kind == AccountKind.SOURCE else ""


def post(posting: Posting, *, actor: Actor) -> Entry:
    """`post_many` of one."""
    return post_many([posting], actor=actor)[0]


def post_many(postings: Sequence[Posting], *, actor: Actor) -> list[Entry]:
    """Write the entries with their lines and return them in order; what was posted before is found, not written again.

    Accounts are locked in the order of their keys, so two at once take turns. Raises Refused, for each case, where
    an account would be overdrawn, and KeyReused; nothing is written then.
    """
    if not postings:
        return []
    with transaction.atomic():
        fresh = set(_insert(postings, actor))
        entries = {e.key: e for e in Entry.objects.filter(key__in=[p.key for p in postings])}
        for p in postings:
            e = entries.get(p.key)
            if e is None:
                raise Forbidden
            if (e.kind, e.fund_id, e.case_id, e.fen, e.about_id) != (p.kind, p.fund, p.case, p.fen, p.about):
                raise KeyReused(p.key)
        new = [p for p in postings if p.key in fresh]
        if new:
            accounts = _accounts(new)
            _suffice(new, accounts)
            _write_lines([(entries[p.key].pk, p) for p in new], accounts)
        return [entries[p.key] for p in postings]


def _insert(postings: Sequence[Posting], actor: Actor) -> list[str]:
    """Write the entries that are new; their keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_entry (key, kind, fund_id, case_id, about_id, fen, note, user_id)"
            " SELECT *, %s::bigint FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],"
            " %s::bigint[], %s::text[]) ON CONFLICT (key) DO NOTHING RETURNING key",
            [
                actor.user,
                array([p.key for p in postings]),
                array([str(p.kind) for p in postings]),
                array([p.fund for p in postings]),
                array([p.case for p in postings]),
                array([p.about for p in postings]),
                array([p.fen for p in postings]),
                array([p.note for p in postings]),
            ],
        )
        return [key for (key,) in cursor.fetchall()]


_Slot = tuple[int, int | None, str, str]  # fund, edition, kind, payer


def _slots(posting: Posting) -> Iterable[tuple[_Slot, _Slot, int]]:
    for out_of, into, fen in posting.moves():
        yield (posting.fund, posting.edition, *out_of), (posting.fund, posting.edition, *into), fen


def _accounts(postings: Sequence[Posting]) -> dict[_Slot, Account]:
    """The accounts that these move, opened where they are missing, and locked."""
    wanted = {slot for p in postings for out_of, into, _fen in _slots(p) for slot in (out_of, into)}

    def there() -> dict[_Slot, Account]:
        rows = Account.objects.filter(fund__in={slot[0] for slot in wanted})
        locked = rows.select_for_update(of=("self",)).order_by("pk")
        found = {(a.fund_id, a.edition_id, a.kind, a.payer): a for a in locked}
        return {slot: found[slot] for slot in wanted if slot in found}

    found = there()
    if missing := sorted(wanted - found.keys(), key=str):
        Account.objects.bulk_create(
            [
                Account(fund_id=fund, edition_id=edition, kind=kind, payer=payer)
                for fund, edition, kind, payer in missing
            ],
            ignore_conflicts=True,
        )
        found = there()
    return found


def _suffice(postings: Sequence[Posting], accounts: dict[_Slot, Account]) -> None:
    """Raises Refused for the cases that would overdraw an account of the fund."""
    needed: dict[_Slot, int] = defaultdict(int)
    cases: dict[_Slot, list[int]] = defaultdict(list)
    for p in postings:
        for out_of, into, fen in _slots(p):
            if out_of[2] != AccountKind.SOURCE:
                needed[out_of] += fen
                cases[out_of].append(p.case or 0)
            if into[2] != AccountKind.SOURCE:
                needed[into] -= fen
    short = {slot: n for slot, n in needed.items() if n > accounts[slot].balance}
    if short:
        text = _("The fund holds %(there)s yuan as “%(account)s”; %(needed)s yuan are needed.")
        reasons: dict[int, list[Reason]] = {}
        for slot, n in short.items():
            said = text % {
                "there": _yuan(accounts[slot].balance),
                "needed": _yuan(n),
                "account": accounts[slot].get_kind_display(),
            }
            for case in cases[slot]:
                reasons.setdefault(case, []).append(Reason(said))
        raise Refused(reasons)


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def _write_lines(entries: Sequence[tuple[int, Posting]], accounts: dict[_Slot, Account]) -> None:
    rows = [
        (entry, accounts[out_of].pk, accounts[into].pk, fen)
        for entry, posting in entries
        for out_of, into, fen in _slots(posting)
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_line (entry_id, out_of_id, into_id, fen)"
            " SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])",
            [array(column) for column in columns],
        )


def open_fund(programme: str, *, unit: int, name: str, actor: Actor) -> Fund:
    """The fund of that name at the unit, opened where it is missing."""
    from django.utils import timezone

    made, _new = Fund.objects.get_or_create(
        unit_id=unit, programme=programme, name=name, defaults={"path": "", "opened_on": timezone.localdate()}
    )
    return made


@dataclass(frozen=True)
class Position:
    """Where the money of a fund stands, in fen; what came in is told apart by who paid it."""

    received: dict[str, int]
    available: int
    committed: int
    paid: int

    @property
    def balances(self) -> bool:
        """Whether every fen that came in stands somewhere: the law of the books."""
        return sum(self.received.values()) == self.available + self.committed + self.paid


def position(fund: Fund, *, edition: int | None = None, of_all: bool = False) -> Position:
    """What the accounts of the fund hold for one edition, or of all of them."""
    rows = Account.objects.filter(fund=fund)
    if not of_all:
        rows = rows.filter(edition=edition)
    held: dict[str, int] = defaultdict(int)
    received: dict[str, int] = defaultdict(int)
    for account in rows:
        if account.kind == AccountKind.SOURCE:
            received[account.payer] -= account.balance
        else:
            held[account.kind] += account.balance
    return Position(
        dict(sorted(received.items())),
        held[AccountKind.AVAILABLE],
        held[AccountKind.COMMITTED],
        held[AccountKind.PAID],
    )


def open_commitments(cases: Collection[int]) -> dict[int, Entry]:
    """case -> its commitment that is neither paid nor released; the latest where there are several."""
    rows = Entry.objects.filter(case__in=cases, kind=EntryKind.COMMIT).exclude(
        followed_by__kind__in=(EntryKind.PAY, EntryKind.RELEASE)
    )
    return {e.case_id: e for e in rows.order_by("pk") if e.case_id is not None}


def paid_for(case: int) -> int:
    """What was paid for a case and has not come back, in fen."""
    return paid_for_each([case])[case]


def paid_for_each(cases: Iterable[int]) -> dict[int, int]:
    """case → what was paid for it and has not come back, in fen; one query for all of them."""
    found = dict.fromkeys(cases, 0)
    rows = Entry.objects.filter(case__in=list(found), kind__in=(EntryKind.PAY, EntryKind.RECOVER))
    for case, kind, fen in rows.values_list("case", "kind").annotate(total=Sum("fen")):
        found[case] += fen if kind == EntryKind.PAY else -fen
    return found
