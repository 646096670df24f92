"""Editions: prepared by one, approved by a second, published with frozen rules, settled, archived; or cancelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel import catalogue
from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.parameters import read as parameters
from gongjiang.kernel.parameters.actions import pin

from .flow import Forbidden, Reason, Refused, Stale
from .models import Edition, EditionEvent, EditionState, Window, WindowKind

#: Who prepares, approves and publishes in the name of the unit that runs the edition.
RUNNING = (Role.OFFICER, Role.APPROVER)


@dataclass(frozen=True)
class Step:
    """One move of an edition. `second` asks for another person than whoever prepared it; `why` for a reason."""

    name: str
    label: Any
    sources: tuple[str, ...]
    target: str
    second: bool = False
    why: bool = False


STEPS = (
    Step("approve", c("edition step", "Approve it"), (EditionState.DRAFT,), EditionState.APPROVED, second=True),
    Step("reopen", c("edition step", "Back to preparation"), (EditionState.APPROVED,), EditionState.DRAFT, why=True),
    Step("publish", c("edition step", "Publish it"), (EditionState.APPROVED,), EditionState.PUBLISHED),
    Step("settle", c("edition step", "Settle it"), (EditionState.PUBLISHED,), EditionState.SETTLED),
    Step("archive", c("edition step", "Archive it"), (EditionState.SETTLED,), EditionState.ARCHIVED),
    Step(
        "cancel",
        c("edition step", "Cancel it"),
        (EditionState.DRAFT, EditionState.APPROVED, EditionState.PUBLISHED),
        EditionState.CANCELLED,
        why=True,
    ),
)  # fmt: skip


def runs(edition: Edition, actor: Actor) -> bool:
    """Whether the actor acts for the unit that runs the edition."""
    return any(g.unit == edition.unit_id for g in actor.held(*RUNNING))


def within_reach(actor: Actor) -> "QuerySet[Edition]":
    """The editions of the actor's units, of those above them and of those below."""
    from django.db.models import Q

    reach = Q(unit__in=actor.units)
    for grant in actor.grants:
        reach |= Q(unit__path__within=grant.path)
    return Edition.objects.filter(reach)


def kinds_of(programme: str) -> tuple[str, ...]:
    """The windows that a programme's editions have, in the order in which they follow one another."""
    return next((p.editions for p in catalogue.programmes() if p.code == programme), ())


def prepare(
    programme: str,
    unit: int,
    *,
    actor: Actor,
    windows: Mapping[str, tuple[datetime, datetime]] | None = None,
    **said: Any,
) -> Edition:
    """Make a draft in the name of a unit. Takes the edition's columns. Raises Forbidden, or ValidationError."""
    if not any(g.unit == unit for g in actor.held(*RUNNING)) or not kinds_of(programme):
        raise Forbidden
    with transaction.atomic():
        edition = Edition(programme=programme, unit_id=unit, created_by_id=actor.user, **said)
        _named_once(edition)
        edition.save(force_insert=True)
        _windows(edition, windows or {})
        _event(edition, "prepare", "", actor, "")
    return edition


def change(
    edition: Edition,
    *,
    actor: Actor,
    version: int | None = None,
    windows: Mapping[str, tuple[datetime, datetime]] | None = None,
    **said: Any,
) -> Edition:
    """Change a draft. Raises Forbidden, Stale when it has changed or left its draft meanwhile, or ValidationError."""
    with transaction.atomic():
        now = _locked(edition, actor, version)
        if now.state != EditionState.DRAFT:
            raise Stale(now)
        for name, value in said.items():
            setattr(now, name, value)
        _named_once(now)
        Edition.objects.filter(pk=now.pk).update(**said, version=F("version") + 1)
        if windows is not None:
            _windows(now, windows)
        now.refresh_from_db()
    return now


def against(edition: Edition, step: Step, actor: Actor) -> list[Reason]:
    """What stands against a step now, for this actor."""
    found = []
    if step.second and edition.created_by_id == actor.user:
        found.append(Reason(_("You prepared it yourself. A second person must approve it.")))
    if step.name in ("approve", "publish"):
        found += _incomplete(edition)
    if step.name == "publish":
        found += parameters.missing_reasons(edition.programme, edition=edition)
    if step.name == "settle" and (open_cases := edition.cases.exclude(phase="closed").count()):
        found.append(Reason(_("%s cases of it are not closed yet.") % open_cases))
    if step.name == "cancel" and (begun := edition.cases.exclude(phase__in=["draft", "closed"]).count()):
        found.append(Reason(_("%s cases of it are being handled. Close or hand them over first.") % begun))
    return found


def possible(edition: Edition, actor: Actor) -> list[tuple[Step, list[Reason]]]:
    """The steps from the present state that the actor may make, each with what stands against it now."""
    if not runs(edition, actor):
        return []
    return [(step, against(edition, step, actor)) for step in STEPS if edition.state in step.sources]


def advance(
    edition: Edition, name: str, *, actor: Actor, note: str = "", version: int | None = None
) -> Edition:
    """Make a step. Raises Forbidden, Stale, or Refused with every reason; nothing has changed then.

    On publishing, the values in force are fixed for the edition; it is refused while a required one is missing.
    """
    step = {s.name: s for s in STEPS}[name]
    with transaction.atomic():
        now = _locked(edition, actor, version)
        if now.state not in step.sources:
            raise Stale(now)
        reasons = against(now, step, actor)
        if step.why and not note.strip():
            reasons.append(Reason(_("Please fill this in."), field="note"))
        if reasons:
            raise Refused({now.pk: reasons})
        changed: dict[str, Any] = {"state": step.target, "version": F("version") + 1}
        if step.name == "approve":
            changed["approved_by_id"] = actor.user
        if step.name == "reopen":
            changed["approved_by_id"] = None
        if step.name == "publish":
            changed["published_at"] = timezone.now()
        before = now.state
        Edition.objects.filter(pk=now.pk).update(**changed)
        now.refresh_from_db()
        if step.name == "publish":
            _pin(now)
        _event(now, name, before, actor, note)
    return now


def _pin(edition: Edition) -> None:
    """Fix its values as they stand now. Raises Refused where one was given up since the reasons were asked for."""
    try:
        pin(edition)
    except parameters.Missing as missing:
        raise Refused({edition.pk: missing.reasons}) from missing


def _locked(edition: Edition, actor: Actor, version: int | None) -> Edition:
    if not runs(edition, actor):
        raise Forbidden
    now = Edition.objects.select_for_update(of=("self",)).get(pk=edition.pk)
    if version is not None and version != now.version:
        raise Stale(now)
    return now


def _event(edition: Edition, name: str, source: str, actor: Actor, note: str) -> None:
    EditionEvent.objects.create(
        edition=edition,
        name=name,
        source=source,
        target=edition.state,
        user_id=actor.user,
        note=note.strip(),
        at=timezone.now(),
    )


def _named_once(edition: Edition) -> None:
    same = Edition.objects.filter(programme=edition.programme, unit=edition.unit_id, name=edition.name)
    if same.exclude(pk=edition.pk).exists():
        raise ValidationError({"name": _("There is an edition of that name already.")})


def _windows(edition: Edition, windows: Mapping[str, tuple[datetime, datetime]]) -> None:
    for kind, (since, until) in windows.items():
        if until <= since:
            raise ValidationError({f"{kind}_until": _("It ends before it begins.")})
    Window.objects.filter(edition=edition).exclude(kind__in=list(windows)).delete()
    there = {w.kind: w for w in Window.objects.filter(edition=edition)}
    for kind, (since, until) in windows.items():
        if kind not in there:
            Window.objects.create(edition=edition, kind=kind, since=since, until=until)
        elif (there[kind].since, there[kind].until) != (since, until):
            Window.objects.filter(pk=there[kind].pk).update(since=since, until=until)


def _incomplete(edition: Edition) -> list[Reason]:
    """Windows that are missing or out of order: applications end before what they feed begins."""
    kinds = kinds_of(edition.programme)
    windows = {w.kind: w for w in edition.windows.all()}
    found = []
    first = kinds[0] if kinds else WindowKind.APPLY
    if first not in windows:
        found.append(Reason(_("The time for “%s” is not set yet.") % WindowKind(first).label))
    if WindowKind.APPLY in windows:
        for kind in kinds[kinds.index(WindowKind.APPLY) + 1 :] if WindowKind.APPLY in kinds else ():
            if kind in windows and windows[kind].since < windows[WindowKind.APPLY].until:
                found.append(
                    Reason(_("“%s” begins before the applications have ended.") % WindowKind(kind).label)
                )
    return found


def open_windows(editions: Sequence[Edition], kind: str, at: datetime | None = None) -> set[int]:
    """The keys of those editions whose window of this kind is open now; published ones only."""
    at = at or timezone.now()
    rows = Window.objects.filter(
        edition__in=editions, kind=kind, since__lte=at, until__gt=at, edition__state=EditionState.PUBLISHED
    )
    return set(rows.values_list("edition", flat=True))
