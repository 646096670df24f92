"""What the programme holds: one table, joined one to one to the kernel's case."""

from django.db import models
from django.db.models import Q

from gongjiang.kernel.access import walls
from gongjiang.kernel.lifecycle.models import Case


class Question(models.Model):
    """What a worker asked. The answer is the note of the event that gave it."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="example_question")
    subject = models.TextField()
    details = models.TextField()
    answered_on = models.DateField(null=True, blank=True)  # the day on which it is counted

    is_source = True  # its changes reach the outbox, and so the figures
    wall = walls.inherits("case_id", Case)

    class Meta:
        constraints = [models.CheckConstraint(name="example_question_has_subject", condition=~Q(subject=""))]

    def __str__(self) -> str:
        return self.subject
