"""职工花名册: one row for each worker of an enterprise, from whatever columns the enterprise keeps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.bulk import array
from gongjiang.kernel.exchange import cells
from gongjiang.kernel.exchange.kinds import Column, ImportKind, Row, Verdict
from gongjiang.kernel.exchange.models import ImportBatch, LineStatus
from gongjiang.kernel.orgs.models import EntityState, LegalEntity, Level
from gongjiang.kernel.people import actions, crypto, sources
from gongjiang.kernel.people.crypto import keyed_hash, keyed_hashes
from gongjiang.kernel.people.identity import (
    BadIdentifier,
    born_on,
    credit_code,
    identity_number,
    normal,
    phone_number,
)
from gongjiang.kernel.people.models import (
    Education,
    Employment,
    EmploymentForm,
    Hukou,
    Identifier,
    IdentifierKind,
    PostClass,
    Sex,
    Source,
)
from gongjiang.kernel.people.search import resolve

from .actions import ask_absent, take_in, touched, undo
from .permissions import KEEPERS, WORKERS

PIECE = 2_000
WORKING_AGE = 16  # Labour Law, article 15

SEXES = {
    "男": Sex.MALE, "女": Sex.FEMALE, "male": Sex.MALE, "female": Sex.FEMALE,
    "男性": Sex.MALE, "女性": Sex.FEMALE, "M": Sex.MALE, "F": Sex.FEMALE,
}  # fmt: skip
POST_CLASSES = {
    "生产一线": PostClass.PRODUCTION, "专业技术": PostClass.TECHNICAL,
    "管理": PostClass.MANAGEMENT, "服务": PostClass.SERVICE,
    "production": PostClass.PRODUCTION, "technical": PostClass.TECHNICAL, "management": PostClass.MANAGEMENT,
    "service": PostClass.SERVICE, "一线": PostClass.PRODUCTION, "生产": PostClass.PRODUCTION,
    "生产人员": PostClass.PRODUCTION, "一线工人": PostClass.PRODUCTION, "技术": PostClass.TECHNICAL,
    "专技": PostClass.TECHNICAL, "技术人员": PostClass.TECHNICAL, "专业技术人员": PostClass.TECHNICAL,
    "管理人员": PostClass.MANAGEMENT, "管理岗": PostClass.MANAGEMENT, "服务人员": PostClass.SERVICE,
    "后勤": PostClass.SERVICE, "后勤服务": PostClass.SERVICE, "production line": PostClass.PRODUCTION,
    "technical staff": PostClass.TECHNICAL, "service staff": PostClass.SERVICE,
}  # fmt: skip
FORMS = {
    "合同": EmploymentForm.CONTRACT, "派遣": EmploymentForm.AGENCY, "灵活": EmploymentForm.FLEXIBLE,
    "平台": EmploymentForm.PLATFORM, "实习": EmploymentForm.INTERN, "劳动合同": EmploymentForm.CONTRACT,
    "合同制": EmploymentForm.CONTRACT, "合同工": EmploymentForm.CONTRACT, "劳务派遣": EmploymentForm.AGENCY,
    "派遣工": EmploymentForm.AGENCY, "灵活就业": EmploymentForm.FLEXIBLE, "平台用工": EmploymentForm.PLATFORM,
    "实习生": EmploymentForm.INTERN, "contract": EmploymentForm.CONTRACT, "agency": EmploymentForm.AGENCY,
    "flexible": EmploymentForm.FLEXIBLE, "platform": EmploymentForm.PLATFORM, "internship": EmploymentForm.INTERN,
}  # fmt: skip
YES_NO = {"是": True, "否": False, "yes": True, "no": False}
HUKOU = {
    "农业": Hukou.RURAL, "非农业": Hukou.URBAN, "农村": Hukou.RURAL, "城镇": Hukou.URBAN, "农业户口": Hukou.RURAL,
    "非农业户口": Hukou.URBAN, "农村户口": Hukou.RURAL, "城镇户口": Hukou.URBAN, "rural": Hukou.RURAL,
    "urban": Hukou.URBAN,
}  # fmt: skip
SCHOOLING = {
    "小学": Education.PRIMARY, "初中": Education.LOWER_SECONDARY, "高中": Education.UPPER_SECONDARY,
    "大专": Education.COLLEGE, "本科": Education.BACHELOR, "硕士": Education.MASTER, "博士": Education.DOCTOR,
    "小学及以下": Education.PRIMARY, "中专": Education.UPPER_SECONDARY, "技校": Education.UPPER_SECONDARY,
    "职高": Education.UPPER_SECONDARY, "中技": Education.UPPER_SECONDARY, "专科": Education.COLLEGE,
    "大学专科": Education.COLLEGE, "高职": Education.COLLEGE, "大学本科": Education.BACHELOR,
    "研究生": Education.MASTER, "硕士研究生": Education.MASTER, "博士研究生": Education.DOCTOR,
}  # fmt: skip


def _identity(cell: cells.Cell) -> str:
    return identity_number(cells.text(cell))


def _phone(cell: cells.Cell) -> str:
    """The refusal does not repeat the number: it is kept with the row."""
    written = normal(cells.text(cell))
    try:
        return phone_number(written)
    except BadIdentifier:
        raise cells.BadCell(
            _("it has %(now)s characters; a mobile number has eleven digits and begins with 1")
            % {"now": len(written)}
        ) from None


def _credit_code(cell: cells.Cell) -> str:
    return credit_code(cells.text(cell))


def is_of_several(batch: ImportBatch) -> bool:
    """Whether the file of this unit speaks of several enterprises and so must name one in each row."""
    return batch.unit.level != Level.ENTERPRISE


COLUMNS = (
    Column(
        "name", c("roster", "Name"), cells.short(60), ("姓名", "职工姓名", "员工姓名", "full name"), required=True,
        examples=("王演示", "李演示"),
    ),
    Column(
        "identity", c("roster", "Identity number"), _identity,
        ("身份证号", "身份证号码", "身份证", "公民身份号码", "居民身份证号", "证件号码", "证件号", "ID number", "ID"),
        required=True, examples=("0004231990010112__", "0004231985063000__"),
        hint=gettext_lazy("18 characters, as text"),
    ),
    Column(
        "phone", c("roster", "Mobile phone"), _phone,
        ("手机号", "手机号码", "手机", "联系电话", "电话", "phone", "mobile"),
        examples=("10000000001", "10000000002"),
    ),
    Column(
        "sex", c("roster", "Sex"), cells.one_of(SEXES), ("性别", "gender"), examples=("男", "女"),
        hint=gettext_lazy("may be left out: the identity number states it"),
    ),
    Column(
        "post", c("roster", "Post"), cells.short(100), ("岗位", "岗位名称", "工种", "职务", "job"),
        examples=("综采维修电工", "化验员"),
    ),
    Column(
        "post_class", c("roster", "Post class"), cells.one_of(POST_CLASSES),
        ("岗位类别", "岗位类型", "人员类别", "岗位性质"),
        required=True, examples=("生产一线", "专业技术"),
        hint=gettext_lazy("production, technical, management or service"),
    ),
    Column(
        "since", c("roster", "Working here since"), cells.day,
        ("入职日期", "入职时间", "进厂日期", "到岗日期", "start date", "joined"),
        required=True, examples=("2019-03-01", "2020-07-15"),
    ),
    Column(
        "form", c("roster", "Form of employment"), cells.one_of(FORMS), ("用工形式", "用工类型", "合同类型"),
        examples=("合同", "派遣"), hint=gettext_lazy("contract, agency, flexible, platform or internship"),
    ),
    Column(
        "wage", c("roster", "Wage is the main income"), cells.one_of(YES_NO),
        ("工资为主要收入", "是否以工资为主要收入"),
        examples=("是", "是"), hint=gettext_lazy("yes or no; whether somebody is an industrial worker depends on it"),
    ),
    Column(
        "hukou", c("roster", "Household registration"), cells.one_of(HUKOU), ("户籍", "户口性质", "户籍类型", "hukou"),
        examples=("农业", "非农业"), hint=gettext_lazy("may be left out; empty is not known"),
    ),
    Column(
        "education", c("roster", "Schooling"), cells.one_of(SCHOOLING), ("学历", "文化程度", "最高学历", "education"),
        examples=("高中", "大专"), hint=gettext_lazy("may be left out; empty is not known"),
    ),
    Column(
        "uscc", c("roster", "Credit code of the enterprise"), _credit_code,
        ("企业统一社会信用代码", "统一社会信用代码", "信用代码", "单位统一社会信用代码", "USCC"),
        hint=gettext_lazy("may be left out where the whole file is of your own enterprise"),
    ),
)  # fmt: skip


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
    job = known.open_here.get((person, entity.pk)) if person is not None and entity is not None else None
    if person is not None and entity is not None and job is None:
        gone = known.left.get((person, entity.pk))
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
    post = replace(post, post=post.post or job.post)
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


def apply(verdicts: Sequence[Verdict], batch: ImportBatch, actor: Actor) -> list[int | None]:
    """Write what the rows mean: new employments, and amendments to those there are."""
    new = [v.plan for v in verdicts if isinstance(v.plan, actions.Newcomer)]
    changed = [v.plan for v in verdicts if isinstance(v.plan, actions.Amendment)]
    made, amended = map(iter, take_in(new, changed, batch, actor=actor))
    return [next(made) if isinstance(v.plan, actions.Newcomer) else next(amended) for v in verdicts]


def lines(jobs: QuerySet[Employment]) -> Iterator[list[Any]]:
    """The rows of a roster of these employments, in the columns of the import and led by the person's key.

    Numbers in full: only for an export whose purpose has been said.
    """
    classes, sexes, forms, hukou, schooling, wage = (
        {code: word for word, code in reversed(words.items())}
        for words in (POST_CLASSES, SEXES, FORMS, HUKOU, SCHOOLING, YES_NO)
    )
    found = jobs.values_list(
        "person",
        "person__name",
        "person__sex",
        "post",
        "post_class",
        "since",
        "entity__uscc",
        "form",
        "wage_is_main",
        "person__hukou",
        "person__education",
    ).iterator(chunk_size=PIECE)
    while piece := list(islice(found, PIECE)):
        numbers = {
            (person, kind): crypto.reveal(bytes(cipher))
            for person, kind, cipher in Identifier.objects.filter(
                person__in={row[0] for row in piece}
            ).values_list("person", "kind", "cipher")
        }
        for person, name, sex, post, post_class, since, uscc, form, main, registered, education in piece:
            values = {
                "name": name,
                "identity": numbers.get((person, IdentifierKind.IDENTITY), ""),
                "phone": numbers.get((person, IdentifierKind.PHONE), ""),
                "sex": sexes.get(sex, ""),
                "post": post,
                "post_class": classes[post_class],
                "since": since,
                "form": forms[form],
                "wage": wage.get(main, ""),  # type: ignore[call-overload]
                "hukou": hukou.get(registered, ""),
                "education": schooling.get(education, ""),
                "uscc": uscc or "",
            }
            yield [person, *(values[column.name] for column in COLUMNS)]


ROSTER = ImportKind(
    name="registry.roster",
    label=c("import", "Roster of workers"),
    lead=gettext_lazy(
        "One row for each worker, in whatever columns you keep. Nobody is dismissed by being left out,"
        " and nothing is written before you have seen what would change."
    ),
    roles=KEEPERS,
    columns=COLUMNS,
    judge=judge,
    apply=apply,
    unique=("identity",),
    who="name",
    needs=lambda batch: frozenset({"uscc"}) if is_of_several(batch) else frozenset(),
    about=about,
    absent=ask_absent,
    touched=touched,
    undo=undo,
    done_url="registry:workers",
    upload_url="registry:import",
    absent_url="registry:absent",
)
