"""`manage figures`: figures, records, and clear refusals."""

import datetime as dt
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from gongjiang.kernel.orgs.models import LegalEntity
from tests.cast import Cast


def run(capsys, *args: str):
    call_command("figures", *args)
    return capsys.readouterr().out


def test_figures_are_brought_up_to_date_and_listed(lasting_cast: Cast, lake, capsys):
    found = {f["code"]: f for f in json.loads(run(capsys, "--unit", "140423", "--json"))}
    workers = found["registry.workers"]
    assert {k: workers[k] for k in ("code", "value", "unit", "records")} == {
        "code": "registry.workers", "value": 4, "unit": "person", "records": 4,
    }  # fmt: skip
    assert dt.datetime.fromisoformat(workers["as_of"]).date() >= dt.date(2026, 1, 1)
    assert all(f["value"] == f["records"] for f in found.values())


def test_figure_opens_to_the_numbers_of_its_records(lasting_cast: Cast, lake, capsys):
    numbers = json.loads(run(capsys, "open", "registry.enterprises", "--unit", "140423", "--json"))
    entities = LegalEntity.objects.filter(path__within=lasting_cast.county.path)
    assert sorted(numbers) == sorted(entities.values_list("uscc", flat=True))
    assert run(capsys, "open", "registry.enterprises", "--unit", "140423").split() == numbers


def test_table_for_people_has_a_line_for_each_figure(lasting_cast: Cast, lake, capsys):
    lines = run(capsys, "--unit", "140400", "--period", "2024-Q3").splitlines()
    assert [line.split("\t")[2] for line in lines[1:3]] == ["registry.enterprises", "registry.workers"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--unit", "999999"), "999999"),
        (("--unit", "140423", "--period", "2024-13"), "2024-13"),
        (("--unit", "140423", "--period", "2099"), "2099"),
        (("open", "registry.cats", "--unit", "140423"), "registry.cats"),
        (("close", "registry.workers", "--unit", "140423"), "figures open"),
    ],
)
def test_what_cannot_be_found_is_said_in_a_sentence(lasting_cast: Cast, lake, args, said):
    with pytest.raises(CommandError, match=said) as refused:
        call_command("figures", *args)
    assert refused.value.returncode == 2
