"""What the rows of a roster mean for the register: a fixed number of queries, whatever the number of rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.bulk import array
from gongjiang.kernel.exchange.kinds import Row, Verdict
from gongjiang.kernel.exchange.models import ImportBatch, LineStatus
from gongjiang.kernel.orgs.models import EntityState, LegalEntity
from gongjiang.kernel.people import actions, sources
from gongjiang.kernel.people.crypto import keyed_hash, keyed_hashes
from gongjiang.kernel.people.identity import (
    born_on,
)
from gongjiang.kernel.people.models import (
    Education,
    EmploymentForm,
    Hukou,
    IdentifierKind,
    PostClass,
    Sex,
    Source,
)
from gongjiang.kernel.people.search import resolve

from ..permissions import WORKERS
from .columns import is_of_several

WORKING_AGE = 16  # Labour Law, article 15


@dataclass(frozen=True)
class _Job:
    """An open employment at an enterprise of the file, as far as a row is compared with it."""

    pk: int
    person: int
    since: date
    post: str
    post_class: str
    sex: str
    phone: bytes | None
    form: str
    wage: bool | None
    hukou: str
    education: str


@dataclass(frozen=True)
class _Known:
    """What a set of rows refers to, read at once: a fixed number of queries whatever the number of rows.

    held  (person, field) of what a source with more weight has said: a roster does not change it
    """

    entities: dict[str, LegalEntity]
    own: LegalEntity | None
    persons: dict[int, int | None]
    open_here: dict[tuple[int, int], _Job]
    elsewhere: dict[int, list[str]]
    left: dict[tuple[int, int], date]
    held: frozenset[tuple[int, str]]
    today: date
    joins: dict[int, str] = field(default_factory=dict)


#: The employments of persons, as far as the scope shows them, with what is kept of the person that a roster states:
#: of somebody who has left, nothing.
JOBS = (
    "SELECT e.id, e.person_id, e.entity_id, l.name, e.since, e.until, e.post, e.post_class, p.sex, i.digest,"
    " e.form, e.wage_is_main, p.hukou, p.education"
    " FROM people_employment e JOIN orgs_legalentity l ON l.id = e.entity_id"
    " LEFT JOIN people_person p ON p.id = e.person_id"
    " LEFT JOIN people_identifier i ON i.person_id = e.person_id AND i.kind = %s WHERE e.person_id = ANY (%s::bigint[])"
)


def judge(rows: Sequence[Row], batch: ImportBatch, actor: Actor) -> list[Verdict]:
    """What each sound row means for the register. Reads only."""
    known = _look_up(rows, batch, actor)
    return [_verdict(row, place, known, batch) for place, row in enumerate(rows)]


def about(rows: Sequence[Row], batch: ImportBatch, actor: Actor) -> list[int | None]:
    """The employment that each row with problems speaks of all the same, where its number can be read."""
    readable = [place for place, row in enumerate(rows) if {"identity", "name"} <= row.values.keys()]
    found: list[int | None] = [None] * len(rows)
    if not readable:
        return found
    known = _look_up([rows[place] for place in readable], batch, actor)
    for nth, place in enumerate(readable):
        person, values = known.persons.get(nth), rows[place].values
        entity = known.entities.get(values["uscc"]) if "uscc" in values else known.own
        job = known.open_here.get((person, entity.pk)) if person is not None and entity is not None else None
        found[place] = job.pk if job else None
    return found


def _look_up(rows: Sequence[Row], batch: ImportBatch, actor: Actor) -> _Known:
    entities, own = _entities(rows, batch, actor)
    digests = keyed_hashes(IdentifierKind.IDENTITY, [row.values["identity"] for row in rows])
    persons = resolve(digests, [row.values["name"] for row in rows])
    keys = [key for key in persons.values() if key is not None]
    if not keys:
        return _Known(entities, own, persons, {}, {}, {}, frozenset(), timezone.localdate())
    wanted = {e.pk for e in entities.values()} | ({own.pk} if own else set())
    open_here: dict[tuple[int, int], _Job] = {}
    elsewhere: dict[int, list[str]] = {}
    left: dict[tuple[int, int], date] = {}
    with connection.cursor() as cursor:
        cursor.execute(JOBS, [IdentifierKind.PHONE, array(keys)])
        for key, person, entity, name, since, until, *facts in cursor.fetchall():
            if until is not None:
                left[person, entity] = max(until, left.get((person, entity), until))
                continue
            if entity in wanted:
                open_here[person, entity] = _Job(key, person, since, *facts)
            elsewhere.setdefault(person, []).append(name)
    here = {person for person, _entity in open_here}
    path = max((grant.path for grant in actor.grants), key=len, default="")
    held = frozenset(
        (person, named)
        for named in (IdentifierKind.PHONE.value, "hukou", "education")
        for person in sources.held_by(named, here, sources.outranking(named, Source.ENTERPRISE, path=path))
        if here and any(named in row.values for row in rows)
    )
    return _Known(entities, own, persons, open_here, elsewhere, left, held, timezone.localdate())


def _entities(
    rows: Iterable[Row], batch: ImportBatch, actor: Actor
) -> tuple[dict[str, LegalEntity], LegalEntity | None]:
    """The enterprises named, and the one meant where none is: within the batch's unit and the actor's own reach."""
    reach = WORKERS.filter(LegalEntity.objects.filter(path__within=batch.path), actor)
    named = {row.values["uscc"] for row in rows if "uscc" in row.values}
    found = {str(e.uscc): e for e in reach.filter(uscc__in=named)} if named else {}
    if is_of_several(batch):
        return found, None
    own = list(reach.filter(unit=batch.unit).exclude(state=EntityState.DEREGISTERED)[:2])
    return found, own[0] if len(own) == 1 else None


def _verdict(row: Row, place: int, known: _Known, batch: ImportBatch) -> Verdict:
    values = row.values
    entity = known.entities.get(values["uscc"]) if "uscc" in values else known.own
    problems = [*_entity_problems(values, entity, batch), *_own_problems(values, known.today)]
    person = known.persons.get(place)
    if place in known.persons and person is None:
        problems.append(
            _(
                "the identity number and the name do not go together in the register; please"
                " compare both with the identity card"
            )
        )
    since: date = values["since"]
    job = None
    if person is not None and entity is not None:
        here = person, entity.pk
        job = known.open_here.get(here)
        gone = known.left.get(here) if job is None else None
        if gone is not None and since < gone:
            problems.append(
                _(
                    "the register says that this person left the enterprise on %(day)s; write the"
                    " day of the new start"
                )
                % {"day": gone.isoformat()}
            )
    if problems or entity is None:
        return Verdict(LineStatus.ERROR, tuple(problems), subject=job.pk if job else None)
    post = actions.Post(
        since, values.get("post", ""), values["post_class"], values.get("form", ""), values.get("wage")
    )
    said = actions.Particulars(hukou=values.get("hukou", ""), education=values.get("education", ""))
    phone = values.get("phone", "")
    if job is not None:
        return _amended(job, post, phone, said, values["identity"], known)
    plan = actions.Newcomer(
        person, values["identity"], values["name"], phone, entity.pk, entity.unit_id, post, said
    )
    others = known.elsewhere.get(person, []) if person is not None else []
    notes = [known.joins.get(entity.pk) or _joins(entity, known)]
    if others:
        notes.append(_("also works at %(others)s; both are kept") % {"others": "、".join(others)})
    return Verdict(LineStatus.NEW, tuple(notes), plan)


def _joins(entity: LegalEntity, known: _Known) -> str:
    known.joins[entity.pk] = said = _("joins %(entity)s") % {"entity": entity}
    return said


def _entity_problems(values: dict[str, Any], entity: LegalEntity | None, batch: ImportBatch) -> list[str]:
    if entity is None and "uscc" in values:
        return [
            _("there is no enterprise with this credit code in the register of %(unit)s")
            % {"unit": batch.unit}
        ]
    if entity is None and is_of_several(batch):
        return [_("the credit code of the enterprise is missing")]
    if entity is None:
        return [_("it is not clear which enterprise is meant; please add its credit code")]
    if entity.state == EntityState.DEREGISTERED:
        return [_("%(entity)s has been deregistered") % {"entity": entity}]
    return []


def _own_problems(values: dict[str, Any], today: date) -> list[str]:
    """What is impossible whatever the register holds."""
    found = []
    born, since = born_on(values["identity"]), values["since"]
    if since > today:
        found.append(_("the start on %(day)s lies in the future") % {"day": since.isoformat()})
    elif (since.year - born.year, since.month, since.day) < (WORKING_AGE, born.month, born.day):
        found.append(
            _(
                "the start on %(day)s lies before the sixteenth birthday; please check the day"
                " and the identity number"
            )
            % {"day": since.isoformat()}
        )
    if "sex" in values and values["sex"] != actions.sex_of(values["identity"]):
        found.append(
            _("the sex is “%(typed)s”, but the identity number states “%(stated)s”; please check both")
            % {"typed": Sex(values["sex"]).label, "stated": Sex(actions.sex_of(values["identity"])).label}
        )
    return found


def _amended(
    job: _Job, post: actions.Post, phone: str, said: actions.Particulars, identity: str, known: _Known
) -> Verdict:
    """What the file does not have, or leaves empty, changes nothing; nor where a weightier source has spoken."""
    post = post._replace(post=post.post or job.post)
    facts: tuple[tuple[str, Any, Any, Any], ...] = (
        (pgettext("change", "post"), job.post, post.post, None),
        (pgettext("change", "post class"), job.post_class, post.post_class, PostClass),
        (pgettext("change", "since"), job.since.isoformat(), post.since.isoformat(), None),
        (pgettext("change", "form of employment"), job.form, post.form or job.form, EmploymentForm),
        (pgettext("change", "household registration"), job.hukou, _new(job, "hukou", said, known), Hukou),
        (pgettext("change", "schooling"), job.education, _new(job, "education", said, known), Education),
    )
    changes = [
        _("%(label)s: %(old)s → %(new)s")
        % {"label": label, "old": _word(old, words), "new": _word(new, words)}
        for label, old, new, words in facts
        if old != new
    ]
    if post.wage_is_main is not None and post.wage_is_main != job.wage:
        changes.append(
            _("the wage is the main income") if post.wage_is_main else _("the wage is not the main income")
        )
    new_phone = bool(phone) and (
        job.phone is None or bytes(job.phone) != keyed_hash(IdentifierKind.PHONE, phone)
    )
    if new_phone := new_phone and (job.person, IdentifierKind.PHONE) not in known.held:
        changes.append(_("phone number changed") if job.phone is not None else _("phone number added"))
    sex = actions.sex_of(identity)
    new_sex = job.sex == Sex.UNKNOWN
    if new_sex:
        changes.append(_("sex added"))
    if not changes:
        return Verdict(LineStatus.SAME, subject=job.pk)
    plan = actions.Amendment(
        job.pk, job.person, post, phone if new_phone else "", sex if new_sex else None, said
    )
    return Verdict(LineStatus.CHANGED, tuple(changes), plan, job.pk)


def _new(job: _Job, field: str, said: actions.Particulars, known: _Known) -> str:
    """What an optional fact will be."""
    present, told = getattr(job, field), getattr(said, field)
    return str(present if not told or (job.person, field) in known.held else told)


def _word(value: str, words: Any) -> str:
    return str(words(value).label) if words and value else value or "—"
