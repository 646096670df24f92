"""What each row of a list of enterprises means for the register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.bulk import array
from gongjiang.kernel.codes.models import Code
from gongjiang.kernel.exchange.kinds import Row, Verdict
from gongjiang.kernel.exchange.models import ImportBatch, LineStatus
from gongjiang.kernel.orgs.models import EntityState, LegalEntity, LegalForm, Ownership, SizeClass
from gongjiang.kernel.people.identity import BadIdentifier, credit_code

from ..actions.lists import Change, Declared, Doubtful, Statement
from ..models import Candidate, Why
from ..permissions import CANDIDATES
from .places import Places

#: What a list may change of an enterprise on the register; the name and its like keep their former face.
FACES = ("name", "ownership", "legal_form", "size_class", "industry", "chains", "region", "park")


@dataclass(frozen=True)
class _Known:
    """What a set of rows refers to: a fixed number of queries whatever the number of rows.

    steps   code of a division by the list of 2011 → what it has become
    waiting (name, what stands for the code) → the newest candidate of them below the batch's unit
    held_since  key of an entity → since when it is what it is now
    """

    entities: Mapping[str, LegalEntity]
    held_since: Mapping[int, date]
    without_code: Mapping[str, LegalEntity]
    elsewhere: frozenset[str]
    names: frozenset[str]
    divisions: dict[str, str]
    steps: dict[str, list[str]]
    places: Places
    waiting: dict[tuple[str, str], Candidate]
    today: date


def judge(rows: Sequence[Row], batch: ImportBatch, actor: Actor) -> list[Verdict]:
    """What each sound row means for the register. Reads only."""
    known = _look_up(rows, batch, actor)
    verdicts, once = list[Verdict](), set[tuple[str, str]]()
    for row in rows:
        verdict, stated = _verdict(row, known), (row.values["name"], row.values.get("uscc", ""))
        if verdict.plan is not None and stated in once:
            verdict = Verdict(LineStatus.ERROR, (_("this enterprise stands in the list twice"),))
        once.add(stated)
        verdicts.append(verdict)
    return verdicts


def _look_up(rows: Sequence[Row], batch: ImportBatch, actor: Actor) -> _Known:
    codes = {row.values["uscc"] for row in rows if "uscc" in row.values}
    names = {row.values["name"] for row in rows}
    reach = CANDIDATES.filter(LegalEntity.objects.all(), actor)
    entities = {str(e.uscc): e for e in reach.filter(uscc__in=codes)}
    without_code = {e.name: e for e in reach.filter(uscc=None, name__in=names)}
    found = LegalEntity.objects.filter(pk__in=[e.pk for e in (*entities.values(), *without_code.values())])
    held = found.values_list("pk", Coalesce(Max("faces__until"), "opened_on"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_codes_held(%s::text[])", [array(sorted(codes - set(entities)))])
        elsewhere = frozenset(code for (code,) in cursor.fetchall())
    industries = Code.objects.filter(list__code="industry", level="division")
    steps: dict[str, list[str]] = {}
    for old, new in (
        industries.filter(list__version="2011")
        .order_by("code", "successors__new__code")
        .values_list("code", "successors__new__code")
    ):
        steps.setdefault(old, []).append(new)
    below = Candidate.objects.filter(path__within=batch.path, name__in=names).order_by("pk")
    return _Known(
        entities,
        dict(held),
        without_code,
        elsewhere,
        frozenset(reach.filter(name__in=names).values_list("name", flat=True)),
        {code[1:]: code for code in industries.filter(until=None).values_list("code", flat=True)},
        steps,
        Places(batch.unit),
        {(each.name, each.written): each for each in below},
        timezone.localdate(),
    )


def _verdict(row: Row, known: _Known) -> Verdict:
    values = row.values
    problems = []
    try:
        region = known.places.region(values.get("region", ""))
    except ValueError as wrong:
        problems.append(str(wrong))
        region = ""
    industry, options = values.get("industry", ""), list[str]()
    if industry and not _is_listed(industry, known.divisions):
        problems.append(_("the industry code “%(code)s” is not in the list of 2017") % {"code": industry})
    old = values.get("code_2011", "") if not industry else ""
    if old:
        options = _today(old, known)
        if not options:
            problems.append(_("the industry code “%(code)s” is not in the list of 2011") % {"code": old})
        industry = options[0] if len(options) == 1 else ""
    industry = _filed(industry, known.divisions)
    union = known.places.union(region) if region else 0
    park, chains = values.get("park", ""), values.get("chains", [])
    if union:
        problems += known.places.unlisted(union, park, chains)
    declared = Declared(values.get("declared_workers"), values.get("declared_on"))
    if declared.on is not None and declared.workers is None:
        problems.append(_("a day is stated for the number of workers, but no number"))
    if declared.on is not None and declared.on > known.today:
        problems.append(
            _("the day of the number of workers, %(day)s, lies in the future")
            % {"day": declared.on.isoformat()}
        )
    opened = values.get("opened_on", known.today)
    if opened > known.today:
        problems.append(_("the day of opening, %(day)s, lies in the future") % {"day": opened.isoformat()})
    if problems:
        return Verdict(LineStatus.ERROR, tuple(problems))
    written = values.get("uscc", "")
    stated = Statement(
        values["name"], written, values["ownership"], values.get("legal_form", ""), values["size_class"], industry,
        old if len(options) > 1 else "", chains, region, park, union, declared, opened,
    )  # fmt: skip
    entity = known.entities.get(written) if written else known.without_code.get(stated.name)
    if entity is not None:
        return _amended(entity, stated, "region" in values, known)
    why = doubt(written, written in known.elsewhere, bool(stated.code_2011))
    if why is not None:
        return _waits(stated, why, known)
    notes = [_("on the register from now on")]
    if stated.name in known.names:
        notes.append(_("another enterprise of this name has another code; both are kept"))
    return Verdict(LineStatus.NEW, tuple(notes), stated)


def doubt(written: str, is_elsewhere: bool = False, is_divided: bool = False) -> Why | None:
    """Why an enterprise with this code, and perhaps an old industry code that was divided, must be verified first."""
    if not written:
        return Why.NO_CODE
    if len(written) == 15 and written.isdigit():
        return Why.OLD_NUMBER
    try:
        credit_code(written)
    except BadIdentifier:
        return Why.WRONG_CODE
    if is_elsewhere:
        return Why.ELSEWHERE
    return Why.INDUSTRY if is_divided else None


#: Letters that a credit code never has, as what they are most often misread from.
_MISREAD = str.maketrans("IOSZ", "1052")


def meant(written: str) -> str:
    """What may have been meant: the code with misread letters put right where its check character then fits.

    Only ever offered to who compares it with the licence; empty where nothing fits.
    """
    code = written.translate(_MISREAD)
    try:
        return credit_code(code) if code != written else ""
    except BadIdentifier:
        return ""


def _today(old: str, known: _Known) -> list[str]:
    """What the division of a code of 2011 has become: divisions of 2017, never a class.

    Between the lists classes were divided and numbered anew (3610 became 3611 and 3612), and what is known of them is
    by whole divisions.
    """
    letter, digits = (old[0], old[1:]) if old[0].isalpha() else ("", old)
    return [
        new for code, became in known.steps.items() if code[1:] == digits[:2] and letter in ("", code[0])
        for new in became
    ]  # fmt: skip


def _is_listed(industry: str, divisions: dict[str, str]) -> bool:
    letter, digits = (industry[0], industry[1:]) if industry[0].isalpha() else ("", industry)
    found = divisions.get(digits[:2])
    return found is not None and letter in ("", found[0])


def _filed(industry: str, divisions: dict[str, str]) -> str:
    """As the register keeps it: a division with its letter (C31), a class without (3110)."""
    digits = industry.lstrip("ABCDEFGHIJKLMNOPQRST")
    return divisions.get(digits, industry) if len(digits) == 2 else digits


def _says_less(industry: str, present: str) -> bool:
    """Whether a list names only the division of the class that is on the register."""
    return len(industry) == 3 and industry[1:] == present.lstrip("ABCDEFGHIJKLMNOPQRST")[:2]


def _waits(stated: Statement, why: Why, known: _Known) -> Verdict:
    """A candidate, unless the same was stated before: an open one goes on waiting, a decision on it is remembered."""
    before = known.waiting.get((stated.name, stated.written))
    if before is not None:
        return Verdict(LineStatus.SAME)
    return Verdict(
        LineStatus.NEW, (_("to be verified: %(why)s") % {"why": why.label},), Doubtful(stated, why)
    )


def _amended(entity: LegalEntity, stated: Statement, has_region: bool, known: _Known) -> Verdict:
    """What the file does not have, or leaves empty, changes nothing."""
    if entity.state == EntityState.DEREGISTERED:
        return Verdict(
            LineStatus.ERROR, (_("%(entity)s has been deregistered") % {"entity": entity},), subject=entity.pk
        )
    labels = {
        "name": pgettext("enterprise", "Name"), "ownership": pgettext("enterprise", "Ownership"),
        "legal_form": pgettext("enterprise", "Legal form"), "size_class": pgettext("enterprise", "Size"),
        "industry": pgettext("enterprise", "Industry"), "chains": pgettext("enterprise", "Industrial chains"),
        "region": _("Township or area"), "park": pgettext("enterprise", "Park"),
    }  # fmt: skip
    face: dict[str, Any] = {}
    for name in FACES:
        new = getattr(stated, name)
        if not new or new == getattr(entity, name) or (name == "region" and not has_region):
            continue
        if name != "industry" or not _says_less(new, entity.industry):
            face[name] = new
    changes = [
        _("%(label)s: %(old)s → %(new)s")
        % {"label": labels[name], "old": _word(name, getattr(entity, name)), "new": _word(name, new)}
        for name, new in face.items()
    ]
    if face and known.held_since[entity.pk] >= known.today:
        said = _("%(entity)s was entered or changed today; another change can be taken in from tomorrow on")
        return Verdict(LineStatus.ERROR, (said % {"entity": entity},), subject=entity.pk)
    declared, notes = stated.declared, []
    present = Declared(entity.declared_workers, entity.declared_on)
    if declared.is_known and present.on is not None and declared.on is not None and declared.on < present.on:
        notes = [_("a newer number of workers is on the register; the older one is left out")]
        declared = Declared()
    if declared.on is None and declared.workers == present.workers:
        declared = Declared()
    if declared.is_known and declared != present:
        changes.append(
            _("%(label)s: %(old)s → %(new)s")
            % {"label": _("Workers declared"), "old": present, "new": declared}
        )
    if not changes:
        return Verdict(LineStatus.SAME, tuple(notes), subject=entity.pk)
    return Verdict(LineStatus.CHANGED, (*changes, *notes), Change(entity, face, declared), entity.pk)


def _word(name: str, value: Any) -> str:
    words: dict[str, Any] = {"ownership": Ownership, "size_class": SizeClass, "legal_form": LegalForm}
    if not value:
        return "—"
    if name in words:
        return str(words[name](value).label)
    return "、".join(value) if name == "chains" else str(value)
