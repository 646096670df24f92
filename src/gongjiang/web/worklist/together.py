"""One move for many cases: first each case and what would become of it, then the act."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import holds
from gongjiang.kernel.lifecycle.door import transition_many
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.flow import Batch, Flow, Reason, Transition
from gongjiang.kernel.lifecycle.models import Case, Turn
from gongjiang.web.components import cases
from gongjiang.web.models import Receipt
from gongjiang.web.views import View

MOST = 200


@dataclass(frozen=True)
class Offer:
    """A move that can be made for many at once: its button on a list."""

    label: str
    url: str


@dataclass(frozen=True)
class Outlook:
    """One picked case and what stands against the move."""

    case: Case
    title: str
    url: str
    reasons: list[Reason]


def offers(turns: list[Turn]) -> list[Offer]:
    """The moves for many that start from a state of some row on the page."""
    found = {}
    for turn in turns:
        flow = flows().get(turn.flow)
        for move in flow.leaving(turn.case.state) if flow else ():
            if move.bulk and not move.needs and flow is not None:
                label = (
                    f"{move.label}（{flow.label}）" if len({t.flow for t in turns}) > 1 else str(move.label)
                )
                found[flow.name, move.name] = Offer(label, reverse("together", args=[flow.name, move.name]))
    return list(found.values())


def outlook(flow: Flow, move: Transition, picked: dict[int, int], actor: Actor) -> list[Outlook]:
    """What would become of each picked case; cases that the actor cannot see are left out. Constant queries."""
    visible = (
        flow.view.filter(Case.objects.filter(pk__in=picked), actor).select_related("unit").order_by("pk")
    )
    found = list(visible)
    same = [c for c in found if c.flow == flow.name and c.state in move.sources and c.version == picked[c.pk]]
    keys = [c.pk for c in same]
    may = set(move.may.filter(Case.objects.filter(pk__in=keys), actor).values_list("pk", flat=True))
    ready = [c for c in same if c.pk in may]
    against: dict[int, list[Reason]] = {}
    batch = Batch(move, ready, actor, timezone.now())
    for guard in move.guards:
        for key, reasons in guard(batch).items():
            against.setdefault(key, []).extend(reasons)
    for case in found:
        if case.flow != flow.name:
            against[case.pk] = [Reason(_("It is of another kind."))]
        elif case not in same:
            against[case.pk] = [Reason(_("Somebody has changed it since you saw it."))]
        elif case.pk not in may:
            against[case.pk] = [Reason(_("It is not your turn in it."))]
    names = cases.titles(found)
    return [Outlook(c, names[c.pk], cases.url_of(c), against.get(c.pk, [])) for c in found]


class Together(View):
    """Shows what would become of each picked case; a second button does it for those that nothing stands against."""

    access = holds()
    template_name = "worklist/together.html"

    def prepare(self) -> None:
        flow = flows().get(self.kwargs["flow"])
        move = {t.name: t for t in flow.transitions}.get(self.kwargs["name"]) if flow else None
        if flow is None or move is None or not move.bulk:
            raise Http404
        self.flow, self.move = flow, move

    def get_heading(self) -> Any:
        return self.move.label

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("desk")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = picked(request.POST.getlist("pick"))
        if not chosen:
            messages.warning(request, _("Nothing is ticked. Tick the cases first."))
            return redirect("desk")
        if "confirm" in request.POST:
            return self._act(chosen)
        seen = outlook(self.flow, self.move, chosen, self.actor)
        if not seen:
            raise Http404
        return self.show(
            ready=[o for o in seen if not o.reasons],
            kept_back=[o for o in seen if o.reasons],
            once=uuid.uuid4(),
        )

    def _act(self, chosen: dict[int, int]) -> HttpResponse:
        try:
            once = uuid.UUID(self.request.POST.get("once", ""))
        except ValueError:
            once = uuid.uuid4()
        with transaction.atomic():
            receipt, new = Receipt.objects.get_or_create(once=once, defaults={"user_id": self.actor.user})
            if new:
                done = transition_many(
                    self.flow.name, list(chosen), self.move.name, actor=self.actor, versions=chosen
                )
                receipt.said = self._told(len(done.moved), len(done.refused))
                receipt.location = reverse("desk")
                receipt.save(update_fields=["said", "location"])
        messages.success(self.request, receipt.said)
        return redirect(receipt.location)

    def _told(self, moved: int, refused: int) -> str:
        said = ngettext("%(move)s: done for %(n)d case.", "%(move)s: done for %(n)d cases.", moved)
        text = said % {"move": self.move.label, "n": moved}
        if refused:
            left = ngettext("%(n)d stays as it was.", "%(n)d stay as they were.", refused) % {"n": refused}
            text = f"{text} {left}"
        return text


def picked(values: list[str]) -> dict[int, int]:
    """{case key: version} from "key:version"; anything else is left out."""
    found = {}
    for value in values[:MOST]:
        key, _colon, version = value.partition(":")
        if key.isdigit() and version.isdigit():
            found[int(key)] = int(version)
    return found
