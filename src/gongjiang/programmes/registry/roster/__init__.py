"""职工花名册: one row for each worker of an enterprise, from whatever columns the enterprise keeps."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.exchange.kinds import ImportKind, Verdict
from gongjiang.kernel.exchange.models import ImportBatch
from gongjiang.kernel.people import actions, crypto
from gongjiang.kernel.people.models import (
    Employment,
    Identifier,
    IdentifierKind,
)

from ..actions import ask_absent, take_in, touched, undo
from ..permissions import KEEPERS
from .columns import COLUMNS, FORMS, HUKOU, POST_CLASSES, SCHOOLING, SEXES, YES_NO, is_of_several
from .judging import about, judge

__all__ = ["COLUMNS", "POST_CLASSES", "ROSTER", "SEXES", "lines"]

PIECE = 2_000


def apply(verdicts: Sequence[Verdict], batch: ImportBatch, actor: Actor) -> list[int | None]:
    """Write what the rows mean: new employments, and amendments to those there are."""
    new = [v.plan for v in verdicts if isinstance(v.plan, actions.Newcomer)]
    changed = [v.plan for v in verdicts if isinstance(v.plan, actions.Amendment)]
    made, amended = map(iter, take_in(new, changed, batch, actor=actor))
    return [next(made) if isinstance(v.plan, actions.Newcomer) else next(amended) for v in verdicts]


def lines(jobs: QuerySet[Employment]) -> Iterator[list[Any]]:
    """The rows of a roster of these employments, in the columns of the import and led by the person's key.

    Numbers in full: only for an export whose purpose has been said.
    """
    classes, sexes, forms, hukou, schooling, wage = (
        {code: word for word, code in reversed(words.items())}
        for words in (POST_CLASSES, SEXES, FORMS, HUKOU, SCHOOLING, YES_NO)
    )
    found = jobs.values_list(
        "person",
        "person__name",
        "person__sex",
        "post",
        "post_class",
        "since",
        "entity__uscc",
        "form",
        "wage_is_main",
        "person__hukou",
        "person__education",
    ).iterator(chunk_size=PIECE)
    while piece := list(islice(found, PIECE)):
        numbers = {
            (person, kind): crypto.reveal(bytes(cipher))
            for person, kind, cipher in Identifier.objects.filter(
                person__in={row[0] for row in piece}
            ).values_list("person", "kind", "cipher")
        }
        for person, name, sex, post, post_class, since, uscc, form, main, registered, education in piece:
            values = {
                "name": name,
                "identity": numbers.get((person, IdentifierKind.IDENTITY), ""),
                "phone": numbers.get((person, IdentifierKind.PHONE), ""),
                "sex": sexes.get(sex, ""),
                "post": post,
                "post_class": classes[post_class],
                "since": since,
                "form": forms[form],
                "wage": wage.get(main, ""),  # type: ignore[call-overload]
                "hukou": hukou.get(registered, ""),
                "education": schooling.get(education, ""),
                "uscc": uscc or "",
            }
            yield [person, *(values[column.name] for column in COLUMNS)]


ROSTER = ImportKind(
    name="registry.roster",
    label=c("import", "Roster of workers"),
    lead=gettext_lazy(
        "One row for each worker, in whatever columns you keep. Nobody is dismissed by being left out,"
        " and nothing is written before you have seen what would change."
    ),
    roles=KEEPERS,
    columns=COLUMNS,
    judge=judge,
    apply=apply,
    unique=("identity",),
    who="name",
    hands=2,
    needs=lambda batch: frozenset({"uscc"}) if is_of_several(batch) else frozenset(),
    about=about,
    absent=ask_absent,
    touched=touched,
    undo=undo,
    done_url="registry:workers",
    upload_url="registry:import",
    absent_url="registry:absent",
)
