"""A stored file as an answer: to be saved, not to be shown."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from gongjiang.kernel.files.store import Lost

#: A browser that shows the file all the same gives it nothing to run and nowhere to load from.
POLICY = "default-src 'none'; sandbox"


def download(fetch: Any, file: Any) -> HttpResponse:
    """A stored file as an answer. Raises Http404 where it is lost."""
    try:
        content = fetch(file.stored)
    except Lost as lost:
        raise Http404 from lost
    response = HttpResponse(content, content_type=file.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    return response
