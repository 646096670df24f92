"""What is counted here. Codes and rules: glossary §2 (INN 1, 2, 3, 4, 8)."""

from django.utils.translation import gettext_lazy as _

from gongjiang.insight.indicators import Opening

from .permissions import VIEW

RESULTS_LIST = Opening(
    model="innovations.Result",
    rule=VIEW,
    prefix="case__",
    number="case.number",
    columns=(
        (_("Number"), "case.number"),
        (_("Title"), "title"),
        (_("Category"), "get_category_display"),
        (_("Unit"), "case.unit.name"),
        (_("Accepted on"), "accepted_on"),
    ),
    url="innovations:result",
    related=("case__unit",),
)

PARTICIPANTS_LIST = Opening(
    model="lifecycle.Participant",
    rule=VIEW,
    prefix="case__",
    tier="T1",
    number="pk",
    columns=(
        (_("Name"), "person.name"),
        (_("Number"), "case.number"),
        (_("Innovation"), "case.innovation_result.title"),
        (_("Unit"), "case.unit.name"),
    ),
    related=("person", "case__unit", "case__innovation_result"),
)
