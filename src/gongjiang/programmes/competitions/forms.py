"""What is asked of whom."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.credentials.ladder import Grade
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.lifecycle.states import State
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people.models import Person
from gongjiang.web.files.forms import FilesField, limits_said
from gongjiang.web.views import Filters

from .actions import Content
from .models import (
    HAND,
    SIZES,
    TOP,
    Choice,
    Class,
    ContestEvent,
    Group,
    Kind,
    Stage,
    UpgradeState,
    Won,
)

MOMENT = "%Y-%m-%dT%H:%M"
INSURED, SEALED = "insurance", "opinion"
PAPERS = {INSURED: _("Proof of social insurance"), SEALED: _("Opinion of the unit with its seal")}
MOST_BANDS = 8
MOST_ALIKE = 50


def moment_field(label: Any, **more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[MOMENT, "%Y-%m-%d %H:%M"], **more)


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NamesField(forms.CharField):
    """Colleagues by name, one on a line; of two with one name the day of birth says which. Gives persons in order.

    people   who works at the workplace; set by the form
    """

    widget = forms.Textarea(attrs={"rows": 3})
    people: Any = None

    def clean(self, value: Any) -> list[Person]:
        found: list[Person] = []
        for line in filter(None, map(str.strip, super().clean(value).splitlines())):
            name, _space, born = line.replace("　", " ").partition(" ")
            there = list(self.people.filter(name=name)[:MOST_ALIKE])
            if born.strip():
                there = [p for p in there if str(p.born_on) == born.strip()]
            if not there:
                text = _t("Nobody named “%s” works here. Write the name as it stands in the roster.")
                raise forms.ValidationError(text % line)
            if len(there) > 1:
                text = _t(
                    "There are several named “%(name)s”. Add the day of birth, such as %(name)s 1990-01-31."
                )
                raise forms.ValidationError(text % {"name": name})
            if there[0] in found:
                raise forms.ValidationError(_t("“%s” stands there twice.") % line)
            found.append(there[0])
        return found


class EntryForm(forms.Form):
    """An entry. `people` are the colleagues that the union of a workplace may choose from; a worker enters alone."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Workplace"), empty_label=None)
    group = forms.ChoiceField(
        label=c("contest entry", "Group"), choices=Group.choices, widget=forms.RadioSelect
    )
    members = NamesField(
        label=_("Entrants"), help_text=_("One name on a line; the first stands for the entry.")
    )
    coaches = NamesField(
        label=_("Coaches"),
        required=False,
        help_text=_("One name on a line. Whoever trained the entrants never judges them."),
    )
    team = forms.CharField(label=_("Name of the team"), max_length=40, required=False)
    grade = forms.ChoiceField(
        label=_("Skill grade held"), required=False, choices=[("", _("none")), *Grade.choices]
    )
    certificate = forms.CharField(label=_("Number of its certificate"), max_length=40, required=False)
    years = forms.IntegerField(label=_("Years in the trade"), required=False, min_value=0, max_value=60)

    def __init__(
        self, *args: Any, event: ContestEvent, places: list[Unit], people: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if len(places) > 1:
            self.fields["unit"].queryset = Unit.objects.filter(pk__in=[p.pk for p in places])  # type: ignore[attr-defined]
        else:
            del self.fields["unit"]
        if people is None:
            del self.fields["members"], self.fields["coaches"]
        else:
            for name in ("members", "coaches"):
                self.fields[name].people = people  # type: ignore[attr-defined]
        if event.size == 1:
            del self.fields["team"]
        for kind, label in PAPERS.items():
            hint = limits_said() if kind == INSURED else _("The page with the seal, scanned or photographed.")
            self.fields[kind] = FilesField(kind, label=label, help_text=hint)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("grade") and not (data.get("certificate") or "").strip():
            self.add_error("certificate", _t("Enter the number as it stands on the certificate."))
        return data

    def content(self) -> Content:
        said = self.cleaned_data
        coaches = [p.pk for p in said.get("coaches", ())]
        return Content(
            said["group"], said["grade"], said["certificate"], said["years"], said.get("team", ""), coaches
        )

    def uploads(self) -> list[Upload]:
        return [upload for kind in PAPERS for upload in self.cleaned_data.get(kind) or ()]


class ContestForm(forms.Form):
    kind = forms.ChoiceField(label=c("contest", "Kind"), choices=Kind.choices, widget=forms.RadioSelect)
    klass = forms.ChoiceField(label=c("contest", "Class"), choices=Class.choices)
    ordinal = forms.IntegerField(
        label=_("Which one it is"), required=False, min_value=1, max_value=99, help_text=_("6 for the sixth.")
    )
    filing = forms.CharField(label=_("Filing number"), required=False, max_length=60)


class EventForm(forms.ModelForm):
    """One event with its times."""

    class Meta:
        model = ContestEvent
        fields = (
            "trade", "trade_en", "occupation", "level", "group", "format", "size", "world_skills", "theory_share",
            "pass_mark", "finalists", "task",
        )  # fmt: skip
        labels = {
            "trade": c("contest", "Event"), "trade_en": _("Name in English"), "occupation": _("Code of the occupation"),
            "level": _("Judged by the standard of"), "group": c("contest entry", "Group"),
            "format": c("event", "Format"), "size": _("Persons in one entry"),
            "world_skills": _("As at WorldSkills, without theory"),
            "theory_share": _("Share of the theory in per cent"),
            "pass_mark": _("Points needed in each part for a prize"), "finalists": _("How many go on to the practice"),
            "task": _("Task"),
        }  # fmt: skip
        help_texts = {
            "occupation": _(
                "As in the classification of occupations; it is what is counted as one occupation."
            ),
            "theory_share": _("0 where only the practice counts."),
            "finalists": _("0: everybody."),
            "task": _("What has to be made or done. Judges read it."),
        }
        widgets = {"trade": forms.TextInput, "trade_en": forms.TextInput, "occupation": forms.TextInput,
                   "group": forms.RadioSelect, "task": forms.Textarea(attrs={"rows": 3})}  # fmt: skip

    registration_from = moment_field(_("Registration from"))
    registration_until = moment_field(_("Registration until"))
    judging_from = moment_field(_("The event begins"))
    judging_until = moment_field(_("The event ends"), help_text=_("Appeals are taken from then on."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        form = data.get("format")
        if form in SIZES:
            data["size"] = self.instance.size = SIZES[form]
        elif (data.get("size") or 0) < 2:
            self.add_error("size", _t("A team has at least two."))
        if data.get("world_skills") and data.get("theory_share"):
            self.add_error("theory_share", _t("An event as at WorldSkills has no theory: enter 0."))
        for first, last in (("registration_from", "registration_until"), ("judging_from", "judging_until")):
            if data.get(first) and data.get(last) and data[last] <= data[first]:
                self.add_error(last, _t("It ends before it begins."))
        registered, judged = data.get("registration_until"), data.get("judging_from")
        if registered and judged and judged < registered:
            self.add_error("judging_from", _t("The event begins before the registration has ended."))
        return data

    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class BandsForm(forms.Form):
    """Rows of what is won by which ranks; empty rows are left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [
            ("", "—"), ("prize", Won.PRIZE.label), (TOP, _("Title of top technician")),
            (HAND, _("Title of skilled hand")),
        ]  # fmt: skip
        for n in range(1, MOST_BANDS + 1):
            label = _t("Line %d: kind") % n
            self.fields[f"won_{n}"] = forms.ChoiceField(label=label, choices=kinds, required=False)
            self.fields[f"name_{n}"] = forms.CharField(label=_("Name"), required=False, max_length=40)
            self.fields[f"first_{n}"] = forms.IntegerField(label=_("From rank"), required=False, min_value=1)
            self.fields[f"last_{n}"] = forms.IntegerField(label=_("To rank"), required=False, min_value=1)
            self.fields[f"share_{n}"] = forms.DecimalField(
                label=_("or to this share of the entrants, in per cent"), required=False, max_digits=5,
                decimal_places=2, min_value=Decimal("0.01"), max_value=Decimal(100),
            )  # fmt: skip

    def groups(self) -> list[list[Any]]:
        names = ("won", "name", "first", "last", "share")
        return [[self[f"{name}_{n}"] for name in names] for n in range(1, MOST_BANDS + 1)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in range(1, MOST_BANDS + 1):
            row = {name: data.get(f"{name}_{n}") for name in ("won", "name", "first", "last", "share")}
            if not any(row.values()):
                continue
            for name in ("won", "name", "first"):
                if not row[name]:
                    self.add_error(f"{name}_{n}", _t("Please fill this in."))
            if bool(row["last"]) == bool(row["share"]):
                self.add_error(
                    f"last_{n}", _t("Enter the last rank, or a share of the entrants: one of the two.")
                )
            elif row["last"] and row["first"] and row["last"] < row["first"]:
                self.add_error(f"last_{n}", _t("It ends before it begins."))
        return data

    def rows(self) -> list[dict[str, Any]]:
        found = []
        for n in range(1, MOST_BANDS + 1):
            said = self.cleaned_data
            if said.get(f"won_{n}"):
                kind = said[f"won_{n}"]
                found.append(
                    {
                        "won": Won.PRIZE if kind == "prize" else Won.TITLE, "code": "" if kind == "prize" else kind,
                        "name": said[f"name_{n}"], "first": said[f"first_{n}"], "last": said[f"last_{n}"],
                        "share": said[f"share_{n}"],
                    }
                )  # fmt: skip
        return found


class ShortfallForm(forms.Form):
    choice = forms.ChoiceField(label=_("What happens"), choices=Choice.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept with the event and never changed."),
    )  # fmt: skip


class SelectionForm(forms.Form):
    on = forms.DateField(label=_("Day of the selection"), widget=day_input())
    people = NamesField(
        label=_("Who started"), widget=forms.Textarea(attrs={"rows": 12}), help_text=_("One name on a line.")
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].people = people  # type: ignore[attr-defined]


class SendForm(forms.Form):
    on = forms.DateField(label=_("Sent on"), widget=day_input())


class AnswerForm(forms.Form):
    on = forms.DateField(label=_("Answered on"), widget=day_input())
    certificate = forms.CharField(label=_("Number of the certificate"), max_length=60, required=False)
    reason = forms.CharField(
        label=_("or why there is none"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


STATES = (
    State.SUBMITTED, State.RETURNED, State.UNDER_REVIEW, State.SCORING, State.PUBLICISED, State.AWARDED, State.CLOSED,
)  # fmt: skip


class EntryFilters(Filters):
    contest = forms.ModelChoiceField(
        Edition.objects.filter(programme="competitions", parent=None).order_by("-pk"), label=_("Contest"),
        required=False, empty_label=_("All contests"),
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All states")), *[(s.value, s.label) for s in STATES]],
    )

    def filter_contest(self, rows: Any, value: Edition) -> Any:
        return rows.filter(case__edition__parent=value)

    def filter_state(self, rows: Any, value: str) -> Any:
        return rows.filter(case__state=value)


class UpgradeFilters(Filters):
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *UpgradeState.choices]
    )


class StartFilters(Filters):
    stage = forms.ChoiceField(
        label=_("Stage"), required=False, choices=[("", _("All stages")), *Stage.choices]
    )
