"""What the organiser of a call records: the site check, the public title, the prizes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import holds
from gongjiang.kernel.files.models import File
from gongjiang.kernel.files.queries import files_of
from gongjiang.kernel.lifecycle.editions import runs
from gongjiang.kernel.lifecycle.models import Edition, EditionState
from gongjiang.kernel.lifecycle.states import State
from gongjiang.programmes.innovations import actions
from gongjiang.programmes.innovations.models import Entry, EvidenceKind, Prize
from gongjiang.programmes.innovations.permissions import ENDORSER, ORGANISER
from gongjiang.web.files.forms import FilesField, limits_said
from gongjiang.web.views import ActionView

from .results import UPLOADS


class CheckForm(forms.Form):
    """What two checkers found where it is used."""

    on = forms.DateField(label=_("Day of the check"), widget=forms.DateInput(attrs={"type": "date"}))
    first = forms.CharField(label=_("First checker"), max_length=50)
    other = forms.CharField(label=_("Second checker"), max_length=50)
    findings = forms.CharField(
        label=_("Findings"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Is it in use as described, and does the benefit hold? What was looked at?"),
    )
    passed = forms.TypedChoiceField(
        label=pgettext_lazy("site check", "Result"),
        choices=[("yes", _("In use as described")), ("no", _("Not confirmed"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


class SiteCheck(ActionView):
    """Records the site check of one entry."""

    access = ORGANISER
    prefix = "case__"
    form_class = CheckForm
    heading = _("Record the site check")
    button = pgettext_lazy("site check", "Record")

    def rows(self) -> QuerySet[Entry]:
        return Entry.objects.select_related("case__edition__unit", "result")

    def get_lead(self) -> str:
        return f"{self.row.result.title}　{self.row.case.number}"

    def perform(self, form: Any) -> str:
        said = form.cleaned_data
        actions.check_on_site(
            self.row,
            on=said["on"],
            visitors=(said["first"], said["other"]),
            findings=said["findings"],
            passed=said["passed"],
            actor=self.actor,
        )
        return reverse("innovations:entry", args=[self.row.pk])

    def done(self, result: Any) -> str:
        return _t("The site check is recorded.")


class SlidesForm(forms.Form):
    """What an entry is presented with."""

    slides = FilesField(EvidenceKind.SLIDES, label=EvidenceKind.SLIDES.label)
    removed = forms.MultipleChoiceField(
        label=_("Attached; tick what should be removed"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, attached: Sequence[File], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slides"].help_text = f"{_t('Wide pages, 16 to 9, 1920 × 1080 points.')} {limits_said()}"
        if attached:
            self.fields["removed"].choices = [(f.pk, f.name) for f in attached]  # type: ignore[attr-defined]
        else:
            del self.fields["removed"]


class Slides(ActionView):
    """What an entry is presented with at the roadshow; its judges read it in their pack."""

    access = ORGANISER
    prefix = "case__"
    form_class = SlidesForm
    uploads = UPLOADS
    template_name = "innovations/of_entry.html"
    heading = _("Roadshow slides")
    lead = _("Add them before the panel takes the entry in: what judges read is fixed then.")
    button = pgettext_lazy("call", "Keep")

    def rows(self) -> QuerySet[Entry]:
        return Entry.objects.filter(case__state=State.SCORING).select_related("case__edition__unit", "result")

    def form_kwargs(self) -> dict[str, Any]:
        return {"attached": list(files_of(self.row.pk))}

    def perform(self, form: Any) -> str:
        removed = [int(key) for key in form.cleaned_data.get("removed", ())]
        actions.add_slides(self.row, form.cleaned_data["slides"], actor=self.actor, removed=removed)
        return reverse("innovations:entry", args=[self.row.pk])


class TitleForm(forms.Form):
    title = forms.CharField(
        label=_("Public title"),
        max_length=80,
        required=False,
        help_text=_("What notices, certificates and the library call it. The original stays as it is."),
    )


class PublicTitle(ActionView):
    """The title under which an entry is publicised."""

    access = ORGANISER | ENDORSER
    prefix = "case__"
    form_class = TitleForm
    heading = _("Public title")
    button = pgettext_lazy("call", "Keep")

    def rows(self) -> QuerySet[Entry]:
        return Entry.objects.select_related("case", "result")

    def initial(self) -> dict[str, str]:
        return {"title": self.row.public_title or self.row.result.title}

    def perform(self, form: Any) -> str:
        actions.name_in_public(self.row, form.cleaned_data["title"], actor=self.actor)
        return reverse("innovations:entry", args=[self.row.pk])


class PrizesForm(forms.Form):
    """One prize a line."""

    lines = forms.CharField(
        label=_("Prizes, the highest first"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One a line: its name and how many win it, e.g. “First prize 3”."),
    )

    def clean_lines(self) -> list[dict[str, str | int]]:
        found: list[dict[str, str | int]] = []
        for n, line in enumerate(filter(None, map(str.strip, self.cleaned_data["lines"].splitlines())), 1):
            name, _space, places = line.rpartition(" ")
            if not name.strip() or not places.isdigit() or int(places) < 1:
                raise forms.ValidationError(
                    _t("Line %(n)d: write the name, a space, and how many win it.") % {"n": n}
                )
            found.append({"name": name.strip(), "places": int(places)})
        return found


class Prizes(ActionView):
    """The prizes of a call in preparation."""

    access = holds(Role.OFFICER)
    form_class = PrizesForm
    heading = _("Set prizes")
    button = pgettext_lazy("call", "Keep")

    def rows(self) -> QuerySet[Edition]:
        return Edition.objects.filter(programme="innovations", state=EditionState.DRAFT).select_related(
            "unit"
        )

    @property
    def case(self) -> None:
        return None

    def prepare(self) -> None:
        super().prepare()
        if not runs(self.row, self.actor):
            raise Http404

    def initial(self) -> dict[str, str]:
        rows = Prize.objects.filter(edition=self.row).order_by("position")
        return {"lines": "\n".join(f"{p.name} {p.places}" for p in rows)}

    def perform(self, form: Any) -> str:
        actions.set_prizes(self.row, form.cleaned_data["lines"], actor=self.actor)
        return reverse("innovations:call", args=[self.row.pk])
