"""参保花名册: the people whom a unit enrols, one row each; they are in the register already."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.exchange import cells
from gongjiang.kernel.exchange.kinds import Column, ImportKind, Row, Verdict
from gongjiang.kernel.exchange.models import ImportBatch, LineStatus
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.orgs.models import Level, Unit
from gongjiang.kernel.people import crypto
from gongjiang.kernel.people.crypto import keyed_hashes
from gongjiang.kernel.people.identity import identity_number
from gongjiang.kernel.people.models import Identifier, IdentifierKind
from gongjiang.kernel.people.search import resolve

from . import actions, queries
from .actions.checking import judged
from .actions.enrolment import OPEN, Listed
from .models import CoverState, Insurance, MemberCoverage, UnitEnrolment

INSURANCES = {
    "职工医保": Insurance.EMPLOYEE, "居民医保": Insurance.RESIDENT, "职工": Insurance.EMPLOYEE,
    "居民": Insurance.RESIDENT, "职工基本医疗保险": Insurance.EMPLOYEE, "城乡居民医保": Insurance.RESIDENT,
    "employees": Insurance.EMPLOYEE, "residents": Insurance.RESIDENT,
}  # fmt: skip
PIECE = 2_000


def _identity(cell: cells.Cell) -> str:
    return identity_number(cells.text(cell))


def _shares(cell: cells.Cell) -> int:
    written = cells.text(cell)
    if not written.isdigit() or not 1 <= int(written) <= 99:
        raise cells.BadCell(_("“%(value)s” is no number of shares") % {"value": written[:20]})
    return int(written)


COLUMNS = (
    Column(
        "name", c("roster", "Name"), cells.short(60), ("姓名", "职工姓名", "full name"), required=True,
        examples=("王演示", "李演示"),
    ),
    Column(
        "identity", c("roster", "Identity number"), _identity,
        ("身份证号", "身份证号码", "身份证", "证件号码", "ID number"),
        required=True, examples=("0004231990010112__", "0004231985063000__"),
    ),
    Column(
        "insurance", c("roster", "Medical insurance"), cells.one_of(INSURANCES),
        ("医保类型", "医疗保险", "参保类型", "险种"),
        required=True, examples=("职工医保", "居民医保"),
        hint=gettext_lazy("of the employees or of the residents"),
    ),
    Column(
        "shares", c("roster", "Shares"), _shares, ("份数", "参保份数"), examples=("1", "1"),
        hint=gettext_lazy("may be left out: one share"),
    ),
)  # fmt: skip


def _period(unit: Unit) -> Edition | None:
    return queries.enrolling(unit.path)


def _open_batch(edition: Edition, unit: Unit) -> UnitEnrolment | None:
    """The batch that the unit is still working at."""
    rows = UnitEnrolment.objects.filter(case__edition=edition, case__unit=unit, case__state__in=OPEN)
    return rows.order_by("-pk").first()


def judge(rows: Sequence[Row], batch: ImportBatch, actor: Actor) -> list[Verdict]:
    """What each sound row means for the unit's roster in the period that enrols now. Reads only."""
    edition = _period(batch.unit)
    if edition is None or batch.unit.level != Level.ENTERPRISE:
        text = (
            _("no period takes enrolments now")
            if edition is None
            else _("a roster is uploaded for one workplace, by its own union officer")
        )
        return [Verdict(LineStatus.ERROR, (text,)) for _row in rows]
    digests = keyed_hashes(IdentifierKind.IDENTITY, [row.values["identity"] for row in rows])
    persons = resolve(digests, [row.values["name"] for row in rows])
    known = [key for key in persons.values() if key is not None]
    enrolment = _open_batch(edition, batch.unit)
    mine = {
        line.person_id: line
        for line in MemberCoverage.objects.filter(edition=edition, unit=batch.unit, person__in=known)
    }
    elsewhere = queries.listed_elsewhere(edition.pk, known, enrolment.pk if enrolment else None)
    days = queries.cover_days(edition)
    said = [
        (person, row.values["insurance"], row.values.get("shares", 1))
        for n, row in enumerate(rows)
        if (person := persons.get(n)) is not None
    ]
    against = iter(judged(said, batch.unit_id, edition, days[0]) if days and said else ())
    verdicts = []
    for n, row in enumerate(rows):
        person = persons.get(n)
        if person is None:
            verdicts.append(_unknown(n in persons))
            continue
        verdicts.append(_verdict(row, person, next(against), mine.get(person), elsewhere, enrolment))
    return verdicts


def _unknown(is_known: bool) -> Verdict:
    if is_known:
        return Verdict(
            LineStatus.ERROR,
            (_("the identity number and the name do not go together in the register; please compare both"),),
        )
    return Verdict(
        LineStatus.ERROR, (_("the register does not have this person yet; take the unit's roster in first"),)
    )


def _verdict(
    row: Row,
    person: int,
    against: list[str],
    line: MemberCoverage | None,
    elsewhere: dict[int, str],
    enrolment: UnitEnrolment | None,
) -> Verdict:
    insurance, shares = row.values["insurance"], row.values.get("shares", 1)
    if line is not None:
        same = (line.insurance, line.shares) == (insurance, shares)
        if same or enrolment is None or line.enrolment_id != enrolment.pk or line.state == CoverState.VOID:
            return Verdict(LineStatus.SAME, subject=line.pk)
        plan = Listed(person, row.values["name"], insurance, shares)
        return Verdict(LineStatus.CHANGED, (_("insurance or shares changed"),), plan, line.pk)
    if against:
        return Verdict(LineStatus.ERROR, tuple(against))
    if person in elsewhere:
        why = _("stands on the roster of another unit in this period; one person is enrolled once")
        return Verdict(
            LineStatus.NEW, (why,), Listed(person, row.values["name"], insurance, shares, void=why)
        )
    return Verdict(
        LineStatus.NEW, (_("joins the roster"),), Listed(person, row.values["name"], insurance, shares)
    )


def apply(verdicts: Sequence[Verdict], batch: ImportBatch, actor: Actor) -> list[int | None]:
    """Write the lines onto the roster that the unit works at; it is begun where there is none."""
    edition = _period(batch.unit)
    assert edition is not None
    enrolment = _open_batch(edition, batch.unit) or actions.begin(edition, batch.unit, actor=actor)
    return list(actions.list_people(enrolment, [v.plan for v in verdicts], actor=actor))


def lines(rows: "QuerySet[MemberCoverage]") -> Iterator[list[Any]]:
    """The rows of a roster in the columns of the import, led by the person's key; numbers in full."""
    words: dict[str, str] = {code: word for word, code in reversed(INSURANCES.items())}
    found = rows.values_list("person", "name", "insurance", "shares").iterator(chunk_size=PIECE)
    while piece := list(islice(found, PIECE)):
        numbers = {
            person: crypto.reveal(bytes(cipher))
            for person, cipher in Identifier.objects.filter(
                person__in={row[0] for row in piece}, kind=IdentifierKind.IDENTITY
            ).values_list("person", "cipher")
        }
        for person, name, insurance, shares in piece:
            yield [person, name, numbers.get(person, ""), words[insurance], str(shares)]


ROSTER = ImportKind(
    name="mutual_aid.roster",
    label=c("import", "Enrolment in mutual aid"),
    lead=gettext_lazy(
        "One row for each person whom your unit enrols in the period that is open now. They must be in the register;"
        " nothing is written before you have seen what each row means."
    ),
    roles=(Role.UNIT_OFFICER,),
    columns=COLUMNS,
    judge=judge,
    apply=apply,
    unique=("identity",),
    who="name",
    done_url="mutual_aid:enrolments",
    upload_url="mutual_aid:import-roster",
)
