"""What is read beside an enterprise that is to be verified."""

from django.db.models import Q, QuerySet

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.codes.models import Code
from gongjiang.kernel.orgs.models import LegalEntity
from gongjiang.kernel.people.search import SHORTEST, matching

from .models import Candidate
from .permissions import CANDIDATES

MOST_ALIKE = 8


def alike(candidate: Candidate, actor: Actor) -> list[LegalEntity]:
    """Enterprises on the register that it may be: whose name contains its name, or once was its name."""
    name = "".join(candidate.name.split())
    found: QuerySet[LegalEntity] = CANDIDATES.filter(LegalEntity.objects.select_related("unit"), actor)
    wanted = Q(name=candidate.name) | Q(faces__name=candidate.name)
    if len(name) >= SHORTEST:
        wanted |= matching("entity", name)
    return list(found.filter(wanted).distinct().order_by("name", "pk")[:MOST_ALIKE])


def choices(candidate: Candidate) -> dict[str, str]:
    """What its old industry code may have become: code → name; empty where there is nothing to choose."""
    if not candidate.code_2011:
        return {}
    digits = candidate.code_2011.lstrip("ABCDEFGHIJKLMNOPQRST")[:2]
    old = Code.objects.filter(
        list__code="industry", list__version="2011", level="division", code__endswith=digits
    )
    return dict(
        old.order_by("successors__new__code").values_list("successors__new__code", "successors__new__name")
    )
