"""Every address: the shell's, insight's, and each programme's on the faces it has.

A programme's `urls.py` holds lists named PUBLIC, MY, DESK and COCKPIT; they hang below `/<name>/`, `/my/<name>/`,
`/desk/<name>/` and `/cockpit/<name>/`, all in the namespace of the programme.
"""

from django.urls import URLPattern, URLResolver, include, path

from gongjiang.insight.api import router as figures
from gongjiang.kernel.catalogue import programmes
from gongjiang.web.api import api, front

api.add_router("/figures", figures)

FACES = {"PUBLIC": "", "MY": "my/", "DESK": "desk/", "COCKPIT": "cockpit/"}


def _programme_urls() -> list[URLPattern | URLResolver]:
    found: list[URLPattern | URLResolver] = []
    for programme in programmes():
        module = programme.module("urls")
        if module is None:
            continue
        patterns: list[URLPattern | URLResolver] = [
            path(f"{prefix}{programme.code}/", include(getattr(module, face)))
            for face, prefix in FACES.items()
            if hasattr(module, face)
        ]
        found.append(path("", include((patterns, programme.code))))
    return found


urlpatterns = [
    path("", include("gongjiang.web.urls")),
    path("api/", front, name="api"),
    path("api/", api.urls),
    path("", include("gongjiang.insight.urls")),
    *_programme_urls(),
]

handler400 = "gongjiang.web.errors.bad_request"
handler403 = "gongjiang.web.errors.forbidden"
handler404 = "gongjiang.web.errors.missing"
handler500 = "gongjiang.web.errors.broken"
