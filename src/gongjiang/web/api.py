"""`/api/`: the same rules and the same rows as the pages, as JSON with an OpenAPI description.

Whoever is signed in sees here what the pages show, and moves cases through the same door; a row that is not
theirs is missing. Lists are read by key: pass `next` of one answer as `after` of the following request.
"""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from ninja import Field, NinjaAPI, Query, Schema, Status
from ninja.security import SessionAuth

from gongjiang.kernel.access.actor import actor_of
from gongjiang.kernel.lifecycle.door import possible, transition
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused, Stale
from gongjiang.kernel.lifecycle.models import Case, CaseEvent
from gongjiang.kernel.lifecycle.queries import visible
from gongjiang.web.components.cases import titles
from gongjiang.web.views import PUBLIC

PAGE = 50


class SignedIn(SessionAuth):
    """The login of the pages; unsafe requests carry the CSRF token."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        actor = actor_of(request)
        return None if actor.is_anonymous else actor


api = NinjaAPI(
    title="Gongjiang",
    version="1",
    description="The same rules and rows as the pages.",
    docs_url=None,
    auth=SignedIn(),
    urls_namespace="api",
)


class Said(Schema):
    """Why something was not done: sentences for the person, in their language."""

    reasons: list[str]


class CaseOut(Schema):
    """The spine of a case. `version` goes back with every move."""

    id: int
    number: str | None
    flow: str
    title: str = ""
    unit: str = Field(alias="unit.name")
    state: str
    phase: str
    outcome: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    version: int


class CaseList(Schema):
    """One page of cases, newest first."""

    items: list[CaseOut]
    next: int | None


class StepOut(Schema):
    """One event of a case."""

    version: int
    name: str
    source: str
    target: str
    unit: str | None
    role: str
    note: str
    at: datetime

    @staticmethod
    def resolve_unit(event: CaseEvent) -> str | None:
        return event.unit.name if event.unit else None


class MoveOut(Schema):
    """A move that may be made now, and what stands against it."""

    name: str
    label: str
    needs: list[str]
    reasons: list[str]


class CasePage(CaseOut):
    """A case with its history and the moves open to the reader."""

    events: list[StepOut]
    moves: list[MoveOut]


class Me(Schema):
    """Who is signed in, and which roles they hold over which units."""

    name: str
    roles: list[str]


class MoveIn(Schema):
    """What is said with a move, and the version that the sender saw."""

    version: int
    note: str = ""


class CaseFilter(Schema):
    """Which cases; `after` is `next` of the page before."""

    flow: str | None = None
    state: str | None = None
    after: int | None = None


@api.get("/me", response=Me, summary="Who am I")
def me(request: HttpRequest) -> Any:
    actor = request.auth  # type: ignore[attr-defined]
    return {"name": actor.name, "roles": sorted({g.role for g in actor.grants} | actor.system)}


@api.get("/cases", response=CaseList, summary="Cases within reach, newest first")
def cases(request: HttpRequest, wanted: Query[CaseFilter]) -> Any:
    rows = visible(request.auth).select_related("unit").order_by("-pk")  # type: ignore[attr-defined]
    if wanted.flow:
        rows = rows.filter(flow=wanted.flow)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.after:
        rows = rows.filter(pk__lt=wanted.after)
    found = list(rows[: PAGE + 1])
    page = found[:PAGE]
    names = titles(page)
    for case in page:
        case.title = names[case.pk]  # type: ignore[attr-defined]
    return {"items": page, "next": page[-1].pk if len(found) > PAGE else None}


@api.get("/cases/{int:key}", response=CasePage, summary="One case, its history and its moves")
def one_case(request: HttpRequest, key: int) -> Any:
    return _page(request, _find(request, key))


@api.post(
    "/cases/{int:key}/{name}",
    response={200: CasePage, 409: Said},
    summary="Move a case through its flow",
)
def move_case(request: HttpRequest, key: int, name: str, said: MoveIn) -> Any:
    case = _find(request, key)
    try:
        moved = transition(case, name, actor=request.auth, version=said.version, note=said.note)  # type: ignore[attr-defined]
    except (KeyError, Forbidden) as hidden:
        raise Http404 from hidden
    except Stale:
        return Status(409, {"reasons": [_("Somebody has changed it since you saw it.")]})
    except Refused as refused:
        return Status(409, {"reasons": [str(r.text) for rs in refused.reasons.values() for r in rs]})
    return _page(request, moved)


def _find(request: HttpRequest, key: int) -> Case:
    case = visible(request.auth).select_related("unit").filter(pk=key).first()  # type: ignore[attr-defined]
    if case is None:
        raise Http404
    return case


def _page(request: HttpRequest, case: Case) -> Case:
    history = Prefetch("events", CaseEvent.objects.select_related("unit").order_by("version"))
    prefetch_related_objects([case], history)
    case.title = titles([case])[case.pk]  # type: ignore[attr-defined]
    case.moves = [  # type: ignore[attr-defined]
        {
            "name": move.name,
            "label": str(move.label),
            "needs": list(move.needs),
            "reasons": [str(r.text) for r in reasons],
        }
        for move, reasons in possible(case, actor=request.auth)  # type: ignore[attr-defined]
    ]
    return case


def front(request: HttpRequest) -> Any:
    """The page that says what the interface offers, made from its own description."""
    schema = api.get_openapi_schema()
    operations = [
        {"method": method.upper(), "path": path, "summary": operation.get("summary", "")}
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "api.html", {"heading": _("Interface for programs"), "operations": operations})


front.access = PUBLIC  # type: ignore[attr-defined]
