"""Who may open a page, judged before any row is read."""

from django.core.checks import Error
from django.db.models import Q
from django.test import override_settings
from django.urls import path

from gongjiang.kernel.access.actor import ANONYMOUS, Actor, Held
from gongjiang.kernel.access.rules import assigned, holds, own, within
from gongjiang.web.checks import every_url_declares_access
from gongjiang.web.views import PUBLIC, SIGNED_IN, ListView, Order, View, admits
from gongjiang.web.views.access import is_nothing

WORKER = Actor(user=1, person=7)
OFFICER = Actor(user=2, grants=(Held("officer", 3, "/1/3/"),))


class Silent(View):
    pass


class Crowded(ListView):
    access = PUBLIC
    orders = tuple(Order(str(n), str(n), "name") for n in range(4))


urlpatterns = [path("silent/", Silent.as_view()), path("crowded/", Crowded.as_view())]


def test_page_admits_whom_its_rule_could_show_something() -> None:
    view = within("path", "officer") | own("applicant")
    asked = {"anonymous": ANONYMOUS, "worker": WORKER, "officer": OFFICER}
    assert {n: admits(view, a) for n, a in asked.items()} == {
        "anonymous": False,
        "worker": True,
        "officer": True,
    }
    assert {n: admits(holds(), a) for n, a in asked.items()} == {
        "anonymous": False,
        "worker": False,
        "officer": True,
    }
    assert {n: admits(within("path", "auditor"), a) for n, a in asked.items()} == dict.fromkeys(asked, False)
    assert {n: admits(SIGNED_IN, a) for n, a in asked.items()} == {
        "anonymous": False,
        "worker": True,
        "officer": True,
    }
    assert {n: admits(PUBLIC, a) for n, a in asked.items()} == dict.fromkeys(asked, True)
    assert admits(assigned("officer"), OFFICER)


def test_nothing_is_recognised_by_its_shape() -> None:
    nothing, something = Q(pk__in=[]), Q(unit=3)
    assert [is_nothing(q) for q in (nothing, nothing | nothing, nothing & something)] == [True, True, True]
    assert [is_nothing(q) for q in (Q(), something, nothing | something, ~nothing)] == [False] * 4


@override_settings(ROOT_URLCONF="gongjiang.web.tests.test_access")
def test_check_names_the_page_without_access_and_the_list_with_too_many_orders() -> None:
    found = [e for e in every_url_declares_access() if isinstance(e, Error)]
    assert [(e.id, e.msg.split(":")[0]) for e in found] == [
        ("web.E001", "/silent/"),
        ("web.E002", "/crowded/"),
        ("web.E003", "/crowded/"),
        ("web.E003", "/crowded/"),
        ("web.E003", "/crowded/"),
        ("web.E003", "/crowded/"),
    ]
