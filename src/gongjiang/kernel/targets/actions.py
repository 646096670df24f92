"""Setting targets and reading them: the only writer of this package's rows."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.lifecycle.flow import Forbidden, Reason, Refused

from .models import EvidenceLevel, Reading, Target

WORDS = ("method", "compared", "basis")


def set_target(*, uom: str, **about: Any) -> Target:
    """A target of one case, unit or edition, by the columns of `Target`; the one there is where it has a kind."""
    if about.get("case") is not None and about.get("kind"):
        target, _new = Target.objects.get_or_create(
            case=about["case"],
            kind=about["kind"],
            defaults={"uom": uom, **{k: v for k, v in about.items() if k not in ("case", "kind")}},
        )
        return target
    return Target.objects.create(uom=uom, **about)


def report(
    target: Target, *, actor: Actor, since: date, until: date, value: int, file: Any = None, **words: str
) -> Reading:
    """A first reading of these days, self-reported. Raises Refused where the target is computed or read already."""
    if target.indicator:
        raise Refused({0: [Reason(_("This is counted by the system and not typed."))]})
    if until <= since:
        raise Refused({0: [Reason(_("The period ends before it begins."), field="until")]})
    try:
        with transaction.atomic():
            return Reading.objects.create(
                target=target,
                since=since,
                until=until,
                value=value,
                file=file,
                reported_by_id=actor.user,
                at=timezone.now(),
                **_said(words),
            )
    except IntegrityError as error:
        if "reading_begins_once" not in str(error):
            raise
        said = _("There is a value for this period already. Correct that one.")
        raise Refused({0: [Reason(said, field="since")]}) from error


def correct(reading: Reading, *, actor: Actor, value: int, note: str, **words: Any) -> Reading:
    """The reporter's better value in place of this one, self-reported again. Raises Refused when it is superseded."""
    changed = {"since": words.pop("since", reading.since), "until": words.pop("until", reading.until)}
    return _replace(
        reading,
        value=value,
        level=EvidenceLevel.SELF_REPORTED,
        reported_by_id=actor.user,
        confirmed_by_id=None,
        note=note,
        file=words.pop("file", reading.file),
        **changed,
        **_said({**{n: getattr(reading, n) for n in WORDS}, **words}),
    )


def confirm(
    reading: Reading,
    *,
    actor: Actor,
    level: EvidenceLevel = EvidenceLevel.FINANCE_CONFIRMED,
    value: int | None = None,
    note: str = "",
    file: Any = None,
) -> Reading:
    """The value as the confirmer finds it, by default as it was reported.

    Raises Forbidden for whoever reported it, Refused where a changed value has no reason or the reading is superseded.
    """
    if actor.user is None or actor.user == reading.reported_by_id:
        raise Forbidden
    if value is not None and value != reading.value and not note.strip():
        raise Refused({0: [Reason(_("Say why the value differs from what was reported."), field="note")]})
    return _replace(
        reading,
        since=reading.since,
        until=reading.until,
        value=reading.value if value is None else value,
        level=level,
        reported_by_id=reading.reported_by_id,
        confirmed_by_id=actor.user,
        note=note,
        file=file or reading.file,
        **{n: getattr(reading, n) for n in WORDS},
    )


def _replace(reading: Reading, **columns: Any) -> Reading:
    try:
        with transaction.atomic():
            return Reading.objects.create(
                target_id=reading.target_id,
                supersedes=reading,
                first_id=reading.first_id or reading.pk,
                at=timezone.now(),
                **columns,
            )
    except IntegrityError as error:
        if "supersedes" not in str(error):
            raise
        said = _("Somebody has replaced this value meanwhile. Read the present one first.")
        raise Refused({0: [Reason(said)]}) from error


def _said(words: dict[str, str]) -> dict[str, str]:
    unknown = set(words) - set(WORDS)
    if unknown:
        raise ValueError(f"a reading has no {', '.join(sorted(unknown))}")
    return {name: text.strip() for name, text in words.items()}
