"""What the lists are filtered by, and what is asked."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.credentials.ladder import Grade
from gongjiang.kernel.exchange import cells
from gongjiang.kernel.orgs.models import LegalEntity, LegalForm, Ownership, SizeClass
from gongjiang.kernel.people.models import Education, EmploymentForm, Hukou, PostClass, Sex
from gongjiang.kernel.people.search import SHORTEST, identified_by, matching
from gongjiang.web.views import Filters

from . import queries
from .models import Answer, Fact, Settled, Why
from .quality import AGING, OF_EMPLOYMENTS, OF_ENTITIES, check_of
from .roster import POST_CLASSES, SEXES


def _choices(kind: Any, everything: Any) -> list[tuple[str, Any]]:
    return [("", everything), *kind.choices]


def _hidden(kind: Any) -> forms.ChoiceField:
    """A filter that a figure's link sets; one value more stands for what is not known."""
    return forms.ChoiceField(
        required=False,
        choices=[("", ""), *kind.choices, (queries.UNKNOWN, queries.AGE_WORDS[queries.UNKNOWN])],
        widget=forms.HiddenInput,
    )


class PlacedFilters(Filters):
    """Filters with a place: the actor's unit, and one step further down at a time."""

    place = forms.TypedChoiceField(label=c("filter", "Area"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self.data.get(self.add_prefix("place"), "")
        place = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
        found = queries.places(actor, place)
        self.widest = min(actor.grants, key=lambda g: (g.path.count("/"), g.unit)).unit if actor.grants else 0
        self._paths = {unit.pk: unit.path for unit, _depth in found}
        #: The unit that the list is narrowed to, or the widest of the actor's.
        self.at = place if place in self._paths else self.widest
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
    """Area, industry, chain, park, size, ownership, legal form, and a part of the name or the whole credit code."""

    section = forms.ChoiceField(label=c("enterprise", "Industry"), required=False)
    size_class = forms.ChoiceField(
        label=c("enterprise", "Size"), required=False, choices=_choices(SizeClass, _("all sizes"))
    )
    ownership = forms.ChoiceField(
        label=c("enterprise", "Ownership"), required=False, choices=_choices(Ownership, _("all kinds"))
    )
    legal_form = forms.ChoiceField(
        label=c("enterprise", "Legal form"), required=False, choices=_choices(LegalForm, _("all forms"))
    )
    chain = forms.ChoiceField(label=c("enterprise", "Industrial chain"), required=False)
    park = forms.ChoiceField(label=c("enterprise", "Park"), required=False)
    q = forms.CharField(
        label=_("Name or credit code"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [("", _t("all industries")), *queries.sections()]  # type: ignore[attr-defined]
        listed = queries.lists(self.at)
        for name, words, everything in (
            ("chain", listed.chains, _t("all chains")),
            ("park", listed.parks, _t("all parks")),
        ):
            if words:
                self.fields[name].choices = [("", everything), *((word, word) for word in words)]  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    check = forms.ChoiceField(
        label=c("quality", "What is missing or wrong"),
        required=False,
        choices=[("", c("quality", "everything")), *((check.code, check.label) for check in OF_ENTITIES)],
    )

    def filter_check(self, rows: QuerySet[Any], code: str) -> QuerySet[Any]:
        return next(check for check in OF_ENTITIES if check.code == code).rows(rows)

    def filter_chain(self, rows: QuerySet[Any], chain: str) -> QuerySet[Any]:
        return rows.filter(chains__contains=[chain])

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

    check = forms.ChoiceField(
        label=c("quality", "What is missing or wrong"),
        required=False,
        choices=[
            ("", c("quality", "everything")),
            *((check.code, check.label) for check in OF_EMPLOYMENTS),
            *((each.code, each.label) for each in AGING),
        ],
    )
    age = forms.ChoiceField(
        label=c("filter", "Age"), required=False, choices=[("", c("age", "all")), *queries.AGE_WORDS.items()]
    )

    def filter_check(self, rows: QuerySet[Any], code: str) -> QuerySet[Any]:
        check = check_of(code, self.cleaned_data.get("place") or self.widest)
        return check.rows(rows) if check else rows.none()

    def filter_age(self, rows: QuerySet[Any], band: str) -> QuerySet[Any]:
        return rows.annotate(band=queries.age_band("person__")).filter(band=band)

    section = forms.CharField(required=False, widget=forms.HiddenInput, max_length=1)
    education = _hidden(Education)
    hukou = _hidden(Hukou)
    form = _hidden(EmploymentForm)
    ownership = _hidden(Ownership)
    size_class = _hidden(SizeClass)
    grade = _hidden(Grade)
    post = forms.CharField(required=False, widget=forms.HiddenInput, max_length=100)

    def filter_section(self, rows: QuerySet[Any], section: str) -> QuerySet[Any]:
        return rows.annotate(section=queries.section_of("entity__industry")).filter(section=section)

    def filter_education(self, rows: QuerySet[Any], code: str) -> QuerySet[Any]:
        return rows.filter(person__education="" if code == queries.UNKNOWN else code)

    def filter_hukou(self, rows: QuerySet[Any], code: str) -> QuerySet[Any]:
        return rows.filter(person__hukou="" if code == queries.UNKNOWN else code)

    def filter_ownership(self, rows: QuerySet[Any], code: str) -> QuerySet[Any]:
        return rows.filter(entity__ownership=code)

    def filter_size_class(self, rows: QuerySet[Any], code: str) -> QuerySet[Any]:
        return rows.filter(entity__size_class=code)

    def filter_grade(self, rows: QuerySet[Any], code: str) -> QuerySet[Any]:
        return rows.filter(person__in=queries.graded(code))

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


class AbsentFilters(PlacedFilters):
    """Area, and whether the question has been answered."""

    answer = forms.ChoiceField(
        label=c("absent", "Answer"), required=False, choices=[("", c("absent", "all")), *Answer.choices]
    )


class CandidateFilters(PlacedFilters):
    """Area, why it waits, and whether it has been settled."""

    why = forms.ChoiceField(
        label=c("candidate", "Why"),
        required=False,
        choices=[("", c("candidate", "all reasons")), *Why.choices],
    )
    state = forms.ChoiceField(
        label=c("candidate", "State"), required=False, choices=[("", c("candidate", "all")), *Settled.choices]
    )


class CodeForm(forms.Form):
    """The credit code on the licence."""

    uscc = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 characters, as on the licence"),
    )


class SettleForm(forms.Form):
    """What an enterprise of a list turned out to be; what is asked besides depends on the answer."""

    decision = forms.ChoiceField(
        label=_("What it turned out to be"),
        choices=[
            (Settled.VERIFIED, _("An enterprise that is not on the register yet: take it in")),
            (Settled.SAME, _("The same as one on the register")),
            (Settled.REJECTED, _("No enterprise of this area, or none at all")),
        ],
        widget=forms.RadioSelect,
    )
    uscc = forms.CharField(
        label=_("Unified social credit code"),
        required=False,
        max_length=40,
        help_text=_(
            "18 characters, as on the licence; of a new enterprise, or of the one that it is the same as"
        ),
    )
    industry = forms.ChoiceField(label=_("What the old industry code has become"), required=False)
    entity = forms.ModelChoiceField(
        LegalEntity.objects.none(),
        label=_("On the register"),
        required=False,
        empty_label=_("by the code above"),
    )
    note = forms.CharField(
        label=_("In a few words"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self, *args: Any, industries: dict[str, str], alike: QuerySet[LegalEntity], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = [(code, f"{code} {name}") for code, name in industries.items()]
        self.fields["industry"].choices = [("", _t("not chosen yet")), *offered]  # type: ignore[attr-defined]
        self.fields["entity"].queryset = alike  # type: ignore[attr-defined]
        if not industries:
            del self.fields["industry"]


class AnswerForm(forms.Form):
    """What became of the people who were picked."""

    answer = forms.ChoiceField(choices=[(Answer.LEFT, ""), (Answer.HERE, "")])
    left_on = forms.DateField(
        label=_("First day on which they no longer worked there"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    picked = forms.TypedMultipleChoiceField(coerce=int, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.data.getlist("picked") if hasattr(self.data, "getlist") else []
        self.fields["picked"].choices = [(key, "") for key in given if key.isdigit()]  # type: ignore[attr-defined]
        self.fields["picked"].error_messages["required"] = _t("Pick the people first.")


class MendForm(forms.Form):
    """Which unions are asked to mend, and by when."""

    units = forms.TypedMultipleChoiceField(
        label=_("Who is asked"), coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one union.")},
    )  # fmt: skip
    due = forms.DateField(label=_("To be mended by"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(
        label=_("In a few words"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = units  # type: ignore[attr-defined]
        self.fields["units"].initial = [key for key, _label in units]

    def clean_due(self) -> Any:
        due = self.cleaned_data["due"]
        if due <= timezone.localdate():
            raise ValidationError(_t("Choose a day that is still to come."))
        return due


class ObjectForm(forms.Form):
    """What is wrong, what it should be, and why."""

    fact = forms.ChoiceField(label=_("What is wrong"), choices=Fact)
    wanted = forms.CharField(
        label=_("What it should say"),
        max_length=100,
        help_text=_("A day is written as 2019-03-01."),
    )
    reason = forms.CharField(
        label=_("How it can be seen"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example: the labour contract, the identity card, the payslip."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("fact") and given.get("wanted"):
            try:
                given["wanted"] = _as_code(given["fact"], given["wanted"])
            except ValueError as wrong:
                self.add_error("wanted", str(wrong))
        return given


def _as_code(fact: str, wanted: str) -> str:
    """What was typed, as the register keeps it. Raises ValueError with what to write instead."""
    if fact in (Fact.SINCE, Fact.UNTIL):
        day = cells.day(wanted)
        if day > timezone.localdate():
            raise ValueError(_t("This day lies in the future."))
        return day.isoformat()
    if fact == Fact.SEX:
        return str(cells.one_of(SEXES)(wanted))
    if fact == Fact.POST_CLASS:
        return str(cells.one_of(POST_CLASSES)(wanted))
    return str(cells.short(100)(wanted))
