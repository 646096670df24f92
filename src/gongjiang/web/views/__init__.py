"""The view classes that every page is built from."""

from .access import PUBLIC, SIGNED_IN, Access, admits
from .detail import DetailView
from .forms import ActionView, FormView
from .listing import Filters, ListView, Order, Tab
from .page import View

__all__ = [
    "PUBLIC",
    "SIGNED_IN",
    "Access",
    "ActionView",
    "DetailView",
    "Filters",
    "FormView",
    "ListView",
    "Order",
    "Tab",
    "View",
    "admits",
]
