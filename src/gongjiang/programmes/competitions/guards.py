"""What must hold before an entry moves: each guard gives the reasons that stand against it."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.documents.models import IN_FORCE, Document
from gongjiang.kernel.lifecycle.editions import open_windows
from gongjiang.kernel.lifecycle.flow import Batch, Reason
from gongjiang.kernel.lifecycle.models import Case, Edition, Window, WindowKind
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.parameters import read

from .models import ContestEvent, Entrant, Entry, Stage
from .queries import (
    ENTRANT,
    entered,
    entrants_of,
    failed_theory,
    reached,
    thresholds,
    titles_held,
)
from .rules import Person, against_entry

Reasons = dict[int, list[Reason]]
#: States in which nothing has been judged.
BEFORE = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.UNDER_REVIEW)


def _keys(batch: Batch) -> list[int]:
    return [case.pk for case in batch.cases]


def _editions(batch: Batch) -> dict[int, Edition]:
    rows = Edition.objects.filter(pk__in={c.edition_id for c in batch.cases}).select_related("unit", "parent")
    return {edition.pk: edition for edition in rows}


def takes_registrations(batch: Batch) -> Reasons:
    """Guard: the event takes registrations now; what was returned to mend may still come in while it is checked."""
    editions = list(_editions(batch).values())
    open_now = open_windows(editions, WindowKind.APPLY)
    text = _("Registration for this event is not open. It closed, or has not begun.")
    return {
        c.pk: [Reason(text)]
        for c in batch.cases
        if c.edition_id not in open_now and c.state != State.RETURNED
    }


def eligible(batch: Batch) -> Reasons:
    """Guard: everybody behind the entry may enter: group, number, age, titles, each with its clause."""
    found: Reasons = {}
    editions = _editions(batch)
    said = {e.pk: e for e in ContestEvent.objects.filter(edition__in=editions)}
    entries = {e.pk: e for e in Entry.objects.filter(case__in=_keys(batch))}
    for case in batch.cases:
        edition, event, entry = editions[case.edition_id], said[case.edition_id], entries[case.pk]
        persons = [p.person for p in entrants_of(case.pk) if p.role == ENTRANT]
        titles = titles_held([p.pk for p in persons])
        last = Window.objects.filter(edition=edition, kind=WindowKind.APPLY).order_by("-until").first()
        reasons = against_entry(
            [Person(p.name, p.born_on, titles.get(p.pk, ())) for p in persons],
            group=entry.group,
            group_asked=event.group,
            group_label=str(event.get_group_display()),
            size=event.size,
            day=timezone.localdate(last.until if last else batch.at),
            values=read.values("competitions", unit=edition.unit_id, edition=edition),
        )
        if reasons:
            found[case.pk] = reasons
    return found


def entered_once(batch: Batch) -> Reasons:
    """Guard: nobody of it stands in this event for another delegation, or in more events than the contest allows."""
    found: Reasons = {}
    editions = _editions(batch)
    for case in batch.cases:
        edition = editions[case.edition_id]
        names = {p.person_id: p.person.name for p in entrants_of(case.pk) if p.role == ENTRANT}
        most = read.value("competitions.events_per_person", unit=edition.unit_id, edition=edition)
        for person, trade, here, others in entered(list(names), edition.pk, case.pk):
            if here:
                text = _("%(name)s is registered in this event already. The first registration counts.")
                found.setdefault(case.pk, []).append(Reason(text % {"name": names[person]}, field="members"))
            elif others >= most.value:
                text = _(
                    "%(name)s stands in “%(event)s” already; one person may enter %(most)d in this contest."
                )
                said = {"name": names[person], "event": trade, "most": most.value}
                found.setdefault(case.pk, []).append(most.reason(text % said, field="members"))
    return found


def may_be_held(batch: Batch) -> Reasons:
    """Guard: the event has the entrants that it needs, or the organiser has said what happens instead."""
    found: Reasons = {}
    for key, edition in _editions(batch).items():
        now = thresholds(edition)
        if now.may_be_held:
            continue
        text = _("%(there)d are registered; an event is held from %(least)d. Decide whether it is cancelled, merged or"
                 " held without titles.")  # fmt: skip
        said = {"there": now.hold.entrants, "least": now.hold.least or 0}
        if now.chosen is not None:
            text = _("It was decided: %(choice)s. Nobody starts in it.")
            said = {"choice": now.chosen.get_choice_display()}  # type: ignore[dict-item]
        found |= {c.pk: [Reason(text % said)] for c in batch.cases if c.edition_id == key}
    return found


def day_has_come(batch: Batch) -> Reasons:
    """Guard: the event has begun."""
    now = timezone.now()
    rows = Window.objects.filter(edition__in=_editions(batch), kind=WindowKind.REVIEW, since__gt=now)
    ahead = dict(rows.values_list("edition", "since"))
    text = _("The day of the event has not come yet: it begins on %(day)s.")
    return {
        c.pk: [Reason(text % {"day": timezone.localtime(ahead[c.edition_id]).strftime("%Y-%m-%d %H:%M")})]
        for c in batch.cases
        if c.edition_id in ahead
    }


def _started(keys: Sequence[int]) -> set[int]:
    rows = Entrant.objects.filter(case__in=keys, stage=Stage.FINAL, started_on__isnull=False)
    return {key for key in rows.values_list("case", flat=True) if key}


def not_started(batch: Batch) -> Reasons:
    """Guard: nobody of it has been checked in."""
    return {
        key: [Reason(_("It has been checked in and counts as started."))] for key in _started(_keys(batch))
    }


def started(batch: Batch) -> Reasons:
    """Guard: it was checked in on the day."""
    there = _started(_keys(batch))
    text = _("It has not been checked in. Check it in, or close it as not started.")
    return {key: [Reason(text)] for key in _keys(batch) if key not in there}


def judged(batch: Batch) -> Reasons:
    """Guard: the practice has been judged and locked."""
    there = reached(_keys(batch))
    text = _("The panel of the practice has not locked its standing.")
    return {key: [Reason(text)] for key in _keys(batch) if key not in there}


def told_apart(batch: Batch) -> Reasons:
    """Guard: nobody shares a rank, where the contest does not let ranks be shared."""
    found: Reasons = {}
    for key, edition in _editions(batch).items():
        rule = read.value("competitions.ranks_may_tie", unit=edition.unit_id, edition=edition)
        if rule.value:
            continue
        everybody = Case.objects.filter(edition=key, flow="competitions.entry").exclude(state__in=BEFORE)
        ranks: dict[int, list[int]] = {}
        for case, came in reached(list(everybody.values_list("pk", flat=True))).items():
            ranks.setdefault(came.rank, []).append(case)
        text = _("%(n)d share rank %(rank)d after every step, and this contest does not share ranks. The panel decides"
                 " in a corrected standing.")  # fmt: skip
        moved = set(_keys(batch))
        for rank, cases in ranks.items():
            if len(cases) > 1:
                reason = rule.reason(text % {"n": len(cases), "rank": rank})
                found |= {case: [reason] for case in cases if case in moved}
    return found


def left_out_by_theory(batch: Batch) -> Reasons:
    """Guard: the theory did not let it through to the practice."""
    out = failed_theory(_keys(batch))
    text = _("The theory has not ruled it out. What was judged is publicised.")
    return {key: [Reason(text)] for key in _keys(batch) if key not in out}


def appeals_over(batch: Batch) -> Reasons:
    """Guard: the time for appeals of the event is over."""
    now = timezone.now()
    rows = Window.objects.filter(edition__in=_editions(batch), kind=WindowKind.APPEAL, until__gt=now)
    running = dict(rows.values_list("edition", "until"))
    text = _("Appeals are taken until %(until)s; ranks are confirmed after that.")
    return {
        c.pk: [Reason(text % {"until": timezone.localtime(running[c.edition_id]).strftime("%Y-%m-%d %H:%M")})]
        for c in batch.cases
        if c.edition_id in running
    }


def _winners(keys: Sequence[int]) -> set[int]:
    rows = Entry.objects.filter(case__in=keys)
    return set(rows.filter(prize__isnull=False).values_list("pk", flat=True)) | set(
        rows.filter(title__isnull=False).values_list("pk", flat=True)
    )


def wins(batch: Batch) -> Reasons:
    """Guard: its rank wins a prize or a title."""
    there = _winners(_keys(batch))
    return {
        key: [Reason(_("Its rank wins no prize and no title."))] for key in _keys(batch) if key not in there
    }


def wins_nothing(batch: Batch) -> Reasons:
    """Guard: there is no prize to give."""
    return {key: [Reason(_("Its rank wins a prize; confirm the rank."))] for key in _winners(_keys(batch))}


def decided_by_document(batch: Batch) -> Reasons:
    """Guard: a document that is in force, of the union that runs the event, stands behind it."""
    if not batch.data.get("document"):
        return {}  # asked for by `needs`
    document = Document.objects.filter(pk=batch.data["document"]).first()
    units = {key: edition.unit_id for key, edition in _editions(batch).items()}
    text = _("The document is not in force, or is not of the union that runs the contest.")
    return {
        c.pk: [Reason(text, field="document")]
        for c in batch.cases
        if document is None or document.state not in IN_FORCE or document.unit_id != units.get(c.edition_id)
    }


def was_awarded(batch: Batch) -> Reasons:
    """Guard: there is a rank to take back."""
    return {
        c.pk: [Reason(_("There is no prize to take back."))]
        for c in batch.cases
        if c.state == State.CLOSED and c.outcome != Outcome.GRANTED
    }
