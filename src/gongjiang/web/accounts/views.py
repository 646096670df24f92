"""Signing in and out. Whoever was in the middle of a form finds it filled again afterwards."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.actor import Actor, load
from gongjiang.kernel.accounts.actions import sign_in, sign_out
from gongjiang.kernel.accounts.models import User
from gongjiang.web import kept
from gongjiang.web.views import PUBLIC, View

from .demo import demo_account, demo_accounts


class SignInForm(forms.Form):
    """A name and a password, checked together so that neither is told to be right."""

    username = forms.CharField(
        label=_("Account"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Enter your account name.")},
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )

    def __init__(self, *args: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any] | None:
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if name and password:
            self.user = authenticate(self.request, username=name, password=password)  # type: ignore[assignment]
            if self.user is None:
                raise forms.ValidationError(
                    _(
                        "Account and password do not fit together. Check both; capital letters count in the password."
                    )
                )
        return self.cleaned_data


def _page(
    request: HttpRequest, form: SignInForm, *, next_url: str, lost: kept.Kept | None, status: int
) -> HttpResponse:
    context = {
        "heading": _("Sign in"),
        "form": form,
        "next": next_url,
        "kept": list(lost.pairs()) if lost else [],
        "interrupted": lost is not None,
        "demo": demo_accounts() if settings.DEMO else [],
    }
    response = render(request, "accounts/sign_in.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def ask_to_sign_in(request: HttpRequest, *, has_page: bool = True, keep: bool = True) -> HttpResponse:
    """What the anonymous get instead of a page that is not public; a form that was being sent is not lost.

    has_page   whether the address can be opened again after sign-in; else the page it was sent from is
    keep       whether what was typed may travel in the page
    """
    here = request.get_full_path()
    if request.method in ("GET", "HEAD"):
        if getattr(request, "htmx", False):
            here = request.htmx.current_url_abs_path or here  # type: ignore[attr-defined]
            return HttpResponse(headers={"HX-Redirect": _sign_in_url(here)})
        return redirect(_sign_in_url(here))
    path = here if has_page else _referring_path(request)
    lost = kept.from_lost(request, path) if keep else None
    return _page(request, SignInForm(), next_url=path, lost=lost, status=403)


def _sign_in_url(back: str) -> str:
    from urllib.parse import urlencode

    return f"{reverse('sign-in')}?{urlencode({'next': back})}"


def _referring_path(request: HttpRequest) -> str:
    from urllib.parse import urlsplit

    origin = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(origin, allowed_hosts={request.get_host()}):
        parts = urlsplit(origin)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return reverse("home")


class SignIn(View):
    """Password sign-in; in demo mode also one click."""

    access = PUBLIC
    face = "public"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.actor.is_anonymous:
            return redirect(self._onward(request.GET.get("next", ""), actor=self.actor))
        return _page(request, SignInForm(), next_url=request.GET.get("next", ""), lost=None, status=200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lost, next_url = kept.from_sign_in(request), request.POST.get("next", "")
        if "demo" in request.POST:
            if not settings.DEMO:
                raise Http404
            user = demo_account(request.POST["demo"])
            if user is None:
                raise Http404
        else:
            form = SignInForm(request.POST, request=request)
            if not form.is_valid() or form.user is None:
                return _page(request, form, next_url=next_url, lost=lost, status=422)
            user = form.user
        sign_in(request, user)
        if lost is not None:
            kept.put_away(request, lost)
            next_url = lost.path
        return redirect(self._onward(next_url, actor=load(user.pk)))

    def _onward(self, next_url: str, *, actor: Actor) -> str:
        own = next_url.startswith("/") and url_has_allowed_host_and_scheme(next_url, allowed_hosts=None)
        if own:
            return next_url
        return reverse("desk" if actor.grants else "health" if actor.system else "my")


class SignOut(View):
    """Ends the login, by a button; opening the address by hand only offers the button."""

    access = PUBLIC
    face = "public"
    heading = _("Sign out")
    template_name = "accounts/sign_out.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sign_out(request)
        return redirect("home")
