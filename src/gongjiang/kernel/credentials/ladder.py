"""The ladder of skill grades, the levels of a credential of the kind `grade`, in order.

新八级工 of the opinion of the Ministry of Human Resources of 2022; who holds the fourth rung or a higher one counts as
highly skilled (高技能人才) in the national totals.
"""

from django.db import models
from django.db.models import Case, IntegerField, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import pgettext_lazy as c


class Grade(models.TextChoices):
    APPRENTICE = "apprentice", c("grade", "apprentice worker")
    JUNIOR = "junior", c("grade", "junior worker")
    INTERMEDIATE = "intermediate", c("grade", "intermediate worker")
    SENIOR = "senior", c("grade", "senior worker")
    TECHNICIAN = "technician", c("grade", "technician")
    SENIOR_TECHNICIAN = "senior_technician", c("grade", "senior technician")
    SPECIAL_TECHNICIAN = "special_technician", c("grade", "special-grade technician")
    CHIEF_TECHNICIAN = "chief_technician", c("grade", "chief technician")


HIGH_SKILL = (
    Grade.SENIOR,
    Grade.TECHNICIAN,
    Grade.SENIOR_TECHNICIAN,
    Grade.SPECIAL_TECHNICIAN,
    Grade.CHIEF_TECHNICIAN,
)


def rung(field: str) -> Combinable:
    """The place of a level in the ladder, 1 for the lowest; 0 for what is no rung of it."""
    whens = (When(**{field: grade}, then=Value(place)) for place, grade in enumerate(Grade, start=1))
    return Case(*whens, default=Value(0), output_field=IntegerField())
