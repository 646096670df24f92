"""Effects of the flows: what a step writes beside the case."""

from collections.abc import Mapping
from string import ascii_uppercase

from django.db import connection
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.credentials import actions as credentials
from gongjiang.kernel.credentials.actions import Award
from gongjiang.kernel.credentials.models import Credential, CredentialKind, CredentialState
from gongjiang.kernel.documents.models import Document
from gongjiang.kernel.lifecycle.flow import Batch
from gongjiang.kernel.lifecycle.models import Edition, Participant
from gongjiang.kernel.lifecycle.turns import Next, pass_turns
from gongjiang.kernel.orgs.models import EntityState, LegalEntity
from gongjiang.kernel.parameters import read
from gongjiang.kernel.people import flags
from gongjiang.programmes.innovations.models import (
    Card,
    Conversion,
    Entry,
    Interest,
    Likeness,
    Result,
    Revocation,
    Secrecy,
    UnionAward,
)
from gongjiang.programmes.innovations.queries import prizes
from gongjiang.programmes.innovations.rules import ALIKE

MOST_ALIKE = 5
#: Begins the numbers of the honours, as the flows' prefixes begin those of cases.
HONOUR_PREFIX = "INH"


def freeze_flags(batch: Batch) -> None:
    """Effect: what its makers were on the day of submission stays with it, whatever they become."""
    flags.freeze([case.pk for case in batch.cases], timezone.localdate(batch.at))


def to_first_reader(batch: Batch) -> None:
    """Effect: the leader of its team is to confirm it, where the team has one who did not make it; else the union of
    the enterprise reads it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT result, team FROM innovations_to_confirm(%s, %s)",
            [[case.pk for case in batch.cases], timezone.localdate(batch.at)],
        )
        led = dict(cursor.fetchall())
    pass_turns(
        batch,
        {
            case.pk: Next(unit=led[case.pk], role=Role.TEAM_LEADER)
            if case.pk in led
            else Next(unit=case.unit_id, role=Role.UNIT_OFFICER)
            for case in batch.cases
        },
    )


def accept_today(batch: Batch) -> None:
    """Effect: the result counts from the day of its acceptance; where it names no industry, it is the enterprise's."""
    results = Result.objects.filter(case__in=[case.pk for case in batch.cases])
    results.update(accepted_on=timezone.localdate(batch.at))
    own = LegalEntity.objects.filter(unit=OuterRef("case__unit")).exclude(state=EntityState.DEREGISTERED)
    industry = Subquery(own.order_by("pk").values("industry")[:1])
    for result in results.filter(industry="").annotate(theirs=industry).exclude(theirs=None):
        Result.objects.filter(pk=result.pk).update(industry=result.theirs.lstrip(ascii_uppercase))


def adopt_today(batch: Batch) -> None:
    """Effect: its trial is passed on this day; a trial that is passed again keeps the first."""
    today = Value(timezone.localdate(batch.at))
    Result.objects.filter(case__in=[case.pk for case in batch.cases], adopted_on=None).update(
        adopted_on=Greatest(today, F("accepted_on"))
    )


def unadopt(batch: Batch) -> None:
    """Effect: whatever its trial had passed, it has ended without adoption."""
    Result.objects.filter(case__in=[case.pk for case in batch.cases]).update(adopted_on=None)


def find_alike(batch: Batch) -> None:
    """Effect: earlier results that are like it are noted, for an officer to judge."""
    keys = [case.pk for case in batch.cases]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT result, other, score FROM innovations_similar(%s, %s, %s)", [keys, ALIKE, MOST_ALIKE]
        )
        found = cursor.fetchall()
    Likeness.objects.bulk_create(
        [Likeness(result_id=key, other=other, score=score, found_at=batch.at) for key, other, score in found],
        ignore_conflicts=True,
    )


def put_into_library(batch: Batch) -> None:
    """Effect: others may find it. What stays in the enterprise gets no card."""
    results = Result.objects.filter(case__in=[case.pk for case in batch.cases]).exclude(
        secrecy=Secrecy.UNREPORTED
    )
    Card.objects.bulk_create(
        [
            Card(
                result=result,
                unit_id=result.case.unit_id,
                unit_name=result.case.unit.name,
                title=result.title,
                category=result.category,
                industry=result.industry,
                summary=result.effect,
                is_open=result.secrecy == Secrecy.OPEN,
                since=timezone.localdate(batch.at),
            )
            for result in results.select_related("case__unit")
        ],
        ignore_conflicts=True,
    )


def strike(batch: Batch) -> None:
    """Effect: it counts no longer and leaves the library; the document that says so stays with it. The worker closes
    the tasks about it, for they are asked by workplaces that whoever revokes may not see."""
    from gongjiang.programmes.innovations.tasks import asked_no_longer

    keys = [case.pk for case in batch.cases]
    document, reason = str(batch.data["document"]).strip(), str(batch.data["note"]).strip()
    asked_no_longer.defer(
        requests=list(Interest.objects.filter(card__in=keys, answered_at=None).values_list("pk", flat=True)),
        conversions=list(Conversion.objects.filter(result__in=keys).values_list("pk", flat=True)),
        why=f"成果已撤销（{document}）：{reason}",
    )
    Card.objects.filter(result__in=keys).delete()
    Revocation.objects.bulk_create(
        Revocation(
            result_id=key,
            document=document,
            reason=reason,
            on=timezone.localdate(batch.at),
        )
        for key in keys
    )


def decide_today(batch: Batch) -> None:
    """Effect: the entry counts from the day of its decision."""
    Entry.objects.filter(case__in=[case.pk for case in batch.cases]).update(
        decided_on=timezone.localdate(batch.at)
    )


def to_organiser(batch: Batch) -> None:
    """Effect: the union that made the call is to act."""
    units = dict(Edition.objects.filter(pk__in={c.edition_id for c in batch.cases}).values_list("pk", "unit"))
    pass_turns(
        batch, {c.pk: Next(unit=units[c.edition_id], role=Role.OFFICER) for c in batch.cases if c.edition_id}
    )


def award(batch: Batch) -> None:
    """Effect: the prize is written down, and each maker gets the honour and its certificate."""
    document = Document.objects.get(pk=batch.data["document"])
    won = prizes([c.pk for c in batch.cases])
    today = timezone.localdate(batch.at)
    for edition in Edition.objects.filter(pk__in={c.edition_id for c in batch.cases}).select_related("unit"):
        cases = [c for c in batch.cases if c.edition_id == edition.pk]
        rows = {e.pk: e for e in Entry.objects.filter(case__in=cases).select_related("result")}
        makers = (
            Participant.objects.filter(case__in=cases).select_related("person", "unit").order_by("position")
        )
        awards, of = [], []
        for case in cases:
            prize = won[case.pk]
            rows[case.pk].prize, rows[case.pk].document = prize.prize, document
            for maker in makers:
                if maker.case_id == case.pk:
                    awards.append(
                        Award(
                            name=f"{edition.name}{prize.name}",
                            name_en=f"{edition.name_en or edition.name}, {prize.name_en or prize.name}",
                            person=maker.person,
                            holder_unit=maker.unit,
                            level=str(prize.place),
                            case=case,
                        )
                    )
                    of.append((rows[case.pk], maker))
        Entry.objects.bulk_update(rows.values(), ["prize", "document"])
        add_to_prizes(edition, {key: won[key].place for key in rows})
        given = credentials.grant(
            awards,
            kind=CredentialKind.HONOUR,
            unit=edition.unit,
            actor=batch.actor,
            on=today,
            document=document,
            prefix=HONOUR_PREFIX,
        )
        credentials.certify(
            given,
            kind="innovations.certificate",
            titles="荣誉证书",
            values={
                row.pk: {
                    "holder": maker.person.name,
                    "result": entry.public_title or entry.result.title,
                    "call": edition.name,
                    "prize": entry.won,
                    "document": document.number,
                }
                for row, (entry, maker) in zip(given, of, strict=True)
            },
            actor=batch.actor,
            on=today,
        )


def add_to_prizes(edition: Edition, places: Mapping[int, int]) -> None:
    """What the union adds to the prizes by its bands. {entry: its place, 1 for the highest}"""
    published = read.value("innovations.union_award_bands", unit=edition.unit_id, edition=edition)
    bands = {line["band"]: line for line in published.value}
    row = published.provision
    clause = f"{row.document} {row.clause}".strip() if row else ""
    UnionAward.objects.bulk_create(
        UnionAward(
            entry_id=key,
            band=place,
            award=bands[place]["award"] or "",
            fen=bands[place]["reward"],
            clause=clause,
        )
        for key, place in places.items()
        if place in bands and (bands[place]["award"] or bands[place]["reward"])
    )


def revoke_award(batch: Batch) -> None:
    """Effect: the honours of the entry are revoked by the document; the figures fall with them."""
    document = Document.objects.get(pk=batch.data["document"])
    held = Credential.objects.filter(case__in=[c.pk for c in batch.cases]).exclude(
        state=CredentialState.REVOKED
    )
    credentials.revoke(held, document=document, reason=str(batch.data["note"]), actor=batch.actor)
