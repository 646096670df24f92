"""Forms that lose nothing: bad input, a change by somebody else, a refusal, a double click, a session that ended."""

import uuid
from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.forms import Field as FormField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongjiang.kernel.lifecycle.flow import Forbidden, Reason, Refused, Stale
from gongjiang.web import kept
from gongjiang.web.models import Receipt

from .detail import OneRow
from .page import View


class FormView(View):
    """One form, one action.

    perform(form)   calls the programme's action; returns an address or an object with get_absolute_url().
                    May raise Refused, Stale, Forbidden or ValidationError: nothing is lost
    done(result)    the sentence shown on the next page
    """

    template_name = "form.html"
    form_class: type[forms.BaseForm] = forms.Form
    lead: Any = ""
    button: Any = ""

    def get_lead(self) -> Any:
        """What the page says below its heading."""
        return self.lead

    def perform(self, form: Any) -> Any:
        raise NotImplementedError

    def done(self, result: Any) -> Any:
        return ""

    def initial(self) -> dict[str, Any]:
        """What the form holds at first."""
        return {}

    def form_kwargs(self) -> dict[str, Any]:
        """What the form's class is given besides data and initial values."""
        return {}

    def build(self, *args: Any, **kwargs: Any) -> Any:
        """The form; a required field that is left empty is called by its name."""
        form = self.form_class(*args, **{**kwargs, **self.form_kwargs()})
        for field in form.fields.values():
            if field.error_messages.get("required") == FormField.default_error_messages["required"]:
                chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField | forms.FileField)
                sentence = _("“%(field)s” is not chosen yet.") if chosen else _("“%(field)s” is still empty.")
                field.error_messages["required"] = sentence % {"field": field.label}
        return form

    def version(self) -> int | None:
        """The version that the form is about; None where nothing can go stale."""
        return None

    def changes_since(self, version: int) -> list[Any]:
        """What others did after that version, newest last."""
        return []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lost = kept.waiting(request)
        if lost is None:
            return self.show(form=self.build(initial=self.initial()))
        form = self.build(initial={**self.initial(), **self._typed(lost)})
        return self.show(form=form, restored=True, lost_files=lost.files)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.build(request.POST, request.FILES, initial=self.initial())
        if not form.is_valid():
            return self.show(form=form, status=422)
        try:
            with transaction.atomic():
                return self._once(form)
        except Refused as refusal:
            return self._refused(form, [r for reasons in refusal.reasons.values() for r in reasons])
        except Stale:
            return self._stale(form)
        except Forbidden as hidden:
            raise Http404 from hidden
        except ValidationError as wrong:
            self._add_errors(form, wrong)
            return self.show(form=form, status=422)

    def answered(self) -> HttpResponse | None:
        """The first click's answer for a second click, even when the row has left the actor's sight meanwhile."""
        key = _uuid(self.request.POST.get("once")) if self.request.method == "POST" else None
        receipt = Receipt.objects.filter(once=key).exclude(location="").first() if key else None
        return self._leave(receipt.location, receipt.said) if receipt else None

    def _once(self, form: Any) -> HttpResponse:
        receipt = None
        key = _uuid(self.request.POST.get("once"))
        if key is not None:
            receipt, new = Receipt.objects.get_or_create(once=key, defaults={"user_id": self.actor.user})
            if not new:
                return self._leave(receipt.location, receipt.said)
        stated = self.request.POST.get("version", "")
        if stated.isdigit() and self.version() is not None and int(stated) != self.version():
            raise Stale(self.stale_subject())
        result = self.perform(form)
        if isinstance(result, HttpResponse):
            return result
        location = result if isinstance(result, str) else result.get_absolute_url()
        said = str(self.done(result))
        if receipt is not None:
            receipt.location, receipt.said = location, said
            receipt.save(update_fields=["location", "said"])
        kept.drop(self.request)
        return self._leave(location, said)

    def _leave(self, location: str, said: str) -> HttpResponse:
        if said:
            messages.success(self.request, said)
        return redirect(location)

    def stale_subject(self) -> Any:
        """What `Stale` is raised about."""
        return None

    def read_again(self) -> None:
        """Read anew what the form is about, after somebody else has changed it."""

    def _refused(self, form: Any, reasons: list[Reason]) -> HttpResponse:
        loose = []
        for reason in reasons:
            if reason.field and reason.field in form.fields:
                form.add_error(reason.field, str(reason.text))
            else:
                loose.append(reason)
        return self.show(form=form, refused=loose, status=409)

    def _stale(self, form: Any) -> HttpResponse:
        stated = self.request.POST.get("version", "")
        self.read_again()
        changes = self.changes_since(int(stated)) if stated.isdigit() else []
        return self.show(form=form, stale=True, changes=changes, status=409)

    def _add_errors(self, form: Any, wrong: ValidationError) -> None:
        if not hasattr(wrong, "error_dict"):
            form.add_error(None, wrong)
            return
        for name, errors in wrong.error_dict.items():
            form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, errors)

    def _typed(self, lost: kept.Kept) -> dict[str, Any]:
        form = self.build()
        return {
            name: field.widget.value_from_datadict(lost.data, {}, form.add_prefix(name))
            for name, field in form.fields.items()
            if not field.widget.needs_multipart_form
        }

    def context(self, **more: Any) -> dict[str, Any]:
        sent = self.request.FILES.lists() if self.request.method == "POST" else ()
        return super().context(
            once=uuid.uuid4(),
            version=self.version(),
            lead=self.get_lead(),
            button=self.button,
            again=pgettext("between listed names", ", ").join(
                each.name or "?" for _name, files in sent for each in files
            ),
            **more,
        )


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


class ActionView(OneRow, FormView):
    """A form about one row: found through the rule, and refused as stale when its case has moved on."""

    def version(self) -> int | None:
        return self.case.version if self.case is not None else None

    def stale_subject(self) -> Any:
        return self.case

    def read_again(self) -> None:
        """The row as it stands now; what was read before where it has left the actor's sight."""
        with suppress(Http404):
            self.prepare()

    def changes_since(self, version: int) -> list[Any]:
        """The case's events after that version."""
        if self.case is None:
            return []
        return list(self.case.events.filter(version__gt=version).select_related("unit").order_by("version"))
