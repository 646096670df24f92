"""Who holds which role below me; giving a role, to an account or with a new one, and ending it."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongjiang.kernel.access import actions
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import holds, within
from gongjiang.kernel.accounts import invitations
from gongjiang.kernel.orgs.models import Unit
from gongjiang.web.views import ActionView, DetailView, Filters, FormView, ListView, Order

APPOINT = within("path", Role.OFFICER, Role.UNIT_OFFICER) | holds(Role.SECURITY_ADMIN)


class GrantFilters(Filters):
    q = forms.CharField(label=_("Unit or person"), required=False)
    role = forms.ChoiceField(
        label=pgettext_lazy("grant", "Role"), required=False, choices=[("", _("all roles")), *Role.choices]
    )
    past = forms.BooleanField(label=_("also ended ones"), required=False)

    def filter_q(self, rows: QuerySet[Grant], value: str) -> QuerySet[Grant]:
        return rows.filter(unit__name__contains=value) | rows.filter(user__display_name__contains=value)

    def filter_role(self, rows: QuerySet[Grant], value: str) -> QuerySet[Grant]:
        return rows.filter(role=value)

    def filter_past(self, rows: QuerySet[Grant], value: bool) -> QuerySet[Grant]:
        return rows  # the list leaves ended ones out unless it is ticked


class Grants(ListView):
    """Roles held within reach."""

    access = APPOINT
    heading = _("Roles")
    template_name = "access/grants.html"
    orders = (Order("new", _("newest first"), "-pk"),)
    filters = GrantFilters

    def rows(self) -> QuerySet[Grant]:
        rows = Grant.objects.select_related("user", "unit")
        if not self.request.GET.get("past"):
            today = timezone.localdate()
            rows = rows.filter(until=None) | rows.filter(until__gt=today)
        return rows

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        for grant in context["page"].rows:
            below = actions.may_end(grant, actor=self.actor)
            grant.can_end = not grant.until and below
            grant.waits = below and invitations.waits(grant.user)
        return context


class AppointForm(forms.Form):
    username = forms.CharField(
        label=_("Account"), max_length=150, help_text=_("The account name, exactly as it is used to sign in.")
    )
    unit = forms.CharField(label=_("Unit"), max_length=200, help_text=_("Its full name or its code."))
    role = forms.ChoiceField(label=pgettext_lazy("grant", "Role"))
    since = forms.DateField(
        label=pgettext_lazy("grant", "From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=pgettext_lazy("grant", "Until"),
        required=False,
        help_text=_("The role has ended on this day. Leave it empty where no end is set."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(r.value, r.label) for r in roles]  # type: ignore[attr-defined]

    def clean_unit(self) -> Unit:
        said = self.cleaned_data["unit"].strip()
        found = list(Unit.objects.filter(code=said)[:2]) or list(Unit.objects.filter(name=said)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(
                _t("Several units are called “%(name)s”. Enter the code.") % {"name": said}
            )
        raise forms.ValidationError(_t("There is no unit “%(name)s” within your reach.") % {"name": said})


class Appoint(FormView):
    """A role for an account over a unit below."""

    access = APPOINT
    elevated = True
    heading = _("Give a role")
    lead = _(
        "A role is held from a day on, over one unit. What was done with it stays in the history when it ends."
    )
    button = _("Give the role")
    form_class = AppointForm

    def form_kwargs(self) -> dict[str, Any]:
        return {"roles": actions.appointable(self.actor)}

    def initial(self) -> dict[str, date]:
        return {"since": timezone.localdate()}

    def perform(self, form: Any) -> str:
        self.grant = actions.appoint(**form.cleaned_data, actor=self.actor)
        return reverse("grants")

    def done(self, result: Any) -> str:
        return _t("%(role)s at %(unit)s is given.") % {
            "role": self.grant.get_role_display(),
            "unit": self.grant.unit.name,
        }


class InviteForm(AppointForm):
    """Whom, and the first role: there is no account without one."""

    display_name = forms.CharField(label=pgettext_lazy("account", "Name"), max_length=100)
    field_order = ("display_name", "username", "unit", "role", "since", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = _("What is used to sign in. It cannot be changed later.")


class Invite(Appoint):
    """A new account with its first role, over a unit below."""

    heading = _("Invite somebody")
    lead = _(
        "The account is made with this role. You get a link to hand over; whoever opens it sets the password."
    )
    button = _("Make the account")
    form_class = InviteForm

    def perform(self, form: Any) -> str:
        self.grant = actions.invite(**form.cleaned_data, actor=self.actor)
        return reverse("invitation-link", args=[self.grant.pk])

    def done(self, result: Any) -> str:
        return _t("The account “%(account)s” is made.") % {"account": self.grant.user.username}


class InvitationLink(DetailView):
    """The link for an account that nobody has entered yet, made anew each time the page is opened."""

    access = APPOINT
    elevated = True
    heading = _("Link of the invitation")
    template_name = "access/link.html"
    row: Grant

    def rows(self) -> QuerySet[Grant]:
        return Grant.objects.exclude(until__lte=timezone.localdate()).select_related("user", "unit")

    def prepare(self) -> None:
        super().prepare()
        if not (invitations.waits(self.row.user) and actions.may_end(self.row, actor=self.actor)):
            raise Http404

    def context(self, **more: Any) -> dict[str, Any]:
        way = reverse("take-up", args=[invitations.word(self.row.user)])
        return super().context(
            link=settings.SITE.rstrip("/") + way if settings.SITE else self.request.build_absolute_uri(way),
            until=invitations.lasts_until(),
            **more,
        )


class End(ActionView):
    """Ends a role today."""

    access = APPOINT
    elevated = True
    heading = _("End the role")
    button = _("End the role today")

    def rows(self) -> QuerySet[Grant]:
        return Grant.objects.select_related("user", "unit")

    def get_lead(self) -> str:
        return f"{self.row.user.display_name}：{self.row.get_role_display()}，{self.row.unit.name}"

    def perform(self, form: Any) -> str:
        actions.end(self.row, actor=self.actor)
        return reverse("grants")

    def done(self, result: Any) -> str:
        return _t("The role has ended.")
