"""The view that every page is: it declares who may, and a face to be shown in."""

from typing import Any
from urllib.parse import urlencode

from django import views
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from gongjiang.kernel.access.actor import Actor, actor_of
from gongjiang.kernel.accounts.actions import elevated_until, lacks_factor
from gongjiang.web import kept
from gongjiang.web.accounts.asking import ask_to_sign_in
from gongjiang.web.files.uploads import Limits

from .access import PUBLIC, Access, admits


class View(views.View):
    """A page. `access` must be declared by every class that has a URL; the start-up check says where it is not.

    The anonymous get the sign-in page with what they typed; whom the access cannot admit gets a 404.
    """

    access: Access
    face: str = "desk"
    uploads: Limits | None = None  # what a request may carry; without it no file is taken in
    elevated = (
        False  # True for what touches everybody: who it is must have been proved again a short while ago
    )
    for_account = False  # True for the pages with which an account is put in order; they wait for nothing
    keeps_typed = True  # False for what must not wait in hidden inputs and sessions: confidential forms
    heading: Any = ""
    template_name: str = ""

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not admits(self.access, self.actor):
            if self.actor.is_anonymous:
                return ask_to_sign_in(request, has_page=hasattr(self, "get"), keep=self.keeps_typed)
            raise Http404
        first = self._first(request)
        if first is not None:
            return first
        response = self.answered() or self._fresh(request, *args, **kwargs)
        if self.access is not PUBLIC:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def _first(self, request: HttpRequest) -> HttpResponse | None:
        """What must be done before this page; None where nothing must. What was typed waits meanwhile."""
        if self.access is PUBLIC or self.for_account:
            return None
        if lacks_factor(request, self.actor):
            return redirect("authenticator")
        if not self.elevated or elevated_until(request) is not None:
            return None
        if request.method == "POST" and self.keeps_typed:
            kept.put_away(request, kept.from_lost(request, request.get_full_path()))
        return redirect(f"{reverse('elevate')}?{urlencode({'next': request.get_full_path()})}")

    def _fresh(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def answered(self) -> HttpResponse | None:
        """The answer where this very request was dealt with before; None otherwise."""
        return None

    def prepare(self) -> None:
        """What GET and POST both need, found before either runs; may raise Http404."""

    def context(self, **more: Any) -> dict[str, Any]:
        """What the template gets. Override, call super() and add."""
        return {
            "view": self,
            "heading": self.get_heading(),
            "face": f"face_{self.face}.html",
            **more,
        }

    def get_heading(self) -> Any:
        """The page's title and first heading."""
        return self.heading

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """The page, with these additions to its context."""
        return TemplateResponse(self.request, self.template_name, self.context(**more), status=status)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show()
