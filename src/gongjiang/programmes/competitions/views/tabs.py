"""The registers of the programme on the desk."""

from django.urls import reverse
from django.utils.translation import pgettext_lazy as c

from gongjiang.web.views import Tab, View


def tabs(view: View) -> list[Tab]:
    match = view.request.resolver_match
    here = match.url_name if match else ""
    return [
        Tab(label, reverse(f"competitions:{name}"), name == here)
        for name, label in (
            ("contests", c("contest register", "Contests")),
            ("entries", c("contest register", "Entries")),
            ("starts", c("contest register", "Starts")),
            ("upgrades", c("contest register", "Grade upgrades")),
        )
    ]
