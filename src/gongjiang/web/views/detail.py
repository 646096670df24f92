"""One row: getting it *is* the check."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from gongjiang.kernel.access.rules import Rule

from .page import View


class OneRow(View):
    """Finds `self.row` by `key` among the rows that the rule admits; a forbidden row looks like a missing one."""

    rule: Rule | None = None
    prefix = ""
    key = "pk"

    def rows(self) -> QuerySet[Any]:
        raise NotImplementedError

    def allowed(self) -> QuerySet[Any]:
        """The rows that this actor may see."""
        rule = self.rule or (self.access if isinstance(self.access, Rule) else None)
        return rule.filter(self.rows(), self.actor, self.prefix) if rule else self.rows()

    def prepare(self) -> None:
        """Raises Http404 where the row is missing or not this actor's to see."""
        row = self.allowed().filter(**{self.key: self.kwargs[self.key]}).first()
        if row is None:
            raise Http404
        self.row = row

    @property
    def case(self) -> Any:
        """The case that the row is or belongs to; None for rows without one."""
        return self.row if hasattr(self.row, "flow") else getattr(self.row, "case", None)

    def get_heading(self) -> Any:
        return self.heading or str(self.row)

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(row=self.row, case=self.case, **more)


class DetailView(OneRow):
    """The page of one row."""

    template_name = "case.html"
