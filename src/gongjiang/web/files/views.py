"""A file goes out: through its case's rule, to be saved and not to be shown."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from gongjiang.kernel.files.models import STORE, File
from gongjiang.kernel.files.store import Lost
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.web.components.cases import url_of
from gongjiang.web.views import SIGNED_IN, View

from .answers import POLICY
from .links import Expired, file_of, link_to


class Download(View):
    """One file of a case that the actor may see."""

    access = SIGNED_IN
    template_name = "files/unavailable.html"

    def prepare(self) -> None:
        self.face = "desk" if self.actor.is_staff else "my"
        self.is_old = False
        try:
            key = file_of(self.kwargs["link"], self.actor)
        except Expired as expired:
            key, self.is_old = expired.key, True
        if key is None:
            raise Http404
        found = File.objects.filter(pk=key, removed_at=None).select_related("case", "person").first()
        if found is None or not self._sees(found.case):
            raise Http404
        self.file = found

    def _sees(self, case: Case) -> bool:
        flow = flows().get(case.flow)
        return flow is not None and flow.view.filter(Case.objects.filter(pk=case.pk), self.actor).exists()

    def get_heading(self) -> Any:
        return self.file.name

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.is_old:
            return self.show(
                status=410,
                said=_("This link was good for a quarter of an hour."),
                again=link_to(self.file, self.actor),
            )
        try:
            STORE.check(self.file.stored, bytes(self.file.digest))
        except Lost:
            return self.show(
                status=410,
                said=_(
                    "The file is no longer on the server, or damaged. Whoever added it has to add it again;"
                    " please also tell the administrator."
                ),
            )
        response = StreamingHttpResponse(STORE.pieces(self.file.stored), content_type=self.file.media_type)
        response.headers["Content-Length"] = str(self.file.bytes)
        response.headers["Content-Disposition"] = (
            content_disposition_header(True, self.file.name) or "attachment"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = POLICY
        return response  # type: ignore[return-value]

    def context(self, **more: Any) -> dict[str, Any]:
        back = url_of(self.file.case, self.face) or url_of(self.file.case, "my")
        return super().context(file=self.file, back=back, **more)
