"""The worker's form: a result with its makers and its evidence."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.models import File
from gongjiang.kernel.lifecycle.models import Participant
from gongjiang.kernel.orgs.models import Unit
from gongjiang.programmes.innovations import actions
from gongjiang.programmes.innovations.actions.results import MORE
from gongjiang.programmes.innovations.models import (
    Category,
    EvidenceKind,
    Ownership,
    Result,
    SecondClass,
    Secrecy,
    Topic,
)
from gongjiang.programmes.innovations.queries import teams
from gongjiang.web.files.forms import FilesField, limits_said, measured

EVIDENCE = (
    EvidenceKind.PHOTO,
    EvidenceKind.PAPER,
    EvidenceKind.CERTIFICATE,
    EvidenceKind.SHEET,
    EvidenceKind.AGREEMENT,
)
FIRST = (EvidenceKind.PHOTO, EvidenceKind.PAPER, EvidenceKind.CERTIFICATE)
MOST_ROWS = 20
NOT_SAID = [("", _("not said yet"))]
YES_NO = forms.Select(choices=[("", _("not said yet")), ("true", _("Yes")), ("false", _("No"))])


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _share(**more: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"inputmode": "decimal", "step": "any", "min": "0", "max": "100"})
    return forms.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100, widget=widget, **more
    )


class ResultForm(forms.ModelForm):
    """A worker's result with its makers and its evidence; every text may stay empty in a draft.

    categories  the kinds that are offered: those of the workplaces
    team  the makers that are there, the author first; a share that is emptied takes a colleague off
    rows  how many lines there are for further colleagues, each a name, a phone and a share
    goes_on  it holds what was just typed: nothing older is put into it
    """

    goes_on = False

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Workplace"), empty_label=None)
    team = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("Team it comes from"),
        required=False,
        empty_label=_("no team, or not listed"),
        help_text=_(
            "Its leader, where one is named, confirms it before the union of your enterprise reads it."
        ),
    )
    own_share = _share(label=_("Your share, in per cent"), required=False)

    class Meta:
        model = Result
        fields = ("team", *actions.FIELDS, *MORE)
        labels = {
            "title": _("What is it called"),
            "category": _("Kind"),
            "problem": _("The problem"),
            "novelty": _("What is new"),
            "effect": _("The effect"),
            "put_into_use_on": _("In use since"),
            "secrecy": _("Who may read it"),
            "second_class": _("Field"),
            "topic": _("Topic"),
            "industry": _("Industry code"),
            "route": _("How it is built"),
            "done_from": _("Worked on from"),
            "done_to": _("Worked on until"),
            "ownership": _("Whose is it"),
            "prior_awards": _("Awards it has had"),
            "gov_plan": _("In a science plan of the government?"),
            "gov_award": _("Awarded by a government already?"),
            "disputed": _("May somebody dispute whose it is?"),
        }
        help_texts = {
            "title": _("Name the thing and what it does, e.g. “Quick-change fixture for belt rollers”."),
            "problem": _("What was slow, dangerous or costly before?"),
            "novelty": _("What do you do differently, and since when?"),
            "effect": _("Hours, pieces, accidents, money: what changed? Rough figures will do."),
            "put_into_use_on": _("Leave it empty if it is not in use yet."),
            "secrecy": _("Secret content does not belong on this form."),
            "industry": _("GB/T 4754, e.g. 0610; empty: that of your enterprise."),
            "prior_awards": _("One on a line."),
        }
        widgets = {
            "title": forms.TextInput(attrs={"maxlength": 80}),
            "category": forms.RadioSelect,
            "problem": forms.Textarea(attrs={"rows": 3}),
            "novelty": forms.Textarea(attrs={"rows": 3}),
            "effect": forms.Textarea(attrs={"rows": 3}),
            "put_into_use_on": day_input(),
            "secrecy": forms.RadioSelect,
            "industry": forms.TextInput(attrs={"maxlength": 5}),
            "route": forms.Textarea(attrs={"rows": 3}),
            "done_from": day_input(),
            "done_to": day_input(),
            "prior_awards": forms.Textarea(attrs={"rows": 2}),
            "gov_plan": YES_NO,
            "gov_award": YES_NO,
            "disputed": YES_NO,
        }

    removed = forms.MultipleChoiceField(
        label=_("Attached; tick what should be removed"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        places: list[Unit],
        submit: bool,
        categories: Collection[str] = Category.values,
        attached: list[File] | None = None,
        team: list[Participant] | None = None,
        rows: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.submit, self.team_now, self.rows = submit, list(team or ()), min(rows, MOST_ROWS)
        offered = {*categories, self.instance.category}
        self.fields["category"].choices = [c for c in Category.choices if c[0] in offered]  # type: ignore[attr-defined]
        self.fields["secrecy"].choices = Secrecy.choices  # type: ignore[attr-defined]
        for name, codes in (("second_class", SecondClass), ("topic", Topic), ("ownership", Ownership)):
            self.fields[name].choices = [*NOT_SAID, *codes.choices]  # type: ignore[attr-defined]
            self.fields[name].required = False
        self.fields["secrecy"].initial = Secrecy.INTERNAL
        for name in ("problem", "novelty", "effect"):
            self.fields[name].required = submit
        if len(places) > 1:
            self.fields["unit"].queryset = Unit.objects.filter(pk__in=[p.pk for p in places])  # type: ignore[attr-defined]
            self.order_fields(["unit"])
        else:
            del self.fields["unit"]
        self.fields["team"].queryset = teams(places)  # type: ignore[attr-defined]
        if not self.fields["team"].queryset:  # type: ignore[attr-defined]
            del self.fields["team"]
        if attached:
            self.fields["removed"].choices = [(f.pk, f"{f.name}　{measured(f.bytes)}") for f in attached]  # type: ignore[attr-defined]
        else:
            del self.fields["removed"]
        self._ask_for_team()
        hints = {
            EvidenceKind.PHOTO: limits_said(),
            EvidenceKind.CERTIFICATE: _("With the seal of the workshop or the unit."),
            EvidenceKind.SHEET: _("Step by step, so that others can do the same; needed for the library."),
        }
        for kind in EVIDENCE:
            self.fields[kind.value] = FilesField(kind.value, label=kind.label, help_text=hints.get(kind, ""))

    def _ask_for_team(self) -> None:
        others = self.team_now[1:]
        if not others and not self.rows:
            del self.fields["own_share"]
            return
        if self.team_now:
            self.fields["own_share"].initial = self.team_now[0].share
        for maker in others:
            self.fields[f"kept_{maker.pk}"] = _share(
                label=_t("Share of %(name)s, in per cent") % {"name": maker.person.name},
                help_text=_("Empty it to take the colleague off."),
                required=False,
                initial=maker.share,
            )
        for row in range(self.rows):
            place = {"n": row + 1}
            self.fields[f"name_{row}"] = forms.CharField(
                label=_t("Colleague %(n)s: name") % place, required=False, max_length=50,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )  # fmt: skip
            self.fields[f"phone_{row}"] = forms.CharField(
                label=_t("Colleague %(n)s: mobile phone") % place, required=False, max_length=20,
                help_text=_("As the union has it. It only serves to find the right person."),
                widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
            )  # fmt: skip
            self.fields[f"share_{row}"] = _share(
                label=_t("Colleague %(n)s: share, in per cent") % place, required=False
            )

    @property
    def essential(self) -> list[Any]:
        """What every result needs."""
        names = [n for n in ("unit", "team", *actions.FIELDS) if n in self.fields]
        return [self[name] for name in names]

    @property
    def team_fields(self) -> list[Any]:
        """Shares and further colleagues."""
        first = ("own_share", "kept_", "name_", "phone_", "share_")
        return [self[name] for name in self.fields if name.startswith(first)]

    @property
    def first_files(self) -> list[Any]:
        return [self[name] for name in ("removed", *FIRST) if name in self.fields]

    @property
    def more(self) -> list[Any]:
        """What can wait."""
        return [self[name] for name in (*MORE, EvidenceKind.SHEET, EvidenceKind.AGREEMENT)]

    @property
    def more_is_wrong(self) -> bool:
        return any(bound.errors for bound in self.more)

    def evidence(self) -> list[Upload]:
        """The files that were chosen, of every kind."""
        return [upload for kind in EVIDENCE for upload in self.cleaned_data[kind.value]]

    def makers(self, author: int) -> list[actions.Maker] | None:
        """The makers as they were typed, the author first; None where nothing was asked of them."""
        return self.cleaned_data.get("makers") and [
            actions.Maker(person or author, share) for person, share in self.cleaned_data["makers"]
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "own_share" in self.fields and not self.errors:
            data["makers"] = self._makers(data)
        if data.get("unit") and data.get("team") and data["team"].parent_id != data["unit"].pk:
            self.add_error("team", _t("This team belongs to another workplace."))
        if data.get("done_from") and data.get("done_to") and data["done_to"] < data["done_from"]:
            self.add_error("done_to", _t("The end lies before the beginning."))
        return data

    def _makers(self, data: dict[str, Any]) -> list[tuple[int | None, Decimal]]:
        kept = [(m.person_id, share) for m in self.team_now[1:] if (share := data.get(f"kept_{m.pk}"))]
        typed = [
            (row, data.get(f"name_{row}", ""), data.get(f"phone_{row}", ""), data.get(f"share_{row}"))
            for row in range(self.rows)
        ]
        typed = [line for line in typed if any(line[1:])]
        found = actions.colleagues([(name, phone) for _row, name, phone, _share in typed])
        there = {person for person, _share in kept}
        for (row, _name, _phone, share), person in zip(typed, found, strict=True):
            if person is None:
                said = _t(
                    "Nobody of this name and phone works at your workplace. Check both, or ask your union officer"
                    " whether the colleague is in the roster."
                )
                self.add_error(f"name_{row}", said)
            elif person in there or (self.team_now and person == self.team_now[0].person_id):
                self.add_error(f"name_{row}", _t("This colleague is in the list already."))
            else:
                there.add(person)
                kept.append((person, share or Decimal(0)))
        own = data.get("own_share")
        if own is None:
            own = Decimal(100) - sum((share for _person, share in kept), Decimal(0)) if kept else Decimal(100)
        total = own + sum((share for _person, share in kept), Decimal(0))
        if (self.submit and total != 100) or own <= 0 or any(share <= 0 for _person, share in kept):
            said = _t(
                "The shares add up to %(total)s %%; together they must be 100 %%, and nobody's may be empty."
            )
            self.add_error("own_share", said % {"total": f"{total.normalize():f}"})
        return [(None, own), *kept]

    def clean_title(self) -> str:
        title = " ".join(self.cleaned_data["title"].split())
        if len(title) > 80:
            raise forms.ValidationError(
                _t("The name has %(now)s characters; 80 are possible.") % {"now": len(title)}
            )
        return title

    def clean_put_into_use_on(self) -> Any:
        day = self.cleaned_data["put_into_use_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(
                _t("This day is still to come. Leave it empty if it is not in use yet.")
            )
        return day

    def clean_industry(self) -> str:
        return clean_industry(self.cleaned_data["industry"])


def clean_industry(code: str) -> str:
    """A code of GB/T 4754 as it is written: digits, perhaps with the letter of its section in front."""
    code = code.strip().upper().lstrip("ABCDEFGHIJKLMNOPQRST")
    if code and not (code.isdigit() and 2 <= len(code) <= 4):
        raise forms.ValidationError(_t("An industry code has two to four digits, e.g. 0610."))
    return code
