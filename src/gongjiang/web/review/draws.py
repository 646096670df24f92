"""Draws: committing and revealing at the desk, and the page on which anybody checks one."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.review import draws
from gongjiang.kernel.review.lot import SCRIPT
from gongjiang.kernel.review.models import Draw
from gongjiang.kernel.review.rules import RUN_EDITION
from gongjiang.web.views import PUBLIC, ActionView, DetailView

from .forms import DrawForm, DropForm, RevealForm
from .organising import Change


class Commit(Change):
    """Freeze a panel's codes as tickets and publish the hash of a secret."""

    heading = _("Draw the order")
    form_class = DrawForm
    button = _("Publish the tickets and the commitment")
    lead = _("The tickets are the codes of this panel. They are frozen and public from now on.")

    def perform(self, form: DrawForm) -> str:
        draw = draws.commit_order(self.row, actor=self.actor, **form.cleaned_data)
        return reverse("review:draw", args=[draw.pk])


class Reveal(ActionView):
    """Enter the public value and draw; or take a ticket out."""

    access = RUN_EDITION
    prefix = "edition__"
    template_name = "review/reveal.html"
    button = _("Draw now")

    @property
    def form_class(self) -> Any:  # type: ignore[override]
        return DropForm if "drop" in self.request.GET else RevealForm

    def form_kwargs(self) -> dict[str, Any]:
        if self.form_class is RevealForm:
            return {}
        gone = set(self.row.drops.values_list("token", flat=True))
        return {"tokens": [t for t in self.row.entries if t not in gone]}

    def rows(self) -> QuerySet[Any]:
        return Draw.objects.select_related("edition", "panel")

    def perform(self, form: Any) -> str:
        if self.form_class is DropForm:
            draws.drop(self.row, form.cleaned_data["token"], form.cleaned_data["reason"], actor=self.actor)
        else:
            draws.reveal(self.row, actor=self.actor, **form.cleaned_data)
        return reverse("review:draw", args=[self.row.pk])

    def context(self, **more: Any) -> dict[str, Any]:
        dropping = self.form_class is DropForm
        return super().context(
            draw=self.row,
            dropping=dropping,
            early=not dropping and timezone.now() < self.row.public_at,
            drawn=self.row.drawn_at is not None and not dropping,
            **more,
        )


class PublicDraw(DetailView):
    """Everything that a draw was made from, run again while you look, and how to run it yourself."""

    access = PUBLIC
    face = "public"
    template_name = "review/draw.html"

    def rows(self) -> QuerySet[Any]:
        return Draw.objects.select_related("edition", "unit", "panel")

    def context(self, **more: Any) -> dict[str, Any]:
        draw = self.row
        drops = list(draw.drops.order_by("at"))
        runs = RUN_EDITION.filter(Edition.objects.filter(pk=draw.edition_id), self.actor).exists()
        values = [
            f"tickets = {draw.entries!r}",
            f"entries_hash = {draw.entries_hash!r}",
            f"commitment = {draw.commitment!r}",
            f"dropped = {sorted(d.token for d in drops)!r}",
        ]
        if draw.drawn_at:
            values += [f"secret = {draw.secret!r}", f"public_value = {draw.public_value!r}"]
        return super().context(
            draw=draw,
            drops=drops,
            order=draws.order_now(draw),
            problems=draws.problems(draw),
            script="\n".join([*values, SCRIPT]),
            runs=runs,
            heading=_t("Draw: %s") % draw.title,
            **{k: v for k, v in more.items() if k != "heading"},
        )

    def get_heading(self) -> Any:
        return _t("Draw: %s") % self.row.title
