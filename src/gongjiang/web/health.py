"""Whether the application and its database answer."""

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse

from .views.access import PUBLIC


def healthz(request: HttpRequest) -> HttpResponse:
    """200 "ok", or 503 with what does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


healthz.access = PUBLIC  # type: ignore[attr-defined]
