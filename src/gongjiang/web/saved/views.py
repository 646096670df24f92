"""Giving filters a name, and putting the names in order."""

from typing import Any

from django import forms
from django.http import Http404, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.web.models import SavedFilter
from gongjiang.web.views import SIGNED_IN, FormView, ListView
from gongjiang.web.views.access import admits

from . import actions
from .filters import LONGEST, query_of


def list_at(path: str) -> Any:
    """The list's view class at an address of this site; None where there is no list with filters."""
    try:
        view = getattr(resolve(path).func, "view_class", None)
    except Resolver404:
        return None
    return view if isinstance(view, type) and issubclass(view, ListView) and view.filters else None


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name of the filters"), max_length=30)
    query = forms.CharField(max_length=LONGEST, widget=forms.HiddenInput)
    first = forms.BooleanField(label=_("The list opens with them"), required=False)


class ChangeForm(forms.Form):
    """One of the changes, for one of the names."""

    kept = forms.ModelChoiceField(queryset=SavedFilter.objects.none())
    name = forms.CharField(label=_("Name of the filters"), max_length=30, required=False)
    change = forms.ChoiceField(choices=[(c, c) for c in ("rename", "first", "bare", "delete")])

    def __init__(self, *args: Any, own: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept"].queryset = own  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        found = super().clean()
        if found and found.get("change") == "rename" and not found.get("name"):
            self.add_error("name", _t("The name is still empty."))
        return found


class _OfList(FormView):
    """About the list whose address stands in `of`; a list that the actor has not is missing."""

    access = SIGNED_IN

    def prepare(self) -> None:
        self.path = self.request.GET.get("of", "")
        self.of = list_at(self.path)
        if self.of is None or not admits(self.of.access, self.actor):
            raise Http404
        self.face = "desk" if self.actor.is_staff and self.of.face == "desk" else "my"

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(path=self.path, list_heading=self.of.heading, **more)


class Keep(_OfList):
    """Give the filters of a list a name."""

    heading = _("Name these filters")
    button = _("Save the filters")
    template_name = "saved/keep.html"
    form_class = NameForm

    def initial(self) -> dict[str, Any]:
        return {"query": query_of(QueryDict(self.request.GET.get("query", "")))}

    def perform(self, form: NameForm) -> Any:
        query = query_of(QueryDict(form.cleaned_data["query"]))
        said = form.cleaned_data
        return actions.save(self.path, query, said["name"], actor=self.actor, first=said["first"])

    def done(self, result: SavedFilter) -> Any:
        return _t("Saved as “%s”.") % result.name


class PutInOrder(_OfList):
    """Rename, open with, delete."""

    heading = _("My saved filters")
    template_name = "saved/order.html"
    form_class = ChangeForm

    def _own(self) -> Any:
        return SavedFilter.objects.filter(user=self.actor.user, path=self.path).order_by("name")

    def form_kwargs(self) -> dict[str, Any]:
        return {"own": self._own()}

    def perform(self, form: ChangeForm) -> str:
        kept, change = form.cleaned_data["kept"], form.cleaned_data["change"]
        if change == "rename":
            actions.rename(kept, form.cleaned_data["name"], actor=self.actor)
        elif change == "first":
            actions.open_with(kept, actor=self.actor)
        elif change == "bare":
            actions.open_bare(self.path, actor=self.actor)
        else:
            actions.delete(kept, actor=self.actor)
        return self.path if not self._own().exists() else f"{reverse('saved')}?{urlencode({'of': self.path})}"

    def done(self, result: Any) -> Any:
        return _t("Changed.")

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(rows=list(self._own()), **more)
