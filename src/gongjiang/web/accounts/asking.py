"""The sign-in page, and what the anonymous get in place of a page that is not public."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.accounts import single, throttle
from gongjiang.kernel.accounts.actions import address_of
from gongjiang.kernel.accounts.models import User
from gongjiang.web import kept
from gongjiang.web.components.wording import moment

from .demo import demo_accounts


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
        if name and password and self.request is not None:
            address = address_of(self.request)
            refuse_while_locked(name, address)
            self.user = authenticate(self.request, username=name, password=password)  # type: ignore[assignment]
            if self.user is None:
                throttle.failed(name, address)
                raise forms.ValidationError(
                    _(
                        "Account and password do not fit together. Check both; capital letters count in the password."
                    )
                )
        return self.cleaned_data


def refuse_while_locked(username: str, address: str) -> None:
    """Raises ValidationError while too many failures lock this name or address, right or wrong as the password is."""
    until = throttle.locked_until(username, address)
    if until is not None:
        raise forms.ValidationError(
            _("Too many failed attempts. Sign-in is open again from %(moment)s.") % {"moment": moment(until)}
        )


def sign_in_page(
    request: HttpRequest, form: SignInForm, *, next_url: str, lost: kept.Kept | None, status: int
) -> HttpResponse:
    """The page with this form. What a failed attempt wrote down stays written."""
    context = {
        "heading": _("Sign in"),
        "form": form,
        "next": next_url,
        "kept": list(lost.pairs()) if lost else [],
        "interrupted": lost is not None,
        "demo": demo_accounts() if settings.DEMO else [],
        "providers": single.providers(),
    }
    response = render(request, "accounts/sign_in.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    response.keeps_writes = True  # type: ignore[attr-defined]
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
    return sign_in_page(request, SignInForm(), next_url=path, lost=lost, status=403)


def own_path(url: str) -> bool:
    """Whether an address that a request brought along is a page of this installation."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def _sign_in_url(back: str) -> str:
    return f"{reverse('sign-in')}?{urlencode({'next': back})}"


def _referring_path(request: HttpRequest) -> str:
    origin = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(origin, allowed_hosts={request.get_host()}):
        parts = urlsplit(origin)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return reverse("home")
