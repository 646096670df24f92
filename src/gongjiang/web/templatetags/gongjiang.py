"""The shell's tags and filters; README.md lists them with their use."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.middleware.csrf import get_token
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import ANONYMOUS, Actor
from gongjiang.kernel.calendar.days import Calendar
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.lifecycle.clocks import by_hand
from gongjiang.kernel.lifecycle.states import Phase
from gongjiang.kernel.publicity import queries as publicity
from gongjiang.web.components import cases, controls, wording
from gongjiang.web.components.clock import Clock
from gongjiang.web.components.clock import clock as make_clock
from gongjiang.web.components.course import course
from gongjiang.web.components.icons import icon as draw_icon
from gongjiang.web.context import named

register = template.Library()

for _name in (
    "day",
    "date_short",
    "date_long",
    "moment",
    "stamp",
    "measured",
    "thousands",
    "yuan",
    "mask_name",
    "mask_number",
    "uom",
    "dash",
):
    register.filter(_name, getattr(wording, _name))
register.filter(named)


@register.filter
def state_word(code: str) -> str:
    """The word for a state."""
    return cases.state_word(code)


def _actor(context: Context) -> Actor:
    return getattr(context.get("request"), "actor", ANONYMOUS)


def _calendar(context: Context, region: str) -> Calendar:
    """The calendar of a place, read once for the whole page."""
    shell = context.get("shell")
    return (shell.calendars if shell is not None else calendars()).at(region)


@register.simple_tag
def icon(name: str) -> SafeString:
    return draw_icon(name)


# ── states and turns ─────────────────────────────────────────────────────────


def _chip(word: Any, tone: str) -> SafeString:
    return format_html('<span class="chip{}">{}</span>', f" {tone}" if tone else "", word)


@register.simple_tag
def chip(of: Any, tone: str | None = None) -> SafeString:
    """A state's chip; with a tone, any word's."""
    if tone is not None:
        return _chip(of, tone)
    found = cases.state_chip(of)
    return _chip(found.word, found.tone)


@register.simple_tag(takes_context=True)
def turn(context: Context, case: Any) -> SafeString:
    found = cases.turn_chip(case, _actor(context))
    return _chip(found.word, found.tone)


def _course(context: Context, of: Any) -> dict[str, Any]:
    steps = list(of) if isinstance(of, Sequence) else course(of, _actor(context))
    now = next((i for i, s in enumerate(steps, 1) if s.mark == "now"), None)
    return {
        "steps": steps,
        "now": now,
        "current": steps[now - 1] if now else None,
        "total": len(steps),
        "closed": getattr(of, "closed_at", None),
    }


@register.inclusion_tag("components/steps.html", takes_context=True)
def steps(context: Context, of: Any) -> dict[str, Any]:
    """The whole course on a case page."""
    return _course(context, of)


@register.inclusion_tag("components/relay.html", takes_context=True)
def relay(context: Context, of: Any, note: Any = "", closed: Any = None) -> dict[str, Any]:
    """The course in a list; there hand over the steps that `courses` read for all rows at once."""
    drawn = _course(context, of)
    return {**drawn, "note": note, "closed": closed or drawn["closed"]}


@register.inclusion_tag("components/clock.html", takes_context=True)
def clock(
    context: Context, due: Any, since: Any = None, paused: bool = False, big: bool = False, region: str = ""
) -> dict[str, Any]:
    """A deadline: cells, sentence, date; big on a page about it alone. `region` is where local closures hold."""
    made: Clock | None = None
    if due is not None:
        made = make_clock(due, _calendar(context, region), since=since, paused=paused)
    return {"clock": made, "big": big}


@register.simple_tag(takes_context=True)
def due(context: Context, at: Any, region: str = "") -> SafeString:
    """A deadline inside a table: the sentence and the day."""
    made = make_clock(at, _calendar(context, region)) if at is not None else None
    if made is None:
        return format_html('<span class="muted">{}</span>', _("no time limit"))
    return format_html(
        '<span class="clock"><span class="left{}">{}</span></span><span class="sub">{}</span>',
        f" {made.tone}" if made.tone else "",
        made.left,
        wording.day(at),
    )


@register.inclusion_tag("components/actions.html", takes_context=True)
def actions(context: Context, case: Any) -> dict[str, Any]:
    """The buttons of the flow, then what is blocked and why."""
    found = cases.acts(case, _actor(context))
    return {
        "case": case,
        "ready": [a for a in found if not a.reasons],
        "blocked": [a for a in found if a.reasons],
        "request": context.get("request"),
        "once": context.get("once"),
    }


@register.inclusion_tag("components/limits.html", takes_context=True)
def limits(context: Context, case: Any) -> dict[str, Any]:
    """The clocks of a case that run: until when, why one stands still, and the buttons of whoever may give time."""
    found = by_hand.running(case, _actor(context)) if case.phase != Phase.CLOSED else []
    return {"case": case, "running": found, "shell": context.get("shell")}


@register.inclusion_tag("components/appeal.html", takes_context=True)
def appeal(context: Context, case: Any) -> dict[str, Any]:
    """To who takes part in a decided case, while its edition takes appeals: the way there."""
    if case.phase != Phase.CLOSED or not case.edition_id:
        return {}
    until = publicity.appeal_until(case, _actor(context))
    return {"url": reverse("appeal", args=[case.pk]), "until": until} if until else {}


@register.inclusion_tag("components/blocked.html")
def blocked(name: Any, reasons: Any) -> dict[str, Any]:
    """Why a button is missing."""
    return {"name": name, "reasons": reasons}


@register.inclusion_tag("components/history.html")
def history(case: Any) -> dict[str, Any]:
    """What happened, by whom, from which state to which."""
    flow = cases.flow_of(case)
    events = [(e, cases.event_word(e, flow)) for e in cases.history(case)]
    return {"events": events, "applied": case.applicant_id is not None}


# ── figures and facts ────────────────────────────────────────────────────────


@register.simple_tag
def fig(value: Any, uom: Any = "", url: str = "", name: Any = "") -> SafeString:
    """A number that opens, inside a sentence; without an address it has no dots."""
    shown, unit = wording.measured(value, uom), wording.uom(uom)
    inner = format_html('{}<span class="u">{}</span>', shown, unit) if unit else format_html("{}", shown)
    if not url or value is None:
        return format_html('<span class="nowrap">{}</span>', inner)
    said = _("%(name)s %(value)s%(unit)s, open the records") % {"name": name, "value": shown, "unit": unit}
    return format_html('<a class="fig" href="{}" aria-label="{}">{}</a>', url, said.strip(), inner)


@register.inclusion_tag("components/figure.html")
def figure(
    name: Any,
    value: Any,
    uom: Any = "",
    code: str = "",
    url: str = "",
    as_of: Any = None,
    note: Any = "",
    level: int = 3,
) -> dict[str, Any]:
    """The card of a figure."""
    shown, unit = wording.measured(value, uom), wording.uom(uom)
    return {
        "name": name,
        "value": shown,
        "unit": unit,
        "code": code,
        "url": url if value is not None else "",
        "as_of": as_of,
        "note": note,
        "level": level,
        "said": _("%(name)s %(value)s%(unit)s, open the records")
        % {"name": name, "value": shown, "unit": unit},
    }


@register.simple_block_tag
def facts(content: str, kind: str = "") -> SafeString:
    """A definition list; kind "rows" puts one fact on a line, "pairs" two."""
    return format_html('<dl class="facts{}">{}</dl>', f" {kind}" if kind else "", content)


@register.simple_tag
def fact(name: Any, value: Any, code: bool = False) -> SafeString:
    """One pair in a definition list."""
    shown = wording.dash(value)
    inner = format_html('<span class="code">{}</span>', shown) if code else shown
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", name, inner)


# ── forms ────────────────────────────────────────────────────────────────────


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, plain: bool = False) -> dict[str, Any]:
    """Label, hint, message above the control, control. Plain: the page says what may stay empty, not each label."""
    drawn = controls.draw(bound)
    return {**drawn, "required": drawn["required"] or plain}


@register.simple_tag
def fields(form: BaseForm) -> SafeString:
    """Every visible field of a form, and its hidden ones."""
    shown = ((render_to_string("components/field.html", controls.draw(f)),) for f in form.visible_fields())
    return format_html_join("", "{}", ((h,) for h in form.hidden_fields())) + format_html_join(
        "", "{}", shown
    )


@register.inclusion_tag("components/errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """The summary that jumps to each field; nothing where nothing is wrong."""
    return {"problems": controls.problems(form) if getattr(form, "is_bound", False) else []}


@register.simple_tag(takes_context=True)
def hidden(context: Context, case: Any = None) -> SafeString:
    """The token, the once-key and the version of what the form is about."""
    request = context.get("request")
    version = case.version if case is not None else context.get("version")
    once = context.get("once") if case is None else None
    parts = [("csrfmiddlewaretoken", get_token(request)), ("once", once or uuid.uuid4())] if request else []
    if version is not None and version != "":
        parts.append(("version", version))
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', parts)


# ── sentences, lists, long jobs ──────────────────────────────────────────────


@register.simple_block_tag
def say(content: str, tone: str = "", title: Any = "") -> SafeString:
    """One sentence that must be read."""
    head = format_html("<b>{}</b>", title) if title else ""
    return format_html('<div class="say{}">{}{}</div>', f" {tone}" if tone else "", head, content)


@register.simple_block_tag
def nothing(content: str, title: Any, level: int = 2) -> SafeString:
    """An empty list: what is so, and what to do next."""
    return format_html('<div class="empty"><b>{}</b>{}</div>', title, content)


@register.inclusion_tag("components/progress.html")
def progress(done: int, total: int, label: Any, wrong: int = 0, note: Any = "") -> dict[str, Any]:
    """A long job: rows done, rows wrong."""
    share = min(100, done * 100 // total) if total else 0
    return {"done": done, "total": total, "label": label, "wrong": wrong, "note": note, "share": share}


@register.inclusion_tag("components/pager.html")
def pager(page: Any) -> dict[str, Any]:
    """Ways to the page before and after."""
    return {"page": page}


@register.inclusion_tag("components/filters.html", takes_context=True)
def filters(context: Context, form: BaseForm, order: Any = None) -> dict[str, Any]:
    """The filters of a list, kept in its address."""
    request = context["request"]
    return {
        "fields": [controls.draw(f) for f in form.visible_fields()],
        "form": form,
        "path": request.path,
        "bare": saved.bare if (saved := context.get("saved")) is not None else request.path,
        "order": request.GET.get("order", ""),
        "tab": request.GET.get("tab", ""),
    }


@register.inclusion_tag("components/tabs.html")
def tabs(items: Any, label: Any = "") -> dict[str, Any]:
    """Views on one list."""
    return {"items": items, "label": label}


@register.simple_tag(takes_context=True)
def th(
    context: Context, label: Any, order: str = "", numeric: bool = False, wide: bool = False
) -> SafeString:
    """A column's head; with the code of an order, it sorts."""
    css = " ".join(c for c in ("num" if numeric else "", "wide-only" if wide else "") if c)
    cls = format_html(' class="{}"', css) if css else ""
    view = context.get("view")
    if not order or view is None:
        return format_html('<th scope="col"{}>{}</th>', cls, label)
    chosen = context.get("order")
    if chosen is not None and chosen.code == order:
        way, arrow = ("descending", "↓") if chosen.columns[0].startswith("-") else ("ascending", "↑")
        return format_html('<th scope="col"{} aria-sort="{}">{} {}</th>', cls, way, label, arrow)
    return format_html('<th scope="col"{}><a href="{}">{}</a></th>', cls, view.url(order=order), label)


@register.inclusion_tag("components/help_now.html")
def help_now() -> dict[str, Any]:
    """The help panel: telephone numbers that always answer."""
    return {}


@register.simple_tag
def title_of(case: Any) -> str:
    """What a case is called."""
    return cases.title_of(case)


@register.simple_tag
def url_of(case: Any, face: str = "desk") -> str:
    """The address of a case's page."""
    return cases.url_of(case, face)
