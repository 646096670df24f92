"""The figures: each is declared once, and opens to the records that it counts."""

from django.utils.translation import gettext_lazy as _

from gongjiang.insight.indicators import Indicator, Opening

from .permissions import VIEW

ANSWERED = Indicator(
    code="example.answered",
    name=_("Questions answered"),
    uom="case",
    grain="record",
    period="within",
    fact="example.question",
    rows=lambda question: question.select(item=question.key, unit=question.unit, day=question.day),
    definition=_("Questions by workers that the union of their workplace has answered."),
    rule=_(
        "Each question once, on the day of its answer, at the union of the workplace. Withdrawn ones do not count."
    ),
    citation=_("No published definition: this programme is a template."),
    opens=Opening(
        "example.Question",
        VIEW,
        number="case.number",
        columns=(
            (_("Question"), "subject"),
            (_("Unit"), "case.unit.name"),
            (_("Answered on"), "answered_on"),
        ),
        prefix="case__",
        tier="T1",
        url="example:question",
        related=("case__unit",),
    ),
)

INDICATORS = (ANSWERED,)
