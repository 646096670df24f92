"""Effects of the flow: what a step writes beside the case."""

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.credentials import actions as credentials
from gongjiang.kernel.credentials.actions import Award
from gongjiang.kernel.credentials.ladder import Grade
from gongjiang.kernel.credentials.models import Credential, CredentialKind, CredentialState
from gongjiang.kernel.documents.models import Document
from gongjiang.kernel.lifecycle.flow import Batch, Reason, Refused
from gongjiang.kernel.lifecycle.models import Case, Edition, Participant
from gongjiang.kernel.lifecycle.turns import Next, pass_turns
from gongjiang.kernel.parameters import read
from gongjiang.kernel.people import flags
from gongjiang.programmes.competitions.models import ContestEvent, Entrant, Entry, Upgrade
from gongjiang.programmes.competitions.queries import ENTRANT, prizes, reached, thresholds
from gongjiang.programmes.competitions.rules import rises_to

#: They begin the numbers of prizes and titles.
PREFIX = {CredentialKind.HONOUR: "CMP", CredentialKind.TITLE: "CMT"}


def freeze_flags(batch: Batch) -> None:
    """Effect: what the entrants were on the day of registration stays with it, whatever they become."""
    flags.freeze([case.pk for case in batch.cases], timezone.localdate(batch.at))


def register(batch: Batch) -> None:
    """Effect: everybody of it has a place in the event. Raises Refused where somebody was faster."""
    keys = [c.pk for c in batch.cases]
    events = {c.pk: c.edition_id for c in batch.cases}
    Entrant.objects.filter(case__in=keys, live=False).delete()
    rows = Participant.objects.filter(case__in=keys, role=ENTRANT).select_related("person")
    for one in rows.order_by("case", "position"):
        try:
            with transaction.atomic():
                Entrant.objects.create(
                    event_id=events[one.case_id], case_id=one.case_id, person_id=one.person_id, unit_id=one.unit_id,
                    registered_at=batch.at,
                )  # fmt: skip
        except IntegrityError as twice:
            text = _("%(name)s is registered in this event already. The first registration counts.")
            raise Refused(
                {one.case_id: [Reason(text % {"name": one.person.name}, field="members")]}
            ) from twice


def leave(batch: Batch) -> None:
    """Effect: the places are free again; whoever has started keeps the start."""
    rows = Entrant.objects.filter(case__in=[c.pk for c in batch.cases], started_on=None)
    rows.update(live=False)


def check_in(batch: Batch) -> None:
    """Effect: everybody of it counts as started today."""
    rows = Entrant.objects.filter(case__in=[c.pk for c in batch.cases], live=True)
    rows.update(started_on=timezone.localdate(batch.at))


def to_filer(batch: Batch) -> None:
    """Effect: whoever registered it is to mend it."""
    by_unit = set(
        Entry.objects.filter(case__in=[c.pk for c in batch.cases], by_unit=True).values_list(
            "case", flat=True
        )
    )
    pass_turns(
        batch,
        {
            c.pk: Next(unit=c.unit_id, role=Role.UNIT_OFFICER)
            if c.pk in by_unit
            else Next(person=c.applicant_id)
            for c in batch.cases
        },
    )


def to_organiser(batch: Batch) -> None:
    """Effect: the union that runs the contest is to act."""
    units = dict(Edition.objects.filter(pk__in={c.edition_id for c in batch.cases}).values_list("pk", "unit"))
    pass_turns(batch, {c.pk: Next(unit=units[c.edition_id], role=Role.OFFICER) for c in batch.cases})


def decide_today(batch: Batch) -> None:
    """Effect: the entry is decided on this day."""
    Entry.objects.filter(case__in=[c.pk for c in batch.cases]).update(decided_on=timezone.localdate(batch.at))


def write_results(batch: Batch) -> None:
    """Effect: points, rank and what it wins are written down; a title that is withheld says why."""
    for edition, cases in _by_event(batch.cases):
        found = reached([c.pk for c in cases])
        won, now = prizes(edition, found), thresholds(edition)
        rows = list(Entry.objects.filter(case__in=cases))
        for row in rows:
            came = found[row.pk]
            row.theory, row.practice, row.seconds = came.theory, came.practice, came.seconds
            row.total, row.rank = came.total, came.rank
            row.prize, row.title, row.title_withheld = won.prizes.get(row.pk), won.titles.get(row.pk), ""
            if row.title is not None and not now.titles_given:
                row.title = None
                text = _("%(there)d started; titles are given from %(least)d.")
                least = now.title.least if not now.title.met else now.hold.least
                row.title_withheld = text % {"there": now.title.entrants, "least": least or 0}
        Entry.objects.bulk_update(
            rows, ["theory", "practice", "seconds", "total", "rank", "prize", "title", "title_withheld"]
        )


def award(batch: Batch) -> None:
    """Effect: prizes and titles are granted to everybody behind the entries, each with its certificate."""
    document = Document.objects.get(pk=batch.data["document"])
    Entry.objects.filter(case__in=[c.pk for c in batch.cases]).update(document=document)
    for edition, cases in _by_event(batch.cases):
        entries = {
            e.pk: e for e in Entry.objects.filter(case__in=cases).select_related("prize", "title", "case")
        }
        trade = ContestEvent.objects.get(edition=edition).trade
        people = _people(cases)
        for kind in (CredentialKind.HONOUR, CredentialKind.TITLE):
            given = [
                (entry, band, who)
                for entry in entries.values()
                for band in [entry.prize if kind == CredentialKind.HONOUR else entry.title]
                if band is not None
                for who in people[entry.pk]
            ]
            _grant(kind, given, edition, trade, document, batch)


def _grant(
    kind: str,
    given: Sequence[tuple[Entry, object, Participant]],
    edition: Edition,
    trade: str,
    document: Document,
    batch: Batch,
) -> None:
    contest = edition.parent or edition
    today = timezone.localdate(batch.at)
    made = credentials.grant(
        [
            Award(
                name=band.name if kind == CredentialKind.TITLE else f"{contest.name}{trade}{band.name}",  # type: ignore[attr-defined]
                name_en=band.name_en or band.name,  # type: ignore[attr-defined]
                person=who.person,
                holder_unit=who.unit,
                level=band.code or str(band.position),  # type: ignore[attr-defined]
                case=entry.case,
            )
            for entry, band, who in given
        ],
        kind=kind,
        unit=edition.unit,
        actor=batch.actor,
        on=today,
        document=document,
        prefix=PREFIX[CredentialKind(kind)],
    )
    credentials.certify(
        made,
        kind="competitions.certificate",
        titles="荣誉证书",
        values={
            row.pk: {
                "holder": who.person.name,
                "contest": contest.name,
                "event": trade,
                "what": band.name,  # type: ignore[attr-defined]
                "document": document.number,
            }
            for row, (_entry, band, who) in zip(made, given, strict=True)
        },
        actor=batch.actor,
        on=today,
    )


def find_upgrades(batch: Batch) -> None:
    """Effect: whoever may rise a grade by the matrix in force is noted; who rises, the authority for skills says."""
    for edition, cases in _by_event(batch.cases):
        if not thresholds(edition).upgrade.met:
            continue
        matrix = read.value("competitions.upgrade_matrix", unit=edition.unit_id, edition=edition)
        cap = ContestEvent.objects.get(edition=edition).level
        people = _people(cases)
        rows = []
        for entry in Entry.objects.filter(case__in=cases, rank__isnull=False):
            found = rises_to(
                matrix.value or (), rank=entry.rank or 0, held=entry.grade, cap=cap, order=Grade.values
            )
            if found is not None:
                row = matrix.provision
                said = _("row %(n)d of the matrix, %(document)s") % {
                    "n": found[0] + 1, "document": row.document if row else "",
                }  # fmt: skip
                rows += [
                    Upgrade(
                        case_id=entry.pk, person_id=who.person_id, unit_id=who.unit_id, held=entry.grade,
                        rises_to=found[1], rule=said,
                    )
                    for who in people[entry.pk]
                ]  # fmt: skip
        Upgrade.objects.bulk_create(rows, ignore_conflicts=True)


def revoke_award(batch: Batch) -> None:
    """Effect: what was granted is revoked by the document; nobody moves up for it."""
    document = Document.objects.get(pk=batch.data["document"])
    held = Credential.objects.filter(
        case__in=[c.pk for c in batch.cases], kind__in=[CredentialKind.HONOUR, CredentialKind.TITLE]
    ).exclude(state=CredentialState.REVOKED)
    credentials.revoke(held, document=document, reason=str(batch.data["note"]), actor=batch.actor)


def _by_event(cases: Sequence[Case]) -> list[tuple[Edition, list[Case]]]:
    rows = Edition.objects.filter(pk__in={c.edition_id for c in cases}).select_related("unit", "parent")
    return [(edition, [c for c in cases if c.edition_id == edition.pk]) for edition in rows.order_by("pk")]


def _people(cases: Sequence[Case]) -> Mapping[int, list[Participant]]:
    found: dict[int, list[Participant]] = {c.pk: [] for c in cases}
    rows = Participant.objects.filter(case__in=cases, role=ENTRANT).select_related("person", "unit")
    for row in rows.order_by("position"):
        found[row.case_id].append(row)
    return found
