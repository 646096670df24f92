"""What a season leaves on paper: notices, objections, site checks, decisions, honours with their certificates."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection

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
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people.crypto import keyed_hash, seal
from gongjiang.kernel.people.masking import mask_name
from gongjiang.kernel.publicity.models import (
    Objection,
    ObjectionAuthor,
    ObjectionHandler,
    ObjectionKind,
    Publicity,
    PublicityCase,
    Ruling,
    RulingResult,
)
from gongjiang.kernel.publicity.queries import appellant
from gongjiang.kernel.publicity.snapshot import Step, digest, freeze
from gongjiang.kernel.tasks.models import Visit, Visitor
from gongjiang.kernel.world import World
from gongjiang.programmes.innovations.actions.entries import SITE_CHECK
from gongjiang.programmes.innovations.actions.notices import COLUMNS, PRIZE_COLUMN, RANKS
from gongjiang.programmes.innovations.actions.steps import HONOUR_PREFIX, add_to_prizes
from gongjiang.programmes.innovations.models import Entry

from .calls import Call
from .entering import Course
from .season import IN_USE, NOT_IN_USE, Check, Decision, Notice, Said, Seasons

AWARD, CERTIFICATE = "innovations.award", "innovations.certificate"
S = DocumentState
#: The states of a stamped document, with the hours between them.
STAMPED = ((S.GENERATED, 30), (S.PRINTED, 28), (S.STAMPED, 4), (S.MATCHED, 3), (S.ISSUED, 0))


def write_papers(world: World, seasons: Seasons) -> dict[str, int]:
    """Write all of it; the entries are there already. Returns how many of each."""
    notices = {notice: _notice(world, notice) for notice in seasons.notices}
    _objections(world, seasons.said, notices)
    _checks(world, seasons.checks)
    made = sum(_decision(world, decision) for decision in seasons.decisions if not decision.revokes)
    for decision in seasons.decisions:
        if decision.revokes:
            _revocation(world, decision)
    return {"notices": len(notices), "site checks": len(seasons.checks), "certificates": made}


def _name(world: World, person: int) -> str:
    return world.people.names[person - world.people.first]


def _code(world: World, *said: Any) -> str:
    """The same code for the same demo; in a real installation a code is drawn by chance."""
    return codes.of(hashlib.sha256(f"demo {world.seed} {said}".encode()).digest())


def _notice(world: World, notice: Notice) -> Publicity:
    call, edition = notice.call, notice.call.edition
    ranks = notice.kind == RANKS
    rows = [
        (
            *((call.prizes[c.prize or 0][0],) if ranks else ()),
            c.title,
            c.plan["unit"].name,
            [_name(world, person) for person in c.makers],
        )
        for c in notice.courses
    ]
    steps = [
        Step("推荐参评", "Recommended"), Step("评审", "Judged"), Step("列入名单", "On this list", f"{len(rows)} 项"),
    ]  # fmt: skip
    snapshot = freeze((PRIZE_COLUMN, *COLUMNS) if ranks else COLUMNS, rows, steps)
    title = f"{edition.name}{'拟表彰名单公示' if ranks else '入围项目公示'}"
    series = f"GS-{notice.opened.year}-{call.unit.code}"
    number = f"{series}-{take(series, 1):04d}"
    made = Publicity.objects.create(
        number=number, unit_id=call.unit.id, path=call.unit.path, edition=edition, kind=notice.kind,
        round=Publicity.objects.filter(edition=edition, kind=notice.kind).count() + 1, title=title,
        title_en=f"{edition.name_en}: {'prizes proposed' if ranks else 'finalists'}", opened_at=notice.opened,
        days=notice.days, closes_at=notice.closes, snapshot=snapshot,
        digest=digest(number, title, "", snapshot), publicised_by_id=call.officer.user,
        ended_at=notice.closes + timedelta(minutes=1) if notice.closes < world.now else None,
    )  # fmt: skip
    PublicityCase.objects.bulk_create(
        PublicityCase(publicity=made, case_id=course.key, position=n)
        for n, course in enumerate(notice.courses, start=1)
    )
    return made


def _objections(world: World, said: Sequence[Said], notices: dict[Notice, Publicity]) -> None:
    """Objections with their authors sealed; the second officer of the union rules on them."""
    with _replaying():
        for n, each in enumerate(said, start=1):
            call, notice = each.notice.call, notices[each.notice]
            row = Objection(
                id=n, kind=ObjectionKind.OBJECTION, publicity=notice,
                position=each.notice.courses.index(each.course) + 1, unit_id=call.unit.id, received_at=each.at,
                matter=seal(each.matter),
            )  # fmt: skip
            row.save(force_insert=True)
            ObjectionAuthor(
                objection=row, sealed=seal(f"赵演示\n1390000{n:04d}"), author=keyed_hash("objection", f"demo {n}"),
                receipt=keyed_hash("receipt", _code(world, "objection", n)),
            ).save(force_insert=True)  # fmt: skip
            if each.result:
                ruled = each.at + timedelta(days=2)
                ObjectionHandler.objects.create(objection=row, user_id=call.approver.user, since=ruled)
                Ruling.objects.create(
                    objection=row, result=each.result, reasons=each.reasons, ruled_by_id=call.approver.user, at=ruled,
                    told_at=ruled + timedelta(hours=2),
                )  # fmt: skip


def write_appeal(world: World, courses: Sequence[Course]) -> int:
    """The appeal of who can sign in as a worker, against the decision of a call that is settled. DEMO"""
    own = [c for c in courses if c.call.settled and c.plan["user"] is not None and c.decided_on]
    for course in own[:1]:
        call, at = course.call, course.call.judging + timedelta(days=63)
        person = course.plan["author"]
        with _replaying():
            row = Objection(
                id=Objection.objects.count() + 1, kind=ObjectionKind.APPEAL, case_id=course.key,
                unit_id=call.unit.id, received_at=at,
                matter=seal("完成人里漏了同班的一名工友，请核对申报时的名单。（演示）"),
            )  # fmt: skip
            row.save(force_insert=True)
            ObjectionAuthor(
                objection=row, sealed=seal(f"{_name(world, person)}\n13900009999"),
                author=appellant(course.key, person),
                receipt=keyed_hash("receipt", _code(world, "appeal", person)),
            ).save(force_insert=True)  # fmt: skip
            ruled = at + timedelta(days=4)
            ObjectionHandler.objects.create(objection=row, user_id=call.approver.user, since=ruled)
            Ruling.objects.create(
                objection=row, result=RulingResult.REJECTED, ruled_by_id=call.approver.user, at=ruled,
                reasons="已核对申报表和公示名单：完成人名单由申请人提交，公示期内没有异议，表彰决定不变。（演示）",
            )  # fmt: skip
    return len(own[:1])


@contextmanager
def _replaying() -> Iterator[None]:
    """What is written keeps the moment it says, as in a history that is replayed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gongjiang.replay', 'on', true)")
        yield
        cursor.execute("SELECT set_config('gongjiang.replay', '', true)")


def _checks(world: World, checks: Sequence[Check]) -> None:
    visits = Visit.objects.bulk_create(
        Visit(
            kind=SITE_CHECK, case_id=each.course.key, on=each.at.date(), by_id=each.course.call.unit.id,
            path=each.course.call.unit.path, findings=IN_USE if each.passed else NOT_IN_USE,
            recorded_by_id=each.course.call.officer.user, recorded_at=each.at + timedelta(hours=5),
        )
        for each in checks
    )  # fmt: skip
    Visitor.objects.bulk_create(
        Visitor(visit=visit, name=name)
        for visit, each in zip(visits, checks, strict=True)
        for name in sorted({each.course.call.officer.name, f"{each.course.call.approver.name}（演示）"})
    )


def _number(call: Call, kind: str, year: int, count: int) -> tuple[str, int]:
    """The word of a series and the first of the next numbers."""
    said = dict(NumberWord.objects.filter(unit=call.unit.id, kind__in=("", kind)).values_list("kind", "word"))
    word = said.get(kind) or said[""]
    return word, take(f"DOC-{call.unit.id}-{word}-{year}", count)


def _letter(world: World, decision: Decision, title: str, paragraphs: list[str]) -> Document:
    """A decision with its stamp, in force since its day."""
    call, on = decision.call, decision.at.date()
    word, ordinal = _number(call, AWARD, on.year, 1)
    number = f"{word}〔{on.year}〕{ordinal}号"
    text = write(kinds()[AWARD].template, {"number": number, "title": title, "paragraphs": paragraphs})
    made = Document.objects.create(
        kind=AWARD, unit_id=call.unit.id, path=call.unit.path, number=number, year=on.year, ordinal=ordinal,
        title=title, on=on, edition=call.edition, state=S.ISSUED, text=text,
        digest=text_digest(number, title, text), code=_code(world, "document", number, call.unit.id),
        version=len(STAMPED),
    )  # fmt: skip
    before = ["", *[state for state, _hours in STAMPED]]
    DocumentEvent.objects.bulk_create(
        DocumentEvent(
            document=made, version=n, source=before[n - 1], target=state, user_id=call.officer.user,
            at=decision.at - timedelta(hours=hours),
        )
        for n, (state, hours) in enumerate(STAMPED, start=1)
    )  # fmt: skip
    _public([made], call, titled=True)
    return made


def _public(rows: Sequence[Document], call: Call, *, titled: bool) -> None:
    unit = Unit.objects.get(pk=call.unit.id)
    PublicDocument.objects.bulk_create(
        PublicDocument(
            code=row.code, unit=unit, kind=row.kind, number=row.number, title=row.title if titled else "",
            issuer=unit.name, issuer_en=unit.name_en, on=row.on, fingerprint=bytes(row.digest).hex()[:16],
        )
        for row in rows
    )  # fmt: skip


def _decision(world: World, decision: Decision) -> int:
    """The decision, and for each maker of each entry the honour with its certificate; returns how many."""
    call, on = decision.call, decision.at.date()
    edition = call.edition
    letter = _letter(
        world, decision, f"关于表彰{edition.name}获奖项目的决定",
        [f"经评审、公示，决定对{len(decision.courses)}项成果予以表彰。（演示文字，并非任何机关的决定）"],
    )  # fmt: skip
    held = [(course, person) for course in decision.courses for person in course.makers]
    word, first = _number(call, CERTIFICATE, on.year, len(held))
    series = number_series(HONOUR_PREFIX, call.unit.code, on)
    following = take(f"CRED-{series}", len(held))
    papers, honours = [], []
    for n, (course, person) in enumerate(held):
        prize = call.prize_rows[course.prize or 0]
        number, name = f"{word}〔{on.year}〕{first + n}号", _name(world, person)
        text = write(
            kinds()[CERTIFICATE].template,
            {"holder": name, "result": course.title, "call": edition.name, "prize": prize.name,
             "document": letter.number, "number": number, "title": "荣誉证书"},
        )  # fmt: skip
        code = _code(world, "honour", series, following + n)
        papers.append(
            Document(
                kind=CERTIFICATE, unit_id=call.unit.id, path=call.unit.path, number=number, year=on.year,
                ordinal=first + n, title="荣誉证书", on=on, case_id=course.key, state=S.ISSUED, needs_stamp=False,
                text=text, digest=text_digest(number, "荣誉证书", text), code=code,
            )
        )  # fmt: skip
        honours.append(
            Credential(
                kind=CredentialKind.HONOUR, level=str(prize.position), name=f"{edition.name}{prize.name}",
                name_en=f"{edition.name_en}, {prize.name_en}", person_id=person, unit_id=call.unit.id,
                path=call.unit.path, holder_unit_id=course.plan["unit"].id, holder_path=course.plan["unit"].path,
                number=f"{series}-{following + n:05d}", on=on, valid_from=on, code=code, document=letter,
                case_id=course.key,
            )
        )  # fmt: skip
    made = Document.objects.bulk_create(papers)
    for honour, paper in zip(honours, made, strict=True):
        honour.certificate = paper
    Credential.objects.bulk_create(honours)
    at, user = decision.at + timedelta(hours=3), call.officer.user
    DocumentEvent.objects.bulk_create(
        DocumentEvent(document=paper, version=1, target=S.ISSUED, user_id=user, at=at) for paper in made
    )
    CredentialEvent.objects.bulk_create(
        CredentialEvent(
            credential=row, version=1, state=row.state, on=on, document=letter, user_id=user, at=at,
        )
        for row in honours
    )  # fmt: skip
    unit = Unit.objects.get(pk=call.unit.id)
    PublicCredential.objects.bulk_create(
        PublicCredential(
            code=row.code, unit=unit, kind=row.kind, name=row.name, name_en=row.name_en,
            holder=mask_name(_name(world, person)), issuer=unit.name, issuer_en=unit.name_en, number=row.number,
            on=on, valid_from=on, state=row.state, state_on=on, document=letter.number,
        )
        for row, (_course, person) in zip(honours, held, strict=True)
    )  # fmt: skip
    for course in decision.courses:
        Entry.objects.filter(pk=course.key).update(prize=call.prize_rows[course.prize or 0], document=letter)
    add_to_prizes(call.edition, {course.key: (course.prize or 0) + 1 for course in decision.courses})
    return len(held)


def _revocation(world: World, decision: Decision) -> None:
    call, on = decision.call, decision.at.date()
    (course,) = decision.courses
    letter = _letter(
        world, decision, f"关于撤销{call.edition.name}一项表彰的决定",
        [f"“{course.title}”{decision.revokes}决定撤销表彰，收回证书。（演示文字，并非任何机关的决定）"],
    )  # fmt: skip
    rows = list(Credential.objects.filter(case=course.key).order_by("pk"))
    for row in rows:
        row.state, row.version = CredentialState.REVOKED, 2
    Credential.objects.bulk_update(rows, ["state", "version"])
    CredentialEvent.objects.bulk_create(
        CredentialEvent(
            credential=row, version=2, state=row.state, on=on, document=letter, reason=decision.revokes,
            user_id=call.officer.user, at=decision.at,
        )
        for row in rows
    )  # fmt: skip
    PublicCredential.objects.filter(code__in=[row.code for row in rows]).update(
        state=CredentialState.REVOKED, state_on=on, document=letter.number
    )


def write_entries(courses: Sequence[Course]) -> None:
    """The entries behind the cases."""
    Entry.objects.bulk_create(
        [
            Entry(
                case_id=c.key, result_id=c.result, decided_on=c.decided_on, public_title=c.public_title,
                check_passed=c.check_passed,
            )
            for c in courses
        ],
        batch_size=2000,
    )  # fmt: skip
