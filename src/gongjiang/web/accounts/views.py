"""Signing in and out. Whoever was in the middle of a form finds it filled again afterwards."""

import logging
import time
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.actor import Actor, load, scope
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts import second, single, throttle
from gongjiang.kernel.accounts.actions import PROVED, address_of, link, sign_in, sign_out
from gongjiang.kernel.accounts.backends import PasswordBackend, account_of
from gongjiang.kernel.accounts.models import Means, User
from gongjiang.web import kept
from gongjiang.web.views import PUBLIC, View

from .asking import SignInForm, own_path, refuse_while_locked, sign_in_page
from .demo import demo_account

log = logging.getLogger(__name__)

HALFWAY = "sign_in_halfway"  # session: whose password was right, until the second factor is given
HALFWAY_SECONDS = 10 * 60

#: Where whoever holds a role over the installation, and no office, begins.
FIRST_PAGE = {Role.SYSTEM_ADMIN: "health", Role.SECURITY_ADMIN: "grants"}


class Entering(View):
    """What every way of signing in ends with."""

    access = PUBLIC
    face = "public"

    def enter(self, user: User, *, means: str, next_url: str, lost: kept.Kept | None) -> HttpResponse:
        """Start the login and go on to where it was needed."""
        self.request.session.pop(HALFWAY, None)
        sign_in(self.request, user, means=means)
        if lost is not None:
            kept.put_away(self.request, lost)
            next_url = lost.path
        return redirect(self.onward(next_url, actor=load(user.pk)))

    def onward(self, next_url: str, *, actor: Actor) -> str:
        if own_path(next_url):
            return next_url
        if actor.offices:
            return reverse("desk")
        return reverse(next((page for role, page in FIRST_PAGE.items() if role in actor.system), "my"))


class SignIn(Entering):
    """Password sign-in; in demo mode also one click."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.actor.is_anonymous:
            return redirect(self.onward(request.GET.get("next", ""), actor=self.actor))
        return sign_in_page(
            request, SignInForm(), next_url=request.GET.get("next", ""), lost=None, status=200
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lost, next_url = kept.from_sign_in(request), request.POST.get("next", "")
        if "demo" in request.POST:
            user = demo_account(request.POST["demo"]) if settings.DEMO else None
            if user is None:
                raise Http404
            return self.enter(user, means=Means.DEMO, next_url=next_url, lost=lost)
        form = SignInForm(request.POST, request=request)
        if not form.is_valid() or form.user is None:
            return sign_in_page(request, form, next_url=next_url, lost=lost, status=422)
        user = form.user
        with scope(Actor(user=user.pk)):
            asked = second.has(user)
        if not asked:
            throttle.succeeded(user.username, address_of(request))
            return self.enter(user, means=Means.PASSWORD, next_url=next_url, lost=lost)
        request.session.cycle_key()
        request.session[HALFWAY] = {"user": user.pk, "at": int(time.time()), "next": next_url}
        if lost is not None:
            kept.put_away(request, lost)
        return redirect("second-factor")


class CodeForm(forms.Form):
    """Six digits from the authenticator, or a recovery code from paper."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("The six digits your authenticator shows now. Without it: one of your recovery codes."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "none"}
        ),
        error_messages={"required": _("Enter the code.")},
    )


class SecondStep(Entering):
    """The second factor, after a right password."""

    heading = _("One more step")
    template_name = "accounts/second_step.html"

    def prepare(self) -> None:
        self.user = None
        held = self.request.session.get(HALFWAY)
        if held and time.time() - held["at"] <= HALFWAY_SECONDS:
            self.user = PasswordBackend().get_user(held["user"])
            self.next_url = held["next"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(form=CodeForm()) if self.user is not None else redirect("sign-in")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.user is None:
            return redirect("sign-in")
        form = CodeForm(request.POST)
        if form.is_valid():
            try:
                means = self._means(self.user, form.cleaned_data["code"])
            except forms.ValidationError as locked:
                means = ""
                form.add_error("code", locked)
            if means:
                return self.enter(self.user, means=means, next_url=self._next(), lost=None)
            if not form.errors:
                form.add_error(
                    "code", _t("This code does not fit, or was used before. Wait for the next one.")
                )
        response = self.show(form=form, status=422)
        response.keeps_writes = True  # type: ignore[attr-defined]
        return response

    def _means(self, user: User, code: str) -> str:
        address = address_of(self.request)
        refuse_while_locked(user.username, address)
        with scope(Actor(user=user.pk)):
            if second.check(user, code):
                means = Means.SECOND_FACTOR
            elif second.check_recovery(user, code):
                means = Means.RECOVERY_CODE
            else:
                throttle.failed(user.username, address)
                return ""
        throttle.succeeded(user.username, address)
        return means

    def _next(self) -> str:
        waiting = self.request.session.get(kept.SESSION_KEY)
        return waiting["path"] if waiting else self.next_url


class SignOut(View):
    """Ends the login, by a button; opening the address by hand only offers the button."""

    access = PUBLIC
    face = "public"
    heading = _("Sign out")
    template_name = "accounts/sign_out.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sign_out(request)
        return redirect("home")


class LeaveForProvider(View):
    """Off to the identity provider; also for linking, when somebody is signed in already."""

    access = PUBLIC
    face = "public"

    def get(self, request: HttpRequest, name: str, *args: Any, **kwargs: Any) -> HttpResponse:
        found = single.provider(name)
        if found is None:
            raise Http404
        request.session["sign_on_next"] = request.GET.get("next", "")
        back = request.build_absolute_uri(reverse("single-sign-on-return", args=[name]))
        try:
            return single.leave_for(found, request, back)
        except single.SignOnError as error:
            log.warning("single sign-on by %s: %s", name, error)
            return _not_signed_on(self, found)


class ReturnFromProvider(Entering):
    """Back from the identity provider: signed in, linked, or told what to do."""

    heading = _("Single sign-on")
    template_name = "accounts/not_signed_on.html"

    def get(self, request: HttpRequest, name: str, *args: Any, **kwargs: Any) -> HttpResponse:
        found = single.provider(name)
        if found is None:
            raise Http404
        next_url = request.session.pop("sign_on_next", "")
        try:
            identity = single.returned(found, request)
        except single.SignOnError as error:
            log.warning("single sign-on by %s: %s", name, error)
            return _not_signed_on(self, found)
        if not self.actor.is_anonymous:
            return self._link(identity)
        user = single.account(identity)
        if user is None:
            return _not_signed_on(self, found, unknown=True)
        return self.enter(user, means=Means.SINGLE_SIGN_ON, next_url=next_url, lost=None)

    def _link(self, identity: single.Identity) -> HttpResponse:
        theirs = single.account(identity)
        if theirs is not None and theirs.pk != self.actor.user:
            return _not_signed_on(self, identity.provider, taken=True)
        user = account_of(self.actor)
        link(user, issuer=identity.issuer, subject=identity.subject)
        self.request.session[PROVED] = True
        return redirect("account")


def _not_signed_on(view: View, provider: single.Provider, **why: bool) -> HttpResponse:
    view.template_name = "accounts/not_signed_on.html"
    view.heading = _("Single sign-on")
    return view.show(provider=provider, status=403, **why)
