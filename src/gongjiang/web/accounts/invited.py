"""Taking up an invitation: the first password of an account, and in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.accounts import invitations
from gongjiang.kernel.accounts.models import Means
from gongjiang.web.views import PUBLIC, FormView

from .own import NewPasswordForm
from .views import Entering


class TakeUp(Entering, FormView):
    """Sets the first password and signs in. A link that holds no longer says whom to ask."""

    access = PUBLIC
    face = "public"
    keeps_typed = False
    heading = _("Welcome")
    template_name = "accounts/invited.html"
    button = _("Set the password and sign in")
    form_class = NewPasswordForm

    def prepare(self) -> None:
        self.user = invitations.invited(self.kwargs["word"])
        if self.user is None:
            self.heading = _("This link does not work any more")
            self.template_name = "accounts/not_invited.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.user else self.show(status=404)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.user else self.show(status=404)

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(account=self.user, **more)

    def perform(self, form: Any) -> HttpResponse:
        assert self.user is not None
        invitations.accept(self.user, new=form.cleaned_data["new"])
        return self.enter(self.user, means=Means.PASSWORD, next_url="", lost=None)
