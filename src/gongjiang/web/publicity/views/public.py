"""Notices for everybody: all of them, and one as it is published and printed."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.publicity.models import Publicity, PublicityState
from gongjiang.web.views import PUBLIC, DetailView, Filters, ListView

from .words import NEWEST, dressed, titled


class StandingFilter(Filters):
    """Notices by whether they take objections."""

    standing = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("all notices")),
            ("open", PublicityState.OPEN.label),
            ("over", PublicityState.OVER.label),
            ("cancelled", PublicityState.CANCELLED.label),
        ],
    )

    def filter_standing(self, rows: QuerySet[Publicity], value: str) -> QuerySet[Publicity]:
        now = timezone.now()
        if value == "cancelled":
            return rows.exclude(cancelled_at=None)
        rows = rows.filter(cancelled_at=None)
        return rows.filter(closes_at__gte=now) if value == "open" else rows.filter(closes_at__lt=now)


class Notices(ListView):
    """All notices, for everybody."""

    access = PUBLIC
    face = "public"
    heading = _("Notices")
    template_name = "publicity/notices.html"
    orders = (NEWEST,)
    filters = StandingFilter

    def rows(self) -> QuerySet[Publicity]:
        return Publicity.objects.select_related("unit")

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        for row in context["page"].rows:
            dressed(row)
        return context


class Notice(DetailView):
    """One notice as it is published and printed: the list, until when one may object, how the list came about."""

    access = PUBLIC
    face = "public"
    key = "number"
    template_name = "publicity/notice.html"
    row: Publicity

    def rows(self) -> QuerySet[Publicity]:
        return Publicity.objects.select_related("unit")

    def get_heading(self) -> Any:
        return titled(self.row)

    def context(self, **more: Any) -> dict[str, Any]:
        english = not str(get_language()).startswith("zh")
        snapshot = self.row.snapshot
        columns = [
            {
                "label": c.label_en if english and c.label_en else c.label,
                "number": c.number,
                "lead": n == snapshot.lead,
            }
            for n, c in enumerate(snapshot.columns)
        ]
        rows = [list(zip(columns, row, strict=True)) for row in snapshot.rows]
        steps = [(s.label_en if english and s.label_en else s.label, s.note) for s in snapshot.steps]
        digest = bytes(self.row.digest).hex()[:16]
        return super().context(
            notice=dressed(self.row),
            columns=columns,
            table=rows,
            steps=steps,
            check=" ".join(digest[n : n + 4] for n in range(0, 16, 4)),
            printed_at=timezone.now(),
            paragraphs=[p for p in self.row.text.split("\n") if p.strip()],
            **more,
        )
