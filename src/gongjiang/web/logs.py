"""What is written to the log: one JSON object a line, with keys and routes, never names, numbers or what was typed.

A request leaves its method, route, status, time taken, the key of the account and its own id, which the answer bears
too. Errors keep where they happened; of what a database says about a row, nothing is kept.
"""

import json
import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

#: The id of the request that this thread is answering.
REQUEST: ContextVar[str] = ContextVar("request", default="")

#: Digits as of an identity, a phone or an account, also when spaces or dashes stand between them.
_NUMBER = re.compile(r"\d(?:[\s-]?\d){6,}[Xx]?")
#: What PostgreSQL adds to an error: the row, the key, the statement.
_DETAIL = re.compile(r"^.*\b(DETAIL|CONTEXT|HINT|LINE \d+|QUERY|PARAMETERS):.*$", re.M)

log = logging.getLogger("gongjiang.request")


def clean(text: str) -> str:
    """The text without what could name a person."""
    return _NUMBER.sub("…", _DETAIL.sub("", text)).rstrip()


class Line(logging.Formatter):
    """One JSON object: at, level, logger, message, and whatever was put into `extra={"fields": {…}}`."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": clean(record.getMessage()),
        }
        if REQUEST.get():
            said["request"] = REQUEST.get()
        said |= getattr(record, "fields", {})
        if record.exc_info:
            said["error"] = clean(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)


class RequestLog:
    """Outermost: gives each request its id, and writes one line when it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token, begun = REQUEST.set(uuid.uuid4().hex[:12]), time.perf_counter()
        try:
            response = self.get_response(request)
            if not request.path.startswith(("/static/", "/healthz")):
                fields = _fields(request, response, begun)
                log.info("%s %s", request.method, response.status_code, extra={"fields": fields})
            response.headers["X-Request-Id"] = REQUEST.get()
            return response
        finally:
            REQUEST.reset(token)


def _fields(request: HttpRequest, response: HttpResponse, begun: float) -> dict[str, str | float | None]:
    match, actor = request.resolver_match, getattr(request, "actor", None)
    return {
        "method": request.method,
        "route": match.route if match else None,
        "status": response.status_code,
        "ms": round((time.perf_counter() - begun) * 1000, 1),
        "user": actor.user if actor else None,
    }
