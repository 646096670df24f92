"""Contests that are over: rosters by COPY, finals replayed with their results, titles and prizes in force."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from gongjiang.kernel import bulk
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.credentials.actions import number_series
from gongjiang.kernel.credentials.models import (
    Credential,
    CredentialEvent,
    CredentialKind,
    CredentialState,
    PublicCredential,
)
from gongjiang.kernel.documents import codes
from gongjiang.kernel.documents.kinds import kinds
from gongjiang.kernel.documents.models import (
    Document,
    DocumentEvent,
    DocumentState,
    NumberWord,
    PublicDocument,
)
from gongjiang.kernel.documents.text import digest as text_digest
from gongjiang.kernel.documents.text import write
from gongjiang.kernel.lifecycle.numbers import take
from gongjiang.kernel.lifecycle.replay import History, Step, replay
from gongjiang.kernel.people.masking import mask_name
from gongjiang.kernel.world import World
from gongjiang.programmes.competitions.actions.steps import PREFIX
from gongjiang.programmes.competitions.models import Band, Entrant, Entry, Stage

from .rounds import DAY, ZONE, Round, Run

S = DocumentState
STAMPED = ((S.GENERATED, 30), (S.PRINTED, 28), (S.STAMPED, 4), (S.MATCHED, 3), (S.ISSUED, 0))
AWARD = "competitions.award"
#: The last ranks that could win a title; of these some fail a part and win nothing.
LAST_TITLE = 12
REVOKED = "身份信息不实，经核实撤销。（演示）"


@dataclass(eq=False)
class Finalist:
    """One entry of a final and what came of it; `rank` 0 did not start."""

    run: Run
    person: int
    unit: int
    rank: int
    fails: bool = False
    revoked: bool = False
    key: int = 0

    @property
    def band(self) -> Band | None:
        return self._of("prize")

    @property
    def title(self) -> Band | None:
        return self._of("title")

    def _of(self, won: str) -> Band | None:
        if not self.rank or self.fails:
            return None
        rows = (b for b in self.run.bands if b.won == won and b.last is not None)
        return next((b for b in rows if b.first <= self.rank <= (b.last or 0)), None)

    @property
    def theory(self) -> Decimal:
        return Decimal(95 - self.rank) - Decimal(self.key % 7) / 10

    @property
    def practice(self) -> Decimal:
        return Decimal("58.5") if self.fails else Decimal(96) - Decimal(self.rank) * Decimal("1.6")

    @property
    def total(self) -> Decimal:
        return (self.theory * 30 + self.practice * 70) / 100

    @property
    def seconds(self) -> int:
        return 5400 + 97 * self.rank + self.key % 60


def selections(world: World, rounds: Sequence[Round], by_run: Sequence[Sequence[tuple[int, int]]]) -> int:
    """The rosters that the unions of workplaces handed in, in one COPY."""
    runs = [run for each in rounds for run in each.runs]
    return bulk.copy(
        Entrant,
        ("event_id", "stage", "case_id", "person_id", "unit_id", "live", "started_on", "registered_at"),
        (
            (run.edition.pk, Stage.ENTERPRISE, None, person, unit, True, day, at)
            for run, people in zip(runs, by_run, strict=True)
            for day, at in [_selected(run)]
            for person, unit in people
        ),
    )


def _selected(run: Run) -> tuple[date, datetime]:
    at = datetime(run.year, 5, 20, 17, tzinfo=ZONE)
    return at.date(), at


def finals(
    world: World,
    rounds: Sequence[Round],
    by_run: Sequence[Sequence[tuple[int, int]]],
    per_event: int,
    hands: int | None,
) -> list[Finalist]:
    """Who stood in the finals, at which rank; of the last so many fail that the titles come out as published."""
    found, place = [], 0
    for each in rounds:
        for run in each.runs:
            for rank, (person, unit) in enumerate(by_run[place][:per_event], start=1):
                found.append(Finalist(run, person, unit, rank))
            if place % 11 == 0:
                person, unit = by_run[place][per_event]
                found.append(Finalist(run, person, unit, 0))
            place += 1
    _own(world, found)
    if hands is not None:
        could = [f for f in found if f.title is not None and f.rank > 1]
        too_many = len(could) - hands - 1
        for rank in range(LAST_TITLE, 1, -1):
            for one in could:
                if one.rank == rank and too_many > 0:
                    one.fails, too_many = True, too_many - 1
    next(f for f in found if f.rank == 5 and not f.fails).revoked = True
    return found


def _own(world: World, found: Sequence[Finalist]) -> None:
    """Whoever can sign in as a worker came third once."""
    persons = {f.person for f in found}
    for account in world.accounts.values():
        if account.role == "worker" and account.person is not None and account.person not in persons:
            unit = next(u for u, workers in world.workers.items() if account.person in workers)
            third = next(f for f in reversed(found) if f.rank == 3)
            third.person, third.unit = account.person, unit
            return


def write_finals(world: World, rounds: Sequence[Round], made: Sequence[Finalist]) -> int:
    """Cases with their events, entries, starts, decisions, titles and prizes; returns how many titles."""
    chains = _Chains(world)
    keys = replay("competitions.entry", (chains.history(one) for one in made))
    for one, key in zip(made, keys, strict=True):
        one.key = key
    words(world)
    letters = {each.year: _letter(world, each) for each in rounds}
    bulk.copy(
        Entry,
        ("case_id", "group", "grade", "certificate", "years", "team", "by_unit", "theory", "practice", "seconds",
         "total", "rank", "prize_id", "title_id", "title_withheld", "document_id", "decided_on"),
        (_entry_row(one, letters[one.run.year]) for one in made),
    )  # fmt: skip
    bulk.copy(
        Entrant,
        ("event_id", "stage", "case_id", "person_id", "unit_id", "live", "started_on", "registered_at"),
        (
            (
                one.run.edition.pk, Stage.FINAL, one.key, one.person, one.unit, bool(one.rank),
                one.run.day.date() if one.rank else None, datetime(one.run.year, 3, 21, 10, tzinfo=ZONE),
            )
            for one in made
        ),
    )  # fmt: skip
    return sum(_honours(world, each, letters[each.year], made) for each in rounds)


def words(world: World) -> None:
    """What the numbers of the organiser's decisions on contests begin with: 演 stands for demonstration."""
    unit = world.by_code[world.root]
    NumberWord.objects.get_or_create(unit_id=unit.id, kind=AWARD, defaults={"word": f"演{unit.name[:1]}竞"})
    NumberWord.objects.get_or_create(
        unit_id=unit.id, kind="competitions.certificate", defaults={"word": f"演{unit.name[:1]}竞证"}
    )


class _Chains:
    """Who checked an entry on its way up, by unit."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.root = world.by_code[world.root]
        self.county = {
            unit.id: None if self.root.level == "county" else world.above(unit, "county")
            for unit in world.at_level("enterprise")
        }

    def history(self, one: Finalist) -> History:
        world, run, year = self.world, one.run, one.run.year
        unit, county = world.by_id[one.unit], self.county[one.unit]
        clerk = (world.officers[unit.id, Role.UNIT_OFFICER].user, unit.id, Role.UNIT_OFFICER)
        city = (run.officer.user, run.unit.id, Role.OFFICER)
        first = datetime(year, 3, 20, 10, tzinfo=ZONE)
        steps = [
            Step("draft_for", first, *clerk),
            Step("submit", first + DAY, *clerk),
            Step("vouch", first + 2 * DAY, *clerk),
        ]  # fmt: skip
        if county is not None:
            officer = world.officers[county.id, Role.OFFICER]
            steps.append(Step("check", first + 9 * DAY, officer.user, county.id, Role.OFFICER))
        steps.append(Step("admit", first + 20 * DAY, *city))
        shown = run.day + 6 * DAY
        if not one.rank:
            steps.append(Step("absent", shown, *city))
        else:
            steps += [Step("check_in", run.day, *city), Step("publicise", shown, *city)]
            if one.band is None:
                steps.append(Step("finish", shown + 15 * DAY, *city))
            else:
                steps.append(Step("confirm", shown + 15 * DAY, *city))
                steps.append(Step("hand_over", shown + 30 * DAY, *city))
            if one.revoked:
                steps.append(Step("revoke", shown + 60 * DAY, *city, REVOKED))
        return History(
            unit=unit.id, path=unit.path, region=unit.region, applicant=one.person, edition=run.edition.pk,
            steps=steps, participants=[(one.person, "entrant", 1, None, unit.id)],
        )  # fmt: skip


def _entry_row(one: Finalist, letter: Document) -> tuple[Any, ...]:
    band, title = one.band, one.title
    ranked = bool(one.rank)
    decided = (one.run.day + (21 if ranked else 6) * DAY).date()
    return (
        one.key, "workers", "senior" if one.key % 3 else "technician", f"演证{one.key:08d}", 5 + one.key % 20, "", True,
        one.theory if ranked else None, one.practice if ranked else None, one.seconds if ranked else None,
        one.total if ranked else None, one.rank or None, band.pk if band else None, title.pk if title else None, "",
        letter.pk if band else None, decided,
    )  # fmt: skip


def _letter(world: World, each: Round, title: str = "", said: str = "", day: date | None = None) -> Document:
    """The decision of a contest, in force since its day."""
    run = each.runs[-1]
    on = day or (run.day + 20 * DAY).date()
    unit = run.unit
    word = f"演{unit.name[:1]}竞"
    ordinal = take(f"DOC-{unit.id}-{word}-{on.year}", 1)
    number = f"{word}〔{on.year}〕{ordinal}号"
    title = title or f"关于公布{each.edition.name}获奖名单的决定"
    paragraphs = [said or "经比赛、公示，决定授予获奖选手奖项和称号。（演示文字，并非任何机关的决定）"]
    text = write(kinds()[AWARD].template, {"number": number, "title": title, "paragraphs": paragraphs})
    made = Document.objects.create(
        kind=AWARD, unit_id=unit.id, path=unit.path, number=number, year=on.year, ordinal=ordinal, title=title, on=on,
        edition=each.edition, state=S.ISSUED, text=text, digest=text_digest(number, title, text),
        code=_code(world, "document", number), version=len(STAMPED),
    )  # fmt: skip
    before = ["", *[state for state, _hours in STAMPED]]
    at = datetime(on.year, on.month, on.day, 15, tzinfo=ZONE)
    DocumentEvent.objects.bulk_create(
        DocumentEvent(
            document=made, version=n, source=before[n - 1], target=state, user_id=run.officer.user,
            at=at - timedelta(hours=hours),
        )
        for n, (state, hours) in enumerate(STAMPED, start=1)
    )  # fmt: skip
    PublicDocument.objects.create(
        code=made.code, unit_id=unit.id, kind=AWARD, number=number, title=title, issuer=unit.name, on=on,
        fingerprint=bytes(made.digest).hex()[:16],
    )  # fmt: skip
    return made


def _honours(world: World, each: Round, letter: Document, made: Sequence[Finalist]) -> int:
    """Titles and prizes of one contest; returns how many titles."""
    mine = [f for f in made if f.run.year == each.year and f.band is not None]
    titled = 0
    for kind in (CredentialKind.TITLE, CredentialKind.HONOUR):
        held = [
            (f, b)
            for f in mine
            for b in [f.title if kind == CredentialKind.TITLE else f.band]
            if b is not None
        ]
        titled += len(held) if kind == CredentialKind.TITLE else 0
        copy_credentials(world, kind, held, each, letter)
    return titled


def copy_credentials(
    world: World, kind: str, held: Sequence[tuple[Finalist, Band]], each: Round, letter: Document
) -> None:
    """Titles or prizes by COPY, with their events and what strangers read; a revoked one has two events."""
    unit, on, officer = each.runs[0].unit, letter.on, each.runs[0].officer.user
    series = number_series(PREFIX[CredentialKind(kind)], unit.code, on)
    first = take(f"CRED-{series}", len(held))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('credentials_credential', 'id')) FROM generate_series(1, %s)",
            [len(held)],
        )
        keys = [key for (key,) in cursor.fetchall()]
    at = datetime(on.year, on.month, on.day, 16, tzinfo=ZONE)
    rows = []
    for n, (key, (one, band)) in enumerate(zip(keys, held, strict=True)):
        titled = kind == CredentialKind.TITLE
        name = band.name if titled else f"{each.edition.name}{one.run.trade}{band.name}"
        number = f"{series}-{first + n:05d}"
        rows.append((key, one, band, name, number, _code(world, kind, number)))
    state = {True: CredentialState.REVOKED, False: CredentialState.VALID}
    bulk.copy(
        Credential,
        ("id", "kind", "level", "name", "name_en", "person_id", "unit_id", "path", "holder_unit_id", "holder_path",
         "number", "on", "valid_from", "state", "code", "document_id", "case_id", "version"),
        (
            (key, kind, band.code or str(band.position), name, band.name_en, one.person, unit.id, unit.path, one.unit,
             world.by_id[one.unit].path, number, on, on, state[one.revoked], code, letter.pk, one.key, 1 + one.revoked)
            for key, one, band, name, number, code in rows
        ),
    )  # fmt: skip
    bulk.copy(
        CredentialEvent,
        ("credential_id", "version", "state", "on", "document_id", "reason", "user_id", "at"),
        _events(rows, on, letter, officer, at),
    )
    bulk.copy(
        PublicCredential,
        ("code", "unit_id", "kind", "name", "name_en", "holder", "issuer", "issuer_en", "number", "on", "valid_from",
         "state", "state_on", "document"),
        (
            (code, unit.id, kind, name, band.name_en, mask_name(world.people.names[one.person - world.people.first]),
             unit.name, "", number, on, on, state[one.revoked], on, letter.number)
            for _key, one, band, name, number, code in rows
        ),
    )  # fmt: skip


def _events(
    rows: Sequence[tuple[Any, ...]], on: date, letter: Document, officer: int, at: datetime
) -> Iterator[tuple[Any, ...]]:
    for key, one, *_rest in rows:
        yield key, 1, CredentialState.VALID, on, letter.pk, "", officer, at
        if one.revoked:
            later = 40 * DAY
            yield key, 2, CredentialState.REVOKED, on + later, letter.pk, REVOKED, officer, at + later


def _code(world: World, *said: Any) -> str:
    """The same code for the same demo; in a real installation a code is drawn by chance."""
    return codes.of(hashlib.sha256(f"demo contest {world.seed} {said}".encode()).digest())
