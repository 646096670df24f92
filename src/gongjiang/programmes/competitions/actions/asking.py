"""Whether an actor may, asked of one case; what is not admitted looks as if it were not there."""

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import Rule
from gongjiang.kernel.lifecycle.flow import Forbidden, Reason, Refused
from gongjiang.kernel.lifecycle.models import Case


def ask(rule: Rule, case: int, actor: Actor) -> Case:
    """The case, locked until the end of the transaction. Raises Forbidden."""
    locked = Case.objects.select_for_update(of=("self",)).filter(pk=case).first()
    if locked is None or not rule.filter(Case.objects.filter(pk=case), actor).exists():
        raise Forbidden
    return locked


def refuse(case: int, said: str, field: str = "") -> Refused:
    """One reason against it."""
    return Refused({case: [Reason(said, field=field)]})
