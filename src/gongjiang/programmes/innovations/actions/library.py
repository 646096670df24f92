"""The library: a workplace asks for a result, takes it over, and says a year later what it brought."""

import calendar
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.files import actions as files
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.orgs.models import LegalEntity, Unit
from gongjiang.kernel.targets import actions as targets
from gongjiang.kernel.targets.models import Reading
from gongjiang.kernel.tasks import actions as tasks
from gongjiang.kernel.tasks.models import TaskKind
from gongjiang.programmes.innovations.models import Card, Conversion, Interest, Mode, Result
from gongjiang.programmes.innovations.permissions import KEEPER
from gongjiang.programmes.innovations.queries import PAYBACKS

from .asking import ask, refuse

REQUEST, PAYBACK = "innovations.request", "innovations.payback"
ASKED_AHEAD = timedelta(days=30)


def ask_for(card: Card, unit: Unit, words: str, by: date, *, actor: Actor) -> Interest:
    """A workplace asks the unit of a result for it, which gets a task to answer by the end of that day.

    Raises Forbidden, or Refused: its own, asked already, no words, a day that is no later one.
    """
    if unit.pk not in {g.unit for g in actor.held(Role.UNIT_OFFICER)}:
        raise Forbidden
    if unit.pk == card.unit_id:
        raise refuse(card.pk, _("This result is your own unit's."))
    if not words.strip():
        raise refuse(card.pk, _("Say in a sentence what you want to use it for."), "words")
    if by <= timezone.localdate():
        raise refuse(card.pk, _("Choose a later day."), "by")
    try:
        with transaction.atomic():
            interest = Interest.objects.create(
                card=card,
                owner_id=card.unit_id,
                unit=unit,
                unit_name=unit.name,
                words=words.strip(),
                asked_by_id=actor.account,
                asked_at=timezone.now(),
            )
            tasks.ask(
                TaskKind.ASSIGN,
                f"转化对接：{unit.name}想用“{card.title}”",
                actor=actor,
                unit=unit.pk,
                owner=card.unit_id,
                detail=interest.words,
                due_at=timezone.make_aware(datetime.combine(by, time.max)),
                about=f"{REQUEST}:{interest.pk}",
            )
            return interest
    except IntegrityError as error:
        if "interest_once_open" not in str(error):
            raise
        raise refuse(card.pk, _("Your unit has asked for it already and waits for the answer.")) from error


def answer(interest: Interest, words: str, *, actor: Actor) -> Interest:
    """The unit of the result answers, and so does its task.

    Raises Forbidden, or Refused where it is answered already or nothing is said.
    """
    if interest.owner_id not in {g.unit for g in actor.held(Role.UNIT_OFFICER)}:
        raise Forbidden
    with transaction.atomic():
        now = Interest.objects.select_for_update().get(pk=interest.pk)
        if now.answered_at is not None:
            raise refuse(interest.card_id, _("It is answered already."))
        if not words.strip():
            raise refuse(interest.card_id, _("Write an answer: whom to call, and what comes next."), "answer")
        now.answer, now.answered_at = words.strip(), timezone.now()
        now.save(update_fields=["answer", "answered_at"])
        tasks.answer(REQUEST, now.pk, actor=actor, text=now.answer)
    return now


def convert(
    result: Result,
    *,
    licensee_name: str,
    mode: str,
    on: date,
    fen: int | None,
    actor: Actor,
    licensee: LegalEntity | None = None,
    contract: list[Upload] | None = None,
) -> Conversion:
    """A workplace has taken the result over. It is asked a year later what it brought.

    Raises Forbidden, or Refused: not in the library, the same entered twice, a day still to come.
    """
    with transaction.atomic():
        case = ask(KEEPER, result.pk, actor)
        if not (case.state == State.FOLLOWING or case.outcome == Outcome.COMPLETED):
            raise refuse(result.pk, _("Take the result into the library first."))
        if on > timezone.localdate():
            raise refuse(result.pk, _("This day is still to come."), "on")
        attached = files.attach(case, contract or [], actor=actor, states=(State.FOLLOWING,))
        name = licensee.name if licensee else licensee_name.strip()
        if not name:
            raise refuse(result.pk, _("Name the workplace that took it over."), "licensee_name")
        if Conversion.objects.filter(result=result, licensee_name=name, mode=mode, on=on).exists():
            raise refuse(result.pk, _("This is entered already."), "licensee_name")
        number = Conversion.objects.filter(result=result).count() + 1
        target = targets.set_target(case=case, kind=f"payback-{number}", text=name, uom="fen")
        Card.objects.filter(result=result).update(taken_over=number)
        return Conversion.objects.create(
            result=result,
            licensee=licensee,
            licensee_name=name,
            mode=Mode(mode),
            on=on,
            fen=fen,
            due_on=a_year_on(on),
            benefit=target,
            contract=attached[0] if attached else None,
            recorded_by_id=actor.user,
            recorded_at=timezone.now(),
        )


def read_payback(
    conversion: Conversion, *, since: date, until: date, fen: int, basis: str, actor: Actor
) -> Reading:
    """What the workplace that took it over says it brought (回访): the task that asks for it is done by this. Finance
    confirms it. Raises Forbidden or Refused."""
    with transaction.atomic():
        ask(KEEPER, conversion.result_id, actor)
        if since < conversion.on:
            raise refuse(conversion.result_id, _("The period begins before it was taken over."), "since")
        if until > timezone.localdate():
            raise refuse(conversion.result_id, _("The period is not over yet."), "until")
        reading = targets.report(
            conversion.benefit, actor=actor, since=since, until=until, value=fen, basis=basis
        )
        last = until - timedelta(days=1)
        said = f"{since:%Y-%m-%d}—{last:%Y-%m-%d}，{fen / 100:,.2f} 元。{basis}"
        tasks.answer(PAYBACK, conversion.pk, actor=actor, text=said)
        return reading


def ask_for_paybacks(today: date | None = None) -> int:
    """Open a task for each conversion that is due within a month; returns how many are new. Run by the worker.

    It is due a year after it was taken over and every year from then on, until the result is closed or revoked. The
    union above asks, the unit of the result answers. What is told already is not asked for.
    """
    now = today or timezone.localdate()
    taken = (
        Conversion.objects.filter(result__case__state=State.FOLLOWING, due_on__lte=now + ASKED_AHEAD)
        .select_related("result__case__unit")
        .prefetch_related(PAYBACKS)
        .order_by("pk")
    )
    opened = 0
    for each in taken:
        unit, due = each.result.case.unit, each.due_on
        while due < now:
            due = a_year_on(due)
        told = max((reading.until for reading in each.benefit.standing), default=each.on)  # type: ignore[attr-defined]
        if due > now + ASKED_AHEAD or told >= due or unit.parent_id is None:
            continue
        opened += tasks.recur(
            TaskKind.FOLLOW_UP,
            PAYBACK,
            {each.pk: due},
            unit=unit.parent_id,
            subject=f"回访：{each.result.title}（{each.licensee_name}）",
            owners={each.pk: unit.pk},
        )
    return opened


def a_year_on(day: date) -> date:
    """The same day of the next year; 28 February after a leap day.

    >>> a_year_on(date(2024, 2, 29))
    datetime.date(2025, 2, 28)
    """
    last = calendar.monthrange(day.year + 1, day.month)[1]
    return date(day.year + 1, day.month, min(day.day, last))
