"""What is asked of whoever looks for a unit, proposes a change of the tree, or decides one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.orgs.models import (
    ChangeKind,
    ChangeState,
    Channel,
    Grants,
    LegalEntity,
    Level,
    Reorganisation,
    Unit,
    UnitKind,
)
from gongjiang.kernel.orgs.queries import SHORTEST, named
from gongjiang.kernel.orgs.rules import VIEW
from gongjiang.web.views import Filters

MOST_ENTITIES = 200


class UnitFilters(Filters):
    """A part of a name or code, the level, and whether the unit still stands."""

    q = forms.CharField(
        label=_("Name or code"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    level = forms.ChoiceField(
        label=c("unit", "Level"), required=False, choices=[("", _("all levels")), *Level.choices]
    )
    state = forms.ChoiceField(
        label=c("unit", "State"),
        required=False,
        choices=[("", _("existing")), ("ended", _("ended")), ("all", _("existing and ended"))],
    )

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        self.is_valid()
        rows = super().apply(rows)
        return rows if self.cleaned_data.get("state") else rows.filter(closed_on=None)

    def clean_q(self) -> str:
        words = "".join(self.cleaned_data["q"].split())
        if words and len(words) < SHORTEST:
            raise ValidationError(
                ngettext("Type at least %(n)s character.", "Type at least %(n)s characters.", SHORTEST)
                % {"n": SHORTEST}
            )
        return words

    def filter_q(self, rows: QuerySet[Unit], words: str) -> QuerySet[Unit]:
        return rows.filter(named(words))

    def filter_state(self, rows: QuerySet[Unit], state: str) -> QuerySet[Unit]:
        return rows.exclude(closed_on=None) if state == "ended" else rows


class ChangeFilters(Filters):
    """Kind and state of changes."""

    kind = forms.ChoiceField(
        label=c("reorganisation", "Kind"), required=False, choices=[("", _("all kinds")), *ChangeKind.choices]
    )
    state = forms.ChoiceField(
        label=c("reorganisation", "State"),
        required=False,
        choices=[("", _("all states")), *ChangeState.choices],
    )


class ProposalForm(forms.Form):
    """What every change says of itself. Subclasses put what they change before it."""

    on = forms.DateField(
        label=c("reorganisation", "In force from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    document = forms.CharField(
        label=_("Number of the document"),
        max_length=100,
        help_text=_("The decision that this change carries out, such as 长工发〔2026〕7号."),
    )
    reason = forms.CharField(
        label=_("What the second person should know"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, actor: Actor, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.unit = actor, unit
        last = ("on", "document", "reason")
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    def find(self, words: str) -> Unit:
        """The unit of that code or exact name within the actor's tree. Raises ValidationError."""
        words = words.strip()
        standing = VIEW.filter(Unit.objects.filter(closed_on=None), self.actor)
        found = list(standing.filter(Q(code=words) | Q(name=words))[:2])
        if not found:
            raise ValidationError(
                _("There is no union “%(words)s” in your area. Type its code or its full name.")
                % {"words": words}
            )
        if len(found) > 1:
            raise ValidationError(_("Several unions are called so. Type the code."))
        return found[0]


class FoundForm(ProposalForm):
    """The new unit: what it is called and numbered, of which level and kind it is, and where it lies."""

    name = forms.CharField(label=_("Name of the new unit"), max_length=100)
    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=200)
    code = forms.CharField(
        label=_("Code of the new unit"),
        max_length=30,
        help_text=_(
            "A territorial union has the code of its division; others have one that the union above gives."
        ),
    )
    level = forms.ChoiceField(label=c("unit", "Level"))
    unit_kind = forms.ChoiceField(label=c("unit", "Kind"), choices=UnitKind.choices)
    region = forms.RegexField(
        r"^[0-9]{2,9}$",
        label=_("Region"),
        help_text=_("Code of the division where it lies."),
        error_messages={"invalid": _("A region has 2 to 9 digits.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        below = Level.choices[Level.values.index(self.unit.level) :]
        self.fields["level"].choices = below  # type: ignore[attr-defined]
        self.fields["level"].initial = below[min(1, len(below) - 1)][0]
        self.fields["region"].initial = self.unit.region


class MoveForm(ProposalForm):
    """The line and the new parent."""

    channel = forms.ChoiceField(
        label=_("Which line"),
        choices=Channel.choices,
        widget=forms.RadioSelect,
        initial=Channel.TERRITORIAL,
        help_text=_(
            "A unit reports along its territorial line, and for calls of an industry along the other."
        ),
    )
    target = forms.CharField(
        label=_("Reports to"),
        required=False,
        max_length=100,
        help_text=_("Code or full name of the union. Leave it empty to end the industrial line."),
    )

    def clean_target(self) -> Unit | None:
        words = self.cleaned_data["target"]
        return self.find(words) if words.strip() else None


class EndForm(ProposalForm):
    """What becomes of the roles over a unit that ends."""

    grants = forms.ChoiceField(
        label=_("Roles held over the unit"),
        choices=Grants.choices,
        widget=forms.RadioSelect,
        initial=Grants.END,
    )


class MergeForm(EndForm):
    """The successor."""

    target = forms.CharField(
        label=c("reorganisation", "Successor"),
        max_length=100,
        help_text=_("Code or full name of the union that takes over."),
    )

    field_order = ("target", "grants")

    def clean_target(self) -> Unit:
        return self.find(self.cleaned_data["target"])


class SplitForm(ProposalForm):
    """The part: its name and code, and the entities that go along."""

    name = forms.CharField(label=_("Name of the new unit"), max_length=100)
    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=200)
    code = forms.CharField(label=_("Code of the new unit"), max_length=30)
    entities = forms.ModelMultipleChoiceField(
        LegalEntity.objects.none(),
        label=_("Employers that go along, with their people"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = LegalEntity.objects.filter(unit=self.unit).order_by("name", "pk")
        keys = list(own.values_list("pk", flat=True)[:MOST_ENTITIES])
        self.fields["entities"].queryset = own.filter(pk__in=keys)  # type: ignore[attr-defined]
        if not keys:
            del self.fields["entities"]


class RenameForm(ProposalForm):
    """The new name."""

    name = forms.CharField(label=_("New name"), max_length=100)
    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=200)


class RenumberForm(ProposalForm):
    """The new code and region."""

    code = forms.CharField(label=_("New code"), max_length=30)
    region = forms.RegexField(
        r"^[0-9]{2,9}$",
        label=_("New code of the region"),
        required=False,
        help_text=_("Where the division itself was renumbered. Townships and addresses below follow."),
        error_messages={"invalid": _("A region has 2 to 9 digits.")},
    )


FORMS: dict[str, type[ProposalForm]] = {
    ChangeKind.FOUND: FoundForm,
    ChangeKind.MOVE: MoveForm,
    ChangeKind.MERGE: MergeForm,
    ChangeKind.SPLIT: SplitForm,
    ChangeKind.RENAME: RenameForm,
    ChangeKind.RENUMBER: RenumberForm,
    ChangeKind.CLOSE: EndForm,
}


class DecisionForm(forms.Form):
    """Yes or no, and why not."""

    verdict = forms.ChoiceField(
        label=c("reorganisation", "Decision"),
        choices=[("approve", c("reorganisation", "Approve")), ("refuse", c("reorganisation", "Refuse"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=c("reorganisation", "Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever refuses says why."),
    )

    def __init__(self, *args: Any, change: Reorganisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.change = change

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("verdict") == "refuse" and not found.get("note", "").strip():
            self.add_error("note", _("Say why you refuse."))
        return found
