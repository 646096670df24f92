"""The inbox and its settings; on the desk, the messages that did not arrive."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.lifecycle.states import Outcome
from gongjiang.kernel.notices import actions
from gongjiang.kernel.notices.channels import configured
from gongjiang.kernel.notices.models import Delivery, DeliveryState, Notice, NoticeKind, Refusal
from gongjiang.kernel.notices.rules import FAILURES, MINE
from gongjiang.kernel.people.models import Person
from gongjiang.kernel.publicity.models import Publicity
from gongjiang.kernel.review.models import Seat
from gongjiang.kernel.tasks.models import Task
from gongjiang.web.components import cases
from gongjiang.web.components.wording import mask_name, moment
from gongjiang.web.views import SIGNED_IN, FormView, ListView, Order, Tab, View
from gongjiang.web.views.detail import OneRow

#: Where that lies which is no case, by the kind of notice.
PLACES = {
    NoticeKind.TASK: "task",
    NoticeKind.ANSWERED: "task",
    NoticeKind.SEAT: "review:seat",
    NoticeKind.NOTICE_OVER: "desk-notice",
}
NEWEST = (Order("new", _("newest first"), "-pk"),)


def face_of(view: View) -> str:
    """The worker's face for whom is a person, the desk for an office."""
    return "my" if view.actor.person is not None else "desk"


class Inbox(ListView):
    """The notices to this person or officer, newest first."""

    access = SIGNED_IN
    rule = MINE
    heading = c("inbox", "Notices")
    template_name = "notices/inbox.html"
    orders = NEWEST

    def prepare(self) -> None:
        super().prepare()
        self.face = face_of(self)

    def rows(self) -> QuerySet[Notice]:
        rows = Notice.objects.all()
        return rows.filter(read_at=None) if self.request.GET.get("show") == "unread" else rows

    def tabs(self) -> list[Tab]:
        unread = self.request.GET.get("show") == "unread"
        return [
            Tab(c("inbox", "All of them"), self.request.path, not unread),
            Tab(_("Not read"), self.request.path + "?show=unread", unread),
        ]

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        described(context["page"].rows)
        return context


def described(rows: Sequence[Notice]) -> None:
    """Give each notice its sentence: `says`. Whatever it is about is read as the actor sees it: six queries."""
    seen = {c.pk: c for c in Case.objects.filter(pk__in={r.case_id for r in rows if r.case_id})}
    names = cases.titles(list(seen.values()))
    others = _others(rows)
    for row in rows:
        case = seen.get(row.case_id or 0)
        title = names.get(case.pk, "") if case is not None else others.get((row.kind, row.of), "")
        row.says = sentence(row, title)  # type: ignore[attr-defined]
        row.case_number = case.number if case is not None else ""  # type: ignore[attr-defined]
        row.opens = (  # type: ignore[attr-defined]
            case is not None or row.kind == NoticeKind.WORK_WAITS or (row.kind, row.of) in others
        )


def _others(rows: Sequence[Notice]) -> dict[tuple[str, int | None], str]:
    """What the tasks, panels and public notices are called that these notices are about, where the actor sees them."""
    keys: dict[str, set[int]] = {}
    for row in rows:
        if row.of is not None:
            keys.setdefault(row.kind, set()).add(row.of)
    found: dict[tuple[str, int | None], str] = {}
    for kind in (NoticeKind.TASK, NoticeKind.ANSWERED):
        for pk, name in Task.objects.filter(pk__in=keys.get(kind, ())).values_list("pk", "subject"):
            found[kind, pk] = name
    for pk, name in Seat.objects.filter(pk__in=keys.get(NoticeKind.SEAT, ())).values_list(
        "pk", "panel__name"
    ):
        found[NoticeKind.SEAT, pk] = name
    over = Publicity.objects.filter(pk__in=keys.get(NoticeKind.NOTICE_OVER, ()))
    for publicity in over.only("pk", "title", "title_en"):
        found[NoticeKind.NOTICE_OVER, publicity.pk] = publicity.title
    return found


def sentence(notice: Notice, title: str) -> str:
    """What a notice says, in the reader's language."""
    if notice.of is not None and not title:
        return _t("%(kind)s. It is no longer yours to see.") % {"kind": notice.get_kind_display()}
    name = _t("“%(title)s”") % {"title": title} if title else _t("One of your applications")
    match notice.kind:
        case NoticeKind.TASK:
            day = moment(notice.due_at)
            return _t("%(name)s: you are asked to do this, until %(day)s.") % {"name": name, "day": day}
        case NoticeKind.ANSWERED:
            return _t("%(name)s: it was answered. Read it, and verify it or send it back.") % {"name": name}
        case NoticeKind.SEAT:
            return _t("%(name)s: you have a seat on this panel.") % {"name": name}
        case NoticeKind.NOTICE_OVER:
            return _t("%(name)s: its time is over. See what comes next.") % {"name": name}
        case NoticeKind.YOUR_TURN:
            if notice.due_at:
                return _t("%(name)s: it is your turn, until %(day)s.") % {
                    "name": name,
                    "day": moment(notice.due_at),
                }
            return _t("%(name)s: it is your turn.") % {"name": name}
        case NoticeKind.RETURNED:
            return _t("%(name)s was returned. See what is to be mended.") % {"name": name}
        case NoticeKind.DECIDED:
            if notice.outcome in Outcome.values:
                word = str(Outcome(notice.outcome).label)
                return _t("%(name)s is finished: %(outcome)s.") % {"name": name, "outcome": word}
            return _t("%(name)s is finished.") % {"name": name}
        case NoticeKind.WORK_WAITS:
            n = notice.number or 0
            return ngettext("%(n)s case waits for you.", "%(n)s cases wait for you.", n) % {"n": n}
    return _t("%(name)s has moved on: %(state)s.") % {"name": name, "state": cases.state_word(notice.state)}


class OpenNotice(OneRow):
    """Open what a notice is about; it is read then."""

    access = SIGNED_IN
    rule = MINE
    row: Notice

    def rows(self) -> QuerySet[Notice]:
        return Notice.objects.all()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("my-notices")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actions.mark_read([self.row.pk], actor=self.actor)
        if self.row.kind == NoticeKind.WORK_WAITS:
            return redirect("desk" if self.actor.is_staff else "my")
        if self.row.of is not None:
            return redirect(PLACES[NoticeKind(self.row.kind)], self.row.of)
        case = Case.objects.filter(pk=self.row.case_id or 0).first()
        address = cases.url_of(case, "my") if case is not None else ""
        return redirect(address or reverse("my-notices"))


class ReadAll(FormView):
    """Note that everything is read."""

    access = SIGNED_IN
    heading = _("Mark all as read")
    button = _("Mark all as read")

    def prepare(self) -> None:
        super().prepare()
        self.face = face_of(self)

    def perform(self, form: Any) -> Any:
        actions.mark_read(actor=self.actor)
        return reverse("my-notices")


class ChannelsForm(forms.Form):
    """On which ways outside somebody wants messages."""

    wanted = forms.MultipleChoiceField(
        label=_("Send me messages by"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "A message says only that there is something to read here. The inbox stays, whatever you choose."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wanted"].choices = [(each.value, each.label) for each in actions.OPTIONAL]  # type: ignore[attr-defined]


class Channels(FormView):
    """What this person wants sent outside."""

    access = SIGNED_IN
    face = "my"
    heading = _("Messages to my phone")
    button = _("Save the choice")
    form_class = ChannelsForm
    template_name = "notices/channels.html"

    def initial(self) -> dict[str, Any]:
        refused = set(Refusal.objects.filter(person=self.actor.person).values_list("channel", flat=True))
        return {"wanted": [each.value for each in actions.OPTIONAL if each.value not in refused]}

    def perform(self, form: Any) -> Any:
        wanted = set(form.cleaned_data["wanted"])
        actions.choose(
            [each.value for each in actions.OPTIONAL if each.value not in wanted], actor=self.actor
        )
        return reverse("my-notices")

    def done(self, result: Any) -> Any:
        return _t("Saved.")

    def context(self, **more: Any) -> dict[str, Any]:
        on = [str(each.label) for each in actions.OPTIONAL if each.value in configured()]
        return super().context(on=pgettext("between listed names", ", ").join(on), **more)


ERRORS = {
    "no_phone": _("No phone number is registered for this person."),
    "not_configured": _("This way out is switched off."),
    "unreachable": _("The gateway does not answer."),
}


class Undelivered(ListView):
    """Messages that did not arrive, about cases within the actor's tree: why, and once more."""

    access = FAILURES
    heading = _("Undelivered messages")
    template_name = "notices/undelivered.html"
    orders = NEWEST

    def rows(self) -> QuerySet[Delivery]:
        return Delivery.objects.filter(state=DeliveryState.FAILED).select_related("case")

    def context(self, **more: Any) -> dict[str, Any]:
        context = super().context(**more)
        rows = context["page"].rows
        names = dict(Person.objects.filter(pk__in={r.person_id for r in rows}).values_list("pk", "name"))
        titles = cases.titles([r.case for r in rows])
        for row in rows:
            row.whom = mask_name(names.get(row.person_id))
            row.title = titles.get(row.case_id, "")
            row.why = ERRORS.get(row.error) or _t("The gateway refused it (%(code)s).") % {"code": row.error}
        return context


class Retry(FormView):
    """Send failed messages once more."""

    access = FAILURES
    heading = _("Send once more")
    button = _("Send once more")

    class form_class(forms.Form):
        delivery = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def build(self, *args: Any, **kwargs: Any) -> Any:
        form = super().build(*args, **kwargs)
        sent = self.request.POST.getlist("delivery")
        form.fields["delivery"].choices = [(k, k) for k in sent if k.isdigit()]
        return form

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("undelivered")

    def perform(self, form: Any) -> Any:
        self.count = actions.retry(form.cleaned_data["delivery"], actor=self.actor)
        return reverse("undelivered")

    def done(self, result: Any) -> Any:
        return ngettext(
            "%(n)s message is sent once more.", "%(n)s messages are sent once more.", self.count
        ) % {"n": self.count}
