"""What every page's frame needs: language, elder mode, menus. Read only when a template asks for it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongjiang.kernel import catalogue
from gongjiang.kernel.access.actor import ANONYMOUS, Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.calendar.read import Calendars, calendars
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.programme import MenuItem

ELDER_COOKIE = "elder"
GROUPS = ("service", "growth", "data", "settings")


@dataclass(frozen=True)
class Entry:
    """One drawn entry of a menu."""

    label: Any
    url: str
    current: bool
    icon: str = ""
    count: int | None = None
    inner: bool = False


@dataclass(frozen=True)
class Group:
    """Entries of the desk's menu below one heading. A folded one opens at its heading."""

    heading: Any
    entries: list[Entry]
    folds: bool = False

    @property
    def is_open(self) -> bool:
        return any(each.current for each in self.entries)


class Shell:
    """The frame around one page. Each property is computed once, and only if drawn."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.actor: Actor = getattr(request, "actor", ANONYMOUS)

    @property
    def frame(self) -> str:
        """The outermost template: the whole page, or only its content for htmx."""
        htmx = getattr(self.request, "htmx", None)
        return "fragment.html" if htmx and not htmx.history_restore_request else "base.html"

    @property
    def html_lang(self) -> str:
        return "zh-CN" if str(get_language()).startswith("zh") else "en"

    @property
    def elder(self) -> bool:
        return self.request.COOKIES.get(ELDER_COOKIE) == "1"

    @property
    def here(self) -> str:
        """This address, to come back to."""
        return self.request.get_full_path()

    @property
    def other_languages(self) -> list[tuple[str, str]]:
        """(code, its own name) of every language but this one."""
        names = {"zh-hans": "中文", "en": "English"}
        return [(code, names.get(code, code)) for code, _name in settings.LANGUAGES if code != get_language()]

    @property
    def demo(self) -> bool:
        return bool(settings.DEMO)

    @cached_property
    def calendars(self) -> Calendars:
        """What the deadlines of this page are counted in."""
        return calendars()

    @cached_property
    def unit(self) -> Unit | None:
        """The unit in whose name a member of staff is working; the widest where there are several."""
        held = sorted(self.actor.offices, key=lambda g: len(g.path))
        return Unit.objects.filter(pk=held[0].unit).first() if held else None

    @cached_property
    def unread(self) -> int:
        """Notices that the actor has not read, up to a hundred."""
        from gongjiang.kernel.notices.queries import unread

        return unread(self.actor)

    @property
    def role(self) -> str:
        """The name of the role that goes with the unit."""
        held = sorted(self.actor.offices, key=lambda g: len(g.path))
        return (
            str(Role(held[0].role if held else min(self.actor.system)).label) if self.actor.is_staff else ""
        )

    @cached_property
    def host(self) -> str:
        """The union that runs this installation, for the public header and foot."""
        from .host import host

        found = host()
        return named(found) if found else _("Trade union services")

    @cached_property
    def public_menu(self) -> list[Entry]:
        return [self._entry(_("Home"), reverse("home"), exact=True), *self._declared("public")]

    @cached_property
    def my_menu(self) -> list[Entry]:
        """Four tabs at the bottom of a phone: fewer words, one touch."""
        return [
            self._entry(_("Home"), reverse("my"), exact=True, icon="home"),
            self._entry(_("My applications"), reverse("my-cases"), icon="list"),
            self._entry(_("My record"), reverse("my-record"), icon="grow"),
            self._entry(_("Get help"), reverse("my-help"), icon="help"),
        ]

    @cached_property
    def desk_menu(self) -> list[Group]:
        """The groups from top to bottom; those without entries are left out."""
        headings = {
            "service": _("Services"),
            "growth": _("Growth"),
            "data": _("Data"),
            "settings": _("Settings"),
        }
        groups = [Group(headings[g], self._declared("desk", g), g == "settings") for g in GROUPS]
        return [Group("", self.desk_first), *[each for each in groups if each.entries]]

    @cached_property
    def desk_first(self) -> list[Entry]:
        """What stands above all groups, and beside the menu's button on a phone."""
        from .worklist.queries import count_mine

        todo = self._entry(_("To do"), reverse("desk"), exact=True, count=count_mine(self.actor))
        return [todo, *self._declared("cockpit")]

    @cached_property
    def _counts(self) -> dict[str, int]:
        return {
            each["url"]: each["count"]
            for slot in catalogue.slots("desk.counts")
            for each in slot.render(self.request)
        }

    def _declared(self, face: str, group: str = "") -> list[Entry]:
        items = self._items(face)
        part = next((i.within or i.url for i in items if i.url == self._here(face)), "")
        counts = self._counts if face == "desk" else {}
        shown = {i.url for i in items if not i.within}
        return [
            Entry(
                item.label,
                reverse(item.url),
                item.url == self._here(face),
                count=counts.get(item.url),
                inner=item.within in shown,
            )
            for item in items
            if (not group or item.group == group)
            and (item.within not in shown or item.within == part or counts.get(item.url))
        ]

    def _items(self, face: str) -> list[MenuItem]:
        """The entries that this actor has in a face."""
        return [item for item in _items(face) if self._visible(item)]

    def _here(self, face: str) -> str:
        """The URL name of the entry whose part this page lies in: the longest address that leads here."""
        leading = [i for i in self._items(face) if self.request.path.startswith(reverse(i.url))]
        return max(leading, key=lambda i: len(reverse(i.url))).url if leading else ""

    @property
    def part(self) -> Entry | None:
        """The entry of the desk's menu that this page lies below; None on that entry's own page."""
        found = next((i for i in self._items("desk") if i.url == self._here("desk")), None)
        here = reverse(found.url) if found else ""
        return Entry(found.label, here, True) if found and here != self.request.path else None

    def _visible(self, item: MenuItem) -> bool:
        if item.roles:
            return self.actor.has(*item.roles)
        return item.face != "desk" or bool(self.actor.offices)

    def _entry(
        self, label: Any, url: str, *, exact: bool = False, icon: str = "", count: int | None = None
    ) -> Entry:
        path = self.request.path
        return Entry(label, url, path == url if exact else path.startswith(url), icon, count)


def named(of: Any) -> str:
    """A content row's name in the reader's language, where it has one."""
    english = "" if str(get_language()).startswith("zh") else getattr(of, "name_en", "")
    return str(english or of.name)


def _items(face: str) -> list[MenuItem]:
    own = [i for p in catalogue.programmes() if not p.example for i in p.menu]
    return [i for i in [*own, *getattr(settings, "MENU", ())] if i.face == face]


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    return {"shell": Shell(request)}
