"""A join over a wall drops rows without a word: `select_related` of a relation that must be there joins it inside.

Who may see a row need not see what it leads to: the seat, not the judge's account. Such relations are found in what the
cast sees of the stage, and no query of ours joins over one of them: `prefetch_related` leaves the rows where they are.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models

import gongjiang
from gongjiang.kernel.access.actor import load, scope
from gongjiang.kernel.access.walls import models_with_walls
from tests.cast import EVERYBODY, Cast

from .test_walls import stage  # noqa: F401 - the stage is a fixture

ROOT = Path(str(gongjiang.__file__)).parent
Pair = tuple[str, str]  # (model, relation)

#: Relations over which one may see less than one sees of the row, as the stage and the demonstration show.
NARROWER: frozenset[Pair] = frozenset({
    ("innovations.Card", "result"), ("innovations.Card", "unit"), ("innovations.Interest", "asked_by"),
    ("innovations.Interest", "owner"), ("innovations.Interest", "unit"), ("files.File", "uploaded_by"),
    ("lifecycle.Quota", "unit"), ("parameters.Provision", "unit"), ("people.Employment", "person"),
    ("publicity.Publicity", "publicised_by"), ("review.Seat", "user"), ("tasks.Visit", "recorded_by"),
    ("audit.Disclosure", "user"), ("ledger.Entry", "fund"), ("ledger.Line", "into"), ("ledger.Line", "out_of"),
    ("ledger.PaymentLine", "batch"), ("mutual_aid.FeeMatch", "receipt"), ("mutual_aid.MemberCoverage", "enrolment"),
    ("mutual_aid.Period", "fund"),
})  # fmt: skip

PERSON = ("people.Employment", "person")
#: Queries that join all the same: where, and why nothing is lost.
MEANT: dict[tuple[str, Pair], str] = {
    ("programmes/registry/flow.py", PERSON): "the person is the applicant of the case that is decided",
    ("programmes/registry/views/corrections.py", PERSON): "the own open employments",
    (
        "programmes/registry/views/workers.py",
        PERSON,
    ): "open employments: who sees one sees the person through it",
}


def relations() -> Iterator[tuple[type[models.Model], "models.ForeignKey[models.Model, models.Model]"]]:
    """Every relation that must be there, from a table with a wall to another with a wall of its own."""
    walled = set(models_with_walls())
    for model in walled:
        above = model.wall.above  # type: ignore[attr-defined]
        for field in model._meta.fields:
            is_needed = isinstance(field, models.ForeignKey) and not field.null
            if is_needed and field.related_model in walled and (above is None or above[0] != field.column):
                yield model, field


def test_relations_over_which_one_sees_less_are_known(stage: Cast) -> None:  # noqa: F811
    found: set[Pair] = set()
    for who in EVERYBODY:
        with scope(load(stage[who].user.pk)), connection.cursor() as cursor:
            for model, field in relations():
                mine, theirs = model._meta.db_table, field.related_model._meta.db_table
                cursor.execute(
                    f'SELECT EXISTS (SELECT 1 FROM "{mine}" m WHERE NOT EXISTS (SELECT 1 FROM "{theirs}" x'
                    f' WHERE x."{field.target_field.column}" = m."{field.column}"))'
                )
                if cursor.fetchone()[0]:
                    found.add((model._meta.label, field.name))
    assert found - NARROWER == set()


def joined() -> Iterator[tuple[str, str, Pair]]:
    """(file, line, relation) of each inner join that a query of ours asks for, where the file says of which model."""
    named = {model.__name__: model for model in models_with_walls()}
    for file in sorted(ROOT.rglob("*.py")):
        if {"tests", "migrations"} & set(file.relative_to(ROOT).parts):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr != "select_related":
                continue
            model = named.get(_begun(node))
            for path in (a.value for a in node.args if isinstance(a, ast.Constant)):
                for pair in _inside(model, str(path)) if model else ():
                    yield str(file.relative_to(ROOT)), str(node.lineno), pair


def _begun(node: ast.AST) -> str:
    """The model's name that a chain of calls begins with: `Model.objects…`, or `RULE.filter(Model.objects…, actor)`."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Call):
            is_rule = (
                isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) and node.args
            )
            node = node.args[0] if is_rule else node.func
        elif isinstance(node, ast.Attribute | ast.Subscript):
            if (
                isinstance(node.value, ast.Name)
                and isinstance(node, ast.Attribute)
                and node.attr != "objects"
            ):
                return ""
            node = node.value
        else:
            return ""
    return node.id


def _inside(model: type[models.Model], path: str) -> Iterator[Pair]:
    """The relations of a path that are joined inside: once one may be missing, all that follow are joined outside."""
    at: type[models.Model] | None = model
    for step in path.split("__"):
        if at is None:
            return
        try:
            field = at._meta.get_field(step)
        except FieldDoesNotExist:
            return
        if not isinstance(field, models.ForeignKey) or field.null:
            return
        yield at._meta.label, field.name
        at = apps.get_model(field.related_model._meta.label)


def test_no_query_joins_over_a_relation_that_may_be_hidden() -> None:
    lost = [
        (file, line, pair) for file, line, pair in joined() if pair in NARROWER and (file, pair) not in MEANT
    ]
    assert lost == []


def test_most_queries_are_read() -> None:
    """The files are understood: the check has not become blind."""
    assert len(set(joined())) > 80


@pytest.mark.parametrize(
    ("path", "found"),
    [("panel__edition", 2), ("case__unit", 0), ("nothing", 0)],
)
def test_paths_are_followed_until_something_may_be_missing(path: str, found: int) -> None:
    assert len(list(_inside(apps.get_model("review.Seat"), path))) == found
