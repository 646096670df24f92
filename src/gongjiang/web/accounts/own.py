"""What somebody may do with the own account: password, authenticator, links, and proving again who one is."""

import io
from typing import Any

import qrcode
import qrcode.image.svg
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongjiang.kernel.accounts import actions, second, single, throttle
from gongjiang.kernel.accounts.backends import account_of
from gongjiang.kernel.accounts.models import Login, SecondFactor, SignOn, User
from gongjiang.web.views import SIGNED_IN, FormView, View

from .asking import own_path, refuse_while_locked

LOGINS_SHOWN = 10


class _Own(FormView):
    access = SIGNED_IN
    face = "public"
    keeps_typed = False
    for_account = True

    @cached_property
    def user(self) -> User:
        return account_of(self.actor)


class Account(View):
    """The account at a glance: how one signs in, and where it was done of late."""

    access = SIGNED_IN
    face = "public"
    for_account = True
    heading = _("My account")
    template_name = "accounts/account.html"

    def context(self, **more: Any) -> dict[str, Any]:
        user = account_of(self.actor)
        linked = {link.issuer: link for link in SignOn.objects.filter(user=user)}
        return super().context(
            account=user,
            factor=SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first(),
            codes_left=second.codes_left(user),
            required=actions.lacks_factor(self.request, self.actor),
            logins=Login.objects.filter(user=user).order_by("-at")[:LOGINS_SHOWN],
            providers=single.providers(),
            links=list(linked.values()),
            elevated_until=actions.elevated_until(self.request),
            **more,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("lower"):
            actions.lower(request)
        elif (key := request.POST.get("unlink", "")).isdigit():
            actions.unlink(account_of(self.actor), int(key))
        return redirect("account")


class NewPasswordForm(forms.Form):
    """A password, typed twice."""

    new = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters; a short sentence is easy to remember and hard to guess."),
    )
    again = forms.CharField(
        label=_("New password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any] | None:
        if self.cleaned_data.get("new") and self.cleaned_data["new"] != self.cleaned_data.get("again"):
            self.add_error("again", _t("The two new passwords differ. Type the same one twice."))
        return self.cleaned_data


class PasswordForm(NewPasswordForm):
    old = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old", "new", "again")


class Password(_Own):
    """A new password."""

    heading = _("Change password")
    lead = _("Every other login of this account ends.")
    button = _("Change password")
    form_class = PasswordForm

    def perform(self, form: Any) -> str:
        actions.change_password(
            self.request, self.user, old=form.cleaned_data["old"], new=form.cleaned_data["new"]
        )
        return reverse("account")

    def done(self, result: Any) -> str:
        return _t("Your password is changed.")


class ConfirmForm(forms.Form):
    code = forms.CharField(
        label=_("The six digits it shows now"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class Authenticator(_Own):
    """Sets up an authenticator: read the code with the telephone, give the digits back."""

    heading = _("Set up an authenticator")
    template_name = "accounts/authenticator.html"
    button = _("Confirm")
    form_class = ConfirmForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if second.has(self.user):
            return redirect("account")
        return super().get(request, *args, **kwargs)

    def context(self, **more: Any) -> dict[str, Any]:
        secret = second.waiting(self.user)
        if secret is None:
            second.begin(self.user)
            secret = second.waiting(self.user) or ""
        spaced = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
        return super().context(
            picture=_picture(second.address(self.user, secret)),
            secret=spaced,
            required=actions.lacks_factor(self.request, self.actor),
            **more,
        )

    def perform(self, form: Any) -> HttpResponse:
        codes = second.confirm(self.user, form.cleaned_data["code"])
        if codes is None:
            raise ValidationError(
                {
                    "code": _t(
                        "These digits do not fit. Check the clock of your telephone, then try the next ones."
                    )
                }
            )
        self.request.session[actions.PROVED] = True
        return _codes_page(self, codes)


class Codes(_Own):
    """New recovery codes in place of the old ones."""

    heading = _("New recovery codes")
    lead = _("The old codes no longer work afterwards.")
    button = _("Make new codes")

    def perform(self, form: Any) -> HttpResponse:
        return _codes_page(self, second.renew_codes(self.user))


class ProveForm(forms.Form):
    """Who one is, once more: the password and, where the account has one, the authenticator."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("The six digits of your authenticator"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, user: User, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.request = user, request
        if user.is_demo and settings.DEMO:
            del self.fields["password"]
        if not second.has(user):
            del self.fields["code"]

    def clean(self) -> dict[str, Any] | None:
        address = actions.address_of(self.request)
        refuse_while_locked(self.user.username, address)
        if "password" in self.fields and not self.user.check_password(self.cleaned_data.get("password", "")):
            throttle.failed(self.user.username, address)
            self.add_error("password", _t("This is not your password."))
        elif "code" in self.fields and not second.check(self.user, self.cleaned_data.get("code", "")):
            throttle.failed(self.user.username, address)
            self.add_error(
                "code", _t("These digits do not fit, or were used before. Wait for the next ones.")
            )
        return self.cleaned_data


class TakeOff(_Own):
    """Takes the authenticator off the account."""

    heading = _("Take off the authenticator")
    lead = _("From then on your password alone opens the account.")
    button = _("Take off")
    form_class = ProveForm

    def form_kwargs(self) -> dict[str, Any]:
        return {"user": self.user, "request": self.request}

    def perform(self, form: Any) -> str:
        second.take_off(self.user)
        return reverse("account")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _kept_written(super().post(request, *args, **kwargs))

    def done(self, result: Any) -> str:
        return _t("The authenticator is taken off.")


class ElevateForm(ProveForm):
    reason = forms.CharField(
        label=_("What for"),
        max_length=200,
        help_text=_("Stays in the log: which change, asked for by whom."),
    )
    field_order = ("reason", "password", "code")


class Elevate(TakeOff):
    """Proves again who one is, for a quarter of an hour, before what touches everybody."""

    heading = _("Confirm that it is you")
    button = pgettext_lazy("account", "Confirm")
    form_class = ElevateForm

    def get_lead(self) -> str:
        minutes = int(settings.ELEVATION.total_seconds() // 60)
        return _t("What comes next touches many. For %(minutes)d minutes you may do it.") % {
            "minutes": minutes
        }

    def perform(self, form: Any) -> str:
        actions.elevate(self.request, self.user, reason=form.cleaned_data["reason"])
        onward = self.request.GET.get("next", "")
        return onward if own_path(onward) else reverse("account")

    def done(self, result: Any) -> str:
        return ""


def _codes_page(view: _Own, codes: list[str]) -> HttpResponse:
    """New recovery codes, shown this once."""
    context = View.context(view, codes=codes) | {"heading": _("Your recovery codes")}
    return TemplateResponse(view.request, "accounts/codes.html", context)


def _kept_written(response: HttpResponse) -> HttpResponse:
    response.keeps_writes = True  # type: ignore[attr-defined]
    return response


def _picture(text: str) -> str:
    """A QR code as an SVG element without script or style."""
    code = qrcode.QRCode(border=2, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    out = io.BytesIO()
    code.make_image(image_factory=qrcode.image.svg.SvgPathImage).save(out)
    svg = out.getvalue().decode()
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308  our own drawing of our own text
