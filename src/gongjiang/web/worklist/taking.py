"""Who of an office sees to a case: taken and put back, for several at once."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongjiang.kernel.access.rules import holds
from gongjiang.kernel.lifecycle.turns import put_back, take
from gongjiang.web.views import View

from . import queries
from .together import picked


class Take(View):
    """The ticked cases are seen to by me; or by whoever comes first again."""

    access = holds()
    back = False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("desk")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = picked(request.POST.getlist("pick"))
        if not chosen:
            messages.warning(request, _("Nothing is ticked. Tick the cases first."))
            return redirect("desk")
        with transaction.atomic():
            turns = queries.my_turns(self.actor).filter(case__in=list(chosen))
            done = (put_back if self.back else take)(turns, actor=self.actor)
        messages.success(request, self._said(done, len(chosen) - done))
        return redirect("desk")

    def _said(self, done: int, left: int) -> str:
        if self.back:
            return ngettext("%(n)d case put back.", "%(n)d cases put back.", done) % {"n": done}
        said = ngettext("You see to %(n)d case.", "You see to %(n)d cases.", done) % {"n": done}
        if not left:
            return said
        more = ngettext("%(n)d is with a colleague.", "%(n)d are with colleagues.", left) % {"n": left}
        return f"{said} {more}"
