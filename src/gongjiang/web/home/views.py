"""The composed pages: public home, the worker's home, record and help, the page about the platform, the switches."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel import catalogue
from gongjiang.kernel.access.actor import Actor, actor_of
from gongjiang.kernel.notices.models import Notice
from gongjiang.kernel.notices.rules import MINE
from gongjiang.kernel.people.models import Employment
from gongjiang.kernel.tasks.models import WAITING, Task
from gongjiang.web.components import cases
from gongjiang.web.components.wording import greeting
from gongjiang.web.context import ELDER_COOKIE, Shell
from gongjiang.web.notices.views import described as described_notices
from gongjiang.web.views import PUBLIC, SIGNED_IN, View
from gongjiang.web.worklist import queries
from gongjiang.web.worklist.views import described

YEAR = 365 * 24 * 60 * 60


def filled(place: str, request: HttpRequest) -> list[dict[str, Any]]:
    """What programmes and insight put at a place, one after another."""
    return [each for slot in catalogue.slots(place) for each in slot.render(request)]


class PublicHome(View):
    """One sentence, search, doors; notices and what is open; this year's figures."""

    access = PUBLIC
    face = "public"
    heading = _("Home")
    template_name = "home/public.html"

    def context(self, **more: Any) -> dict[str, Any]:
        request = self.request
        figures = filled("public.figures", request)
        return super().context(
            doors=filled("public.doors", request),
            notices=filled("public.notices", request),
            opened=filled("public.open", request),
            figures=figures,
            opens=any(figure.get("url") for figure in figures),
            **more,
        )


class PublicSearch(View):
    """Looks for words in what the public pages offer: services, notices, open rounds, help."""

    access = PUBLIC
    face = "public"
    heading = _("Search")
    template_name = "home/search.html"

    def context(self, **more: Any) -> dict[str, Any]:
        asked = self.request.GET.get("q", "").strip()[:80]
        words = asked.casefold().split()
        found = [e for e in self._offered() if words and all(w in _text(e).casefold() for w in words)]
        return super().context(asked=asked, found=found[:50], **more)

    def _offered(self) -> Iterable[dict[str, Any]]:
        about = reverse("about")
        for title, note, anchor in (
            (_("Workers' hotline 12351"), _("Unpaid wages, injury at work, labour disputes"), "help"),
            (
                _("Talk to somebody: 12356"),
                _("National line for mental health; you need not give your name"),
                "help",
            ),
            (_("Privacy and personal information"), "", "privacy"),
            (_("Accessibility"), "", "accessibility"),
            (_("Where the figures come from"), "", "figures"),
        ):
            yield {"title": title, "note": note, "url": f"{about}#{anchor}"}
        for entry in Shell(self.request).public_menu:
            yield {"title": entry.label, "note": "", "url": entry.url}
        for programme in catalogue.programmes():
            item = next((i for i in programme.menu if i.face == "public"), None)
            if item is not None and not programme.example:
                yield {"title": programme.label, "note": programme.summary, "url": reverse(item.url)}
        for place in ("public.doors", "public.notices", "public.open"):
            for each in filled(place, self.request):
                named = each.get("title") or each.get("label")
                note = each.get("note") or each.get("detail") or each.get("by") or ""
                yield {"title": named, "note": note, "url": each["url"]}


def _text(entry: dict[str, Any]) -> str:
    return f"{entry['title']} {entry['note']}"


class About(View):
    """Accessibility, privacy, and where the figures come from, in our own words."""

    access = PUBLIC
    face = "public"
    heading = _("About this platform")
    template_name = "home/about.html"


class Display(View):
    """The switches that the server keeps: language and larger text."""

    access = PUBLIC
    face = "public"
    heading = _("Display")
    template_name = "home/display.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        back = request.POST.get("next", "")
        safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        response = redirect(back if safe else reverse("home"))
        language = request.POST.get("language")
        if language in {code for code, _name in settings.LANGUAGES}:
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax")
        if request.POST.get("elder") in ("0", "1"):
            response.set_cookie(ELDER_COOKIE, request.POST["elder"], max_age=YEAR, samesite="Lax")
        return response


class MyHome(View):
    """Your turn, my applications, what I can get, help now, my record: in this order."""

    access = SIGNED_IN
    face = "my"
    template_name = "home/my.html"

    def get_heading(self) -> Any:
        return _("My page")

    def context(self, **more: Any) -> dict[str, Any]:
        mine = (
            queries.my_cases(self.actor).select_related("unit", "edition").prefetch_related(cases.LIVE_TURNS)
        )
        waiting = queries.waiting_for_me(self.actor).select_related("unit").prefetch_related(cases.LIVE_TURNS)
        recent = list(mine.order_by("-opened_at", "-pk")[:5])
        return super().context(
            greeting=greeting(timezone.now()),
            workplaces=workplaces(self.request),
            waiting=described(list(waiting[:3]), self.actor),
            applications=described(recent, self.actor),
            offers=filled("my.offers", self.request),
            record=filled("my.record", self.request)[:6],
            tasks=own_tasks(self.actor),
            unread=self._unread(),
            **more,
        )

    def _unread(self) -> list[Notice]:
        """The newest notices that the person has not read, each with its sentence."""
        rows = list(MINE.filter(Notice.objects.filter(read_at=None), self.actor).order_by("-pk")[:3])
        if rows:
            described_notices(rows)
        return rows


def own_tasks(actor: Actor) -> "list[Task]":
    """The first tasks that were asked of the person."""
    if actor.person is None:
        return []
    found = Task.objects.filter(person=actor.person, state__in=WAITING).select_related("asked_by")
    return list(found.order_by("due_at", "pk")[:3])


class MyRecord(View):
    """What the person has done and holds, newest first."""

    access = SIGNED_IN
    face = "my"
    heading = _("My record")
    template_name = "home/my_record.html"

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(
            record=filled("my.record", self.request), workplaces=workplaces(self.request), **more
        )


class MyHelp(View):
    """Numbers that always answer, one tap away."""

    access = SIGNED_IN
    face = "my"
    heading = _("Get help")
    template_name = "home/my_help.html"


def workplaces(request: HttpRequest) -> list[Employment]:
    """Where the signed-in person works now."""
    person = actor_of(request).person
    if person is None:
        return []
    now = Employment.objects.filter(person=person, until=None).select_related("unit", "entity")
    return list(now.order_by("-since", "-pk")[:3])
