"""成长档案: what happened in a working life, each entry a pointer to the record that proves it, never a copy."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.credentials.models import Credential, CredentialState
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.lifecycle.states import Outcome
from gongjiang.kernel.people.models import Employment, Person, PostClass
from gongjiang.web.components.cases import titles, url_of

from .models import PostChange
from .permissions import MINE, WORKERS

#: Outcomes that are an event in a life; a refusal is between the person and who refused.
TELLING = (Outcome.GRANTED, Outcome.COMPLETED)


@dataclass(frozen=True)
class Entry:
    """One thing that happened, and where its record is; no url where the reader has no page of it."""

    on: dt.date
    kind: Any
    title: str
    note: str = ""
    url: str = ""
    key: bool = False

    @property
    def date(self) -> dt.date:
        return self.on


def timeline(person: Person, actor: Actor, face: str) -> list[Entry]:
    """A person's course as far as this actor sees it, the newest first. Four queries and one for each flow in it."""
    is_me = actor.person == person.pk
    found = [
        *_employments(person, actor, is_me),
        *_posts(person, actor, is_me),
        *_credentials(person),
        *_cases(person, actor, face),
    ]
    return sorted(found, key=lambda e: (e.on, e.title), reverse=True)


def _employments(person: Person, actor: Actor, is_me: bool) -> Iterator[Entry]:
    rule = MINE if is_me else WORKERS
    jobs = rule.filter(Employment.objects.filter(person=person), actor).select_related("entity")
    for job in jobs:
        url = "" if is_me else reverse("registry:enterprise", args=[job.entity_id])
        kind = _("Workplace")
        yield Entry(
            job.since,
            kind,
            _("Began to work at %(entity)s") % {"entity": job.entity},
            job.post,
            url,
            job.until is None,
        )
        if job.until is not None:
            yield Entry(job.until, kind, _("Left %(entity)s") % {"entity": job.entity}, "", url)


def _posts(person: Person, actor: Actor, is_me: bool) -> Iterator[Entry]:
    """Other posts, on the day on which the register learned of them."""
    rule = MINE if is_me else WORKERS
    jobs = rule.filter(Employment.objects.filter(person=person), actor)
    for change in PostChange.objects.filter(employment__in=jobs).select_related("employment__entity"):
        old, new = (_post(change.was_post, change.was_post_class), _post(change.post, change.post_class))
        yield Entry(
            change.on,
            pgettext("timeline", "Post"),
            _("%(old)s → %(new)s") % {"old": old, "new": new},
            str(change.employment.entity),
        )


def _post(post: str, post_class: str) -> str:
    label = str(PostClass(post_class).label)
    return f"{post} ({label})" if post else label


def _credentials(person: Person) -> Iterator[Entry]:
    """What the wall lets the reader see is what they may: certificates are made to be shown."""
    held = (
        Credential.objects.filter(person=person).exclude(state=CredentialState.REVOKED).select_related("unit")
    )
    for each in held:
        note = _("%(unit)s, no. %(number)s") % {"unit": each.unit, "number": each.number}
        yield Entry(each.on, each.get_kind_display(), each.name, note, key=True)  # type: ignore[attr-defined]


def _cases(person: Person, actor: Actor, face: str) -> Iterator[Entry]:
    """Closed cases with a telling outcome that the person applied for or took part in, by their flows' own rules."""
    mine = Q(applicant=person) | Q(participants__person=person)
    known = flows()
    ended = Case.objects.filter(mine, outcome__in=TELLING, confidential=False, flow__in=list(known))
    by_flow: dict[str, list[Case]] = {}
    for case in ended.exclude(flow="registry.correction").select_related("unit").distinct().order_by("pk"):
        by_flow.setdefault(case.flow, []).append(case)
    is_me = actor.person == person.pk
    for name, cases in by_flow.items():
        flow = known[name]
        if flow.tier != "T1" and not is_me:
            continue
        seen = set(
            flow.view.filter(Case.objects.filter(pk__in=[c.pk for c in cases]), actor).values_list(
                "pk", flat=True
            )
        )
        called = titles([case for case in cases if case.pk in seen])
        for case in cases:
            if case.pk in seen and case.closed_at is not None:
                yield Entry(
                    timezone.localdate(case.closed_at),
                    flow.label,
                    called.get(case.pk) or str(flow.label),
                    str(Outcome(case.outcome).label),
                    url_of(case, face) or "",
                )
