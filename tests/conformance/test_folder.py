"""Every programme's folder: who writes rows, what it reaches, that it is played, and what its demo shows."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import reverse

from gongjiang.kernel import catalogue
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.programme import Programme, Slot

PROGRAMMES = [pytest.param(p, id=p.name) for p in catalogue.programmes()]
WRITERS = {"actions", "demo"}
WRITES = {
    "save",
    "create",
    "bulk_create",
    "abulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "delete",
    "raw",
}
#: Receivers that make `.update(…)` a statement about rows and not about a dictionary.
ROWS = re.compile(r"objects|\.filter\(|\.exclude\(|_set\b|\.all\(|queryset|\brows\b")
SQL_WRITES = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|COPY\s+\w+)\b", re.IGNORECASE)


def folder(programme: Programme) -> Path:
    return Path(str(programme.module("programme").__file__)).parent  # type: ignore[union-attr]


def sources(programme: Programme, *suffixes: str, tests: bool = False) -> Iterator[Path]:
    """The files of a programme's folder, migrations left out."""
    for path in sorted(folder(programme).rglob("*")):
        inside = path.relative_to(folder(programme)).parts
        left_out = "migrations" in inside or "__pycache__" in inside or ("tests" in inside and not tests)
        if path.suffix in suffixes and not left_out:
            yield path


def others(programme: Programme) -> list[Programme]:
    return [p for p in catalogue.programmes() if p.name != programme.name]


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_programme_tells_the_suite_how_to_play_it(programme: Programme) -> None:
    assert (folder(programme) / "tests" / "scenes.py").is_file(), "see tests/conformance/README.md"


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_only_actions_and_demo_write_rows(programme: Programme) -> None:
    found = []
    for path in sources(programme, ".py"):
        if path.relative_to(folder(programme)).parts[0].removesuffix(".py") in WRITERS:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                receiver, verb = ast.unparse(node.func.value), node.func.attr
                if verb in WRITES or (verb == "update" and ROWS.search(receiver)):
                    found.append(f"{path.name}:{node.lineno} {receiver}.{verb}()")
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and SQL_WRITES.search(node.value)
            ):
                found.append(f"{path.name}:{node.lineno} SQL that writes")
    assert found == []


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_programme_reaches_no_other_programme(programme: Programme) -> None:
    """No import, template, URL name or table of another one, in code or templates."""
    found = []
    for path in sources(programme, ".py", ".html", ".sql", ".js", tests=True):
        text = path.read_text(encoding="utf-8")
        for other in others(programme):
            name = other.code
            tables = [m._meta.db_table for m in apps.get_app_config(name).get_models()]
            reaches = [
                rf"programmes\.{other.name}\b",
                rf"['\"]{name}/[\w/-]+\.html",
                rf"['\"]{name}:[\w-]+['\"]",
            ]
            reaches += [rf"\b{table}\b" for table in tables]
            found += [f"{path.name}: {m.group()}" for r in reaches for m in re.finditer(r, text)]
    assert found == []


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_programme_relates_to_the_kernel_only(programme: Programme) -> None:
    foreign = {p.code for p in others(programme)}
    relations = {
        f"{model._meta.label}.{f.name}"
        for model in apps.get_app_config(programme.code).get_models()
        for f in model._meta.get_fields(include_hidden=True)
        if f.is_relation and f.related_model and f.related_model._meta.app_label in foreign
    }
    assert relations == set()


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_templates_and_addresses_lie_in_the_programmes_own_name(programme: Programme) -> None:
    templates = folder(programme) / "templates"
    strays = [
        str(p.relative_to(templates))
        for p in templates.rglob("*.html")
        if p.relative_to(templates).parts[0] != programme.code
    ]
    assert strays == []


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_names_of_flows_facts_and_figures_begin_with_the_programmes(programme: Programme) -> None:
    named = {"flow": ("FLOWS", "name"), "facts": ("FACTS", "name"), "indicators": ("INDICATORS", "code")}
    for word, (attribute, name) in named.items():
        module = programme.module(word)
        for each in getattr(module, attribute, ()) if module else ():
            assert getattr(each, name).startswith(f"{programme.code}."), each


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_declared_name_resolves(programme: Programme) -> None:
    assert [
        item.face for item in programme.menu if item.face not in ("public", "my", "desk", "cockpit")
    ] == []
    assert all(reverse(item.url).startswith("/") for item in programme.menu)
    assert {role for item in programme.menu for role in item.roles} <= set(Role.values)
    for name in programme.slots:
        module, attribute = name.rsplit(".", 1)
        assert isinstance(getattr(import_module(module), attribute), Slot), name
    for flow in flows().values():
        if flow.programme == programme.code:
            assert apps.get_model(flow.model)._meta.pk.column == "case_id"
            assert {url for url in (flow.url, flow.my_url) if url and not reverse(url, args=[1])} == set()


@pytest.mark.django_db
def test_demo_reaches_every_state_and_outcome(settings, tmp_path: Path) -> None:
    """The smallest demo, loaded as `./run demo --size county` loads it."""
    settings.DATA = tmp_path
    call_command("demo", "--size", "county", "--today=2026-11-20", stdout=StringIO())
    ends = Counter(Case.objects.values_list("flow", "state", "outcome"))
    reached = {(flow, state) for flow, state, _ in ends}
    assert {(f.name, s) for f in flows().values() for s in f.states} - reached == set()
    outcomes = {(flow, outcome) for flow, _, outcome in ends if outcome}
    assert {
        (f.name, t.outcome) for f in flows().values() for t in f.transitions if t.outcome
    } - outcomes == set()
