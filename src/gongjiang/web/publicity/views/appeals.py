"""What a worker says against the decision on an own case, and what became of it."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.rules import own, takes_part
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.publicity import actions, queries
from gongjiang.kernel.publicity.actions import Author
from gongjiang.kernel.publicity.models import ObjectionKind
from gongjiang.web.components import cases
from gongjiang.web.files.uploads import Limits
from gongjiang.web.publicity.forms import AppealForm
from gongjiang.web.views import SIGNED_IN, ActionView, View

from .objecting import MEGABYTE
from .words import ruled


class Mine(View):
    """My appeals and where each stands; which decisions take one now; where objections are looked up."""

    access = SIGNED_IN
    face = "my"
    heading = _("Appeals and objections")
    template_name = "publicity/mine.html"

    def context(self, **more: Any) -> dict[str, Any]:
        made = queries.appeals(self.actor)
        done = {each.case.pk for each in made}
        offered = [case for case in queries.appealable(self.actor) if case.pk not in done]
        names = cases.titles([*(each.case for each in made), *offered])
        return super().context(
            made=[
                {
                    "appeal": each,
                    "title": names[each.case.pk],
                    "url": cases.url_of(each.case, "my"),
                    "result": ruled(ObjectionKind.APPEAL, each.result),
                }
                for each in made
            ],
            offered=[{"case": case, "title": names[case.pk]} for case in offered],
            **more,
        )


class Make(ActionView):
    """Appeal against the decision on a case of one's own. What is typed waits nowhere."""

    access = own("applicant") | takes_part()
    face = "my"
    template_name = "publicity/appeal.html"
    form_class = AppealForm
    keeps_typed = False
    uploads = Limits(20 * MEGABYTE, 40 * MEGABYTE)
    heading = _("Appeal against the decision")
    button = _("Send the appeal")
    row: Case

    def rows(self) -> QuerySet[Case]:
        return Case.objects.select_related("unit", "edition__unit").filter(edition__isnull=False)

    def perform(self, form: Any) -> str:
        said = form.cleaned_data
        actions.appeal(
            self.row,
            author=Author(self.actor.name, said["contact"]),
            matter=said["matter"],
            request=self.once() or uuid.uuid4(),
            actor=self.actor,
            uploads=said["evidence"],
        )
        return reverse("my-objections")

    def once(self) -> uuid.UUID | None:
        try:
            return uuid.UUID(self.request.POST.get("once", ""))
        except ValueError:
            return None

    def done(self, result: Any) -> Any:
        return _("Your appeal has arrived. Here you can see what becomes of it.")

    def context(self, **more: Any) -> dict[str, Any]:
        title = cases.title_of(self.row)
        return super().context(title=title, back=cases.url_of(self.row, "my"), **more)
