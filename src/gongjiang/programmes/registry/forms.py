"""Filters of the two lists."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.orgs.models import Ownership, SizeClass
from gongjiang.kernel.people.models import PostClass, Sex
from gongjiang.kernel.people.search import SHORTEST, identified_by, matching
from gongjiang.web.views import Filters

from . import queries


def _choices(kind: Any, everything: Any) -> list[tuple[str, Any]]:
    return [("", everything), *kind.choices]


class PlacedFilters(Filters):
    """Filters with a place: the actor's unit, and one step further down at a time."""

    place = forms.TypedChoiceField(label=c("filter", "Area"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self.data.get(self.add_prefix("place"), "")
        found = queries.places(
            actor, int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
        )
        self._paths = {unit.pk: unit.path for unit, _depth in found}
        offered = [("", _t("the whole area")), *((u.pk, "　" * depth + u.name) for u, depth in found)]
        self.fields["place"].choices = offered  # type: ignore[attr-defined]
        if len(found) < 2:
            del self.fields["place"]

    def filter_place(self, rows: QuerySet[Any], place: int) -> QuerySet[Any]:
        return rows.filter(path__within=self._paths[place])


def _long_enough(words: str) -> str:
    words = "".join(words.split())
    if words and len(words) < SHORTEST:
        raise ValidationError(
            ngettext("Type at least %(n)s character.", "Type at least %(n)s characters.", SHORTEST)
            % {"n": SHORTEST}
        )
    return words


class EnterpriseFilters(PlacedFilters):
    """Area, industry, size, ownership, and a part of the name or the whole credit code."""

    section = forms.ChoiceField(label=c("enterprise", "Industry"), required=False)
    size_class = forms.ChoiceField(
        label=c("enterprise", "Size"), required=False, choices=_choices(SizeClass, _("all sizes"))
    )
    ownership = forms.ChoiceField(
        label=c("enterprise", "Ownership"), required=False, choices=_choices(Ownership, _("all kinds"))
    )
    q = forms.CharField(
        label=_("Name or credit code"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [("", _t("all industries")), *queries.sections()]  # type: ignore[attr-defined]

    def clean_q(self) -> str:
        return _long_enough(self.cleaned_data["q"])

    def filter_section(self, rows: QuerySet[Any], section: str) -> QuerySet[Any]:
        return rows.filter(queries.in_section(section))

    def filter_q(self, rows: QuerySet[Any], words: str) -> QuerySet[Any]:
        return rows.filter(matching("entity", words))


class WorkerFilters(PlacedFilters):
    """Area, post class, sex, and a part of the name or a whole identity or phone number."""

    post_class = forms.ChoiceField(
        label=c("roster", "Post class"), required=False, choices=_choices(PostClass, _("all classes"))
    )
    sex = forms.ChoiceField(label=c("roster", "Sex"), required=False, choices=_choices(Sex, c("sex", "all")))
    entity = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**62)
    q = forms.CharField(
        label=_("Name, or whole identity or phone number"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def clean_q(self) -> str:
        return _long_enough(self.cleaned_data["q"])

    def filter_sex(self, rows: QuerySet[Any], sex: str) -> QuerySet[Any]:
        return rows.filter(person__sex=sex)

    def filter_entity(self, rows: QuerySet[Any], entity: int) -> QuerySet[Any]:
        return rows.filter(entity=entity)

    def filter_q(self, rows: QuerySet[Any], words: str) -> QuerySet[Any]:
        persons = identified_by(words)
        return (
            rows.filter(person__in=persons)
            if persons is not None
            else rows.filter(matching("employment", words))
        )
